"""The PET finding score: how much of what a reference text states a predicted text states too.

    precision = credit / (predicted findings + reference denials contradicted)
    recall    = credit / (reference findings + predicted denials contradicted)
    score     = 2 credit / (both denominators)           with no findings on either side: 1

Findings are paired one to one so that the total credit is the highest possible; a pair's credit is
`pairs`' business. Denials and physiologic uptake are never findings here, so that template normals
cannot earn anything: they stand in a table of their own, and a denial of what the other text found
counts on both sides. Bilateral findings are split into left and right first.

With `tiered` each finding counts by how much it matters: 1 (new, intense, malignant), 0.1 (benign,
reactive) and 0.5. The plain score is the headline. Source: correctness notes, section 4.7. The
score's correlation with physicians is not known.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from math import fsum
from typing import Final

import numpy as np

from petscribe.core.finding import Finding, MinedText
from petscribe.evaluation.clinical.faults import Faults, count_faults, denials_contradicted
from petscribe.evaluation.clinical.pairs import Pair, compare

_TIE: Final = 1e-6
_MALIGNANT: Final = frozenset(
    {"metastasis", "malignancy", "primary tumor", "recurrence", "residual disease", "lymphoma"}
    | {"lung cancer", "myeloma", "melanoma", "neuroendocrine tumor", "peritoneal carcinomatosis"}
    | {"lymphangitic spread"}
)
_MINOR: Final = frozenset(
    {"reactive", "benign", "inflammation", "degenerative change", "post-treatment change"}
    | {"brown fat", "fibrosis", "fracture", "hyperplasia", "granulomatous disease", "infection"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Sums of one case or of many: everything the scores are ratios of."""

    credit_predicted: float = 0.0
    """Credit weighted by what the prediction says; plain weights make both credits equal."""
    credit_reference: float = 0.0
    predicted: float = 0.0
    reference: float = 0.0
    pairs: int = 0
    num_predicted: int = 0
    num_reference: int = 0
    normals_reference: int = 0
    normals_predicted: int = 0
    normals_agreed: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        """Return the sums of both."""
        return Tally(**{f.name: getattr(self, f.name) + getattr(other, f.name) for f in _FIELDS})

    @property
    def precision(self) -> float:
        """Share of what is predicted that is right."""
        return self.credit_predicted / self.predicted if self.predicted else _none(self.reference)

    @property
    def recall(self) -> float:
        """Share of what the reference states that is predicted right."""
        return self.credit_reference / self.reference if self.reference else _none(self.predicted)

    @property
    def score(self) -> float:
        """The PET finding score; 1 when neither side has a finding."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0

    @property
    def detection_f1(self) -> float:
        """F1 of finding the lesions at all, whatever is said of them."""
        total = self.num_predicted + self.num_reference
        return 2 * self.pairs / total if total else 1.0


_FIELDS: Final = fields(Tally)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseScore:
    """One predicted text against its reference."""

    tally: Tally
    faults: Faults


def score_case(reference: MinedText, predicted: MinedText, *, tiered: bool = False) -> CaseScore:
    """Compare what two texts state."""
    wanted, said = positives(reference.findings), positives(predicted.findings)
    chosen = pair_up(wanted, said)
    denied = denials_contradicted(
        wanted, [w for w, _, _ in chosen], denials=_denials(predicted.findings)
    )
    asserted = denials_contradicted(
        said, [s for _, s, _ in chosen], denials=_denials(reference.findings)
    )
    tally = _tally(wanted, said, chosen, weigh=tier if tiered else _plain)
    tally = replace(
        tally,
        predicted=tally.predicted + len(denied),
        reference=tally.reference + len(asserted),
    )
    faults = count_faults(reference, predicted, wanted=wanted, said=said, chosen=chosen)
    return CaseScore(
        tally=tally + _normals(reference.findings, predicted.findings),
        faults=replace(faults, negation_flip=faults.negation_flip + len(denied) + len(asserted)),
    )


def positives(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Return the findings that score: affirmed, not physiologic, bilateral ones once per side."""
    found: list[Finding] = []
    for finding in findings:
        if finding.negated or finding.uptake == "physiologic":
            continue
        if finding.laterality == "bilateral":
            found += [replace(finding, laterality="left"), replace(finding, laterality="right")]
        else:
            found.append(finding)
    return tuple(found)


def pair_up(
    reference: Sequence[Finding], predicted: Sequence[Finding]
) -> tuple[tuple[int, int, Pair], ...]:
    """Return the one-to-one pairs (reference, predicted) whose total credit is the highest."""
    fits = {
        (i, j): pair
        for i, wanted in enumerate(reference)
        for j, said in enumerate(predicted)
        if (pair := compare(wanted, said)) is not None
    }
    if len(fits) <= 1:
        return tuple((i, j, pair) for (i, j), pair in fits.items())
    from scipy.optimize import linear_sum_assignment

    gain = np.zeros((len(reference), len(predicted)))
    for (i, j), pair in fits.items():
        gain[i, j] = pair.credit + _TIE * (1 + pair.weight)
    rows, columns = linear_sum_assignment(gain, maximize=True)
    found = zip(rows.tolist(), columns.tolist(), strict=True)
    return tuple((i, j, fits[i, j]) for i, j in found if (i, j) in fits)


def tier(finding: Finding) -> float:
    """Return how much a finding matters: 1, 0.5 or 0.1."""
    labels = {dx.label for dx in finding.dx if dx.certainty != "unlikely"}
    if finding.change == "new" or finding.uptake == "intense" or labels & _MALIGNANT:
        return 1.0
    return 0.1 if labels & _MINOR else 0.5


def _plain(_: Finding) -> float:
    return 1.0


def _tally(
    reference: Sequence[Finding],
    predicted: Sequence[Finding],
    chosen: Sequence[tuple[int, int, Pair]],
    *,
    weigh: Callable[[Finding], float],
) -> Tally:
    return Tally(
        credit_predicted=fsum(pair.credit * weigh(predicted[j]) for _, j, pair in chosen),
        credit_reference=fsum(pair.credit * weigh(reference[i]) for i, _, pair in chosen),
        predicted=fsum(map(weigh, predicted)),
        reference=fsum(map(weigh, reference)),
        pairs=sum(not pair.side_flipped for _, _, pair in chosen),
        num_predicted=len(predicted),
        num_reference=len(reference),
    )


def _denials(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    return tuple(finding for finding in findings if finding.negated)


def _normals(reference: Sequence[Finding], predicted: Sequence[Finding]) -> Tally:
    """Return the second table: regions that each text calls normal, and those both do."""
    one, other = _normal_places(reference), _normal_places(predicted)
    return Tally(
        normals_reference=len(one),
        normals_predicted=len(other),
        normals_agreed=len(one & other),
    )


def _normal_places(findings: Sequence[Finding]) -> frozenset[tuple[str, str | None]]:
    return frozenset(
        (f.region, f.laterality) for f in findings if f.negated or f.uptake == "physiologic"
    )


def _none(others: float) -> float:
    """Return a ratio of nothing: right when the other side has nothing either."""
    return 0.0 if others else 1.0
