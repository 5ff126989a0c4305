"""Lungs by lobe, airways, lung vessels, mediastinum, heart, oesophagus, effusion and collapse.

The lungs fill the rib cage above the diaphragm; fissures are planes. Knows no bones and no
abdominal organs.
"""

import numpy as np
from jaxtyping import Float

from petscribe.phantom.drawing.canvas import Canvas
from petscribe.phantom.drawing.layout import CAGE, DOME_TOP_MM, diaphragm_z, spine_y
from petscribe.phantom.drawing.shapes import (
    Capsule,
    Column,
    Coordinates,
    Cut,
    Ellipsoid,
    Inside,
    Row,
    shrunk,
    tube,
)
from petscribe.phantom.drawing.tissues import only
from petscribe.phantom.drawing.wobble import Wobble
from petscribe.phantom.person import Person

HILUM = {1: (36.0, 20.0, 374.0), -1: (-36.0, 16.0, 366.0)}
"""Where vessels and bronchi enter the lung, by side."""


def _oblique_z(y: Coordinates) -> Coordinates:
    height: Coordinates = 330.0 + 1.0 * y
    return height


def _horizontal_z(y: Coordinates) -> Coordinates:
    height: Coordinates = 350.0 + 0.05 * y
    return height


def in_lung(x: Coordinates, y: Coordinates, z: Coordinates, side: int) -> Inside:
    """Tell which points of the rib cage belong to the lung of a side."""
    narrow = np.clip((z - 425.0) / 45.0, 0.0, 1.0)
    middle = np.exp(-(((y - 8.0) / 40.0) ** 2))
    medial = 7.0 + (27.0 - 12.0 * narrow) * middle + np.where(y > 30.0, 7.0, 0.0)
    inside: Inside = (x * side > medial) & (z > diaphragm_z(x, y, side) + 1.0)
    return inside


def draw_chest(canvas: Canvas, person: Person, rng: np.random.Generator) -> None:
    """Draw mediastinal fat and the lungs, before the bones."""
    middle = CAGE.grown(-1.0)
    canvas.paint(
        Cut(middle, lambda x, _y, z: (np.abs(x) < 46.0) & (z > 262.0)),
        tissue="fat",
        label="mediastinal_fat",
    )
    canvas.paint(_loose_tissue(middle, person, rng), tissue="areolar")
    pleura = CAGE.grown(-2.0)
    for side, word in ((1, "left"), (-1, "right")):
        _draw_lobes(canvas, pleura, side, word)
    _draw_lung_vessels(canvas, rng)
    side = person.variant_side
    word = "left" if side > 0 else "right"
    if "effusion" in person.variants:
        level = float(rng.uniform(20.0, 62.0))
        fluid = Cut(pleura, lambda x, y, z: in_lung(x, y, z, side) & (y > level) & (z < 360.0))
        canvas.paint(fluid, tissue="effusion", label=f"pleura_{word}")
    if "atelectasis" in person.variants:
        dense = Cut(
            pleura,
            lambda x, y, z: (
                in_lung(x, y, z, side) & (z < diaphragm_z(x, y, side) + 26.0) & (y > 20.0)
            ),
        )
        canvas.paint(dense, tissue="atelectasis", over=only(["lung"]))


def _loose_tissue(middle: Column, person: Person, rng: np.random.Generator) -> Cut:
    """Return the strands of tissue between the great vessels: more of them in lean people."""
    px, py, pz = (float(v) for v in rng.uniform(0.0, 2.0 * np.pi, 3))
    sparse = float(np.interp(person.fat_mm, (4.0, 30.0), (-1.3, 0.2)) + rng.normal(0.0, 0.3))

    def keep(x: Coordinates, y: Coordinates, z: Coordinates) -> Inside:
        waves = np.sin(0.21 * x + px) + np.sin(0.18 * y + py) + np.sin(0.14 * z + pz)
        strands: Inside = (
            (waves > sparse) & (np.abs(x) < 36.0) & (y > -58.0) & (z > 330.0) & (z < 475.0)
        )
        return strands

    return Cut(middle, keep)


def _draw_lobes(canvas: Canvas, pleura: Column, side: int, word: str) -> None:
    whole = Cut(pleura, lambda x, y, z: in_lung(x, y, z, side))
    canvas.paint(whole, tissue="lung", label=f"lung_upper_lobe_{word}")
    if side < 0:
        canvas.paint(
            Cut(whole, lambda _x, y, z: z < _horizontal_z(y)),
            tissue="lung",
            label="lung_middle_lobe_right",
        )
    canvas.paint(
        Cut(whole, lambda _x, y, z: z < _oblique_z(y)),
        tissue="lung",
        label=f"lung_lower_lobe_{word}",
    )


def _draw_lung_vessels(canvas: Canvas, rng: np.random.Generator) -> None:
    """Draw a tree of vessels from each hilum; the lobes keep their labels."""
    rods: list[Capsule] = []
    for side in (1, -1):
        hilum = np.asarray(HILUM[side])
        for _ in range(16):
            reach = np.array(
                [rng.uniform(30, 95) * side, rng.uniform(-90, 75), rng.uniform(-140, 105)]
            )
            bow = reach * rng.uniform(0.35, 0.6) + rng.normal(0, 9, 3)
            fork = _row(hilum + bow, 2.2)
            rods += tube(
                [_row(hilum, 5.0), _row(hilum + bow, 3.0), _row(hilum + reach, 1.3)], fine=1
            )
            for _ in range(2):
                twig = reach * rng.uniform(0.9, 1.2) + rng.normal(0, 22, 3)
                rods += tube([fork, _row(hilum + twig, 1.0)])
    canvas.paint(rods, tissue="vessel", over=only(["lung"]))


def _row(point: Float[np.ndarray, " 3"], radius: float) -> Row:
    return float(point[0]), float(point[1]), float(point[2]), radius


def draw_heart(canvas: Canvas, wobble: Wobble) -> None:
    """Draw the heart: its blood, the left ventricle's wall, the left appendage."""
    size = wobble.factor(0.07)
    x, y, z = wobble.point((20.0, -26.0, 318.0), 3.0)
    z += 0.3 * (DOME_TOP_MM[1] - 278.0)
    turn = (40.0, -32.0, 0.0)
    sac = Ellipsoid((x, y, z), (62 * size, 46 * size, 46 * size), turn)
    canvas.paint(sac, tissue="fat", label="mediastinal_fat")
    whole = Ellipsoid((x, y, z), (59 * size, 42.5 * size, 43 * size), turn)
    canvas.paint(whole, tissue="blood", label="heart")
    wall = Ellipsoid((x + 20, y - 4, z - 13), (41 * size, 30 * size, 30 * size), turn)
    canvas.paint(wall, tissue="myocardium", label="heart")
    hollow = Ellipsoid((x + 13, y - 0.5, z - 7), (39 * size, 19 * size, 19 * size), turn)
    canvas.paint(hollow, tissue="blood", label="heart")
    ear = Ellipsoid((x + 24, y - 2, z + 40), (11, 9, 9))
    canvas.paint(ear, tissue="blood", label="atrial_appendage_left")


def draw_airways(canvas: Canvas) -> None:
    """Draw trachea and main bronchi, wall and air."""
    windpipe = tube(
        [
            (0, -9, 522, 10.0),
            (0, 2, 480, 10.0),
            (-1, 16, 440, 10.0),
            (-2, 26, 404, 10.5),
        ],
        fine=1,
    )
    right = tube(
        [(-2, 27, 403, 8.5), (-22, 26, 384, 8.0), (-38, 22, 366, 7.0), (-52, 26, 340, 5.0)]
    )
    left = tube([(-2, 27, 403, 8.0), (20, 28, 386, 7.2), (42, 26, 372, 6.4), (54, 34, 346, 4.8)])
    for rods, label in ((windpipe, "trachea"), (right, None), (left, None)):
        canvas.paint(rods, tissue="airway_wall", label=label)
    for rods in (windpipe, right, left):
        canvas.paint(shrunk(rods, 1.8), tissue="airway")


def draw_esophagus(canvas: Canvas, wobble: Wobble) -> None:
    """Draw the oesophagus from the neck to the stomach."""
    rows = [
        (2.0, spine_y(522.0) - 13.0, 522.0, 7.0),
        (4.0, spine_y(470.0) - 18.0, 470.0, 7.0),
        (5.0, spine_y(405.0) - 22.0, 405.0, 7.5),
        (6.0, spine_y(350.0) - 23.0, 350.0, 8.0),
        (14.0, spine_y(300.0) - 26.0, 300.0, 8.0),
        (26.0, spine_y(262.0) - 32.0, 262.0, 9.0),
        (38.0, 6.0, 252.0, 9.0),
    ]
    rods = wobble.line(rows, sd_mm=1.0, fine=1)
    canvas.paint(rods, tissue="esophagus_wall", label="esophagus")
    canvas.paint(shrunk(rods, 5.6), tissue="airway", label="esophagus")


def draw_breast_glands(canvas: Canvas, person: Person, wobble: Wobble) -> None:
    """Draw the glandular tissue of both breasts."""
    if person.sex != "F":
        return
    thick = 0.7 * person.fat_mm
    young = float(np.interp(person.age_years, (30, 75), (1.15, 0.7)))
    for side, word in ((1, "left"), (-1, "right")):
        gland = wobble.ball(
            (side * 78, -98 - thick, 345), (36 * young, 20 * young, 36 * young), sd_mm=2.0
        )
        canvas.paint(gland, tissue="breast_gland", label=f"breast_{word}", over=only(["fat"]))
