"""A text under check: its claims, the table they are held against, and what each claim is.

Sorts claims into those that assert uptake, deny it, or speak of normal uptake, and turns a
contradiction into a `Problem` with its quote. Knows the records only.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from petscribe.core.finding import Finding
from petscribe.core.lesion import Lesion
from petscribe.core.report import Measured, Problem
from petscribe.reporting.agree import (
    Agreement,
    Fault,
    Scale,
    agreement,
    same_number,
)

AVID = frozenset({"intense", "increased", "moderate", "mild", "low"})
FAINT = frozenset({"mild", "low"})
FAINT_SUV = 2.5
"""Faint uptake up to this, or up to the liver's, is not expected in the table of lesions."""
_OUTLINED = frozenset({"nodule", "mass", "node", "nodal_mass", "lesion", "cyst"})
"""Types that say more than uptake."""
_USUALLY_HOT = frozenset({"brain", "heart", "kidney", "bladder"})
"""Regions whose uptake a text may mention when the table does not list normal uptake."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A text, what it states, and the measurements it is held against."""

    claims: tuple[Finding, ...]
    text: str
    measured: Measured
    scale: Scale

    @property
    def lesions(self) -> tuple[Lesion, ...]:
        """The lesions a text must get right."""
        return tuple(x for x in self.measured.lesions if x.verdict == "lesion")

    @property
    def set_aside(self) -> tuple[Lesion, ...]:
        """Uptake a text may mention or leave out: normal, or undecided."""
        undecided = tuple(x for x in self.measured.lesions if x.verdict != "lesion")
        return (*undecided, *self.measured.physiologic)

    def quote(self, claim: Finding) -> str:
        """Return the words a claim was read from."""
        return self.text[claim.span[0] : claim.span[1]]

    def compare(self, claim: Finding, lesion: Lesion) -> Agreement:
        """Compare a claim with a lesion, to the exactness this draft is held to."""
        return agreement(claim, lesion, quote=self.quote(claim), scale=self.scale)

    def problem(self, claim: Finding, lesion: int | None, fault: Fault) -> Problem:
        """Return a contradiction as a problem with its quote."""
        return Problem(
            kind=fault.kind,
            quote=self.quote(claim),
            span=claim.span,
            lesion=lesion,
            message=fault.message,
        )

    def pick(self, wanted: Callable[[Finding], bool]) -> dict[int, Finding]:
        """Return the claims of one kind by their index."""
        return {i: claim for i, claim in enumerate(self.claims) if wanted(claim)}


def scale_of(measured: Measured, *, strict: bool = False) -> Scale:
    """Return how exactly this exam's numbers can be judged."""
    spacings = (measured.exam.get("pet_spacing_mm"), measured.exam.get("ct_spacing_mm"))
    pet, ct = (float(spacing[0]) if spacing else 3.0 for spacing in spacings)
    return Scale(strict=strict, pet_slice_mm=pet, ct_slice_mm=ct)


def is_positive(claim: Finding) -> bool:
    """Tell whether a claim says that something is there now and is not called normal."""
    return not claim.negated and claim.change != "resolved" and claim.uptake not in {"physiologic"}


def is_avid(claim: Finding) -> bool:
    """Tell whether a claim asserts uptake in this exam."""
    return is_positive(claim) and (
        claim.uptake in AVID
        or any(stated.time == "current" for stated in claim.suv)
        or (claim.uptake is None and claim.type in {"uptake", "focus"})
    )


def is_cold(claim: Finding) -> bool:
    """Tell whether a claim says that something is there without uptake."""
    return is_positive(claim) and claim.uptake in {"none", "decreased"}


def is_group(claim: Finding) -> bool:
    """Tell whether a claim speaks of several lesions, or of both sides, at once."""
    return claim.count != 1 or claim.laterality == "bilateral"


def is_faint(claim: Finding, measured: Measured) -> bool:
    """Tell whether the uptake a claim asserts is too low to be expected in the table.

    That is below the liver or 2.5, and fainter than every lesion that is in the table.
    """
    limit = FAINT_SUV
    liver = measured.reference_regions.get("liver")
    if liver is not None:
        limit = max(limit, liver.suv_mean + 2.0 * liver.suv_sd)
    for lesion in measured.lesions:
        limit = min(limit, lesion.measurement.suv_max or limit)
    values = [stated.value for stated in claim.suv if stated.time == "current"]
    if not values:
        return claim.uptake in FAINT
    return all(value is not None and value <= limit for value in values)


def is_known_uptake(claim: Finding, draft: Draft) -> bool:
    """Tell whether a claim describes uptake that was set aside as normal or undecided.

    Where nothing was set aside (a mask was given), uptake of organs that are always hot is known.
    """
    if not draft.set_aside:
        plain = claim.type not in _OUTLINED and not claim.suv
        return plain and claim.region in _USUALLY_HOT
    for uptake in draft.set_aside:
        fit = draft.compare(claim, uptake)
        if fit.faults or fit.score <= 1.0:
            continue
        if fit.numbers or uptake.verdict == "undecided" or claim.type not in _OUTLINED:
            return True
    return False


def as_prior(claim: Finding, fault: Fault, draft: Draft) -> Fault:
    """Return the fault as `prior_as_current` when the wrong number is a prior one of the text.

    Either the wrong number stands elsewhere as a prior value, or the claim's own prior value is
    what was measured now.
    """
    if fault.kind != "number" or fault.value is None:
        return fault
    if not (
        _is_stated_as_prior(fault.value, draft.claims)
        or (fault.measured is not None and _is_stated_as_prior(fault.measured, (claim,)))
    ):
        return fault
    message = f"{fault.message}; the text gives a prior value as current"
    return Fault(
        kind="prior_as_current", message=message, value=fault.value, measured=fault.measured
    )


def _is_stated_as_prior(value: float, claims: Iterable[Finding]) -> bool:
    priors: list[float] = []
    for claim in claims:
        priors += [s.value for s in claim.suv if s.time == "prior" and s.value is not None]
        priors += [dim for size in claim.size_mm if size.time == "prior" for dim in size.dims]
    return any(same_number(prior, value, unit=0.1, strict=False) for prior in priors)
