"""Text to findings by rules alone: the main path of mining, and the exact inverse of phrasing.

Never raises on any text, and takes time proportional to its length. Source of the conventions:
`finding-schema.md`; traps of rule sets: correctness notes, section 5.
"""

from dataclasses import dataclass, field

from petscribe.core.finding import Finding, MinedText, ReferenceValue
from petscribe.mining.context import SILENCERS, spoken_now, take_references, with_comparisons
from petscribe.mining.figures.numbers import read_numbers
from petscribe.mining.groups.assemble import findings_of
from petscribe.mining.groups.chunks import chunks_of
from petscribe.mining.groups.folding import fold_sentence
from petscribe.mining.groups.groups import Folding
from petscribe.mining.normalise import Normalised, language_of, normalise
from petscribe.mining.scores import scores_of
from petscribe.mining.sections import Part, parts_of
from petscribe.mining.sentences import sentences_of
from petscribe.mining.sites import expand_lists
from petscribe.mining.vocabulary import Item, mark, vocabulary


def mine_text(text: str, *, lang: str | None = None, id: str = "") -> MinedText:  # noqa: A002
    """Return everything a report, or a sentence of one, says.

    Args:
        text: the text as it is; spans of the result are offsets in it.
        lang: `en` or `vi`; anything else, or None, is decided by the letters of the text.
        id: kept in the result.
    """
    lang = language_of(text, lang)
    report = _Report(text=normalise(text), state=Folding(lang=lang))
    for part in parts_of(report.text.text):
        report.state.previous = None
        for start, end in sentences_of(report.text, part.start, part.end):
            _read_sentence(report, part, start, end)
    return MinedText(
        id=id,
        text=text,
        lang=lang,
        findings=tuple(findings_of(report.state.groups, report.text, lang)),
        reference_regions=tuple(report.references),
        scores=scores_of(report.scored),
    )


@dataclass(slots=True, kw_only=True)
class _Report:
    """What has been read of a text."""

    text: Normalised
    state: Folding
    references: list[ReferenceValue] = field(default_factory=list)
    scored: list[Item] = field(default_factory=list)


def _read_sentence(report: _Report, part: Part, start: int, end: int) -> None:
    """Read one sentence; steps that its marks give no work are left out, for speed."""
    text, lang = report.text.text, report.state.lang
    items = mark(text, start, end, vocabulary(lang))
    kinds = {kind for item in items for kind in item.tags}
    if "site" in kinds:
        items = expand_lists(items, text, lang)
    if "num" in kinds:
        items = read_numbers(items, text, lang)
        report.scored.extend(item for item in items if "scoreval" in item.tags)
    if part.kind == "silent":
        return
    if not kinds.isdisjoint(SILENCERS):
        items = spoken_now(items, lang=lang)
    if "cmp" in kinds:
        items = with_comparisons(items)
    chunks = chunks_of(items, text, lang)
    if "suv" in kinds or "ref" in kinds:
        chunks, values = take_references(chunks)
        report.references.extend(values)
    first = len(report.state.groups)
    fold_sentence(report.state, chunks)
    if part.kind == "impression" and part.headed:
        for group in report.state.groups[first:]:
            group.impression = True


def parse_sentence(sentence: str, lang: str) -> tuple[Finding, ...]:
    """Return the findings of one sentence in a known language."""
    return mine_text(sentence, lang=lang).findings
