"""One spelling for every text: NFC, plain spaces and digits, one Vietnamese tone placement.

Works letter for letter, so that a place in the normalised text is a place in the original; only a
text that is not NFC needs a map. Knows no words beyond those that tell the two languages apart.
"""

import re
import unicodedata
from dataclasses import dataclass

_SPACES = "\t\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
_SPACES += "\u202f\u205f\u3000\u200b\u200c\u200d\u2060\ufeff\u00ad"
_LETTERS = {
    "\u0130": "i",
    "\u00d7": "x",
    "\u2715": "x",
    "\u2716": "x",
    "\u2a2f": "x",
    "\u00b2": "2",
    "\u00b3": "3",
    "\u00b9": "1",
    "\u2248": "~",
    "\u223c": "~",
    "\u02dc": "~",
    "\u2243": "~",
    "\u2212": "-",
    "\u2010": "-",
    "\u2011": "-",
    "\u2012": "-",
    "\u2013": "-",
    "\u2014": "-",
    "\u2015": "-",
    "\u2018": "'",
    "\u2019": "'",
    "\u201c": '"',
    "\u201d": '"',
    "\u2192": "\u2192",
    "\u21d2": "\u2192",
    "\u2794": "\u2192",
    "\u279c": "\u2192",
    "\u2264": "\u2264",
    "\u2a7d": "\u2264",
    "\u2265": "\u2265",
    "\u2a7e": "\u2265",
    "\u0110": "\u0111",
    "\u00d0": "\u0111",
    "\u2022": "*",
    "\u25cf": "*",
    "\u25aa": "*",
    "\u00b7": "*",
    "\x0b": "\n",
    "\x0c": "\n",
    "\r": "\n",
    "\u2028": "\n",
    "\u2029": "\n",
    "\x85": "\n",
}
_TABLE = {ord(c): " " for c in _SPACES}
_TABLE |= {ord(a): b for a, b in _LETTERS.items()}
_TABLE |= {0xFF01 + i: chr(0x21 + i) for i in range(94)}

_TONES = "\u0300\u0301\u0303\u0309\u0323"
"""Grave, acute, tilde, hook above, dot below."""


def _toned(letter: str, tone: str) -> str:
    return unicodedata.normalize("NFC", letter + tone)


_OLD_STYLE = {
    first + _toned(second, tone): _toned(first, tone) + second
    for first, second in (("o", "a"), ("o", "e"), ("u", "y"))
    for tone in _TONES
}
"""The tone of open oa, oe, uy on the second letter -> on the first, as most reports print it."""
_OLD_STYLE_AT = re.compile(rf"(?<!q)(?:{'|'.join(_OLD_STYLE)})\b")

_VIETNAMESE = re.compile(
    "[\u0103\u0111\u01a1\u01b0\u1ea1-\u1ef9]"  # letters that other languages do not have
)
_WEAK = re.compile(
    "[\u00e0\u00e1\u00e2\u00e3\u00e8\u00e9\u00ea\u00ec\u00ed\u00f2-\u00f5\u00f9\u00fa]"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Normalised:
    """A text in one spelling, lower case, and the way back to the original."""

    original: str
    text: str
    starts: tuple[int, ...] | None
    """Original offset of each character (and of the end); None when they are the same."""

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the offsets in the original text of a span of the normalised one."""
        if self.starts is None:
            return start, end
        return self.starts[start], self.starts[end]

    def words(self, start: int, end: int) -> str:
        """Return the original words of a span: NFC, lower case, single spaces."""
        first, last = self.span(start, end)
        return " ".join(unicodedata.normalize("NFC", self.original[first:last]).lower().split())


def normalise(text: str) -> Normalised:
    """Return `text` in one spelling: lower case, NFC, simple spaces, dashes, signs and tones."""
    if text.isascii():
        plain = text.translate(_TABLE).lower()
        return Normalised(original=text, text=plain, starts=None)
    starts: tuple[int, ...] | None = None
    plain = text
    if not unicodedata.is_normalized("NFC", text):
        plain, starts = composed(text)
    plain = _lower(plain.translate(_TABLE))
    plain = _OLD_STYLE_AT.sub(lambda found: _OLD_STYLE[found[0]], plain)
    return Normalised(original=text, text=plain, starts=starts)


def language_of(text: str, stated: str | None = None) -> str:
    """Return `en` or `vi`: as stated when it is one of them, else by the letters of `text`."""
    if stated in {"en", "vi"}:
        return str(stated)
    sample = text[:20_000].lower()
    if sample.isascii():
        return "en"
    sample = unicodedata.normalize("NFC", sample)
    letters = sum(map(str.isalpha, sample)) or 1
    strong = len(_VIETNAMESE.findall(sample))
    weak = len(_WEAK.findall(sample))
    return "vi" if strong and (strong + weak) / letters > 0.04 else "en"


def _lower(text: str) -> str:
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


def composed(text: str) -> tuple[str, tuple[int, ...]]:
    """Return the NFC of `text`, cluster by cluster, with the start of each letter's cluster."""
    letters: list[str] = []
    starts: list[int] = []
    at = 0
    while at < len(text):
        end = at + 1
        while end < len(text) and unicodedata.combining(text[end]):
            end += 1
        made = unicodedata.normalize("NFC", text[at:end])
        letters.append(made)
        starts.extend([at] * len(made))
        at = end
    starts.append(len(text))
    return "".join(letters), tuple(starts)
