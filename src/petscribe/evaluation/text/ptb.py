r"""Penn-Treebank words as the COCO captioning metrics count them, without Java.

Lower-case tokens in the manner of the Stanford tokeniser (`-preserveLines -lowerCase`), then
without the punctuation that those metrics drop. What this keeps that one would not expect: brackets
stay, as `-lrb-` and `-rrb-`, because the tokens are lower-cased before they are compared with a
list of upper-case names; a slash inside a word stays in it as `\/`; `fdg-avid`, `2.3` and `-1.5`
are one token each; `isn't` is `is` + `n't`.

Not followed: mark-up tags, the tokeniser's long lists of place names and companies with a full
stop, and its sentence-end test (a full stop at the very end of a text never belongs to a word).
Source: behaviour of Stanford CoreNLP 3.4.1's PTBTokenizer, PTB bracketing guidelines.
"""

import re
import unicodedata
from functools import lru_cache

_LETTER = r"[^\W\d_]"
_ALNUM = r"[^\W_]"
_ABBREVIATIONS = (
    "jan|feb|mar|apr|jun|jul|aug|sep|sept|oct|nov|dec|mon|tue|tues|wed|thu|thurs|fri"
    "|mr|mrs|ms|dr|prof|jr|sr|st|vs|etc|al|approx|inc|co|corp|ltd|dept|univ|ave|blvd|ph\\.d|m\\.d"
)
_TOKEN = re.compile(
    rf"""
      (?:https?://|www\.)\S+
    | [\w.+-]+@\w[\w-]*(?:\.\w[\w-]*)+
    | (?: (?<!\w)(?: (?:{_ABBREVIATIONS})\. | {_LETTER}\.(?:{_LETTER}\.)+ | {_LETTER}\. )
        (?!\s*$) )
    | \d{{1,2}}[-/]\d{{1,2}}[-/]\d{{2,4}}(?!\w)
    | [a-z0-9]+(?:-[a-z]+){{0,2}}(?:/[a-z0-9]+(?:-[a-z]+){{0,2}}){{1,2}}(?![\w/]|[.]\d)
    | can(?=not\b) | gon(?=na\b) | got(?=ta\b) | lem(?=me\b) | gim(?=me\b)
        | wan(?=na\b)
    | {_LETTER}+?(?=n't\b) | n't\b
    | '(?:s|m|d|re|ve|ll)\b
    | [-+]?\d*(?:[.:,]\d+)+
    | {_LETTER}{_ALNUM}*(?:[.!?]{_LETTER}{_ALNUM}*)+
    | [-+]\d+(?!{_ALNUM})
    | {_ALNUM}+(?:-{_ALNUM}+)*
    | --+ | \.\.\.+ | ``|''
    | \S
    """,
    re.VERBOSE,
)
_ESCAPES = {
    "(": "-lrb-",
    ")": "-rrb-",
    "[": "-lsb-",
    "]": "-rsb-",
    "{": "-lcb-",
    "}": "-rcb-",
    "*": r"\*",
}
_DROPPED = frozenset(("''", "'", "``", "`", '"', ".", "?", "!", ",", ":", "-", "--", "...", ";"))
_MORE = "_"
"""Stands for the rest of the text, so that a piece knows that it is not the end."""
_SAME = str.maketrans(
    {
        "\u2018": "'",
        "\u2019": "'",
        "\u201c": '"',
        "\u201d": '"',
        "\u2013": "--",
        "\u2014": "--",
        "\u2026": "...",
        "\u00a0": " ",
        "\u00ad": None,
    }
)


def ptb_tokens(text: str) -> list[str]:
    """Return the words of one text: lower case, punctuation dropped, brackets kept by name."""
    lowered = text.lower()
    if not lowered.isascii():
        lowered = unicodedata.normalize("NFC", lowered).translate(_SAME)
    pieces = lowered.split()
    words = [word for piece in pieces[:-1] for word in _words(piece, last=False)]
    return words + [word for piece in pieces[-1:] for word in _words(piece, last=True)]


@lru_cache(maxsize=1 << 16)
def _words(piece: str, *, last: bool) -> tuple[str, ...]:
    """Return the words of a piece without spaces; only the last piece can end the text."""
    found = _TOKEN.findall(piece if last else f"{piece} {_MORE}")
    words = [_ESCAPES.get(word, word) for word in (found if last else found[:-1])]
    return tuple(_slashed(w) for w in words if w not in _DROPPED and not _is_rule(w))


def _slashed(word: str) -> str:
    return word.replace("/", r"\/") if "/" in word and "://" not in word else word


def _is_rule(word: str) -> bool:
    return len(word) > 2 and (not word.strip("-") or not word.strip("."))
