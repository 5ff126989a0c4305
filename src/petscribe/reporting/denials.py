"""Denials that the measurements contradict: "no FDG-avid liver lesion" beside a liver lesion.

A denial of something that is not uptake (an effusion, a cyst) contradicts nothing here; a denial of
*other* lesions contradicts only those that the text has not named. Knows the records and the words
that mean "other".
"""

import re
import unicodedata
from collections.abc import Collection, Iterator

from petscribe.core.finding import Finding
from petscribe.core.lesion import Lesion
from petscribe.reporting.draft import Draft, is_cold
from petscribe.reporting.places import (
    NODE_REGIONS,
    denied_side,
    holds,
    parts_named,
    place_clash,
    region_relation,
)

_NOT_UPTAKE = frozenset({"thickening", "cyst"})
_OTHERS = re.compile(
    r"\b(other|others|otherwise|else|elsewhere|additional|further|remaining|remainder|rest|except|"
    r"apart|besides|khac|con lai|ngoai|ngoai ra)\b"
)
"""Words by which a denial leaves out what was named; Vietnamese without its marks."""
_ABOUT_UPTAKE = re.compile(
    r"\b(uptake|activity|avid\w*|hypermetabol\w*|metabol\w*|lesions?|disease|metasta\w*|"
    r"malignan\w*|abnormal\w*|tumou?rs?|foc(?:us|i|al)|chuyen hoa|bat xa|bat thuoc|ton thuong|"
    r"bat thuong|di can)\b"
)
"""Words that make a denial of nothing in particular one of uptake or tumour."""
_SECTION_WORDS = {
    "head_neck": ("head and neck", "head or neck", "neck", "dau co", "dau mat co", "vung co"),
    "chest": ("chest", "thorax", "thoracic", "long nguc", "nguc"),
    "abdomen_pelvis": ("abdomen", "abdominal", "pelvis", "pelvic", "o bung", "bung", "chau"),
    "musculoskeletal": ("skeleton", "skeletal", "osseous", "musculoskeletal", "co xuong", "xuong"),
}
"""How a text names a whole part of the body."""


def denied(draft: Draft, named: Collection[int]) -> Iterator[tuple[Finding, Lesion]]:
    """Yield each denial with the lesions that contradict it.

    Args:
        draft: the text under check.
        named: ids of lesions that the text asserts somewhere; they contradict a denial only when
            no unnamed one does.
    """
    for claim in draft.claims:
        against = [x for x in draft.lesions if _is_against(claim, x, draft, named)]
        unnamed = [x for x in against if x.id not in named]
        for lesion in unnamed or against:
            yield claim, lesion


def _is_against(claim: Finding, lesion: Lesion, draft: Draft, named: Collection[int]) -> bool:
    if is_cold(claim) or claim.change == "resolved":
        return lesion.id not in named and _same_place(claim, lesion)
    return claim.negated and _contradicts(claim, lesion, draft, named)


def _same_place(claim: Finding, lesion: Lesion) -> bool:
    """Tell whether a claim names this lesion's very region and side."""
    location = lesion.location
    return (
        region_relation(claim.region, location) in {"same", "related"}
        and claim.laterality == location.laterality
        and not place_clash(claim.anatomy, location)[0]
    )


def _contradicts(claim: Finding, lesion: Lesion, draft: Draft, named: Collection[int]) -> bool:
    words = plain(draft.quote(claim))
    if claim.type in _NOT_UPTAKE or (claim.type is None and not _ABOUT_UPTAKE.search(words)):
        return False
    is_named = lesion.id in named
    if is_named and (_OTHERS.search(words) or claim.type in {"node", "nodal_mass", "nodule"}):
        return False
    if _is_everywhere(claim) and named and not is_named:
        return False
    location = lesion.location
    covered = _covers(claim, lesion) and denied_side(claim.laterality, location.laterality)
    return covered and not place_clash(claim.anatomy, location)[0]


def _is_everywhere(claim: Finding) -> bool:
    """Tell whether a denial names no place: beside named lesions it speaks of the rest."""
    return claim.region == "other" and not parts_named(claim.anatomy) and not _sections(claim)


def _covers(claim: Finding, lesion: Lesion) -> bool:
    region = lesion.location.region
    sections = _sections(claim)
    if claim.region == "other" and sections:
        return lesion.location.section in sections and _is_node_or_any(claim, region)
    if _is_everywhere(claim):
        return _is_node_or_any(claim, region)
    return holds(claim.region, region)


def _is_node_or_any(claim: Finding, region: str) -> bool:
    return claim.type not in {"node", "nodal_mass"} or region in NODE_REGIONS


def _sections(claim: Finding) -> frozenset[str]:
    """Return the parts of the body that a claim without a region names in words."""
    words = plain(claim.anatomy)
    return frozenset(
        section
        for section, names in _SECTION_WORDS.items()
        if any(re.search(rf"\b{name}\b", words) for name in names)
    )


def plain(text: str) -> str:
    """Return a text in lower case without accents and marks."""
    bare = unicodedata.normalize("NFD", text.lower().replace("\u0111", "d"))
    return "".join(letter for letter in bare if not unicodedata.combining(letter))
