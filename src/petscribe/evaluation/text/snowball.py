"""The Snowball English stemmer ("Porter2"), which METEOR 1.5 stems with.

R1 is what follows the first consonant after a vowel, R2 the same within R1; both are kept as places
in the word, which only ever loses or changes letters at its end. Source: the definition at
snowballstem.org (English, before its revision of 2024). Knows lower-case English words only.
"""

import re
from functools import lru_cache

_VOWELS = "aeiouy"
_EXCEPTIONS = {
    "skis": "ski", "skies": "sky", "dying": "die", "lying": "lie", "tying": "tie", "idly": "idl",
    "gently": "gentl", "ugly": "ugli", "early": "earli", "only": "onli", "singly": "singl",
}  # fmt: skip
_INVARIANT = frozenset(("sky", "news", "howe", "atlas", "cosmos", "bias", "andes"))
_INVARIANT_1A = frozenset(
    ("inning", "outing", "canning", "herring", "earring", "proceed", "exceed", "succeed")
)
_LONG_PREFIX = re.compile(r"gener|commun|arsen")
_REGION = re.compile(r"[aeiouy][^aeiouy]")
_STEP2 = (
    ("ational", "ate"), ("fulness", "ful"), ("iveness", "ive"), ("ization", "ize"),
    ("ousness", "ous"), ("biliti", "ble"), ("lessli", "less"), ("tional", "tion"),
    ("alism", "al"), ("aliti", "al"), ("ation", "ate"), ("entli", "ent"), ("fulli", "ful"),
    ("iviti", "ive"), ("ousli", "ous"), ("abli", "able"), ("alli", "al"), ("anci", "ance"),
    ("ator", "ate"), ("enci", "ence"), ("izer", "ize"), ("bli", "ble"), ("ogi", "og"), ("li", ""),
)  # fmt: skip
_STEP3 = (
    ("ational", "ate"), ("tional", "tion"), ("alize", "al"), ("ative", ""), ("icate", "ic"),
    ("iciti", "ic"), ("ical", "ic"), ("ness", ""), ("ful", ""),
)  # fmt: skip
_STEP4 = (
    "ement", "ance", "ence", "able", "ible", "ment", "ant", "ent", "ism", "ate", "iti", "ous",
    "ive", "ize", "ion", "al", "er", "ic",
)  # fmt: skip


@lru_cache(maxsize=1 << 16)
def snowball_stem(word: str) -> str:
    """Return the stem of a word, lower case."""
    word = word.lower()
    if len(word) <= 2 or word in _INVARIANT:
        return word
    word = word.replace("\u2019", "'").removeprefix("'")
    if word in _EXCEPTIONS:
        return _EXCEPTIONS[word]
    word = re.sub(r"^y|(?<=[aeiouy])y", "Y", word)
    r1, r2 = _regions(word)
    word = _plural(_possessive(word))
    if word in _INVARIANT_1A:
        return word
    word = _past(word, r1)
    if len(word) > 2 and word[-1] in "yY" and word[-2] not in _VOWELS:
        word = word[:-1] + "i"
    word = _derivation(word, r1)
    word = _adjective(word, r1, r2)
    word = _ending(word, r2)
    return _tidied(word, r1, r2).lower()


def _regions(word: str) -> tuple[int, int]:
    prefix = _LONG_PREFIX.match(word)
    first = prefix or _REGION.search(word)
    r1 = first.end() if first else len(word)
    second = _REGION.search(word, r1)
    return r1, second.end() if second else len(word)


def _possessive(word: str) -> str:
    for suffix in ("'s'", "'s", "'"):
        if word.endswith(suffix):
            return word[: -len(suffix)]
    return word


def _plural(word: str) -> str:
    if word.endswith("sses"):
        return word[:-2]
    if word.endswith(("ied", "ies")):
        return word[:-2] if len(word) > 4 else word[:-1]
    if word.endswith(("us", "ss")):
        return word
    if word.endswith("s") and any(c in _VOWELS for c in word[:-2]):
        return word[:-1]
    return word


def _past(word: str, r1: int) -> str:
    for suffix in ("eedly", "ingly", "edly", "eed", "ing", "ed"):
        if not word.endswith(suffix):
            continue
        stem = word[: -len(suffix)]
        if suffix in {"eed", "eedly"}:
            return stem + "ee" if len(stem) >= r1 else word
        return _restored(stem, r1) if any(c in _VOWELS for c in stem) else word
    return word


def _restored(stem: str, r1: int) -> str:
    if stem.endswith(("at", "bl", "iz")):
        return stem + "e"
    if stem.endswith(("bb", "dd", "ff", "gg", "mm", "nn", "pp", "rr", "tt")):
        return stem[:-1]
    return stem + "e" if len(stem) <= r1 and _ends_short(stem) else stem


def _ends_short(word: str) -> bool:
    """Tell whether a word ends in a short syllable."""
    if len(word) == 2:
        return word[0] in _VOWELS and word[1] not in _VOWELS
    return (
        len(word) > 2
        and word[-3] not in _VOWELS
        and word[-2] in _VOWELS
        and word[-1] not in _VOWELS + "wxY"
    )


def _derivation(word: str, r1: int) -> str:
    for suffix, new in _STEP2:
        if not word.endswith(suffix):
            continue
        stem = word[: -len(suffix)]
        before = {"ogi": "l", "li": "cdeghkmnrt"}.get(suffix)
        fits = len(stem) >= r1 and (before is None or (stem and stem[-1] in before))
        return stem + new if fits else word
    return word


def _adjective(word: str, r1: int, r2: int) -> str:
    for suffix, new in _STEP3:
        if word.endswith(suffix):
            stem = word[: -len(suffix)]
            return stem + new if len(stem) >= (r2 if suffix == "ative" else r1) else word
    return word


def _ending(word: str, r2: int) -> str:
    for suffix in _STEP4:
        if word.endswith(suffix):
            stem = word[: -len(suffix)]
            fits = len(stem) >= r2 and (suffix != "ion" or stem.endswith(("s", "t")))
            return stem if fits else word
    return word


def _tidied(word: str, r1: int, r2: int) -> str:
    stem = word[:-1]
    if word.endswith("e") and (len(stem) >= r2 or (len(stem) >= r1 and not _ends_short(stem))):
        return stem
    return stem if word.endswith("ll") and len(stem) >= r2 else word
