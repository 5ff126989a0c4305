"""Numbers and addresses of the net that point at a person: phone, record number, mail, UID, age.

Told by their shape, so that a size, an SUV, an image number or a tracer's name is none.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from petscribe.mining.deid.alphabet import Kind, Sign, choice, tagged, texts

_SHAPES: Final[tuple[tuple[Kind, re.Pattern[str]], ...]] = (
    ("email", re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")),
    ("url", re.compile(r"(?:https?://|www\.)[^\s<>\"')\]]{3,300}", re.IGNORECASE)),
    ("id", re.compile(r"(?<![\w.])\d{1,4}(?:\.\d{1,39}){5,20}(?![\w])")),  # a DICOM UID
    ("id", re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.])")),  # an address of the net
    ("id", re.compile(r"(?<![\w-])\d{3}-\d{2}-\d{4}(?![\w-])")),  # social security
    ("id", re.compile(r"(?<!\w)[A-Z]{2,6}-[A-Z0-9]{2,6}-[A-Z]{0,2}\d{2,6}[A-Z]?(?!\w)")),
    ("phone", re.compile(r"(?<![\w.])\(?\d{3}\)?[ .-]\d{3}[.-]\d{4}(?!\w)")),
    ("phone", re.compile(r"(?<![\w.])\(\d{3}\) ?\d{3} \d{4}(?!\w)")),
    ("phone", re.compile(r"(?<![\w.])\+\d{1,3}[ .-]?\(?\d{1,4}\)?(?:[ .-]?\d{2,4}){2,4}(?!\w)")),
    ("phone", re.compile(r"(?<![\w.,])0\d{2,3}[ .-]\d{3,4}[ .-]\d{3,4}(?![\w])")),
    ("phone", re.compile(r"(?<![\w.,])0\d{9,10}(?![\w])")),
    ("id", re.compile(r"(?<![\w.,])[A-Z]{0,4}\d{7,20}[A-Z]?(?![\w]|[.,]\d)")),
    ("id", re.compile(r"(?<!\w)(?:[A-Z]{1,2}\d{6}|[A-Z]{3,4}\d{5,6})(?!\w)")),
)


def coded(text: str) -> Iterator[Sign]:
    """Yield what has the shape of a phone number, an identifier or an address of the net."""
    for kind, pattern in _SHAPES:
        for found in pattern.finditer(text):
            yield tagged(*found.span(), kind)
    for found in _age().finditer(text):
        yield tagged(*found.span("age"), "age")


@cache
def _age() -> re.Pattern[str]:
    """Return the pattern of an age above 89, which alone can point at a person."""
    return re.compile(
        rf"(?<![\w.,])(?P<age>9\d|1[0-2]\d)(?=[ -]{{0,2}}{choice(texts('age'))}(?!\w))",
        re.IGNORECASE,
    )
