"""Lymph-node stations of the chest (IASLC map) from landmarks: which station is a place.

Knows the borders that can be had from a frame: the carina, the aortic arch some 25 mm above it, the
midline (the map's own border is the trachea's left edge), the hila where the lungs' roots enter.
Source: IASLC lymph-node map's borders, in our own words and rounded.
"""

from petscribe.anatomy.frame import BodyFrame, Place
from petscribe.anatomy.levels import number_of

_ARCH_ABOVE_CARINA_MM = 28.0
_TRACHEA_LEFT_MM = 9.0
_HILUM_LATERAL_MM = 27.0
_THORACIC_INLET = 9.0
"""Level above which nodes beside the trachea are low cervical (station 1)."""


def above_carina_mm(frame: BodyFrame, z: float) -> float:
    """Return the height of a PET slice above the carina (seen, or by level T5).

    Without a carina that was seen the stations are as sure as the levels are.
    """
    carina = frame.landmarks.get("carina")
    if carina is None:
        carina = frame.height_at(float(number_of("T5")))
    return (z - carina) * frame.grid.spacing_mm[0]


def station(place: Place, height_mm: float) -> str:
    """Return the station (like `4R`) of a place in the mediastinum or hilum.

    Args:
        place: in body coordinates.
        height_mm: above the carina.
    """
    x, ahead = place.lateral_mm, -place.behind_mm
    side = "R" if x < _TRACHEA_LEFT_MM else "L"
    if place.level < _THORACIC_INLET:
        return f"1{side}"
    if height_mm > _ARCH_ABOVE_CARINA_MM:
        return _upper(ahead, side, x)
    if height_mm > -9.0 and ahead > 42.0 and 20.0 < x < 42.0:
        return "6" if ahead > 84.0 else "5"
    if height_mm > 2.0:
        return _lower(ahead, side, x)
    return _below_carina(ahead, x, height_mm)


def _upper(ahead: float, side: str, x: float) -> str:
    if ahead > 75.0:
        return "3A"
    if ahead < 24.0 and abs(x) < 16.0:
        return "3P"
    return f"2{side}"


def _lower(ahead: float, side: str, x: float) -> str:
    if ahead > 82.0:
        return "6" if x > 8.0 else "3A"
    if x < -38.0:
        return "10R"
    return "10L" if x > 46.0 else f"4{side}"


def _below_carina(ahead: float, x: float, height_mm: float) -> str:
    if abs(x) >= _HILUM_LATERAL_MM and height_mm > -58.0:
        deep = "12" if abs(x) > 62.0 else "11" if abs(x) > 51.0 or height_mm < -38.0 else "10"
        return f"{deep}{'R' if x < 0 else 'L'}"
    if height_mm > -44.0:
        return "7" if ahead < 75.0 else "6"
    return f"9{'R' if x < 0 else 'L'}" if abs(x) > 24.0 else "8"


def at_station(place: Place, height_mm: float) -> bool:
    """Tell whether a place at the mediastinum's edge is where nodes lie, though lung is around.

    The aortopulmonary window and the chain before the arch, the pulmonary ligaments, the low neck
    above the lung's apex.
    """
    x, ahead = place.lateral_mm, -place.behind_mm
    window = 10.0 < x < 42.0 and -9.0 < height_mm < 36.0 and 36.0 < ahead < 120.0
    ligament = 26.0 < abs(x) < 50.0 and -90.0 < height_mm < -46.0 and 4.0 < ahead < 36.0
    inlet = 18.0 < abs(x) < 40.0 and 7.9 < place.level < 8.9 and 12.0 < ahead < 50.0
    return window or ligament or inlet


def in_hilum(place: Place, height_mm: float) -> bool:
    """Tell whether a place is where the lung's root enters: nodes there look like lung nodules."""
    return (
        _HILUM_LATERAL_MM <= abs(place.lateral_mm) <= 72.0
        and -58.0 <= height_mm <= 4.0
        and 12.0 <= -place.behind_mm <= 64.0
    )


def anterior(place: Place, height_mm: float) -> str | None:
    """Return the chain behind the breast bone or at the heart's foot that a place lies in."""
    if not 18.0 <= abs(place.lateral_mm) <= 58.0 or place.depth_frac > 0.25:
        return None
    if place.level < 9.9:
        return None
    side = "left" if place.lateral_mm > 0 else "right"
    if height_mm < -75.0:
        return f"lymph_node_cardiophrenic_{side}"
    near = abs(place.lateral_mm) <= 44.0
    return f"lymph_node_internal_mammary_{side}" if near else None
