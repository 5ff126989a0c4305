"""What could make a split dishonest: the same or nearly the same text or image on both sides.

Looks for images that are equal voxel by voxel, reports and findings that are equal once their
numbers are masked, and nearly equal ones: the Jaccard similarity of their shingles of three words,
found by MinHash with banding, then computed exactly. Only pairs that lie in two splits are leaks;
near duplicates within one are counted. Report language repeats itself, so short findings are left
out. Knows the store's records; changes nothing. Source: Broder 1997 (MinHash).
"""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Final

import numpy as np
from jaxtyping import UInt64

from petscribe.io.store import CaseStore

SIMILAR: Final = 0.9
MIN_WORDS: Final = 12
"""Shorter texts are alike by nature."""
_SHINGLE: Final = 3
_BANDS, _ROWS = 16, 4
_MOST_ALIKE: Final = 200
"""Texts in one bucket that are compared pair by pair."""
_WORD: Final = re.compile(r"[^\W\d_]+|\d+(?:[.,]\d+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """What was found; pairs are of case keys."""

    same_images: tuple[tuple[str, str], ...]
    same_reports: tuple[tuple[str, str], ...]
    similar_reports: tuple[tuple[str, str, float], ...]
    leaks: tuple[tuple[str, str], ...]
    """Any of the above in two splits."""
    texts: int

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "texts": self.texts,
            "same_images": [list(pair) for pair in self.same_images],
            "same_reports": [list(pair) for pair in self.same_reports],
            "similar_reports": [list(pair) for pair in self.similar_reports],
            "leaks": [list(pair) for pair in self.leaks],
        }


def audit_store(store: CaseStore) -> Audit:
    """Return duplicates, near duplicates, and which of them cross a split."""
    images: dict[str, list[str]] = defaultdict(list)
    texts: dict[str, str] = {}
    for key in store.keys():  # noqa: SIM118 - a store is no mapping
        if "pet" in store.arrays(key):
            images[store.digest(key, "pet")].append(key)
        text = _text_of(store.record(key))
        if len(_words(text)) >= MIN_WORDS:
            texts[key] = text
    similar = list(similar_pairs(texts))
    same = tuple((a, b) for a, b, likeness in similar if likeness == 1.0)
    twins = tuple(pair for keys in images.values() for pair in combinations(keys, 2))
    pairs = {*twins, *((a, b) for a, b, _ in similar)}
    return Audit(
        same_images=twins,
        same_reports=same,
        similar_reports=tuple(p for p in similar if p[2] < 1.0),
        leaks=tuple(sorted(p for p in pairs if store.split(p[0]) != store.split(p[1]))),
        texts=len(texts),
    )


def similar_pairs(texts: Mapping[str, str]) -> Iterator[tuple[str, str, float]]:
    """Yield pairs of keys whose texts share at least `SIMILAR` of their shingles."""
    shingles = {key: _shingles(text) for key, text in texts.items()}
    buckets: dict[tuple[int, bytes], list[str]] = defaultdict(list)
    for key, own in shingles.items():
        signature = _signature(own)
        for band in range(_BANDS):
            buckets[band, signature[band * _ROWS : (band + 1) * _ROWS].tobytes()].append(key)
    seen: set[tuple[str, str]] = set()
    for keys in buckets.values():
        for a, b in combinations(sorted(keys)[:_MOST_ALIKE], 2):
            if (a, b) in seen:
                continue
            seen.add((a, b))
            shared = len(shingles[a] & shingles[b])
            likeness = shared / (len(shingles[a]) + len(shingles[b]) - shared)
            if likeness >= SIMILAR:
                yield a, b, round(likeness, 3)


def _text_of(record: Mapping[str, Any]) -> str:
    report = record.get("report")
    if report:
        return str(report["text"])
    return "\n".join(str(pair["text"]) for pair in record.get("pairs", ()))


def _words(text: str) -> list[str]:
    """Return the words of a text, every number as one and the same word."""
    return ["#" if word[0].isdigit() else word for word in _WORD.findall(text.lower())]


def _shingles(text: str) -> frozenset[int]:
    words = _words(text)
    return frozenset(_hash(words[i : i + _SHINGLE]) for i in range(len(words) - _SHINGLE + 1))


def _hash(words: Iterable[str]) -> int:
    digest = hashlib.blake2b(" ".join(words).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little")


def _signature(shingles: frozenset[int]) -> UInt64[np.ndarray, " hashes"]:
    values = np.fromiter(shingles, np.uint64, len(shingles))
    rng = np.random.default_rng(0)
    odd = rng.integers(1, 2**63, _BANDS * _ROWS, dtype=np.uint64) | np.uint64(1)
    add = rng.integers(0, 2**63, _BANDS * _ROWS, dtype=np.uint64)
    mixed = values[None, :] * odd[:, None] + add[:, None]
    mixed ^= mixed >> np.uint64(31)
    signature: UInt64[np.ndarray, " hashes"] = (mixed * odd[:, None]).min(axis=1)
    return signature
