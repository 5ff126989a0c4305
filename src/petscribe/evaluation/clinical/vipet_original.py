"""The clinical F1 of ViMed-PET as it was published, faults included, for comparison only.

Its arithmetic on our records: six coarse sites without sides; "bilateral" falls into the site
`other`, which never matches; what is not mapped is a class of its own and equals itself, so that
unknown counts as a hit; uptake that is not stated is "not raised"; first fit, pooled over patients.
Its extraction (a language model) and its word lists are not reproduced, so the values are those
that the same arithmetic gives on rules-mined findings. Source: notes on ViPET, section 4.2.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from jaxtyping import Float

from petscribe.core.finding import Finding
from petscribe.evaluation.clinical.lesion_f1 import VARIANTS
from petscribe.terms.anatomy import REGION_TABLE

EXCLUDED: Final = "other"
_SITES: Final[Mapping[str, str]] = {
    "mediastinum": "mediastinum",
    "hilum": "mediastinum",
    "esophagus": "mediastinum",
    "lung": "lung",
    "pleura": "lung",
    "axilla": "axilla",
    "neck_nodes": "neck",
    "supraclavicular": "neck",
    "thyroid": "neck",
}
_RAISED: Final = frozenset({"intense", "increased", "moderate", "mild"})
Fields = tuple[str, str, bool]


def original_counts(
    reference: Sequence[Finding], predicted: Sequence[Finding]
) -> Float[np.ndarray, "variants 3"]:
    """Return right, predicted and reference counts for each variant, as published."""
    wanted = [_fields(finding) for finding in reference if not finding.negated]
    said = [_fields(finding) for finding in predicted if not finding.negated]
    return np.array(
        [[_hits(wanted, said, variant), len(said), len(wanted)] for variant in VARIANTS],
        dtype=float,
    )


def _hits(wanted: Sequence[Fields], said: Sequence[Fields], variant: str) -> int:
    left = [_cut(item, variant) for item in wanted]
    hits = 0
    for item in (_cut(fields, variant) for fields in said):
        if EXCLUDED not in item and item in left:
            left.remove(item)
            hits += 1
    return hits


def _cut(item: Fields, variant: str) -> tuple[object, ...]:
    fields = dict(zip("tpf", item, strict=True))
    return tuple(fields[letter] for letter in variant)


def _fields(finding: Finding) -> Fields:
    return finding.type or "unmapped", _site(finding), finding.uptake in _RAISED


def _site(finding: Finding) -> str:
    if finding.laterality == "bilateral":
        return EXCLUDED
    if finding.region in _SITES:
        return _SITES[finding.region]
    section = REGION_TABLE[finding.region].section if finding.region in REGION_TABLE else None
    return "abdomen" if section == "abdomen_pelvis" else "unclear"
