"""Do two places contradict each other? Regions, sides, levels - as a reader would judge.

A general region holds its specific ones (bone and spine), so naming either is no contradiction; a
neighbour counts as agreement only where the measured place is itself approximate. Levels are
vertebrae, ribs, lobes, node stations, segments and other parts of one region that exclude each
other. Knows the region list and the term base, not the patient.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final, Literal

from petscribe.core.finding import Side
from petscribe.core.lesion import Laterality, Location
from petscribe.terms.anatomy import LANGUAGES, ORGANS, adjacent
from petscribe.terms.places import terms_by_text

Relation = Literal["same", "related", "near", "unsaid", "other"]

_LONGEST_TERM: Final = 9
_MAX_WORDS: Final = 40

_PARTS: Final[dict[str, frozenset[str]]] = {
    "bone": frozenset({"bone_spine", "bone_rib", "bone_pelvis", "bone_marrow"}),
    "bone_marrow": frozenset({"bone_spine", "bone_rib", "bone_pelvis", "bone"}),
    "head_neck": frozenset({"tonsil", "thyroid", "neck_nodes"}),
    "peritoneum": frozenset({"mesentery"}),
    "neck_nodes": frozenset({"supraclavicular"}),
}
"""A word for the whole, and what it holds."""

NODE_REGIONS: Final = frozenset(
    {
        "neck_nodes",
        "supraclavicular",
        "axilla",
        "hilum",
        "mediastinum",
        "mesentery",
        "retroperitoneum",
        "pelvis_nodes",
        "groin",
    }
)
"""Where lymph nodes are, for claims about nodes that name no place."""


def region_relation(said: str, location: Location) -> Relation:
    """Tell how a region that a text names relates to where a lesion was measured."""
    if said == location.region:
        return "same"
    if "other" in {said, location.region}:
        return "unsaid"
    if holds(said, location.region) or holds(location.region, said):
        return "related"
    if said == location.alternative_region:
        return "related"
    is_near = location.approximate and adjacent(said, location.region)
    return "near" if is_near else "other"


def holds(whole: str, part: str) -> bool:
    """Tell whether the region `whole` is `part` or a word for something that holds it."""
    return whole == part or part in _PARTS.get(whole, frozenset())


def sides_clash(said: Side | None, measured: Laterality | None) -> bool:
    """Tell whether two sides exclude each other: only left against right does."""
    return {said, measured} == {"left", "right"}


def denied_side(said: Side | None, measured: Laterality | None) -> bool:
    """Tell whether a denial about side `said` covers a lesion on side `measured`."""
    if said in {None, "bilateral"} or measured is None:
        return True
    return said == measured


_FAMILIES: Final = tuple(
    re.compile(pattern)
    for pattern in (
        r"lung_(upper|middle|lower)_lobe",
        r"vertebrae_(\w+)",
        r"rib_(\d+)",
        r"lymph_node_(\d+)[AP]?",
        r"lymph_node_level_([IV]+)[AB]?",
        r"liver_segment_(\d)",
        r"pancreas_(head|body|tail)",
        r"(ascending_colon|transverse_colon|descending_colon|sigmoid_colon|cecum|rectum|anus)",
        r"(femur|fibula|tibia|humerus|radius|ulna|clavicula|scapula|sternum|skull|mandible)",
        r"(sacrum|acetabulum|ischium|pubis|iliac_bone)",
        r"(uterus|ovary|testis|penis|vagina|vulva|cervix_uteri|skin)",
        r"(parotid|submandibular|lacrimal|sublingual)_gland",
        r"(nasopharynx|larynx|hypopharynx|orbit|maxillary_sinus)",
        r"lymph_node_(axillary|inguinal|internal_mammary|mesenteric|paraaortic|internal_iliac)",
    )
)
"""Sets of parts that exclude each other: no two of one set are the same place."""


def place_clash(anatomy: str, location: Location) -> tuple[bool, float]:
    """Compare the level that the words of a text name with the measured one.

    Returns:
        Whether they exclude each other, and what agreement adds to the score of a pair.
    """
    said = _members(parts_named(anatomy))
    known = _members(_measured_parts(location))
    shared = set(said) & set(known)
    if any(said[family].isdisjoint(known[family]) for family in shared):
        return not location.approximate, 0.0
    return False, 1.5 if shared else 0.0


def _measured_parts(location: Location) -> tuple[str, ...]:
    level = location.level or ""
    candidates = (location.organ or "", level, f"vertebrae_{level}", f"lymph_node_{level}")
    return tuple(ORGANS[key].base for key in candidates if key in ORGANS)


def _members(bases: Iterable[str]) -> dict[int, set[str]]:
    """Return which member of which family each organ (by its key without side) is."""
    found: dict[int, set[str]] = {}
    for base in bases:
        for number, family in enumerate(_FAMILIES):
            match = family.fullmatch(base)
            if match:
                found.setdefault(number, set()).add(match.group(1))
    return found


@lru_cache(maxsize=4096)
def parts_named(anatomy: str) -> tuple[str, ...]:
    """Return the organs (keys without side) that a text's words for a site name, longest first."""
    parts = anatomy.lower().replace(",", " ").split()[:_MAX_WORDS]
    found: list[str] = []
    start = 0
    while start < len(parts):
        for stop in range(min(len(parts), start + _LONGEST_TERM), start, -1):
            key = _organ_named(" ".join(parts[start:stop]))
            if key is not None:
                found.append(key)
                start = stop - 1
                break
        start += 1
    return tuple(found)


def _organ_named(words: str) -> str | None:
    for lang in LANGUAGES:
        term = terms_by_text(lang).get(words)
        if term is not None and term.kind != "region":
            return term.key
    return None
