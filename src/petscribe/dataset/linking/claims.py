"""What of a mined report can be looked for in the PET: its claims, and why the rest cannot.

A claim is one finding about the present exam that is not denied and has some clue: an SUV, an image
number or a site. Each names the sentence it stands in. What is left out has a reason, so that the
counts of a build add up. Knows no exam.
"""

import hashlib
import re
from dataclasses import dataclass
from typing import Final, Literal

from petscribe.core.finding import Finding, ImageRef, MinedText, SuvClaim
from petscribe.mining.normalise import normalise
from petscribe.mining.sections import parts_of
from petscribe.mining.sentences import sentences_of

Series = Literal["pet", "ct"]
Span = tuple[int, int]

SUV_TOLERANCE: Final = 0.1
_LEAN: Final = re.compile(r"\bSUL|\bSUV\s?-?\(?lbm|lean[- ]body", re.IGNORECASE)
_SERIES: Final = re.compile(r"\b(CT|PET)\b[^.;]{0,30}$", re.IGNORECASE)
_NUMERAL: Final = re.compile(r"\d+(?:[.,]\d+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One finding of a report that points at a lesion."""

    number: int
    """Place among the findings of the report, from 0."""
    finding: Finding
    sentence: str
    """The sentence (or sentences) the finding stands in, as the report has it."""
    span: Span
    """Where `sentence` stands in the report."""
    suvs: tuple[SuvClaim, ...]
    """Of the present exam, at its first time point."""
    tolerances: tuple[float, ...]
    """How far each SUV may lie from the measured one: 0.1, or half its last printed digit."""
    images: tuple[ImageRef, ...]
    series: Series | None
    """Whose images are numbered, where the words before the number say it."""
    is_lean: bool
    """Whether the sentence speaks of SUV by lean body mass."""
    shares_sentence: bool
    """Whether the sentence speaks of other findings too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """The claims of a report, and the findings that are none with the reason."""

    claims: tuple[Claim, ...]
    left_out: tuple[tuple[int, str], ...]


def claims_of(mined: MinedText) -> Claims:
    """Return what can be looked for, and why the rest cannot.

    Reasons are `negated`, `resolved`, `physiologic`, `not-avid` and `no-clue`.
    """
    sentences = sentence_spans(mined.text)
    spans = [_covering(sentences, finding.span) for finding in mined.findings]
    claims: list[Claim] = []
    left_out: list[tuple[int, str]] = []
    for number, (finding, span) in enumerate(zip(mined.findings, spans, strict=True)):
        reason = _why_not(finding)
        if reason is not None:
            left_out.append((number, reason))
            continue
        shared = sum(_overlap(span, other) for other in spans) > 1
        claims.append(_claim(number, finding, mined.text, (span, shared)))
    return Claims(claims=tuple(claims), left_out=tuple(left_out))


def sentence_spans(text: str) -> tuple[Span, ...]:
    """Return the spans of the sentences of a report, in the original text."""
    plain = normalise(text)
    return tuple(
        plain.span(start, end)
        for part in parts_of(plain.text)
        for start, end in sentences_of(plain, part.start, part.end)
    )


def claim_id(exam: str, claim: Claim) -> str:
    """Return a name for a claim that stays the same while exam, sentence and order do."""
    text = f"{exam}\0{claim.number}\0{claim.sentence}"
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _claim(number: int, finding: Finding, text: str, place: tuple[Span, bool]) -> Claim:
    span, shared = place
    sentence = text[span[0] : span[1]].strip()
    suvs = tuple(s for s in finding.suv if s.time == "current")
    images = tuple(ref for ref in finding.refs if ref.image is not None)
    return Claim(
        number=number,
        finding=finding,
        sentence=sentence,
        span=span,
        suvs=suvs,
        tolerances=tuple(_tolerance(s, sentence) for s in suvs),
        images=images,
        series=_series(images[0], sentence) if images else None,
        is_lean=bool(suvs) and _LEAN.search(sentence) is not None,
        shares_sentence=shared,
    )


def _why_not(finding: Finding) -> str | None:
    if finding.negated:
        return "negated"
    if finding.change == "resolved":
        return "resolved"
    if finding.uptake == "physiologic":
        return "physiologic"
    if finding.uptake in {"none", "decreased"}:
        return "not-avid"
    has_suv = any(s.time == "current" for s in finding.suv)
    if not has_suv and not finding.refs and finding.region == "other":
        return "no-clue"
    return None


def _covering(sentences: tuple[Span, ...], span: Span) -> Span:
    hit = [s for s in sentences if _overlap(s, span)]
    return (hit[0][0], hit[-1][1]) if hit else span


def _overlap(first: Span, second: Span) -> bool:
    return first[0] < second[1] and second[0] < first[1]


def _tolerance(suv: SuvClaim, sentence: str) -> float:
    """A number printed without decimals may be off by half a unit: 5 stands for 4.5 to 5.5."""
    if suv.value is None:
        return SUV_TOLERANCE
    tokens = [t for t in _NUMERAL.findall(sentence) if float(t.replace(",", ".")) == suv.value]
    decimals = max((len(t.replace(",", ".").partition(".")[2]) for t in tokens), default=1)
    return max(SUV_TOLERANCE, 0.5 * 10.0**-decimals)


def _series(ref: ImageRef, sentence: str) -> Series | None:
    """Return whose image is meant where "CT" or "PET" stands shortly before its number."""
    for found in re.finditer(rf"(?<!\d){ref.image}(?!\d)", sentence):
        word = _SERIES.search(sentence[: found.start()])
        between = sentence[word.end(1) : found.start()] if word else ""
        if word and "SUV" not in between.upper():
            return "ct" if word[1].upper() == "CT" else "pet"
    return None
