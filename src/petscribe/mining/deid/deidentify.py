"""A report text to one that names nobody: the main path of de-identification.

Every text gets an account of what was taken out, by kind, without the words themselves. A patient's
dates all move by the same number of days, drawn from a secret of the site, so that the time between
exams stays and the dates do not.
"""

import hashlib
import hmac
import unicodedata
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import Any, Final

from petscribe.mining.deid.alphabet import Sign, tagged
from petscribe.mining.deid.codes import coded
from petscribe.mining.deid.dates import shifted
from petscribe.mining.deid.labels import labelled
from petscribe.mining.deid.names import known, named, repeated
from petscribe.mining.deid.places import placed
from petscribe.mining.normalise import composed, language_of

_LONGEST_SHIFT: Final = 365


@dataclass(frozen=True, kw_only=True)
class Deidentified:
    """A text without the people in it, and the way there from the original."""

    original: str
    text: str
    signs: tuple[Sign, ...]
    """What was replaced, by offsets in the original, in order."""

    @property
    def counts(self) -> Mapping[str, int]:
        """How many stretches of each kind were replaced."""
        return dict(sorted(Counter(sign.kind for sign in self.signs).items()))

    def part(self, start: int, end: int) -> str:
        """Return the de-identified text of a span of the original, cut signs taken whole."""
        first = bisect_left(self._ends, start + 1)
        last = bisect_left(self._starts, end)
        return _written(self.original, self.signs[first:last], start, end)

    def account(self) -> dict[str, Any]:
        """Return the report on this text: counts only, never the words."""
        return {"replaced": dict(self.counts), "characters": len(self.original)}

    @cached_property
    def _starts(self) -> list[int]:
        return [sign.start for sign in self.signs]

    @cached_property
    def _ends(self) -> list[int]:
        return list(accumulate((sign.end for sign in self.signs), max))


def deidentify(
    text: str, *, days: int, lang: str | None = None, identifiers: Iterable[str] = ()
) -> Deidentified:
    """Return `text` with names, ids, phones, addresses replaced and its dates moved by `days`.

    Args:
        text: a report, or a part of one; fields at its head help to find names further down.
        days: see `days_of`.
        lang: `en` or `vi`; guessed when None.
        identifiers: names and numbers known to belong to the patient; found in any spelling.
    """
    lang = language_of(text, lang)
    plain, starts = text, None
    if not unicodedata.is_normalized("NFC", text):
        plain, starts = composed(text)
    found = [*known(plain, identifiers), *labelled(plain), *named(plain)]
    found += repeated(plain, found)
    found += [*shifted(plain, days=days, lang=lang), *coded(plain), *placed(plain)]
    signs = _apart(found)
    if starts is not None:
        signs = [s._replace(start=starts[s.start], end=starts[s.end]) for s in signs]
    made = _written(text, signs, 0, len(text))
    return Deidentified(original=text, text=made, signs=tuple(signs))


def days_of(patient: str, secret: bytes) -> int:
    """Return the number of days (-365 to -1) that all dates of a patient move by."""
    drawn = hmac.new(secret, patient.encode("utf-8", "surrogatepass"), hashlib.sha256).digest()
    return -1 - int.from_bytes(drawn[:8], "big") % _LONGEST_SHIFT


def _apart(found: Sequence[Sign]) -> list[Sign]:
    """Return signs that do not overlap; of two that do, both stretches go under the first's kind.

    Earlier in `found` is surer.
    """
    ranked = sorted(enumerate(found), key=lambda one: (one[1].start, one[0]))
    made: list[tuple[int, Sign]] = []
    for rank, sign in ranked:
        if not made or sign.start >= made[-1][1].end:
            made.append((rank, sign))
            continue
        before, kept = made[-1]
        start, end = kept.start, max(kept.end, sign.end)
        longer = sign if sign.end > kept.end else kept
        surer = longer if sign.kind == kept.kind else (sign if rank < before else kept)
        if (surer.start, surer.end) != (start, end):
            surer = tagged(start, end, surer.kind)
        made[-1] = (min(rank, before), surer)
    return [sign for _, sign in made]


def _written(text: str, signs: Sequence[Sign], start: int, end: int) -> str:
    parts: list[str] = []
    at = start
    for sign in signs:
        parts += [text[at : max(at, sign.start)], sign.text]
        at = max(at, sign.end)
    parts.append(text[at:end])
    return "".join(parts)
