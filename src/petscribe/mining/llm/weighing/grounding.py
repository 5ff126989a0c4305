"""Whether an answer can have come from its passage: every figure, side and site must stand there.

What does not is taken out of the finding and counted by code; a finding whose site does not stand
there goes whole. Knows nothing of other models or of the rules.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from petscribe.core.finding import Finding, ImageRef, SizeClaim, SuvClaim
from petscribe.mining.llm.talking.answers import Claimed
from petscribe.mining.llm.weighing.evidence import Evidence, marks_of, regions_of
from petscribe.mining.normalise import normalise

_REFERENCE_ORGANS: Final = frozenset(
    ("blood_pool", "liver", "brain", "spleen", "muscle", "background")
)


class Grounded(NamedTuple):
    """What of an answer stands in its passage."""

    findings: tuple[Claimed, ...]
    rejected: tuple[str, ...]
    """Why something was taken out, once per thing."""


def grounded(claims: Sequence[Claimed], evidence: Evidence) -> Grounded:
    """Return the findings of an answer, without what does not stand in the passage."""
    kept: list[Claimed] = []
    rejected: list[str] = []
    for claim in claims:
        finding = _sited(claim.finding, evidence, rejected)
        if finding is None:
            continue
        finding = _measured(finding, evidence, rejected)
        finding = _worded(finding, evidence, rejected)
        if not _inside(claim.quote, evidence):
            rejected.append("ungrounded-quote")
            claim = claim._replace(quote="")
        kept.append(claim._replace(finding=finding))
    return Grounded(tuple(kept), tuple(rejected))


def _sited(finding: Finding, evidence: Evidence, rejected: list[str]) -> Finding | None:
    """Check site, region and side."""
    anatomy = " ".join(normalise(finding.anatomy).text.split())
    if not evidence.names(anatomy):
        rejected.append("ungrounded-site")
        return None
    named = regions_of(
        item.tags["site"] for item in marks_of(anatomy, evidence.lang) if "site" in item.tags
    )
    possible = named or evidence.regions
    if finding.region != "other" and (possible or not anatomy) and finding.region not in possible:
        rejected.append("ungrounded-region")
        return None
    if finding.laterality is not None and finding.laterality not in evidence.sides:
        rejected.append("ungrounded-side")
        finding = replace(finding, laterality=None)
    return finding


def _measured(finding: Finding, evidence: Evidence, rejected: list[str]) -> Finding:
    """Take out every figure that does not stand in the passage."""
    suv = tuple(claim for claim in finding.suv if _has_suv(claim, evidence))
    size = tuple(claim for claim in finding.size_mm if _has_size(claim, evidence))
    refs = tuple(ref for ref in finding.refs if _has_image(ref, evidence))
    lost = len(finding.suv) - len(suv) + len(finding.size_mm) - len(size)
    lost += len(finding.refs) - len(refs)
    mtv, tlg, count = finding.mtv_ml, finding.tlg, finding.count
    if mtv is not None and not evidence.has(mtv):
        mtv, lost = None, lost + 1
    if tlg is not None and not evidence.has(tlg):
        tlg, lost = None, lost + 1
    if isinstance(count, int) and count > 1 and count not in evidence.counts:
        count, lost = "multiple", lost + 1
    rejected += ["ungrounded-number"] * lost
    return replace(finding, suv=suv, size_mm=size, refs=refs, mtv_ml=mtv, tlg=tlg, count=count)


def _has_suv(claim: SuvClaim, evidence: Evidence) -> bool:
    values = (claim.value, claim.low, claim.high)
    return all(evidence.has(value) for value in values if value is not None)


def _has_size(claim: SizeClaim, evidence: Evidence) -> bool:
    return all(evidence.has_length(dim) for dim in claim.dims)


def _has_image(ref: ImageRef, evidence: Evidence) -> bool:
    values = (ref.series, ref.image, ref.image_end)
    return all(evidence.has(float(value)) for value in values if value is not None)


def _worded(finding: Finding, evidence: Evidence, rejected: list[str]) -> Finding:
    """Keep diagnoses that are named here and comparisons with organs of the closed list.

    A denied finding carries no uptake and no SUV, by the schema's convention.
    """
    dx = tuple(
        d
        for d in finding.dx
        if d.label in evidence.diagnoses or evidence.names(normalise(d.label).text)
    )
    vs = tuple(v for v in finding.vs if v.organ in _REFERENCE_ORGANS)
    lost = len(finding.dx) - len(dx) + len(finding.vs) - len(vs)
    rejected += ["ungrounded-word"] * lost
    if finding.negated:
        return replace(finding, dx=dx, vs=(), uptake=None, suv=())
    return replace(finding, dx=dx, vs=vs)


def _inside(quote: str, evidence: Evidence) -> bool:
    return bool(quote.strip()) and " ".join(normalise(quote).text.split()) in evidence.text
