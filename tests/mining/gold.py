"""Gold sentences and how mined findings are scored against them.

`gold_dev.<lang>.jsonl` was looked at while the rules were written, `gold_heldout.<lang>.jsonl` was
not: it is only scored. Keys of a finding at their defaults are left out of the files.
"""

import json
from collections import Counter
from dataclasses import dataclass, field
from itertools import permutations
from pathlib import Path
from typing import Any

from petscribe.core.codec import encode
from petscribe.core.finding import MinedText
from petscribe.mining.rules import mine_text

HERE = Path(__file__).parent
FIELDS = (
    *("region", "laterality", "type", "count", "negated", "uptake", "suv", "size_mm"),
    *("mtv_ml", "tlg", "refs", "change", "dx", "vs"),
)
DEFAULTS: dict[str, Any] = {
    "count": 1, "negated": False, "suv": [], "size_mm": [], "refs": [], "dx": [], "vs": [],
}  # fmt: skip


@dataclass
class Score:
    """Tallies over sentences."""

    sentences: int = 0
    right: int = 0
    suv_found: int = 0
    suv_mined: int = 0
    suv_gold: int = 0
    pairs: int = 0
    agree: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    @property
    def suv_f1(self) -> float:
        """Harmonic mean of precision and recall over SUV claims."""
        return 2 * self.suv_found / max(1, self.suv_mined + self.suv_gold)

    def accuracy(self, name: str) -> float:
        """Share of matched findings that agree in one field."""
        return self.agree[name] / max(1, self.pairs)

    @property
    def whole(self) -> float:
        """Share of sentences right in every field."""
        return self.right / max(1, self.sentences)


def load(part: str, lang: str) -> list[dict[str, Any]]:
    """Return the gold sentences of a part (`dev`, `heldout`) in a language."""
    lines = (HERE / f"gold_{part}.{lang}.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


def score(rows: list[dict[str, Any]]) -> Score:
    """Mine every sentence and compare."""
    total = Score()
    for row in rows:
        _compare(total, row, mine_text(row["text"], lang=row["lang"]))
    return total


def _compare(total: Score, row: dict[str, Any], mined: MinedText) -> None:
    gold = [_plain(f) for f in row["findings"]]
    found = [_plain(encode(f)) for f in mined.findings]
    faults = []
    total.sentences += 1
    gold_suv = Counter(json.dumps(s, sort_keys=True) for f in gold for s in f["suv"])
    mined_suv = Counter(json.dumps(s, sort_keys=True) for f in found for s in f["suv"])
    total.suv_gold += gold_suv.total()
    total.suv_mined += mined_suv.total()
    total.suv_found += (gold_suv & mined_suv).total()
    if len(gold) != len(found):
        faults.append(f"{len(found)} findings for {len(gold)}")
    for one, other in _matched(gold, found):
        total.pairs += 1
        for name in FIELDS:
            if one[name] == other[name]:
                total.agree[name] += 1
            else:
                faults.append(f"{name}: {other[name]!r} for {one[name]!r}")
    if list(row.get("reference_regions", [])) != encode(mined.reference_regions):
        faults.append(f"references: {encode(mined.reference_regions)}")
    if (row.get("deauville"), row.get("other", [])) != (
        mined.scores.deauville, list(mined.scores.other),
    ):  # fmt: skip
        faults.append(f"scores: {mined.scores}")
    total.right += not faults
    if faults:
        total.wrong.append(f"{row['id']} {row['text']}\n      " + "\n      ".join(faults))


def _plain(finding: dict[str, Any]) -> dict[str, Any]:
    made = {name: finding.get(name, DEFAULTS.get(name)) for name in FIELDS}
    made["suv"] = [{k: v for k, v in s.items() if k != "site"} for s in made["suv"]]
    return made


def _matched(
    gold: list[dict[str, Any]], found: list[dict[str, Any]]
) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Pair findings so that most fields agree."""
    if not gold or not found or max(len(gold), len(found)) > 6:
        return list(zip(gold, found, strict=False))
    short, long, flip = (gold, found, False) if len(gold) <= len(found) else (found, gold, True)
    best = max(
        permutations(long, len(short)),
        key=lambda order: sum(
            a[n] == b[n] for a, b in zip(short, order, strict=True) for n in FIELDS
        ),
    )
    pairs = list(zip(short, best, strict=True))
    return [(b, a) for a, b in pairs] if flip else pairs
