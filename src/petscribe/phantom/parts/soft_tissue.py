"""The body's outline and what fills it between the organs: skin, fat, muscle, limbs, breasts.

Drawn first, so that everything else covers it. Muscles that TotalSegmentator names (gluteal,
iliopsoas, paraspinal) are told from the rest of the muscle mantle here. Knows no organs.
"""

import numpy as np

from petscribe.phantom.drawing.canvas import Canvas
from petscribe.phantom.drawing.layout import BELLY, HEAD, MUSCLE, spine_y
from petscribe.phantom.drawing.shapes import (
    Capsule,
    Column,
    Cut,
    Ellipsoid,
    Row,
    Shape,
    shrunk,
    tube,
)
from petscribe.phantom.drawing.tissues import only
from petscribe.phantom.person import Person

SKIN_MM = 2.0
SHEATH_MM = 1.8
"""Fat between one named muscle and the next."""


def draw_outline(canvas: Canvas, person: Person) -> None:
    """Draw skin, subcutaneous fat, muscle mantle and the two cavities' fat."""
    muscle, belly = _with_belly(MUSCLE, person), _with_belly(BELLY, person)
    trunk = _with_fat(muscle, person.fat_mm)
    limbs: list[Shape] = [*_legs(0.0), *_arms(person)]
    fat = 0.7 * person.fat_mm
    outer: list[Shape] = [*_legs(fat), *_grown(_arms(person), 0.5 * fat)]
    soft = _breasts(person) if person.sex == "F" else _scrotum()
    outside: list[Shape] = [trunk, *outer, HEAD.grown(2.0 + 0.15 * person.fat_mm), *soft]
    canvas.paint(outside, tissue="skin", label="skin")
    canvas.paint(map(_thinner, outside), tissue="fat", label="subcutaneous_fat")
    flesh: list[Shape] = [muscle, *limbs, HEAD]
    canvas.paint(flesh, tissue="muscle", label="skeletal_muscle", over=only(["fat", "skin"]))
    _draw_seam(canvas, _with_belly(MUSCLE.grown(-8.0), person))
    if "injection_residue" in person.variants:
        rows = arm_line(person, person.variant_side)
        (x, y, z, radius), end = rows[2], rows[3]
        vein = Capsule(
            (x, y - 0.8 * radius, z), (x, y - 0.8 * radius, z + 0.1 * (end[2] - z)), (5, 3)
        )
        canvas.paint(vein, tissue="injection", label="skeletal_muscle")
    canvas.paint(belly, tissue="fat", label="visceral_fat", over=only(["muscle"]))


def _draw_seam(canvas: Canvas, layer: Column) -> None:
    """Draw the thin fat between the muscles of the chest wall and those that lie on them."""
    seam = Cut(layer, lambda _x, _y, z: (z > 60.0) & (z < 452.0))
    canvas.paint(seam, tissue="fat", label="subcutaneous_fat", over=only(["muscle"]))
    inner = Cut(layer.grown(-1.7), seam.keep)
    canvas.paint(inner, tissue="muscle", label="skeletal_muscle", over=only(["fat"]))


def draw_named_muscles(canvas: Canvas) -> None:
    """Tell the gluteal, iliopsoas and paraspinal muscles from the muscle mantle."""
    flesh, soft = only(["muscle"]), only(["muscle", "fat"])
    for side, word in ((1, "left"), (-1, "right")):
        glutei = (
            ("gluteus_maximus", (side * 72, 68, -62), (52, 34, 70), (0, 0, 12 * side), flesh),
            ("gluteus_medius", (side * 122, 22, -12), (26, 42, 48), (18 * side, 0, 0), soft),
            ("gluteus_minimus", (side * 112, 6, -34), (16, 30, 32), (15 * side, 0, 0), soft),
        )
        for name, centre, radii, turn, over in glutei:
            muscle = Ellipsoid(centre, radii, turn)
            canvas.paint(_sheath(muscle), tissue="fat", over=flesh)
            canvas.paint(muscle, tissue="muscle", label=f"{name}_{word}", over=over)
        psoas = [
            (side * 30, spine_y(165) + 2, 165, 8),
            (side * 42, spine_y(80) + 4, 80, 18),
            (side * 60, 18, 10, 24),
            (side * 78, -18, -50, 20),
            (side * 92, -8, -115, 12),
        ]
        canvas.paint(_grown(tube(psoas, fine=1), SHEATH_MM), tissue="fat", over=flesh)
        canvas.paint(tube(psoas, fine=1), tissue="muscle", label=f"iliopsoas_{word}", over=soft)
        heights = np.linspace(-20, 480, 11)
        cord = [
            (side * 27, spine_y(float(z)) + 38, float(z), 21 - 0.014 * abs(float(z) - 100))
            for z in heights
        ]
        canvas.paint(_grown(tube(cord), SHEATH_MM), tissue="fat", over=flesh)
        canvas.paint(tube(cord), tissue="muscle", label=f"autochthon_{word}", over=soft)


def _sheath(muscle: Ellipsoid) -> Cut:
    """Return the thin layer around a muscle, which is fat where another muscle lies beyond."""
    x, y, z = (r + SHEATH_MM for r in muscle.radii)
    return Cut(
        Ellipsoid(muscle.centre, (x, y, z), muscle.turn_deg),
        lambda x, y, z: ~muscle.inside(x, y, z),
    )


def _with_belly(column: Column, person: Person) -> Column:
    """Push the front of the abdomen out by the person's belly, the back stays."""
    half = person.belly_mm / 2.0
    rows = []
    for z, cx, cy, rx, ry in column.rows:
        share = float(np.interp(z, (-110.0, 0.0, 60.0, 140.0, 290.0), (0.0, 0.7, 1.0, 1.0, 0.0)))
        rows.append((z, cx, cy - half * share, rx + 0.5 * half * share, ry + half * share))
    return Column(tuple(rows), column.power)


def _with_fat(muscle: Column, fat_mm: float) -> Column:
    """Return the skin around the muscle mantle: fat is thin at the neck, thick at the hips."""
    rows = []
    for z, cx, cy, rx, ry in muscle.rows:
        share = float(
            np.interp(
                z, (-180, -60, 60, 200, 350, 450, 510, 600), (1, 1.2, 1.1, 0.9, 0.7, 0.6, 0.4, 0.2)
            )
        )
        rows.append(
            (z, cx, cy, rx + share * fat_mm + SKIN_MM, ry + 0.85 * share * fat_mm + SKIN_MM)
        )
    return Column(tuple(rows), muscle.power)


def _legs(fat_mm: float) -> list[Column]:
    rows = (
        (-920.0, 66.0, 12.0, 30.0, 34.0),
        (-860.0, 68.0, 14.0, 32.0, 36.0),
        (-700.0, 70.0, 16.0, 46.0, 52.0),
        (-600.0, 72.0, 10.0, 48.0, 52.0),
        (-540.0, 74.0, 2.0, 52.0, 56.0),
        (-480.0, 78.0, 2.0, 55.0, 60.0),
        (-300.0, 84.0, 6.0, 68.0, 76.0),
        (-200.0, 86.0, 10.0, 76.0, 84.0),
        (-130.0, 88.0, 10.0, 76.0, 84.0),
    )
    return [
        Column(tuple((z, s * cx, cy, rx + fat_mm, ry + fat_mm) for z, cx, cy, rx, ry in rows))
        for s in (1, -1)
    ]


def arm_line(person: Person, side: int) -> list[Row]:
    """Return shoulder, elbow, wrist and fingertips of one arm as (x, y, z, muscle radius)."""
    if person.arms_up:
        return [
            (side * 150, 24, 452, 50),
            (side * 172, 8, 560, 42),
            (side * 196, -8, 705, 36),
            (side * 130, -30, 800, 30),
            (side * 70, -40, 880, 24),
            (side * 40, -40, 960, 22),
        ]
    return [
        (side * 158, 24, 446, 46),
        (side * 196, 30, 330, 42),
        (side * 214, 28, 150, 36),
        (side * 216, 0, 20, 32),
        (side * 208, -22, -80, 24),
        (side * 200, -30, -170, 22),
    ]


def _arms(person: Person) -> list[Capsule]:
    return [rod for side in (1, -1) for rod in tube(arm_line(person, side))]


def _grown(rods: list[Capsule], millimetres: float) -> list[Capsule]:
    return shrunk(rods, -millimetres)


def _breasts(person: Person) -> list[Shape]:
    size = 1.0 + 0.012 * person.fat_mm
    return [
        Ellipsoid((s * 76, -88 - 0.7 * person.fat_mm, 345), (56 * size, 38 * size, 56 * size))
        for s in (1, -1)
    ]


def _scrotum() -> list[Shape]:
    return [
        Ellipsoid((0, -52, -190), (34, 28, 32)),
        Capsule((0, -60, -150), (0, -95, -185), (15, 13)),
    ]


def _thinner(shape: Shape) -> Shape:
    if isinstance(shape, Column):
        return shape.grown(-SKIN_MM)
    if isinstance(shape, Capsule):
        return shrunk([shape], SKIN_MM)[0]
    if isinstance(shape, Ellipsoid):
        x, y, z = (r - SKIN_MM for r in shape.radii)
        return Ellipsoid(shape.centre, (x, y, z), shape.turn_deg)
    return shape
