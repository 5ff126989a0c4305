"""Answers scored by type: exact where a fact was asked, with tolerance where a number was.

Text similarity says little about answers ("left" and "right" differ in one word). So an answer is
read (`answers`), compared as what it is, and summed up as accuracy, as balanced accuracy (every
class counts the same, however common), corrected for chance, and as Cohen's kappa. Answers are also
held against each other and against the report: a system may be wrong, but must not contradict
itself.

Sources: Cohen 1960 (kappa); balanced accuracy is mean recall; token F1 as in SQuAD (2016).
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from jaxtyping import Float

from petscribe.core.errors import InputError
from petscribe.core.finding import Finding
from petscribe.evaluation.answers import Kind, Site, Value, holds, read_answer, tokens
from petscribe.evaluation.stats.statistic import Statistic, mean_of

MAX_CLASSES = 30
"""A kind with more different answers than this (free numbers, sites) gets no balanced accuracy."""


_NAMES = {"correct": "accuracy"}
"""What a per-case column is called once it is summed up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VqaItem:
    """A question with the right answer and the one that was given."""

    id: str
    patient: str
    kind: Kind
    reference: str
    prediction: str
    lang: str
    options: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """For `choice`: the wordings of each option by name."""
    tolerance: float = 0.0
    """For `number`: the largest difference that is right."""
    tolerance_frac: float = 0.0
    """The same as a share of the right number; the larger of both holds."""
    same_as: str | None = None
    """Items with the same mark ask the same of the same exam in other words."""
    region: str | None = None
    """The region asked about (closed list), for consistency."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KindScores:
    """Scores of one kind of question; statistics resample like any other."""

    n: int
    statistics: Mapping[str, Statistic]
    """`accuracy`, `exact`, `token_f1`, `unread`, `refused`; with classes also `balanced`,
    `balanced_over_chance`, `kappa`; for numbers `absolute_error`."""
    majority_share: float | None
    """Accuracy of always giving the commonest right answer; None without readable answers."""

    @property
    def values(self) -> dict[str, float]:
        """The scores by name; NaN where one is not defined."""
        return {name: statistic.value for name, statistic in self.statistics.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class VqaScores:
    """Scores of a set of answers: per case, over all, and by kind."""

    per_case: Mapping[str, Float[np.ndarray, " n"]]
    """`correct` (NaN for open questions), `exact`, `token_f1`, `unread`, `refused`."""
    overall: Mapping[str, Statistic]
    by_kind: Mapping[str, KindScores]
    cases_by_kind: Mapping[str, tuple[int, ...]]
    """Positions of the items of each kind, in the order of its statistics' rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contradiction:
    """Two answers, or an answer and the report, that cannot both be true."""

    ids: tuple[str, ...]
    why: str


def vqa_scores(items: Sequence[VqaItem], *, refusals: Sequence[str] = ()) -> VqaScores:
    """Score answers.

    Args:
        items: the answers.
        refusals: wordings of "cannot be answered", besides the right answers to the unanswerable
            questions of the set. A refusal of a question that has an answer is wrong and counted
            as `refused`.

    Raises:
        InputError: no item (`nothing-to-score`), an id twice (`duplicate-id`), or a right answer
            that cannot be read as its kind (`unreadable-reference`).
    """
    _check(items)
    known = {tokens(x.reference, x.lang) for x in items if x.kind == "unanswerable"}
    known |= {tokens(text, lang) for text in refusals for lang in {x.lang for x in items}}
    given = [_read(item, item.prediction) for item in items]
    right = [_right(item) for item in items]
    refused = [_is_refusal(tokens(x.prediction, x.lang), known) for x in items]
    per_case = _per_case(items, given, right, refused)
    positions: dict[str, list[int]] = {}
    for i, item in enumerate(items):
        positions.setdefault(item.kind, []).append(i)
    return VqaScores(
        per_case=per_case,
        overall={_NAMES.get(name, name): mean_of(values) for name, values in per_case.items()},
        by_kind={
            kind: _of_kind(
                kind,
                {name: values[at] for name, values in per_case.items()},
                [(given[i], right[i]) for i in at],
            )
            for kind, at in sorted(positions.items())
        },
        cases_by_kind={kind: tuple(at) for kind, at in sorted(positions.items())},
    )


def same_answers(items: Sequence[VqaItem]) -> tuple[float, tuple[Contradiction, ...]]:
    """Return the share of repeated questions that got one answer throughout, and the others.

    NaN when no question was asked twice.
    """
    groups: dict[tuple[str, str], list[VqaItem]] = {}
    for item in items:
        if item.same_as is not None:
            groups.setdefault((item.patient, item.same_as), []).append(item)
    repeated = [group for group in groups.values() if len(group) > 1]
    broken = []
    for group in repeated:
        answers = {_comparable(item) for item in group}
        if len(answers) > 1:
            ids = tuple(item.id for item in group)
            broken.append(Contradiction(ids=ids, why="one question, different answers"))
    share = 1.0 - len(broken) / len(repeated) if repeated else float("nan")
    return share, tuple(broken)


def contradictions(
    items: Sequence[VqaItem], reports: Mapping[str, Sequence[Finding]] | None = None
) -> tuple[Contradiction, ...]:
    """Return the answers that contradict each other about a region, or the same exam's report.

    Args:
        items: answers with a `region`; the others are passed over.
        reports: the findings of the system's own report by patient (exam), if there is one.
    """
    groups: dict[tuple[str, str], list[VqaItem]] = {}
    for item in items:
        if item.region is not None:
            groups.setdefault((item.patient, item.region), []).append(item)
    found: list[Contradiction] = []
    for (patient, region), group in groups.items():
        states = {item.id: _states_presence(item) for item in group}
        yes = [name for name, state in states.items() if state is True]
        no = [name for name, state in states.items() if state is False]
        if yes and no:
            why = f"{region}: present in one answer, absent in another"
            found.append(Contradiction(ids=(yes[0], no[0]), why=why))
        if reports is not None and patient in reports:
            found += _against_report(yes, no, region, reports[patient])
    return tuple(found)


def _check(items: Sequence[VqaItem]) -> None:
    if not items:
        raise InputError("nothing-to-score", "no answer to score")
    double = [name for name, n in Counter(item.id for item in items).items() if n > 1]
    if double:
        raise InputError("duplicate-id", f"id {double[0]!r} occurs more than once")


def _read(item: VqaItem, text: str) -> Value:
    options = item.options or ({item.reference: ()} if item.kind == "choice" else {})
    return read_answer(text, item.kind, item.lang, options=options)


def _right(item: VqaItem) -> Value:
    value = _read(item, item.reference)
    if value is None and item.kind not in {"open", "unanswerable"}:
        raise InputError(
            "unreadable-reference",
            f"id {item.id!r}: the right answer cannot be read as {item.kind};"
            " check its kind and options",
        )
    return value


def _is_refusal(said: tuple[str, ...], refusals: set[tuple[str, ...]]) -> bool:
    return any(holds(said, refusal) for refusal in refusals)


def _per_case(
    items: Sequence[VqaItem],
    given: Sequence[Value],
    right: Sequence[Value],
    refused: Sequence[bool],
) -> dict[str, Float[np.ndarray, " n"]]:
    columns: dict[str, list[float]] = {
        name: [] for name in ("correct", "exact", "token_f1", "unread", "refused")
    }
    for item, value, wanted, refusal in zip(items, given, right, refused, strict=True):
        said, target = tokens(item.prediction, item.lang), tokens(item.reference, item.lang)
        answerable = item.kind != "unanswerable"
        columns["correct"].append(_correct(item, value, wanted, refusal=refusal))
        columns["exact"].append(float(said == target))
        columns["token_f1"].append(_token_f1(said, target))
        has_value = item.kind not in {"open", "unanswerable"}
        columns["unread"].append(float(value is None and not refusal) if has_value else np.nan)
        columns["refused"].append(float(refusal) if answerable else np.nan)
    return {name: np.array(values, np.float64) for name, values in columns.items()}


def _correct(item: VqaItem, value: Value, wanted: Value, *, refusal: bool) -> float:
    if item.kind == "open":
        return float("nan")
    if item.kind == "unanswerable":
        return float(refusal)
    if value is None or refusal:
        return 0.0
    if isinstance(wanted, Site) and isinstance(value, Site):
        return float(value.key == wanted.key and wanted.side in {None, value.side})
    if item.kind == "number":
        assert isinstance(value, float)
        assert isinstance(wanted, float)
        allowed = max(item.tolerance, item.tolerance_frac * abs(wanted))
        return float(abs(value - wanted) <= allowed + 1e-9)
    return float(value == wanted)


def _token_f1(said: Sequence[str], target: Sequence[str]) -> float:
    shared = sum((Counter(said) & Counter(target)).values())
    return 2.0 * shared / (len(said) + len(target)) if shared else float(not said and not target)


def _of_kind(
    kind: str,
    per_case: Mapping[str, Float[np.ndarray, " n"]],
    answers: Sequence[tuple[Value, Value]],
) -> KindScores:
    """Score one kind; `answers` are given and right values, row by row of `per_case`."""
    statistics = {_NAMES.get(name, name): mean_of(values) for name, values in per_case.items()}
    known = [right for _, right in answers if right is not None]
    if kind == "number":
        errors = [
            abs(given - right) if isinstance(given, float) and isinstance(right, float) else np.nan
            for given, right in answers
        ]
        statistics["absolute_error"] = mean_of(np.array(errors))
    elif known and len(set(known)) <= MAX_CLASSES:
        statistics |= _class_statistics(answers)
    common = Counter(known).most_common(1)
    return KindScores(
        n=len(answers),
        statistics=statistics,
        majority_share=common[0][1] / len(known) if common else None,
    )


def _class_statistics(answers: Sequence[tuple[Value, Value]]) -> dict[str, Statistic]:
    classes = {value: i for i, value in enumerate(dict.fromkeys(right for _, right in answers))}
    other = len(classes)  # any answer that is no right answer of the set
    size = other + 1
    table = np.zeros((len(answers), size * size))
    for row, (value, wanted) in enumerate(answers):
        table[row, classes[wanted] * size + classes.get(value, other)] = 1.0
    return {
        "balanced": Statistic(
            table=table, combine=partial(_balanced, size=size, over_chance=False)
        ),
        "balanced_over_chance": Statistic(
            table=table, combine=partial(_balanced, size=size, over_chance=True)
        ),
        "kappa": Statistic(table=table, combine=partial(_kappa, size=size)),
    }


def _balanced(
    sums: Float[np.ndarray, "r k"], *, size: int, over_chance: bool
) -> Float[np.ndarray, " r"]:
    """Return the mean recall of the classes that occur, or how far it is above guessing."""
    confusion = sums.reshape(len(sums), size, size)
    rows = confusion.sum(axis=2)
    seen = (rows > 0).sum(axis=1)
    hits = np.diagonal(confusion, axis1=1, axis2=2)
    recalls = np.divide(hits, rows, out=np.zeros_like(rows), where=rows > 0)
    mean = recalls.sum(axis=1) / np.where(seen > 0, seen, np.nan)
    if not over_chance:
        return mean
    # one class alone leaves nothing to be better than chance at
    chance = 1.0 / np.where(seen > 1, seen, np.nan)
    return (mean - chance) / (1.0 - chance)


def _kappa(sums: Float[np.ndarray, "r k"], *, size: int) -> Float[np.ndarray, " r"]:
    """Return Cohen's kappa of given and right answers."""
    confusion = sums.reshape(len(sums), size, size)
    total = confusion.sum(axis=(1, 2))
    total = np.where(total > 0, total, np.nan)
    observed = np.trace(confusion, axis1=1, axis2=2) / total
    chance = (confusion.sum(axis=1) * confusion.sum(axis=2)).sum(axis=1) / total**2
    return (observed - chance) / np.where(chance < 1.0, 1.0 - chance, np.nan)


def _comparable(item: VqaItem) -> object:
    value = _read(item, item.prediction)
    return tokens(item.prediction, item.lang) if value is None else value


def _states_presence(item: VqaItem) -> bool | None:
    """Tell whether an answer says that its region holds something; None when it says neither."""
    value = _read(item, item.prediction)
    if item.kind == "yes_no":
        return value if isinstance(value, bool) else None
    if item.kind == "count":
        return value > 0 if isinstance(value, int) else None
    return True if item.kind in {"side", "number"} and value is not None else None


def _against_report(
    yes: Sequence[str], no: Sequence[str], region: str, report: Sequence[Finding]
) -> list[Contradiction]:
    here = [finding for finding in report if finding.region == region]
    affirmed = any(not finding.negated for finding in here)
    if no and affirmed:
        return [Contradiction(ids=(no[0],), why=f"{region}: absent in the answer, in the report")]
    if yes and here and not affirmed:
        return [Contradiction(ids=(yes[0],), why=f"{region}: in the answer, absent in the report")]
    return []
