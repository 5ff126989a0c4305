"""Lesions: how large, how hot, of what shape and CT look, and exactly which voxels they fill.

A lesion is an ellipsoid with a bumpy surface, perhaps with a dead centre or a hole, clipped to what
it may invade (a liver metastasis stays in the liver, a node spares bone and airway). Occupancy is
computed on the CT grid with sub-voxel samples. Knows no scanner. Uptake ranges span from below
blood pool to SUV 40 as seen in practice.
"""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from jaxtyping import Bool, Float

from petscribe.core.finding import FindingType
from petscribe.core.lesion import Location
from petscribe.core.volume import Grid, Triple
from petscribe.phantom.body import Body
from petscribe.phantom.drawing.tissues import LABELS, TISSUES, all_but, only
from petscribe.phantom.person import stream
from petscribe.phantom.places import location_of, pick_point
from petscribe.phantom.sites import Group, Site, draw_pattern, draw_site
from petscribe.phantom.uptake import TracerName, Uptake

Look = Literal[
    "solid",
    "part_solid",
    "cavitary",
    "necrotic",
    "lytic",
    "sclerotic",
    "marrow",
    "inflammatory",
    "fracture",
    "degenerative",
    "no_uptake",
]
_SIZES_MM: Final[dict[Group, tuple[float, float]]] = {
    "lung": (6, 115),
    "liver": (9, 120),
    "adrenal": (12, 45),
    "spine": (9, 32),
    "rib": (9, 26),
    "pelvic_bone": (10, 80),
    "long_bone": (10, 40),
    "flat_bone": (8, 28),
    "brain": (8, 34),
    "throat": (10, 34),
    "gland": (8, 24),
    "thyroid": (8, 26),
    "breast": (8, 38),
    "esophagus": (12, 42),
    "stomach": (14, 50),
    "bowel": (10, 60),
    "pancreas": (10, 42),
    "spleen": (10, 70),
    "kidney": (14, 85),
    "prostate": (7, 24),
    "uterus": (14, 90),
    "peritoneum": (8, 32),
    "pleura": (10, 60),
    "muscle": (9, 120),
    "neck_node": (7, 50),
    "chest_node": (7, 70),
    "axillary_node": (7, 60),
    "abdominal_node": (7, 110),
    "pelvic_node": (6, 60),
}
_BONES: Final = frozenset({"spine", "rib", "pelvic_bone", "long_bone", "flat_bone"})
_INSIDE_ORGAN: Final = _BONES | {
    "liver",
    "spleen",
    "brain",
    "kidney",
    "thyroid",
    "prostate",
    "uterus",
    "muscle",
}
_BENIGN: Final = frozenset({"inflammatory", "fracture", "degenerative", "no_uptake"})
_OVER_SOFT: Final = all_but(
    "air skin airway cortex marrow disc csf cord cartilage skull_bone tooth metal".split()  # noqa: SIM905
)
_OVER_LINING: Final[dict[Group, Bool[np.ndarray, " tissues"]]] = {
    "pleura": only(["lung", "vessel", "effusion", "atelectasis"]),
    "peritoneum": only(["fat"]),
    "lung": only(["lung", "vessel", "effusion", "atelectasis", "fat", "lung_dense"]),
}
_TYPICAL_SUV: Final[dict[TracerName, float]] = {
    "fdg": 8.0,
    "psma": 13.0,
    "dotatate": 18.0,
    "fluciclovine": 7.0,
}
_HU: Final[dict[Look, float]] = {
    "solid": 38.0,
    "part_solid": -420.0,
    "cavitary": 34.0,
    "necrotic": 30.0,
    "lytic": 46.0,
    "sclerotic": 620.0,
    "inflammatory": 36.0,
    "fracture": 380.0,
    "degenerative": 480.0,
    "no_uptake": 30.0,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PhantomLesion:
    """One lesion as it was made: everything about it that is true by construction."""

    id: int
    site: Site
    centre_mm: Triple
    """Patient LPS position on the CT."""
    diameter_mm: float
    uptake: float
    """SUV of its living part, before blur and noise."""
    look: Look
    benign: bool
    type: FindingType
    location: Location
    hu: float | None
    """Mean CT number; None leaves the tissue as it was."""
    bumps_seed: int
    stretch: Triple

    def to_dict(self) -> dict[str, object]:
        """Return the facts that `truth.json` adds to the measurements."""
        return {
            "type": self.type,
            "uptake": round(self.uptake, 3),
            "look": self.look,
            "benign": self.benign,
            "diameter_mm": round(self.diameter_mm, 1),
            "centre_ct_lps_mm": [round(v, 2) for v in self.centre_mm],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Occupancy:
    """How much of each CT voxel of a box a lesion fills, and how much of that is dead."""

    span: tuple[slice, slice, slice]
    filled: Float[np.ndarray, "z y x"]
    dead: Float[np.ndarray, "z y x"]


def draw_lesions(
    body: Body, uptake: Uptake, *, seed: int, count: int | None
) -> tuple[PhantomLesion, ...]:
    """Return the lesions of a seed: `count` of them, or as many as the seed draws (often 1-8)."""
    tracer = uptake.tracer
    rng = stream(seed, f"lesions-{tracer}")
    pattern = draw_pattern(tracer, rng)
    drawn = 0 if rng.random() < 0.07 else int(np.clip(rng.geometric(0.22), 1, 14))
    wanted = drawn if count is None else count
    lesions: list[PhantomLesion] = []
    for _ in range(12 * max(wanted, 1)):
        if len(lesions) >= wanted:
            break
        site = draw_site(body.person, tracer, pattern, rng)
        lesion = _draw_one(body, uptake, site, (len(lesions) + 1, rng))
        if lesion is not None and not any(_collide(lesion, other) for other in lesions):
            lesions.append(lesion)
    return tuple(lesions)


def _collide(one: PhantomLesion, other: PhantomLesion) -> bool:
    gap = float(np.linalg.norm(np.subtract(one.centre_mm, other.centre_mm)))
    return gap < 0.45 * (one.diameter_mm + other.diameter_mm)


def _draw_one(
    body: Body, uptake: Uptake, site: Site, numbered: tuple[int, np.random.Generator]
) -> PhantomLesion | None:
    number, rng = numbered
    low, high = _SIZES_MM[site.group]
    diameter = float(low * (high / low) ** (rng.random() ** 1.5))
    point = pick_point(body, site, diameter / 2, rng)
    look = _draw_look(site.group, diameter, rng)
    bumps, stretch = int(rng.integers(2**31)), tuple(float(v) for v in rng.uniform(0.8, 1.2, 3))
    suv = _draw_uptake(uptake, look, rng)
    if point is None:
        return None
    return PhantomLesion(
        id=number,
        site=site,
        centre_mm=point,
        diameter_mm=diameter,
        uptake=suv,
        look=look,
        benign=look in _BENIGN,
        type=finding_type(site, diameter),
        location=location_of(body, site, point),
        hu=None if look == "marrow" else _HU[look] + float(rng.normal(0, 5)),
        bumps_seed=bumps,
        stretch=(stretch[0], stretch[1], stretch[2]),
    )


def finding_type(site: Site, diameter_mm: float) -> FindingType:
    """Return what a report would call a lesion of this size here."""
    if site.organ.startswith("lymph_node"):
        return "nodal_mass" if diameter_mm > 30 else "node"
    if site.group == "lung":
        return "mass" if diameter_mm > 30 else "nodule"
    return "mass" if diameter_mm > 30 and site.group == "pleura" else "lesion"


def _draw_look(group: Group, diameter_mm: float, rng: np.random.Generator) -> Look:
    chance = float(rng.random())
    for limit, look in _looks(group, diameter_mm):
        if chance < limit:
            return look
    return "solid"


def _looks(group: Group, diameter_mm: float) -> tuple[tuple[float, Look], ...]:
    """Return looks with cumulative chances; what is left over is solid."""
    if group in _BONES:
        joint = group in {"spine", "long_bone"} and diameter_mm < 16
        benign: tuple[float, Look] = (0.15, "fracture") if group == "rib" else (0.0, "fracture")
        worn: tuple[float, Look] = (0.25 if joint else 0.0, "degenerative")
        return (benign, worn, (0.5, "lytic"), (0.75, "sclerotic"), (1.0, "marrow"))
    if group == "lung" and diameter_mm < 14:
        return ((0.2, "no_uptake"),)
    if group == "lung" and diameter_mm > 16:
        return ((0.13, "cavitary"), (0.3, "part_solid"))
    if group.endswith("_node") and diameter_mm < 18:
        return ((0.2, "inflammatory"),)
    if diameter_mm > 30 and group not in {"pleura", "esophagus"}:
        return ((0.35, "necrotic"),)
    return ()


def _draw_uptake(uptake: Uptake, look: Look, rng: np.random.Generator) -> float:
    """Return the lesion's SUV: log-normal when malignant, faint when benign."""
    spread = float(np.clip(rng.normal(0.0, 0.6), -1.2, 1.6))
    blood = uptake.of("blood")
    if look == "no_uptake":
        return float(0.55 * blood)
    if look in _BENIGN:
        return float(blood * np.exp(0.55 + 0.45 * spread))
    if look == "part_solid":
        return float(np.clip(3.0 * np.exp(0.8 * spread), 0.8, 12.0))
    return float(np.clip(_TYPICAL_SUV[uptake.tracer] * np.exp(spread), 2.2, 40.0))


def occupancy_of(lesion: PhantomLesion, body: Body) -> Occupancy | None:
    """Return the lesion on the body's CT grid, or None when clipping leaves nothing of it."""
    grid = body.canvas.grid
    span = _span(lesion, grid)
    if span is None:
        return None
    samples = 2 if max(grid.spacing_mm) < 3.5 and lesion.diameter_mm > 14 else 3
    filled = np.zeros([s.stop - s.start for s in span], np.float32)
    dead = np.zeros_like(filled)
    for shift in _offsets(samples):
        inside, core = _inside(lesion, grid, (span, shift))
        filled += inside
        dead += core
    allowed = _allowed(lesion, body, span)
    filled, dead = filled * allowed / samples**3, dead * allowed / samples**3
    if float(filled.sum()) < 0.25:
        return None
    return Occupancy(span=span, filled=filled, dead=dead)


def _span(lesion: PhantomLesion, grid: Grid) -> tuple[slice, slice, slice] | None:
    middle = grid.to_index(np.asarray(lesion.centre_mm))
    reach = 0.72 * lesion.diameter_mm
    sides = []
    for centre, step, size in zip(middle, grid.spacing_mm, grid.shape, strict=True):
        start, stop = int(centre - reach / step), int(centre + reach / step) + 2
        if stop <= 0 or start >= size:
            return None
        sides.append(slice(max(start, 0), min(stop, size)))
    return sides[0], sides[1], sides[2]


def _offsets(samples: int) -> list[Triple]:
    steps = (np.arange(samples) + 0.5) / samples - 0.5
    return [(float(a), float(b), float(c)) for a in steps for b in steps for c in steps]


def _inside(
    lesion: PhantomLesion, grid: Grid, where: tuple[tuple[slice, slice, slice], Triple]
) -> tuple[Bool[np.ndarray, "z y x"], Bool[np.ndarray, "z y x"]]:
    span, shift = where
    steps, origin = grid.spacing_mm, grid.origin_mm[::-1]
    z, y, x = (
        ((np.arange(s.start, s.stop) + d) * step + o - c).astype(np.float32)
        for s, d, step, o, c in zip(span, shift, steps, origin, lesion.centre_mm[::-1], strict=True)
    )
    half = lesion.diameter_mm / 2
    u = x[None, None, :] / (half * lesion.stretch[0])
    v = y[None, :, None] / (half * lesion.stretch[1])
    w = z[:, None, None] / (half * lesion.stretch[2])
    r = np.sqrt(u * u + v * v + w * w) + np.float32(1e-6)
    surface = _surface(lesion, u / r, v / r, w / r)
    core = {"cavitary": 0.5, "necrotic": 0.6}.get(lesion.look, 0.0)
    inside: Bool[np.ndarray, "z y x"] = r <= surface
    hollow: Bool[np.ndarray, "z y x"] = r <= core * surface
    return inside, hollow


def _surface(
    lesion: PhantomLesion,
    u: Float[np.ndarray, "z y x"],
    v: Float[np.ndarray, "z y x"],
    w: Float[np.ndarray, "z y x"],
) -> Float[np.ndarray, "z y x"]:
    """Return the relative radius by direction: one, plus a few smooth bumps."""
    rng = np.random.Generator(np.random.PCG64(lesion.bumps_seed))
    height = 0.07 if lesion.diameter_mm > 12 else 0.03
    surface = np.ones_like(u + v + w)
    for _ in range(4):
        a, b, c = rng.normal(0, 2.2, 3).astype(np.float32)
        phase = np.float32(rng.uniform(0, 6.28))
        surface += np.float32(height) * np.sin(a * u + b * v + c * w + phase)
    bumpy: Float[np.ndarray, "z y x"] = surface
    return bumpy


def _allowed(
    lesion: PhantomLesion, body: Body, span: tuple[slice, slice, slice]
) -> Bool[np.ndarray, "z y x"]:
    """Tell which voxels the lesion may fill."""
    labels, tissues = body.canvas.labels[span], body.canvas.tissues[span]
    group = lesion.site.group
    allowed: Bool[np.ndarray, "z y x"]
    if group in _INSIDE_ORGAN:
        allowed = labels == LABELS[lesion.site.organ]
        if lesion.look == "marrow":
            allowed = allowed & (tissues != TISSUES["cortex"])
        return allowed
    allowed = _OVER_LINING.get(group, _OVER_SOFT)[tissues]
    return allowed
