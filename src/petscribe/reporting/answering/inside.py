"""Does a lesion lie in a place that is asked about: yes, perhaps, or no - as a reader would judge.

A region holds its parts and its organs; an organ holds its segments. "Perhaps" is what the
measurement leaves open: a lesion placed only in the wider region, without a side, or with the asked
region as close second. Knows places, not patients.
"""

from typing import Final, Literal

from petscribe.core.lesion import Location
from petscribe.reporting.answering.asked.question import AskedPlace
from petscribe.reporting.places import holds
from petscribe.terms.anatomy import ORGANS, REGION_TABLE, adjacent

Inside = Literal["in", "perhaps", "out"]

_WHOLE: Final = frozenset(
    {
        *("adrenal_gland", "thyroid_gland", "urinary_bladder", "lymph_node_cervical"),
        *("lymph_node_iliac", "lymph_node_supraclavicular", "lymph_node_axillary"),
        *(
            "iliac_artery",
            "iliac_vena",
            "lymph_node_inguinal",
            "lymph_node_retroperitoneal",
            "lymph_node_mesenteric",
        ),
    }
)
"""Organs, node groups and vessels with nodes along them that stand for their whole region."""
_WIDE: Final[dict[str, frozenset[str]]] = {
    "neck": frozenset({"neck_nodes", "thyroid", "tonsil", "supraclavicular", "head_neck"}),
    "pelvis": frozenset({"pelvis_nodes", "bladder", "prostate", "bone_pelvis", "groin"}),
    "head_neck": frozenset({"head_neck", "brain", "supraclavicular"}),
}
"""Words for a part of the body that several regions make up."""
_HELD: Final[dict[str, frozenset[str]]] = {
    "hip": frozenset({"iliac_bone", "ischium", "pubis", "acetabulum"}),
    "lung_upper_lobe": frozenset({"lung_lingula", *(f"lung_segment_{n}" for n in (1, 2, 3))}),
    "lung_lower_lobe": frozenset(f"lung_segment_{n}" for n in (6, 7, 8, 9, 10)),
    "lymph_node_level_I": frozenset({"lymph_node_level_IA", "lymph_node_level_IB"}),
    "lymph_node_level_II": frozenset({"lymph_node_level_IIA", "lymph_node_level_IIB"}),
    "lymph_node_level_V": frozenset({"lymph_node_level_VA", "lymph_node_level_VB"}),
    "lymph_node_iliac": frozenset(
        f"lymph_node_{name}_iliac" for name in ("common", "external", "internal")
    ),
}
"""Organs that hold others of our list."""
_LOOSE: Final = ("neck_nodes", "supraclavicular")
"""Some readers count the fossa with the neck, some do not."""
_ANYWHERE: Final = frozenset({"bone", "muscle", "other", "bone_marrow"})


def lies_in(location: Location, place: AskedPlace) -> Inside:
    """Tell whether a measured place lies in the one that is asked about."""
    found = _region(location, place)
    if found == "out" or place.side not in {"left", "right"}:
        return found
    if location.laterality is None:
        return "perhaps"
    return found if location.laterality == place.side else "out"


def lies_beside(location: Location, place: AskedPlace) -> bool:
    """Tell whether a lesion lies next door: another region that touches it, same section, side."""
    if place.region is None or place.region in _ANYWHERE or location.region in _ANYWHERE:
        return False
    same_side = place.side not in {"left", "right"} or location.laterality == place.side
    same_section = REGION_TABLE[place.region].section == location.section
    return same_side and same_section and adjacent(place.region, location.region)


def is_shown(place: AskedPlace, coverage: tuple[str, ...]) -> bool | None:
    """Tell whether the field of view holds the place; None where nobody can say."""
    if place.section is not None:
        inside = [r for r in coverage if REGION_TABLE[r].section == place.section]
        return bool(inside) if coverage else None
    if not coverage or place.region is None:
        return None
    regions = _WIDE.get(place.key, frozenset({place.region}))
    if regions <= _ANYWHERE:
        return None
    return any(region in coverage for region in regions)


def _region(location: Location, place: AskedPlace) -> Inside:
    if place.section is not None:
        return "in" if location.section == place.section else "out"
    if place.region is None:
        return "in"
    regions = _WIDE.get(place.key, frozenset({place.region}))
    if any(holds(region, location.region) for region in regions):
        return "perhaps" if (place.region, location.region) == _LOOSE else _organ(location, place)
    wider = any(holds(location.region, region) for region in regions)
    return "perhaps" if wider or location.alternative_region in regions else "out"


def _organ(location: Location, place: AskedPlace) -> Inside:
    if place.key in REGION_TABLE or place.key in _WHOLE or place.key in _WIDE:
        return "in"
    bases = _bases(location)
    if place.key in bases or bases & _HELD.get(place.key, frozenset()):
        return "in"
    open_ = not bases or any(_is_general(base, location) for base in bases)
    wider = any(place.key in _HELD.get(base, frozenset()) for base in bases)
    return "perhaps" if open_ or wider else "out"


def _bases(location: Location) -> frozenset[str]:
    """Return the measured organ and level as keys without side."""
    level, side = location.level or "", location.laterality
    keys = {location.organ or ""}
    if level:
        keys |= {level, f"vertebrae_{level}", f"lymph_node_{level}", f"lymph_node_level_{level}"}
        keys |= {f"lymph_node_level_{level}_{side}", f"{level}_{side}"}
    return frozenset(
        ORGANS[key].base
        for key in keys
        if key in ORGANS and holds(location.region, ORGANS[key].region)
    )


def _is_general(base: str, location: Location) -> bool:
    return base == location.region or base in _WHOLE
