"""Which tracer a header names: codes first, then its own words, last the series' description.

Texts are data: they are matched against a closed list and never interpreted. Codes: DICOM CID 4021
in SNOMED-RT, SNOMED-CT, DCM and NCIt forms. Does not judge whether a tracer suits an exam.
"""

import re
from collections.abc import Iterable

from petscribe.core.exam import Tracer

_CODES: dict[str, Tracer] = {
    "C-B1031": "fdg",
    "35321007": "fdg",
    "Y-X1743": "fdg",
    "C-B1036": "flt",
    "129502002": "flt",
    "C-E026A": "fluciclovine",
    "457000009": "fluciclovine",
    "724025002": "dotatate",
    "126758": "psma",
    "126759": "psma",
    "C118961": "psma",
    "C116352": "psma",
    "C96234": "psma",
}

_WORDS: tuple[tuple[Tracer, str], ...] = (
    ("psma", r"psma|piflufolastat|pylarify|pyl\b|dcfpyl|dcfbc|flotufolastat|posluma|illuccix"),
    ("psma", r"gozetotide|locametz"),
    ("dotatate", r"dota[- ]?(tate|toc|noc)|netspot|detectnet|edotreotide|oxodotreotide|somakit"),
    ("fluciclovine", r"fluciclovine|axumin|facbc"),
    ("flt", r"\bflt\b|fluoro-?thymidine|fluorothymidin"),
    ("fdg", r"fdg|fluoro-?deoxy-?d?-?glucose|fludeoxyglucose|fluorodeoxyglukose"),
)
_OTHERS = re.compile(
    r"fapi|choline|methionine|acetate|\bnaf\b|sodium fluoride|\bfet\b|fluoro-?ethyl-?tyrosin|dopa|"
    r"florbeta|flutemetamol|flortaucipir|ammonia|rubidium|water|raclopride|fmiso|misonidazole|"
    r"estradiol|\bfes\b|pentixafor|exendin|flurpiridaz|rgd|trastuzumab|mab\b",
    re.IGNORECASE,
)
_PATTERNS = tuple((tracer, re.compile(words, re.IGNORECASE)) for tracer, words in _WORDS)


def tracer_of(
    codes: Iterable[str | None], words: Iterable[str | None], hint: str | None = None
) -> Tracer:
    """Return the tracer that codes or, failing those, words name.

    Args:
        codes: code values of the radiopharmaceutical.
        words: code meanings and the radiopharmaceutical's own text; an unknown name here is
            `other`.
        hint: the series description: believed only when it names a known tracer.
    """
    for code in codes:
        if code in _CODES:
            return _CODES[code]
    named = [word for word in words if word]
    for word in named:
        found = _by_words(word)
        if found is not None:
            return found
    if any(_OTHERS.search(word) for word in named):
        return "other"
    return _by_words(hint or "") or "unknown"


def _by_words(text: str) -> Tracer | None:
    return next((tracer for tracer, pattern in _PATTERNS if pattern.search(text)), None)
