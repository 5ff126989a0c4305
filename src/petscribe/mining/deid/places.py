"""Streets, towns, hospitals: where somebody lives or was seen."""

import re
from collections.abc import Iterator
from functools import cache

from petscribe.mining.deid.alphabet import NAME_WORD, Sign, choice, is_medical, tagged, texts


def placed(text: str) -> Iterator[Sign]:
    """Yield addresses and institutions."""
    for pattern in _addresses():
        for found in pattern.finditer(text):
            yield tagged(*found.span(), "address")
    for found in _hospitals_en().finditer(text):
        if not is_medical(found["name"].split()[0]):
            yield tagged(*found.span(), "institution")
    for found in _hospitals_vi().finditer(text):
        yield tagged(*found.span("name"), "institution")


@cache
def _addresses() -> tuple[re.Pattern[str], ...]:
    name = NAME_WORD
    town = rf"{name}(?: {name}){{0,2}}, [A-Z]{{2}} \d{{5}}(?:-\d{{4}})?"
    street = rf"\d{{1,6}} (?:{name} ){{1,4}}{choice(texts('street'))}(?!\w)"
    flat = r"(?:,? (?:Apt|Suite|Unit)\.? ?\w{1,6})?"
    number = r"\d{1,3}(?![\d.,]*\d| ?[cm]m)"
    area = rf"(?i:{choice(texts('area'))}) ?(?:{name}(?: {name}){{0,3}}|{number})"
    house = rf"(?:(?i:{choice(texts('house'))}) \d[\w/-]{{0,8}},? )?"
    return (
        re.compile(rf"(?<!\w){street}{flat}(?:,? {town})?"),
        re.compile(rf"(?<!\w){town}(?!\w)"),
        re.compile(rf"(?<!\w){house}{area}(?:, ?{area}){{0,5}}"),
    )


@cache
def _hospitals_en() -> re.Pattern[str]:
    kinds = choice(texts("institution", "en"))
    return re.compile(
        rf"(?<!\w)(?P<name>{NAME_WORD}(?:(?: of| and|,)? {NAME_WORD}){{0,4}}) {kinds}(?!\w)"
        rf"(?: of {NAME_WORD}(?: {NAME_WORD}){{0,2}})?"
    )


@cache
def _hospitals_vi() -> re.Pattern[str]:
    kinds = choice(texts("institution", "vi"))
    word = rf"(?:{NAME_WORD}|\d{{1,3}}(?![\d.,]))"
    small = choice(texts("institution_part", "vi"))
    return re.compile(rf"(?<!\w){kinds} (?P<name>{word}(?: (?:{small} )?{word}){{0,5}})")
