"""Problems of a text against the measurements, for a human draft and for the machine's own.

`check_claims` takes everything a text states and lists where it contradicts the table: a number, a
side, a region, an invented or a missed lesion, a denial, a prior value given as current. `verify`
does the same sentence by sentence for a drafted report, more strictly, because there each sentence
is bound to its lesions and every numeral to a measurement. Nothing is ever corrected silently.
Knows no parser: claims come in as `MinedText`.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from petscribe.core.finding import Finding, MinedText
from petscribe.core.lesion import Lesion
from petscribe.core.report import Measured, Problem, Report, Sentence
from petscribe.reporting.agree import Fault, printed_unit, same_number
from petscribe.reporting.denials import denied
from petscribe.reporting.draft import (
    Draft,
    as_prior,
    is_avid,
    is_cold,
    is_faint,
    is_group,
    is_known_uptake,
    is_positive,
    scale_of,
)
from petscribe.reporting.groups import group_faults, members_of, mentioned_by
from petscribe.reporting.match import Match, match_claims


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckSettings:
    """What a check demands of a text."""

    missed_above_suv: float = 0.0
    """A lesion whose SUVmax is below this need not be mentioned."""


def check_claims(
    claims: MinedText,
    measured: Measured,
    *,
    text: str | None = None,
    settings: CheckSettings | None = None,
) -> tuple[Problem, ...]:
    """List where a text contradicts the measurements, in text order, missed lesions last.

    Args:
        claims: what the text states.
        measured: the lesion table of the exam.
        text: the text that the claims' spans refer to, when it is not `claims.text`.
        settings: what the text must mention.
    """
    draft = Draft(
        claims=claims.findings,
        text=claims.text if text is None else text,
        measured=measured,
        scale=scale_of(measured),
    )
    matches = _matches(draft)
    named = {match.lesion for match in matches}
    found = [*_contradictions(draft, matches), *_invented(draft, matches)]
    for claim, members in _groups(draft):
        named |= mentioned_by(claim, members, named)
        found += _group_problems(draft, claim, members)
    for claim, lesion in denied(draft, frozenset(named)):
        found.append(draft.problem(claim, lesion.id, _denial(lesion)))
        named.add(lesion.id)
    found.sort(key=lambda problem: problem.span)
    wanted = settings or CheckSettings()
    return (*dict.fromkeys(found), *_missed(draft, named, wanted.missed_above_suv))


def _matches(draft: Draft) -> tuple[Match, ...]:
    singles = draft.pick(
        lambda claim: is_positive(claim) and not is_cold(claim) and not is_group(claim)
    )
    matches = match_claims(singles, draft.lesions, draft.compare)
    return tuple(match for match in matches if not _is_set_aside(draft, match))


def _is_set_aside(draft: Draft, match: Match) -> bool:
    """Tell whether a claim that fits a lesion badly fits uptake that was set aside."""
    return bool(match.agreement.faults) and is_known_uptake(draft.claims[match.claim], draft)


def _contradictions(draft: Draft, matches: Sequence[Match]) -> Iterator[Problem]:
    """Yield what claims get wrong; one that asserts no uptake only if nothing else names it."""
    right = {match.lesion for match in matches if not match.agreement.faults}
    for match in matches:
        claim = draft.claims[match.claim]
        is_firm = is_avid(claim) or claim.type in {"mass", "nodal_mass"}
        if is_firm or match.lesion not in right:
            for fault in match.agreement.faults:
                yield draft.problem(claim, match.lesion, as_prior(claim, fault, draft))


def _invented(draft: Draft, matches: Sequence[Match]) -> Iterator[Problem]:
    spoken = {match.claim for match in matches}
    for index, claim in draft.pick(lambda c: is_avid(c) and not is_group(c)).items():
        if index not in spoken and not _is_excused(draft, claim):
            yield draft.problem(claim, None, _invention(claim))


def _is_excused(draft: Draft, claim: Finding) -> bool:
    return is_faint(claim, draft.measured) or is_known_uptake(claim, draft)


def _groups(draft: Draft) -> Iterator[tuple[Finding, tuple[Lesion, ...]]]:
    wanted = draft.pick(lambda c: is_positive(c) and not is_cold(c) and is_group(c))
    for claim in wanted.values():
        yield claim, members_of(claim, draft.lesions)


def _group_problems(draft: Draft, claim: Finding, members: Sequence[Lesion]) -> Iterator[Problem]:
    if members:
        for fault in group_faults(claim, members, draft):
            yield draft.problem(claim, members[0].id, as_prior(claim, fault, draft))
    elif is_avid(claim) and not _is_excused(draft, claim):
        yield draft.problem(claim, None, _invention(claim))


def _invention(claim: Finding) -> Fault:
    place = claim.anatomy or claim.region
    return Fault(kind="invented", message=f"no lesion was measured that fits: {place}")


def _denial(lesion: Lesion) -> Fault:
    return Fault(kind="negation", message=f"the text denies it, but {_known(lesion)} was measured")


def _missed(draft: Draft, named: set[int], above_suv: float) -> Iterator[Problem]:
    for lesion in draft.lesions:
        suv = lesion.measurement.suv_max
        if lesion.id not in named and (suv is None or suv >= above_suv):
            message = f"not mentioned: {_known(lesion)}"
            yield Problem(kind="missed", quote="", span=(0, 0), lesion=lesion.id, message=message)


def _known(lesion: Lesion) -> str:
    place = lesion.location.words.get("en") or lesion.location.region
    suv = lesion.measurement.suv_max
    return f"lesion {lesion.id}, {place}" + (f", SUVmax {suv:.2f}" if suv is not None else "")


def verify(report: Report, claims: Mapping[int, MinedText]) -> Report:
    """Return the report with every sentence marked verified, or with what is wrong with it.

    Args:
        report: the drafted report.
        claims: what each sentence states when it is read back, by its position in
            `(*report.findings, *report.impression)`.
    """
    sentences = (*report.findings, *report.impression)
    checked = tuple(
        _verified(sentence, claims.get(index), report) for index, sentence in enumerate(sentences)
    )
    split = len(report.findings)
    return replace(report, findings=checked[:split], impression=checked[split:])


def _verified(sentence: Sentence, claims: MinedText | None, report: Report) -> Sentence:
    problems = tuple(dict.fromkeys(_sentence_problems(sentence, claims, report)))
    return replace(sentence, verified=not problems, problems=problems)


def _sentence_problems(
    sentence: Sentence, claims: MinedText | None, report: Report
) -> Iterator[Problem]:
    yield from _unbound_numerals(sentence)
    draft = Draft(
        claims=claims.findings if claims else (),
        text=sentence.text,
        measured=report.measured,
        scale=scale_of(report.measured, strict=True),
    )
    bound = bound_lesions(sentence, report.measured)
    asserted = [c for c in draft.claims if is_positive(c) and not is_cold(c)]
    if bound:
        yield from _bound_problems(draft, asserted, bound)
    else:
        for claim in asserted:
            if not is_known_uptake(claim, draft):
                yield draft.problem(claim, None, _invention(claim))
    for claim, lesion in denied(draft, frozenset()):
        yield draft.problem(claim, lesion.id, _denial(lesion))


def bound_lesions(sentence: Sentence, measured: Measured) -> tuple[Lesion, ...]:
    """Return the lesions (or set-aside uptake) that a sentence is bound to."""
    ids = {sentence.lesion, *sentence.evidence.get("lesions", ())}
    return tuple(x for x in (*measured.lesions, *measured.physiologic) if x.id in ids)


def _bound_problems(
    draft: Draft, asserted: Sequence[Finding], bound: Sequence[Lesion]
) -> Iterator[Problem]:
    """Yield what the sentence says wrongly of its own lesions, which it must speak of."""
    if not asserted:
        message = f"the sentence does not read back as a finding of {_known(bound[0])}"
        yield Problem(
            kind="missed",
            quote=draft.text,
            span=(0, len(draft.text)),
            lesion=bound[0].id,
            message=message,
        )
    for claim in asserted:
        if len(bound) > 1 or is_group(claim):
            members = members_of(claim, bound) or bound
            faults = list(group_faults(claim, members, draft))
            lesion = members[0]
        else:
            lesion = bound[0]
            faults = list(draft.compare(claim, lesion).faults)
        for fault in faults:
            yield draft.problem(claim, lesion.id, as_prior(claim, fault, draft))


_FREE_NUMERAL = re.compile(r"(?<![\w.,])\d+(?:[.,]\d+)?(?!\w)")


def _unbound_numerals(sentence: Sentence) -> Iterator[Problem]:
    """Yield each printed numeral that no measured value of the sentence accounts for."""
    allowed = [float(v) for v in sentence.slots.values() if isinstance(v, int | float)]
    words = "".join(str(v) for v in sentence.slots.values() if isinstance(v, str))
    for match in _FREE_NUMERAL.finditer(sentence.text):
        token = match.group()
        value = float(token.replace(",", "."))
        unit = printed_unit(value, token)
        is_known = any(
            same_number(value * factor, slot, unit=unit * factor, strict=True)
            for slot in allowed
            for factor in (1.0, 10.0)
        )
        if not is_known and not re.search(rf"(?<!\d){re.escape(token)}(?!\d)", words):
            yield Problem(
                kind="number",
                quote=token,
                span=match.span(),
                lesion=sentence.lesion,
                message=f"{token} is bound to no measured value of this sentence",
            )
