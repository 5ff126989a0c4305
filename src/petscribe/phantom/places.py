"""Picks the exact point of a lesion in its organ and says where that is: the true Location.

Organ, side, level and words follow from the structure the point was picked in, so the truth needs
no localiser. Knows the body's label map; knows no uptake and no lesion shapes.
"""

from typing import Final

import numpy as np

from petscribe.core.lesion import Laterality, Location
from petscribe.core.volume import Triple
from petscribe.phantom.body import Body
from petscribe.phantom.drawing.layout import BELLY, CAGE
from petscribe.phantom.drawing.tissues import LABELS
from petscribe.phantom.parts.abdomen import liver_segment
from petscribe.phantom.parts.nodes import STATIONS
from petscribe.phantom.sites import Site
from petscribe.terms.anatomy import ORGANS, section_of, side_of
from petscribe.terms.places import place_words
from petscribe.terms.tables import ROMAN

_CANDIDATES: Final = 14
_EDGE_MM: Final = 12.0
"""Nothing is placed closer to the end of the field of view."""
_MIDLINE_MM: Final = 6.0
_LATERALITIES: Final[dict[str, Laterality]] = {
    "left": "left",
    "right": "right",
    "midline": "midline",
}
_SIDED_BY_POINT: Final = frozenset(
    {
        "brain",
        "thyroid_gland",
        "prostate",
        "tongue",
        "larynx",
        "nasopharynx",
        "skull",
        "mandible",
        "sacrum",
        "lymph_node_retrocrural",
    }
)


def pick_point(body: Body, site: Site, radius_mm: float, rng: np.random.Generator) -> Triple | None:
    """Return a patient point (LPS mm) for a lesion of this size, or None when the site is absent.

    Of a few random voxels of the organ the one is taken whose surroundings are most of that organ.
    """
    if site.group in {"pleura", "peritoneum"}:
        point = body.body_map.to_patient(_lining_point(site, rng))
    elif site.organ in STATIONS:
        point = body.body_map.to_patient(_station_point(site.organ, radius_mm, rng))
    else:
        found = _organ_point(body, site.organ, radius_mm, rng)
        if found is None:
            return None
        point = found
    low, high = body.canvas.grid.bounds_mm
    inside = all(a + _EDGE_MM < p < b - _EDGE_MM for p, a, b in zip(point, low, high, strict=True))
    return point if inside else None


def location_of(body: Body, site: Site, point: Triple) -> Location:
    """Return the true location of a lesion of a site whose middle is at a patient point."""
    x, y, z = body.body_map.to_reference(point)
    organ = site.organ
    level = _level(site, (x, y, z))
    region = ORGANS[organ].region
    laterality = _side(organ, x)
    words = place_words(region=region, organ=organ, laterality=laterality, level=level)
    return Location(
        section=section_of(region, organ),
        region=region,
        organ=organ,
        laterality=laterality,
        level=level,
        words=words,
        confidence=1.0,
        source="phantom",
    )


def _side(organ: str, x: float) -> Laterality | None:
    own: Laterality | None = _LATERALITIES.get(side_of(organ) or "")
    if own is not None:
        return own
    if organ in _SIDED_BY_POINT or organ.startswith("vertebrae_"):
        if abs(x) < _MIDLINE_MM:
            return "midline"
        return "left" if x > 0 else "right"
    return "midline" if organ == "sternum" else None


def _level(site: Site, point: Triple) -> str | None:
    organ, x = site.organ, point[0]
    node = organ.removeprefix("lymph_node_")
    level: str | None = None
    if site.group == "spine":
        level = organ.removeprefix("vertebrae_")
    elif site.group == "rib":
        level = organ
    elif organ == "liver":
        level = ROMAN[liver_segment(*point) - 1]
    elif organ.startswith("lymph_node_level_"):
        level = node.split("_")[1]
    elif organ in STATIONS and node[0].isdigit():
        level = node
    elif organ == "colon":
        level = _colon_part(point)
    elif organ == "pancreas":
        level = f"pancreas_{'head' if x < -12 else 'tail' if x > 48 else 'body'}"
    return level


def _colon_part(point: Triple) -> str:
    x, y, z = point
    if x < -66:
        return "cecum" if z < 16 else "ascending_colon"
    if x > 80 and z > 0 and y > -20:
        return "descending_colon"
    return "transverse_colon" if z > 45 else "sigmoid_colon"


def _station_point(organ: str, radius_mm: float, rng: np.random.Generator) -> Triple:
    points = STATIONS[organ]
    x, y, z = points[int(rng.integers(len(points)))]
    shift = rng.normal(0.0, min(2.0, 0.25 * radius_mm), 3)
    return x + float(shift[0]), y + float(shift[1]), z + float(shift[2])


def _lining_point(site: Site, rng: np.random.Generator) -> Triple:
    if site.group == "pleura":
        side = 1 if site.organ.endswith("left") else -1
        z, angle = float(rng.uniform(235, 430)), float(np.deg2rad(rng.uniform(25, 140)))
        _, cy, rx, ry = CAGE.at(z)
        return side * (rx - 3) * float(np.sin(angle)), cy + (ry - 3) * float(np.cos(angle)), z
    z, angle = float(rng.uniform(10, 130)), float(np.deg2rad(rng.uniform(-100, 100)))
    _, cy, rx, ry = BELLY.at(z)
    return (rx - 9) * float(np.sin(angle)), cy - (ry - 9) * float(np.cos(angle)), z


def _organ_point(
    body: Body, organ: str, radius_mm: float, rng: np.random.Generator
) -> Triple | None:
    grid = body.canvas.grid
    where = np.flatnonzero(body.canvas.labels.ravel() == LABELS[organ])
    if where.size == 0:
        return None
    picks = where[rng.integers(0, where.size, _CANDIDATES)]
    index = np.stack(np.unravel_index(picks, grid.shape), axis=1)
    shares = [_share(body, tuple(int(v) for v in i), LABELS[organ], radius_mm) for i in index]
    best = index[int(np.argmax(shares))]
    x, y, z = grid.to_world(best.astype(np.float64))
    return float(x), float(y), float(z)


def _share(body: Body, index: tuple[int, ...], label: int, radius_mm: float) -> float:
    """Return how much of the box around a voxel belongs to the label."""
    span = tuple(
        slice(max(0, i - int(radius_mm / s)), i + int(radius_mm / s) + 1)
        for i, s in zip(index, body.canvas.grid.spacing_mm, strict=True)
    )
    return float((body.canvas.labels[span] == label).mean())
