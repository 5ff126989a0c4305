"""Organs of abdomen and pelvis: liver, spleen, kidneys, adrenals, pancreas, gut, genital organs.

Organs are drawn inside the abdominal cavity and below the diaphragm, solid ones first, gut around
them. Knows no bones and no great vessels.
"""

import numpy as np

from petscribe.phantom.drawing.canvas import Canvas
from petscribe.phantom.drawing.layout import BELLY, diaphragm_z
from petscribe.phantom.drawing.shapes import (
    Capsule,
    Coordinates,
    Cut,
    Ellipsoid,
    Inside,
    Row,
    Shape,
    shrunk,
    tube,
)
from petscribe.phantom.drawing.tissues import all_but, only
from petscribe.phantom.drawing.wobble import Wobble
from petscribe.phantom.person import Person

_SIDES = ((1, "left"), (-1, "right"))
_SOFT = only(["fat", "muscle"])


def below_diaphragm(shape: Shape, side: int) -> Cut:
    """Return the part of a shape inside the abdominal cavity and under one dome."""

    def keep(x: Coordinates, y: Coordinates, z: Coordinates) -> Inside:
        inside: Inside = (z < diaphragm_z(x, y, side) - 2.0) & BELLY.grown(1.0).inside(x, y, z)
        return inside

    return Cut(shape, keep)


def draw_solid_organs(canvas: Canvas, person: Person, wobble: Wobble) -> None:
    """Draw liver, gallbladder, spleen, kidneys, adrenals and pancreas."""
    _draw_liver(canvas, wobble)
    if "splenectomy" not in person.variants:
        spleen = wobble.ball((98, 42, 222), (27, 43, 52), turn_deg=(14.0, 0.0, 0.0))
        canvas.paint(below_diaphragm(spleen, 1), tissue="spleen", label="spleen", over=_SOFT)
    for side, word in _SIDES:
        if not ("one_kidney" in person.variants and side == person.variant_side):
            _draw_kidney(canvas, person, wobble, (side, word))
        _draw_adrenal(canvas, wobble, side, word)
    pancreas = [
        (-30, -6, 128, 10),
        (-28, -14, 148, 13),
        (-4, -22, 162, 9),
        (28, -10, 172, 9),
        (56, 12, 184, 9),
        (78, 30, 194, 8),
    ]
    canvas.paint(wobble.line(pancreas, sd_mm=2.5), tissue="pancreas", label="pancreas", over=_SOFT)


def _draw_liver(canvas: Canvas, wobble: Wobble) -> None:
    size = wobble.factor(0.07)
    right = Ellipsoid(wobble.point((-68, 0, 206), 3.0), (76 * size, 82 * size, 90 * size))
    left = Ellipsoid(
        wobble.point((-4, -42, 240), 4.0), (84 * wobble.factor(0.12), 46, 44), (-12.0, 0.0, 0.0)
    )

    def above_gut(x: Coordinates, y: Coordinates, z: Coordinates) -> Inside:
        hollow: Inside = z > 122.0 + 0.55 * (x + 105.0) + 0.12 * (y + 60.0)
        return hollow

    def right_half(x: Coordinates, _y: Coordinates, _z: Coordinates) -> Inside:
        half: Inside = x < 4.0
        return half

    for lobe, side in ((Cut(right, above_gut), -1), (Cut(Cut(left, above_gut), right_half), -1)):
        canvas.paint(below_diaphragm(lobe, side), tissue="liver", label="liver", over=_SOFT)
    rest = Cut(left, lambda x, _y, z: (x >= 4.0) & (z < 276.0))
    canvas.paint(below_diaphragm(rest, 1), tissue="liver", label="liver", over=_SOFT)
    gall = wobble.ball((-46, -48, 158), (13, 15, 27), turn_deg=(-12.0, 0.0, 0.0))
    canvas.paint(gall, tissue="bile", label="gallbladder", over=only(["fat", "liver"]))


def liver_segment(x: float, y: float, z: float) -> int:
    """Return the Couinaud segment (2-8) that planes give a point of the liver.

    Planes: the umbilical fissure at x = -14, the middle vein from gallbladder to cava, the right
    vein; upper and lower halves meet at the portal plane, z = 212.
    """
    upper = z > 212.0
    if x > -14.0:
        return 2 if upper and y > -45.0 else 3
    if x > -44.0 + 0.35 * (y + 10.0):
        return 4
    if x > -80.0 + 0.5 * (y + 10.0) and y < 40.0:
        return 8 if upper else 5
    return 7 if upper else 6


def _draw_kidney(canvas: Canvas, person: Person, wobble: Wobble, which: tuple[int, str]) -> None:
    side, word = which
    size = wobble.factor(0.08)
    x, y, z = wobble.point((side * 62.0, 44.0, 146.0 if side > 0 else 130.0), 4.0)
    turn = (-side * 13.0, side * 28.0, 0.0)
    label = f"kidney_{word}"
    over = all_but(["cortex", "marrow", "disc", "air", "skin", "lung"])
    outer = Ellipsoid((x, y, z), (27 * size, 30 * size, 55 * size), turn)
    canvas.paint(outer, tissue="kidney", label=label, over=over)
    sinus = Ellipsoid((x - side * 11, y - 4, z), (16 * size, 11 * size, 28 * size), turn)
    canvas.paint(sinus, tissue="fat", label="visceral_fat", over=over)
    pelvis = Ellipsoid((x - side * 15, y - 5, z - 2), (9 * size, 6.5, 13 * size), turn)
    canvas.paint(pelvis, tissue="renal_pelvis", label="", over=over)
    calyces = [
        Capsule((x - side * 12, y - 4, z), (x - side * 2, y - 2, z + dz), (4.0, 3.5))
        for dz in (-25 * size, 0.0, 25 * size)
    ]
    canvas.paint(calyces, tissue="renal_pelvis", label="", over=over)
    ureter = [
        (x - side * 18, y - 5, z - 14, 3.0),
        (side * 40, 18, 80, 2.2),
        (side * 40, 10, 20, 2.2),
        (side * 60, 20, -50, 2.2),
        (side * 26, -2, -100, 2.2),
    ]
    rods = tube(ureter, fine=3)
    canvas.paint(rods, tissue="vessel", label=f"ureter_{word}", over=_SOFT)
    drops = [rod for rod in rods if wobble.rng.random() < 0.16]
    canvas.paint(drops, tissue="urine", label=f"ureter_{word}", over=only(["vessel"]))
    if "renal_cyst" in person.variants and side == person.variant_side:
        radius = float(wobble.rng.uniform(9, 26))
        cyst = Ellipsoid((x + side * 22 * size, y + 4, z + 20), (radius, radius, radius))
        canvas.paint(cyst, tissue="cyst", label=f"kidney_cyst_{word}", over=only(["fat", "kidney"]))


def _draw_adrenal(canvas: Canvas, wobble: Wobble, side: int, word: str) -> None:
    top = wobble.point((side * 36.0, 36.0, 212.0), 2.0)
    limbs = [
        Capsule(top, (top[0] + side * dx, top[1] + dy, top[2] - 24), (3.2, 2.6))
        for dx, dy in ((11.0, 10.0), (1.0, 13.0))
    ]
    canvas.paint(
        limbs,
        tissue="adrenal",
        label=f"adrenal_gland_{word}",
        over=only(["fat", "muscle", "liver", "kidney"]),
    )


def draw_gut(canvas: Canvas, wobble: Wobble, rng: np.random.Generator) -> None:
    """Draw stomach, duodenum, small bowel, colon and rectum, wall and content."""
    stomach = wobble.line(
        [
            (56, 14, 256, 26),
            (66, -6, 232, 31),
            (66, -34, 196, 25),
            (44, -52, 160, 20),
            (10, -54, 146, 16),
            (-22, -42, 154, 12),
        ],
        sd_mm=4.0,
    )
    fluid = ("stomach_wall", "stomach_fluid")
    _hollow(canvas, stomach, fluid, label="stomach", wall_mm=5.0)
    bubble = Cut(Ellipsoid((66, -22, 232), (24, 22, 26)), lambda _x, y, _z: y < -20.0)
    canvas.paint(bubble, tissue="gas", label="stomach", over=only(["stomach_fluid"]))
    duodenum = [
        (-26, -40, 152, 11),
        (-48, -18, 150, 12),
        (-52, 0, 112, 12),
        (-30, 2, 90, 11),
        (10, -22, 94, 10),
        (34, -16, 126, 10),
    ]
    gut = wobble.line(duodenum, sd_mm=2.0)
    _hollow(canvas, gut, ("bowel_wall", "bowel_content"), label="duodenum", wall_mm=4.0)
    _draw_small_bowel(canvas, rng)
    _draw_colon(canvas, wobble, rng)


def _hollow(
    canvas: Canvas, rods: list[Capsule], tissues: tuple[str, str], *, label: str, wall_mm: float
) -> None:
    """Draw a hollow organ: a tube of wall, a thinner tube of content."""
    over = only(["fat", "muscle", "bowel_wall", "bowel_content"])
    canvas.paint(rods, tissue=tissues[0], label=label, over=over)
    canvas.paint(shrunk(rods, wall_mm), tissue=tissues[1], label=label, over=only([tissues[0]]))


def _draw_small_bowel(canvas: Canvas, rng: np.random.Generator) -> None:
    """Draw a loop that wanders through the middle of the abdomen without leaving it."""
    point = np.array([40.0, -30.0, 110.0])
    heading = rng.normal(0, 1, 3)
    rows: list[Row] = []
    low, high = np.array([-82.0, -74.0, -72.0]), np.array([86.0, -10.0, 124.0])
    for _ in range(140):
        rows.append(
            (float(point[0]), float(point[1]), float(point[2]), float(rng.uniform(9, 12.5)))
        )
        heading = 0.55 * heading / max(float(np.linalg.norm(heading)), 1e-6) + rng.normal(0, 0.6, 3)
        step = 25.0 * heading / max(float(np.linalg.norm(heading)), 1e-6)
        for axis in range(3):
            if not low[axis] <= point[axis] + step[axis] <= high[axis]:
                step[axis], heading[axis] = -step[axis], -heading[axis]
        point = np.clip(point + step, low, high)
    rods = tube(rows, fine=1)
    inside = only(["fat", "bowel_wall", "bowel_content"])
    canvas.paint(rods, tissue="bowel_wall", label="small_bowel", over=inside)
    canvas.paint(
        shrunk(rods, 3.0), tissue="bowel_content", label="small_bowel", over=only(["bowel_wall"])
    )


def _draw_colon(canvas: Canvas, wobble: Wobble, rng: np.random.Generator) -> None:
    sag = float(rng.uniform(-20, 30))
    rows = [
        (-84, -26, 0, 20),
        (-94, -10, 40, 23),
        (-100, 2, 90, 21),
        (-92, -18, 136, 20),
        (-50, -62, 122 - sag, 18),
        (10, -68, 108 - sag, 17),
        (60, -54, 140 - sag / 2, 17),
        (100, 0, 202, 17),
        (108, 22, 150, 15),
        (106, 16, 80, 14),
        (100, 4, 20, 14),
        (72, -8, -24, 14),
        (34, -28, -30, 15),
        (2, 2, -40, 15),
        (14, 40, -62, 16),
    ]
    rods = wobble.line(rows, sd_mm=3.0, fine=3)
    over = only(["fat", "bowel_wall", "bowel_content"])
    canvas.paint(rods, tissue="colon_wall", label="colon", over=over)
    canvas.paint(shrunk(rods, 3.2), tissue="stool", label="colon", over=only(["colon_wall"]))
    for rod in shrunk(rods, 6.5):
        if rng.random() < 0.45:
            canvas.paint(rod, tissue="gas", label="colon", over=only(["stool"]))
    rectum = tube(
        [(14, 40, -62, 16), (2, 56, -92, 18), (0, 46, -125, 17), (0, 34, -158, 10)], fine=2
    )
    canvas.paint(rectum, tissue="colon_wall", label="rectum", over=_SOFT)
    canvas.paint(shrunk(rectum, 4.5), tissue="stool", label="rectum", over=only(["colon_wall"]))


def draw_pelvis(canvas: Canvas, person: Person, wobble: Wobble) -> None:
    """Draw bladder and genital organs."""
    fill = wobble.factor(0.16)
    male = person.sex == "M"
    bladder_z = -100.0 + 16.0 * fill
    centre = wobble.point((0, -26, bladder_z), 2.0)
    wall = Ellipsoid(centre, (36 * fill, 28 * fill, 26 * fill))
    inner = Ellipsoid(centre, (32.5 * fill, 24.5 * fill, 22.5 * fill))
    over = all_but(["cortex", "marrow", "air", "skin", "colon_wall", "stool"])
    if male:
        gland = wobble.ball((0, -14, -124), (23, 17, 16), sd_mm=1.0)
        canvas.paint(gland, tissue="prostate", label="prostate", over=over)
        for side, word in _SIDES:
            vesicle = Capsule((side * 8, 12, -106), (side * 28, 18, -98), (5, 5))
            canvas.paint(vesicle, tissue="prostate", label=f"seminal_vesicle_{word}", over=over)
            ball = wobble.ball((side * 16, -56, -192), (13, 15, 19), sd_mm=1.0)
            canvas.paint(ball, tissue="testis", label=f"testis_{word}")
    else:
        womb = wobble.ball((0, 14, -72), (25, 22, 34), turn_deg=(0.0, 0.0, -35.0), sd_mm=3.0)
        canvas.paint(womb, tissue="uterus", label="uterus", over=over)
        sheath = Capsule((0, 22, -108), (0, 0, -160), (11, 9))
        canvas.paint(sheath, tissue="mucosa", label="vagina", over=over)
        for side, word in _SIDES:
            egg = wobble.ball((side * 42, 6, -58), (11, 9, 15), sd_mm=3.0)
            canvas.paint(egg, tissue="ovary", label=f"ovary_{word}", over=over)
    canvas.paint(wall, tissue="bladder_wall", label="urinary_bladder", over=over)
    canvas.paint(inner, tissue="urine", label="urinary_bladder", over=only(["bladder_wall"]))
