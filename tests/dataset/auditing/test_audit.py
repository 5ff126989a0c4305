"""Duplicates are found, over the splits they are leaks, and plain report language is neither."""

from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from petscribe.dataset.auditing.audit import SIMILAR, audit_store, similar_pairs
from petscribe.io.store import CaseStore, StoreWriter

WORDS = (
    "there is a hypermetabolic nodule in the right upper lobe with intense uptake and a second"
    " one near the hilum which has grown since the last exam while the liver looks normal"
)


def store(folder: Path, cases) -> CaseStore:
    writer = StoreWriter(folder)
    for key, split, text, seed in cases:
        pet = np.random.default_rng(seed).normal(size=(4, 4, 4)).astype(np.float32)
        record = {"patient": key, "report": {"lang": "en", "text": text}, "pairs": []}
        writer.add(key, arrays={"pet": pet}, record=record, split=split)
    return CaseStore.open(folder)


def test_equal_images_and_texts_are_found_and_leak_only_over_a_split(tmp_path: Path):
    other = "completely different words about the abdomen and pelvis " * 3
    found = audit_store(
        store(
            tmp_path,
            [
                ("a", "train", WORDS + " suvmax 5.6", 1),
                ("b", "test", WORDS + " suvmax 7.1", 2),
                ("c", "train", other, 3),
                ("d", "train", other + "and nothing else", 3),
            ],
        )
    )
    assert found.same_images == (("c", "d"),)
    assert ("a", "b") in found.same_reports
    assert found.leaks == (("a", "b"),)
    assert found.to_dict()["leaks"] == [["a", "b"]]


def test_short_findings_are_alike_by_nature_and_left_out(tmp_path: Path):
    cases = [("a", "train", "Right hilar node.", 1), ("b", "test", "Right hilar node.", 2)]
    found = audit_store(store(tmp_path, cases))
    assert found.texts == 0
    assert found.leaks == ()


def test_a_changed_word_in_many_is_still_near():
    text = " ".join(f"word{k % 97}x{chr(97 + k % 26)}" for k in range(120))
    changed = text.replace("word50x", "other")
    assert [(a, b) for a, b, _ in similar_pairs({"a": text, "b": changed})] == [("a", "b")]


@given(st.lists(st.lists(st.sampled_from("abcdefgh"), min_size=12, max_size=20), max_size=6))
def test_every_pair_told_is_as_similar_as_it_says(lists):
    texts = {str(k): " ".join(words) for k, words in enumerate(lists)}

    def shingles(text: str) -> set:
        words = text.split()
        return {tuple(words[i : i + 3]) for i in range(len(words) - 2)}

    for a, b, likeness in similar_pairs(texts):
        one, two = shingles(texts[a]), shingles(texts[b])
        assert abs(len(one & two) / len(one | two) - likeness) < 1e-3
        assert likeness >= SIMILAR
    same = {(a, b) for a in texts for b in texts if a < b and texts[a] == texts[b]}
    assert same <= {(a, b) for a, b, _ in similar_pairs(texts)}
