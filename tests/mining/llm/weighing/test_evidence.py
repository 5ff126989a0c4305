"""What stands in a passage."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mining.gold import load
from petscribe.mining.llm.weighing.evidence import evidence_of


@pytest.mark.parametrize(
    ("text", "lang", "figures"),
    [
        ("SUVmax 5,6 ở gan", "vi", {5.6}),
        ("SUVmax4.7 and 12mm (4/132)", "en", {4.7, 12, 4, 132}),
        ("SUV of 6. 2.", "en", {6.2, 6, 2}),
        ("TLG 1,234", "en", {1234, 1.234}),
        ("no figure", "en", set()),
    ],
)
def test_figures_are_read_as_printed(text: str, lang: str, figures: set[float]):
    assert evidence_of(text, lang).figures == figures


@pytest.mark.parametrize(
    ("text", "lang", "sides"),
    [
        ("station 4R node", "en", {"right"}),
        ("RUL nodule", "en", {"right"}),
        ("subcarinal node", "en", {"midline"}),
        ("both kidneys", "en", {"bilateral", "left", "right"}),
        ("nodes on the left and right", "en", {"bilateral", "left", "right"}),
        ("hai tuyến thượng thận", "vi", {"bilateral", "left", "right"}),
        ("gan trái", "vi", {"left"}),
        ("the liver", "en", set()),
    ],
)
def test_sides_are_found_in_words_and_in_sites(text: str, lang: str, sides: set[str]):
    assert evidence_of(text, lang).sides == sides


def test_lengths_may_be_in_centimetres_only_where_centimetres_stand():
    assert evidence_of("1.2 cm nodule", "en").has_length(12.0)
    assert not evidence_of("SUV 1.2 nodule", "en").has_length(12.0)


def test_words_stand_in_singular_too():
    evidence = evidence_of("levels II and III nodes on the left", "en")
    assert evidence.names("left level iii node")
    assert not evidence.names("right level iii node")
    assert not evidence.names("left level iv node")


@pytest.mark.parametrize("lang", ["en", "vi"])
def test_every_side_and_figure_of_the_gold_stands_in_its_sentence(lang: str):
    missing = []
    for row in load("dev", lang) + load("heldout", lang):
        evidence = evidence_of(row["text"], lang)
        for finding in row["findings"]:
            side = finding.get("laterality")
            values = [s["value"] for s in finding.get("suv", []) if s["value"] is not None]
            lengths = [dim for s in finding.get("size_mm", []) for dim in s["dims"]]
            if side is not None and side not in evidence.sides:
                missing.append((row["id"], side))
            missing += [(row["id"], v) for v in values if not evidence.has(v)]
            missing += [(row["id"], v) for v in lengths if not evidence.has_length(v)]
    assert missing == []


@given(st.text(), st.sampled_from(["en", "vi"]))
def test_no_text_raises(text: str, lang: str):
    evidence_of(text, lang)
