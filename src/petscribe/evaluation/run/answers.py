"""Questions of a run: lines to typed answers, answers to scores and floors.

The types are those of `ask` and of the built question sets; a type that is not known, or a right
answer that cannot be read as its type, makes the question open: its words are compared, it counts
for no accuracy.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from petscribe.evaluation.answers import Kind, read_answer
from petscribe.evaluation.run.cases import Case
from petscribe.evaluation.stats.statistic import Statistic
from petscribe.evaluation.vqa import VqaItem, contradictions, same_answers, vqa_scores

_KINDS: Final[Mapping[str, Kind]] = {
    "presence": "yes_no",
    "comparison": "choice",
    "size_class": "choice",
    "uptake_class": "choice",
    "measure": "number",
    "hottest": "site",
    "largest": "site",
    **{kind: kind for kind in ("yes_no", "side", "count", "number", "site", "choice")},
    "unanswerable": "unanswerable",
}  # fmt: skip
NUMBER_TOLERANCE, NUMBER_TOLERANCE_FRAC = 0.1, 0.05


def items_of(cases: Sequence[Case]) -> list[VqaItem]:
    """Return the cases as typed questions."""
    asked = [str(case.more.get("type", "open")) for case in cases]
    options = {
        kind: {case.reference: () for case, x in zip(cases, asked, strict=True) if x == kind}
        for kind in set(asked)
        if _KINDS.get(kind) == "choice"
    }
    return [
        _item(case, _KINDS.get(kind, "open"), options.get(kind, {}))
        for case, kind in zip(cases, asked, strict=True)
    ]


def answer_statistics(items: Sequence[VqaItem]) -> dict[str, Statistic]:
    """Return the scores over all answers."""
    return dict(vqa_scores(items).overall)


def answer_summary(items: Sequence[VqaItem]) -> dict[str, Any]:
    """Return the scores by kind, and how consistent the answers are."""
    scores = vqa_scores(items)
    share, broken = same_answers(items)
    against = contradictions(items)
    return {
        "by_kind": {
            kind: {
                "n": found.n,
                "majority_share": found.majority_share,
                **{name: _known(value) for name, value in found.values.items()},
            }
            for kind, found in scores.by_kind.items()
        },
        "consistency": {
            "same_question_same_answer": _known(share),
            "contradictions": len(broken) + len(against),
            "examples": [{"ids": list(x.ids), "why": x.why} for x in (*broken, *against)[:20]],
        },
    }


def _item(case: Case, kind: Kind, shared: Mapping[str, Sequence[str]]) -> VqaItem:
    given = case.more.get("options")
    options = given if isinstance(given, Mapping) else shared
    if isinstance(given, list):
        options = {str(name): () for name in given}
    if kind not in {"open", "unanswerable"} and (
        read_answer(case.reference, kind, case.lang, options=options) is None
    ):
        kind = "open"
    is_number = kind == "number"
    return VqaItem(
        id=case.id,
        patient=case.patient,
        kind=kind,
        reference=case.reference,
        prediction=case.prediction,
        lang=case.lang,
        options=options if kind == "choice" else {},
        tolerance=_number(case, "tolerance", NUMBER_TOLERANCE) if is_number else 0.0,
        tolerance_frac=_number(case, "tolerance_frac", NUMBER_TOLERANCE_FRAC) if is_number else 0.0,
        same_as=_word(case, "same_as"),
        region=_word(case, "region"),
    )


def _number(case: Case, key: str, otherwise: float) -> float:
    value = case.more.get(key)
    return float(value) if isinstance(value, int | float) else otherwise


def _word(case: Case, key: str) -> str | None:
    value = case.more.get(key)
    return None if value is None else str(value)


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
