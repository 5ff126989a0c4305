"""Regions, organs, levels and node stations: what exists, where it belongs, what it is called.

Knows names, sides, neighbours and codes; knows no coordinates and no synonyms (`terms.words`).
Organ keys are TotalSegmentator v2 class names as they are (github.com/wasserth/TotalSegmentator,
task `total`, 117 classes), and for what that list lacks our own keys in the same style:
`lymph_node_4R` (IASLC stations), `lymph_node_level_IIA_left` (neck levels),
`lymph_node_axillary_left`, `tonsil_left`, `pleura_right`, `uterus`, ... Codes: UBERON (CC BY) and,
where DICOM PS3.16 lists them, SNOMED CT; only where certain.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Final, Literal

from petscribe.core.lesion import Section
from petscribe.terms.tables import LEXICON, read_table

Lang = Literal["en", "vi"]
LANGUAGES: Final[tuple[Lang, ...]] = ("en", "vi")

SECTIONS: Final[tuple[Section, ...]] = (
    "head_neck",
    "chest",
    "abdomen_pelvis",
    "musculoskeletal",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """What something is called in one language, without article."""

    plain: str
    sided: str | None
    """With `{side}` where the side word belongs; None when a side is not said of it."""
    both: str | None

    def of(self, side: str | None, side_words: Mapping[str, str]) -> str:
        """Return the name with its side in words; a side that is not said of it is left out."""
        if side == "bilateral" and self.both:
            return self.both
        if side in {"left", "right"} and self.sided:
            return self.sided.replace("{side}", side_words[str(side)])
        return self.plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """One entry of the closed list of regions."""

    key: str
    section: Section
    names: Mapping[str, Name]
    adjacent: frozenset[str]
    """Regions that touch it, for near misses and second choices."""
    nodes: str | None
    """Region of a lymph node that is said to lie here; None when a node here is of this region."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Organ:
    """One organ, bone, vessel, muscle, lymph-node station or part of one."""

    key: str
    base: str
    """The key without its side: `rib_6` of `rib_left_6`."""
    region: str
    section: Section
    side: str | None
    """left, right or midline when the key itself decides it."""
    kind: str
    """organ, part, bone, muscle, vessel or node."""
    names: Mapping[str, Name]
    label: int | None
    """TotalSegmentator's label number (task `total`, v2)."""
    uberon: str | None
    snomed: str | None

    @property
    def paired(self) -> bool:
        """Whether there is one on each side."""
        return mirrored(self.key) != self.key


TOTALSEGMENTATOR: Final[tuple[str, ...]] = tuple(
    (LEXICON / "totalsegmentator.txt").read_text("ascii").split()
)
"""The 117 class names of TotalSegmentator v2's task `total`; label = position + 1."""


def _names(row: Mapping[str, str]) -> dict[str, Name]:
    english = _name(row["en"], row["en_sided"], "{side} " + row["en"])
    vietnamese = _name(row["vi"], row["vi_sided"], row["vi"] + " {side}")
    return {
        "en": replace(english, both=row["en_both"] or None),
        "vi": replace(vietnamese, both=_both_vi(vietnamese.sided)),
    }


def _name(plain: str, sided: str, usual: str) -> Name:
    if "{side}" in plain:  # a station whose letter decides the side
        return Name(plain=" ".join(plain.replace("{side}", "").split()), sided=plain, both=None)
    return Name(plain=plain, sided=(usual if sided == "+" else sided) or None, both=None)


def _both_vi(sided: str | None) -> str | None:
    if sided is None:
        return None
    both = side_words("vi")["bilateral"]  # two words, the second means "side"
    return sided.replace(f"{both.split()[1]} {{side}}", both).replace("{side}", both)


@cache
def side_words(lang: str) -> Mapping[str, str]:
    """Return the words for left, right, bilateral and midline in `lang`."""
    for row in read_table("sides.tsv"):
        if row["lang"] == lang:
            return {side: row[side] for side in ("left", "right", "bilateral", "midline")}
    raise ValueError(f"language {lang!r} is not one of {', '.join(LANGUAGES)}")


def _section(text: str) -> Section:
    return next(section for section in SECTIONS if section == text)


def _region_table() -> dict[str, Region]:
    return {
        row["region"]: Region(
            key=row["region"],
            section=_section(row["section"]),
            names=_names(row),
            adjacent=frozenset(row["next"].split()),
            nodes=row["nodes"] or None,
        )
        for row in read_table("regions.tsv")
    }


def _organ_table() -> dict[str, Organ]:
    labels = {name: i for i, name in enumerate(TOTALSEGMENTATOR, start=1)}
    return {
        row["key"]: Organ(
            key=row["key"],
            base=row["base"],
            region=row["region"],
            section=_section(row["section"] or REGION_TABLE[row["region"]].section),
            side=row["side"] or None,
            kind=row["kind"],
            names=_names(row),
            label=labels.get(row["key"]),
            uberon=f"UBERON:{row['uberon']}" if row["uberon"] else None,
            snomed=row["sct"] or None,
        )
        for row in read_table("organs.tsv")
    }


REGION_TABLE: Final[Mapping[str, Region]] = _region_table()
"""Every region by key."""
REGIONS: Final[tuple[str, ...]] = tuple(REGION_TABLE)
"""The closed list of the finding schema, in its order."""
ORGANS: Final[Mapping[str, Organ]] = _organ_table()
"""Every organ by key: TotalSegmentator's names first, then ours."""


def section_of(region: str, organ: str | None = None) -> Section:
    """Return the report section of a region; an organ that is known decides it by itself.

    Raises:
        ValueError: `region` is not of the closed list.
    """
    if organ is not None and organ in ORGANS:
        return ORGANS[organ].section
    if region not in REGION_TABLE:
        raise ValueError(f"region {region!r} is not of the closed list")
    return REGION_TABLE[region].section


def region_of(organ: str) -> str | None:
    """Return the region of an organ key, or None when the key is not known."""
    return ORGANS[organ].region if organ in ORGANS else None


def side_of(organ: str) -> str | None:
    """Return left, right or midline when the organ's key decides it."""
    return ORGANS[organ].side if organ in ORGANS else None


def mirrored(organ: str) -> str:
    """Return the same organ of the other side; an unpaired organ is its own mirror."""
    known = ORGANS.get(organ)
    if known is None or known.side not in {"left", "right"}:
        return organ
    other = "left" if known.side == "right" else "right"
    return organ_key(known.base, other) or organ


@cache
def organ_key(base: str, side: str | None) -> str | None:
    """Return the key of the organ with this base on this side, or None when there is none."""
    return _by_base().get((base, side))


@cache
def _by_base() -> Mapping[tuple[str, str | None], str]:
    return {(organ.base, organ.side): organ.key for organ in ORGANS.values()}


def adjacent(first: str, second: str) -> bool:
    """Tell whether two regions are the same or touch."""
    if first == second:
        return True
    return second in REGION_TABLE[first].adjacent or first in REGION_TABLE[second].adjacent


def name(key: str, lang: str, *, side: str | None = None) -> str:
    """Return what a region or an organ is called, with its side in words where one is said.

    Args:
        key: a region or an organ key; an organ brings its own side.
        lang: `en` or `vi`.
        side: left, right, bilateral, midline or None; for an organ of one side it is ignored.

    Raises:
        ValueError: the key or the language is unknown.
    """
    if key in ORGANS:
        organ = ORGANS[key]
        return organ.names[lang].of(organ.side or side, side_words(lang))
    if key in REGION_TABLE:
        return REGION_TABLE[key].names[lang].of(side, side_words(lang))
    raise ValueError(f"{key!r} is neither a region nor an organ")


def said_side(key: str, side: str | None) -> str | None:
    """Return the side that `name` says of this key: the wish, the organ's own, or None.

    "Right" is not said of a liver; "midline" only where the name means it (subcarinal).
    """
    names = ORGANS[key].names if key in ORGANS else REGION_TABLE[key].names
    own = ORGANS[key].side if key in ORGANS else None
    if own is not None:
        return own if own == "midline" or own in name(key, "en").split() else None
    if side == "bilateral":
        return side if names["en"].both else None
    return side if side in {"left", "right"} and names["en"].sided else None


@cache
def names_by_language(lang: str) -> Mapping[str, tuple[str, str | None]]:
    """Return every name in lower case with the key and the side that it says."""
    found: dict[str, tuple[str, str | None]] = {}
    for key in (*ORGANS, *REGION_TABLE):
        for side in (None, "left", "right", "bilateral"):
            said = said_side(key, side)
            if said == side or side is None:
                found.setdefault(name(key, lang, side=side).lower(), (key, said))
    return found
