"""Region by region: which uptake and which structure each text gives every region, as macro-F1.

After PETRG-Score (arXiv 2511.20145: regions x 5 uptake labels x 8 density labels, macro-F1 over
all labels and over the abnormal ones), on the closed list of regions, from rules instead of a
language model. A region that a text does not mention, denies or calls physiologic is normal. A
finding without a stated degree has no uptake label: in the reference its region is not counted, in
the prediction it is wrong. Several findings of a region give it the highest label.

Not the published score: labels and regions are ours, so compare systems with it, not papers.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Float

from petscribe.core.finding import Finding
from petscribe.evaluation.clinical.score import positives
from petscribe.terms.anatomy import REGIONS

NORMAL: Final = "normal"
UPTAKE_LABELS: Final = (NORMAL, "decreased", "mild", "moderate", "marked")
FORM_LABELS: Final = (
    *(NORMAL, "cyst", "thickening", "lesion"),
    *("node", "nodule", "nodal_mass", "mass"),
)
_UPTAKE: Final[Mapping[str | None, str]] = {
    "none": NORMAL,
    "decreased": "decreased",
    "low": "mild",
    "mild": "mild",
    "moderate": "moderate",
    "increased": "marked",
    "intense": "marked",
}
_FORM: Final[Mapping[str | None, str]] = {"focus": NORMAL, "uptake": NORMAL, None: "lesion"}


@dataclass(frozen=True, slots=True, kw_only=True)
class GridCounts:
    """Counts of one case, or sums over cases."""

    uptake: Float[np.ndarray, "uptakes 3"]
    """Per label: right, predicted, in the reference."""
    form: Float[np.ndarray, "forms 3"]

    def __add__(self, other: "GridCounts") -> "GridCounts":
        """Return the sums of both."""
        return GridCounts(uptake=self.uptake + other.uptake, form=self.form + other.form)


def grid_counts(reference: Sequence[Finding], predicted: Sequence[Finding]) -> GridCounts:
    """Compare two texts region by region."""
    wanted, said = positives(reference), positives(predicted)
    return GridCounts(
        uptake=_counts(_uptake_of(wanted), _uptake_of(said), UPTAKE_LABELS),
        form=_counts(_form_of(wanted), _form_of(said), FORM_LABELS),
    )


def macro_f1(
    counts: Float[np.ndarray, "*more labels 3"], *, abnormal: bool
) -> Float[np.ndarray, "*more"]:
    """Return the mean F1 over labels that occur; NaN when none does.

    Args:
        counts: right, predicted and reference counts per label; leading axes are kept, so that
            resampled sums are scored at once.
        abnormal: leave the normal label out.
    """
    kept = counts[..., 1:, :] if abnormal else counts
    total = kept[..., 1] + kept[..., 2]
    occurs = total > 0
    f1 = np.divide(2 * kept[..., 0], total, out=np.zeros_like(total), where=occurs)
    num = occurs.sum(axis=-1)
    mean = np.full(num.shape, np.nan)
    return np.divide(f1.sum(axis=-1), num, out=mean, where=num > 0)


def _uptake_of(findings: Iterable[Finding]) -> dict[str, str | None]:
    return _highest(((f.region, _UPTAKE.get(f.uptake)) for f in findings), UPTAKE_LABELS)


def _form_of(findings: Iterable[Finding]) -> dict[str, str | None]:
    return _highest(
        ((f.region, _FORM.get(f.type, f.type or "lesion")) for f in findings), FORM_LABELS
    )


def _highest(
    said: Iterable[tuple[str, str | None]], labels: Sequence[str]
) -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    for region, label in said:
        known = found.get(region)
        if known is None or (label is not None and labels.index(label) > labels.index(known)):
            found[region] = label
    return found


def _counts(
    reference: Mapping[str, str | None], predicted: Mapping[str, str | None], labels: Sequence[str]
) -> Float[np.ndarray, "labels 3"]:
    counts = np.zeros((len(labels), 3))
    named = reference.keys() | predicted.keys()
    for region in named:
        wanted, said = reference.get(region, NORMAL), predicted.get(region, NORMAL)
        if wanted is None:
            continue
        counts[labels.index(wanted), 2] += 1
        if said is not None:
            counts[labels.index(said), 1] += 1
            counts[labels.index(said), 0] += said == wanted
    counts[0] += len(REGIONS) - len(named)
    return counts
