"""Which words each metric counts: four tokenisers, named, because they change every score.

English metrics follow the packages they are compared with. Vietnamese is written in syllables:
every metric reads the same Unicode tokens, one per syllable (a number is one token), or one per
word where the optional `underthesea` is installed and asked for. No tokeniser of English may touch
Vietnamese: one that keeps a-z alone breaks a word at every accent.
"""

import importlib
import re
from collections.abc import Callable
from functools import lru_cache

from petscribe.core.errors import InputError
from petscribe.evaluation.text.ptb import ptb_tokens

Tokenise = Callable[[str], list[str]]

_ROUGE = re.compile(r"[a-z0-9]+")
_UNICODE = re.compile(r"\d+(?:[.,]\d+)+|\w+")
_MARKS = re.compile(r"([{-~\[-` -&(-+:-@/])")
_STOP_AFTER = re.compile(r"([^0-9])([.,])")
_STOP_BEFORE = re.compile(r"([.,])([^0-9])")
_DASH = re.compile(r"([0-9])(-)")


def rouge_tokens(text: str) -> list[str]:
    """Return runs of a-z and 0-9, lower case, as the `rouge_score` package counts them."""
    return _ROUGE.findall(text.lower())


def mteval_tokens(text: str) -> list[str]:
    """Return the cased tokens of mteval-v13a, sacreBLEU's default.

    Punctuation stands alone; a full stop or comma inside a number does not.
    """
    line = text.rstrip().replace("<skipped>", "").replace("-\n", "").replace("\n", " ")
    for name, mark in (("&quot;", '"'), ("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">")):
        line = line.replace(name, mark)
    return [token for piece in line.split() for token in _mteval_pieces(piece)]


def syllable_tokens(text: str) -> list[str]:
    """Return Unicode words, lower case; in Vietnamese these are syllables. Punctuation is dropped.

    >>> syllable_tokens("SUVmax 12.4, FDG-avid")
    ['suvmax', '12.4', 'fdg', 'avid']
    """
    return _UNICODE.findall(text.lower())


@lru_cache(maxsize=1 << 16)
def _mteval_pieces(piece: str) -> tuple[str, ...]:
    line = _MARKS.sub(r" \1 ", f" {piece} ")
    line = _STOP_AFTER.sub(r"\1 \2 ", line)
    line = _STOP_BEFORE.sub(r" \1 \2", line)
    return tuple(_DASH.sub(r"\1 \2 ", line).split())


def word_tokens(text: str) -> list[str]:
    """Return Vietnamese words (syllables of one word joined by `_`), with `underthesea`.

    Raises:
        InputError: the package is not installed (code `package-missing`).
    """
    try:
        segment = importlib.import_module("underthesea").word_tokenize
    except ImportError as fault:
        raise InputError(
            "package-missing",
            "Vietnamese words need the package underthesea; install it or score syllables",
        ) from fault
    words = ("_".join(syllable_tokens(word)) for word in segment(text))
    return [word for word in words if word]


def caption_tokens(lang: str) -> Tokenise:
    """Return the tokeniser of COCO's metrics (BLEU, ROUGE-L, CIDEr) and of METEOR."""
    return syllable_tokens if lang == "vi" else ptb_tokens


def summary_tokens(lang: str) -> Tokenise:
    """Return the tokeniser of `rouge_score`'s metrics."""
    return syllable_tokens if lang == "vi" else rouge_tokens
