"""One spelling before any metric: without it a text scores below 1 against itself.

English: NFC only, so that reference implementations are matched to the last digit. Vietnamese: the
spelling that mining reads (NFC, one tone placement, plain spaces, dashes and signs, lower case) and
a decimal point for a decimal comma.
"""

import re
import unicodedata

from petscribe.core.errors import InputError
from petscribe.mining.normalise import normalise

LANGUAGES = ("en", "vi")

_DECIMAL_COMMA = re.compile(r"(?<=\d),(?=\d)")


def one_spelling(text: str, lang: str) -> str:
    """Return `text` in the spelling that metrics of `lang` read.

    Raises:
        InputError: another language than English or Vietnamese (code `unknown-language`).
    """
    if lang == "vi":
        return _DECIMAL_COMMA.sub(".", normalise(text).text)
    if lang == "en":
        return text if text.isascii() else unicodedata.normalize("NFC", text)
    raise InputError("unknown-language", f"language {lang!r}: scores are made for en and vi")
