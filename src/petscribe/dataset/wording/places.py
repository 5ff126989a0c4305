"""A place in several wordings: `right upper lobe`, `upper lobe of the right lung`, `RUL`.

Every wording says the same organ or level and the same side as the term base's own. Knows names,
no coordinates. Patterns lie in `places.<lang>.json` by organ base; `{side}` and `{S}` (the letter)
stand for the side, `{v}` for a vertebra, `{n}`, `{nth}`, `{word}`, `{roman}` for a number.
"""

import re
from functools import cache
from typing import Final

from petscribe.core.lesion import Location
from petscribe.dataset.wording.grammar import grammar
from petscribe.terms.anatomy import ORGANS, name, side_words
from petscribe.terms.places import side_said, site_key
from petscribe.terms.tables import ORDINAL_WORDS, ROMAN, ordinal

_SIDED: Final = re.compile(r"\{(?:side|S)\}")
_NUMBERED: Final = re.compile(r"(rib|liver_segment|lymph_node_level)_(\w+)")
_THORACIC_VI: Final = "D"


def places_of(location: Location, lang: str) -> tuple[str, ...]:
    """Return every wording of a place without article, the term base's own first."""
    key = site_key(
        region=location.region,
        organ=location.organ,
        laterality=location.laterality,
        level=location.level,
    )
    return place_wordings(key, location.laterality, lang)


@cache
def place_wordings(key: str, laterality: str | None, lang: str) -> tuple[str, ...]:
    """Return every wording of an organ or region on a side, the term base's own first."""
    own = name(key, lang, side=laterality)
    said = side_said(own, laterality, lang)  # type: ignore[arg-type]
    sided = said in {"left", "right"}
    fill = _fill(key, lang) | _side_fill(said if sided else None, lang)
    patterns = grammar(lang, "places").get(_base(key), ())
    fitting = [p for p in patterns if bool(_SIDED.search(p)) == sided]
    worded = (re.sub(r"\{(\w+)\}", lambda hole: fill[hole[1]], pattern) for pattern in fitting)
    return tuple(dict.fromkeys((own, *worded)))


def _base(key: str) -> str:
    if key not in ORGANS:
        return key
    base = ORGANS[key].base
    if base.startswith("vertebrae_"):
        return "vertebrae"
    found = _NUMBERED.fullmatch(base)
    return found[1] if found else base


def _fill(key: str, lang: str) -> dict[str, str]:
    base = ORGANS[key].base if key in ORGANS else key
    if base.startswith("vertebrae_"):
        vertebra = base.removeprefix("vertebrae_")
        return {"v": vertebra.replace("T", _THORACIC_VI) if lang == "vi" else vertebra}
    found = _NUMBERED.fullmatch(base)
    if not found:
        return {}
    if not found[2].isdigit():
        return {"roman": found[2]}
    number = int(found[2])
    return {
        "n": str(number),
        "nth": ordinal(number),
        "word": ORDINAL_WORDS[number - 1],
        "roman": ROMAN[number - 1],
    }


def _side_fill(side: str | None, lang: str) -> dict[str, str]:
    if side is None:
        return {}
    return {"side": side_words(lang)[side], "S": side[0].upper()}
