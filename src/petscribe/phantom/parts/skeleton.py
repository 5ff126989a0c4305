"""Bones, one by one: skull, mandible, C1 to the coccyx, 24 ribs, sternum, girdles, limbs.

Each bone is drawn as compact bone and then, a cortex's width further in, as marrow: red in the
trunk, skull and proximal limbs, fatty further out. Knows no organs.
"""

import numpy as np

from petscribe.phantom.drawing.canvas import Canvas
from petscribe.phantom.drawing.layout import CAGE, LEVELS, spine_y, vertebra_radii
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
from petscribe.phantom.parts.soft_tissue import arm_line
from petscribe.phantom.person import Person

Rows = list[Row]
_SIDES = ((1, "left"), (-1, "right"))


def draw_skeleton(canvas: Canvas, person: Person) -> None:
    """Draw every bone of the body."""
    _draw_skull(canvas)
    _draw_arms(canvas, person)
    _draw_girdle(canvas)
    _draw_ribs(canvas)
    _draw_sternum(canvas)
    _draw_pelvis(canvas)
    _draw_legs(canvas, person)
    for name in LEVELS:
        _draw_vertebra(canvas, name)
    _draw_sacrum(canvas)


def _bone(canvas: Canvas, rods: list[Capsule], label: str, shell_mm: float) -> None:
    """Draw a bone of rods: compact outside, red marrow inside."""
    canvas.paint(rods, tissue="cortex", label=label)
    canvas.paint(shrunk(rods, shell_mm), tissue="marrow", label=label)


def _draw_vertebra(canvas: Canvas, name: str) -> None:
    bottom, top = LEVELS[name]
    gap = 0.22 * (top - bottom) if name not in {"C1", "C2"} else 1.0
    middle = (bottom + top) / 2
    (rx, ry), label = vertebra_radii(middle), f"vertebrae_{name}"
    y0, y1 = spine_y(bottom), spine_y(top)
    canvas.paint(
        _slab((bottom, top), (y0, y1), (rx - 1, ry - 1)), tissue="disc", label="intervertebral_disc"
    )
    canal_y = (y0 + y1) / 2 + ry + 8
    arch = Column(tuple((z, 0.0, canal_y, 13.5, 12.5) for z in (bottom + gap, top - 2.0)))
    canvas.paint(arch, tissue="cortex", label=label)
    canvas.paint(arch.grown(-1.6), tissue="marrow", label=label)
    wing = 20.0 if name[0] == "C" else (34.0 if name[0] == "L" else 27.0)
    back = 16.0 if name[0] == "C" else 26.0
    rods = [
        Capsule((side * 8, canal_y - 3, middle), (side * wing, canal_y + 3, middle + 1), (5.0, 3.5))
        for side in (1, -1)
    ]
    rods.append(Capsule((0, canal_y + 11, middle), (0, canal_y + back, middle - 9), (4.0, 3.6)))
    _bone(canvas, rods, label, 2.0)
    body = _slab((bottom + gap, top), (y0, y1), (rx, ry))
    canvas.paint(body, tissue="cortex", label=label)
    inner = _slab((bottom + gap + 1.3, top - 1.3), (y0, y1), (rx - 1.5, ry - 1.5))
    canvas.paint(inner, tissue="marrow", label=label)
    canal = Column(tuple((z, 0.0, y + ry + 8, 9.0, 8.0) for z, y in ((bottom, y0), (top, y1))))
    canvas.paint(canal, tissue="csf", label="spinal_cord")
    if name[0] != "L" or name == "L1":
        cord = Column(tuple((z, 0.0, y + ry + 8, 5.5, 4.5) for z, y in ((bottom, y0), (top, y1))))
        canvas.paint(cord, tissue="cord", label="spinal_cord")


def _slab(
    heights: tuple[float, float], depths: tuple[float, float], radii: tuple[float, float]
) -> Column:
    waist = 0.9
    (z0, z1), (y0, y1), (rx, ry) = heights, depths, radii
    middle = ((z0 + z1) / 2, 0.0, (y0 + y1) / 2, waist * rx, waist * ry)
    return Column(((z0, 0.0, y0, rx, ry), middle, (z1, 0.0, y1, rx, ry)), power=2.3)


def _draw_sacrum(canvas: Canvas) -> None:
    rows = [
        (-98.0, 14.0, 8.0),
        (-75.0, 26.0, 11.0),
        (-40.0, 44.0, 15.0),
        (-10.0, 54.0, 17.0),
        (-1.0, 48.0, 16.0),
    ]
    outer = Column(tuple((z, 0.0, spine_y(z) + 6, rx, ry) for z, rx, ry in rows))
    canvas.paint(outer, tissue="cortex", label="sacrum")
    canvas.paint(outer.grown(-2.0), tissue="marrow", label="sacrum")
    canal = [(0, spine_y(z) + 13, z, 5.0) for z in (-70.0, -35.0, 0.0)]
    canvas.paint(tube(canal), tissue="csf", label="sacrum")
    tail = [(0, spine_y(z) + 2, z, r) for z, r in ((-100.0, 7.0), (-115.0, 5.5), (-128.0, 4.0))]
    _bone(canvas, tube(tail), "coccyx", 1.5)


def rib_line(number: int, side: int) -> Rows:
    """Return points along a rib as (x, y, z, radius), from the spine to the front."""
    top = LEVELS[f"T{number}"][1] - 4.0
    drop = float(np.interp(number, (1, 3, 7, 10, 11, 12), (44, 84, 128, 118, 70, 48)))
    last = float(np.interp(number, (1, 2, 7, 8, 10, 11, 12), (132, 138, 142, 128, 112, 84, 62)))
    radius = 5.2 if number < 11 else 4.4
    rows: Rows = []
    for angle in np.linspace(14.0, last, 12):
        share = (angle - 14.0) / 128.0
        z = top - drop * share**1.15
        _, cy, rx, ry = CAGE.at(z)
        turn = np.deg2rad(angle)
        x, y = (rx + 5.5) * np.sin(turn), cy + (ry + 5.5) * np.cos(turn)
        rows.append((side * float(x), float(y), float(z), radius))
    neck = (side * 15.0, spine_y(top) + 9.0, top, radius)
    return [neck, *rows]


def _draw_ribs(canvas: Canvas) -> None:
    for side, word in _SIDES:
        for number in range(1, 13):
            line = rib_line(number, side)
            if number <= 10:
                _draw_cartilage(canvas, line[-1], number, side)
            rods = tube(line)
            canvas.paint(rods, tissue="cortex", label=f"rib_{word}_{number}")
            canvas.paint(shrunk(rods, 1.7), tissue="marrow", label=f"rib_{word}_{number}")


def _draw_cartilage(canvas: Canvas, end: Row, number: int, side: int) -> None:
    z = float(np.interp(number, (1, 7, 10), (440, 318, 300)))
    _, cy, _, ry = CAGE.at(z)
    target = (side * (24.0 if number < 8 else 34.0), cy - ry - 4.0, z, 5.0)
    between = ((end[0] + target[0]) / 2, (end[1] + target[1]) / 2 - 6, min(end[2], z) + 4, 5.0)
    rods = tube([end, between, target], fine=2)
    canvas.paint(rods, tissue="cartilage", label="costal_cartilages")


def _draw_sternum(canvas: Canvas) -> None:
    heights = (
        (300.0, 10.0),
        (320.0, 17.0),
        (360.0, 19.0),
        (400.0, 17.0),
        (425.0, 24.0),
        (446.0, 28.0),
    )
    rows = []
    for z, rx in heights:
        _, cy, _, ry = CAGE.at(z)
        rows.append((z, 0.0, cy - ry - 6.0, rx, 6.5))
    outer = Column(tuple(rows), power=3.0)
    canvas.paint(outer, tissue="cortex", label="sternum")
    canvas.paint(outer.grown(-1.8), tissue="marrow", label="sternum")


def _draw_girdle(canvas: Canvas) -> None:
    for side, word in _SIDES:
        collar: Rows = [
            (side * 20, -50, 450, 8),
            (side * 70, -46, 468, 6),
            (side * 120, -4, 478, 6),
            (side * 150, 10, 474, 7),
        ]
        _bone(canvas, tube(collar, fine=2), f"clavicula_{word}", 1.8)
        plate: list[Shape] = [Ellipsoid((side * 104, 84, 400), (44, 5.5, 70), (0, -26 * side, 0))]
        canvas.paint(plate, tissue="cortex", label=f"scapula_{word}")
        spine: Rows = [(side * 70, 96, 430, 5), (side * 115, 80, 452, 6), (side * 148, 40, 470, 8)]
        glenoid: Rows = [(side * 120, 66, 425, 7), (side * 138, 42, 446, 13)]
        _bone(canvas, [*tube(spine), *tube(glenoid)], f"scapula_{word}", 2.0)


def _draw_arms(canvas: Canvas, person: Person) -> None:
    for side, word in _SIDES:
        shoulder, *rest = arm_line(person, side)
        head = (shoulder[0], shoulder[1] + 2, shoulder[2] + 4)
        shaft = tube([(*shoulder[:3], 16.0), *((*p[:3], 11.5) for p in rest[:2])])
        canvas.paint(shaft, tissue="cortex", label=f"humerus_{word}")
        canvas.paint(shrunk(shaft, 4.0), tissue="yellow_marrow", label=f"humerus_{word}")
        canvas.paint(Ellipsoid(head, (23, 23, 23)), tissue="cortex", label=f"humerus_{word}")
        canvas.paint(Ellipsoid(head, (21, 21, 21)), tissue="yellow_marrow", label=f"humerus_{word}")
        for shift in (-9.0, 9.0):
            forearm = tube([(p[0] + shift, p[1], p[2], 7.0) for p in rest[1:-1]])
            canvas.paint(forearm, tissue="cortex", label="other_bone")
            canvas.paint(shrunk(forearm, 3.0), tissue="yellow_marrow", label="other_bone")


def _draw_pelvis(canvas: Canvas) -> None:
    for side, word in _SIDES:
        label = f"hip_{word}"
        crest = [
            (42, 82, 26),
            (62, 74, 46),
            (92, 44, 60),
            (116, 6, 56),
            (126, -28, 38),
            (122, -50, 14),
        ]
        foot = (side * 88.0, 8.0, -70.0)
        points = np.array(crest, dtype=np.float64)
        where = np.linspace(0, len(points) - 1, 17)
        fan = [
            Capsule(
                (side * float(x), float(y), float(z)), (foot[0], foot[1] + dy, foot[2]), (6.0, 7.5)
            )
            for x, y, z, dy in zip(
                *(np.interp(where, np.arange(len(points)), points[:, k]) for k in range(3)),
                np.linspace(16, -12, 17),
                strict=True,
            )
        ]
        rim = tube([(side * x, y, z, 7.0) for x, y, z in crest])
        ring = [
            *tube([(side * 84, -8, -82, 12), (side * 45, -46, -112, 9), (side * 9, -52, -132, 9)]),
            *tube([(side * 86, 18, -95, 17), (side * 66, 44, -140, 15), (side * 58, 40, -158, 13)]),
            *tube([(side * 58, 34, -158, 9), (side * 34, -14, -156, 6), (side * 9, -46, -140, 7)]),
        ]
        socket = Ellipsoid((side * 91, 6, -88), (33, 33, 33))
        cup = Cut(socket, lambda x, _y, _z, s=side: x * s < 92.0)  # type: ignore[misc]
        for tissue, thin in (("cortex", 0.0), ("marrow", 2.0)):
            canvas.paint(
                [*shrunk(fan, thin), *shrunk(rim, thin), *shrunk(ring, thin)],
                tissue=tissue,
                label=label,
            )
        canvas.paint(cup, tissue="cortex", label=label)
        canvas.paint(
            Ellipsoid((side * 93, 6, -88), (27, 27, 27)), tissue="muscle", label="skeletal_muscle"
        )
    disc = Ellipsoid((0, -50, -134), (5, 10, 17))
    canvas.paint(disc, tissue="cartilage", label="hip_left")


def _draw_legs(canvas: Canvas, person: Person) -> None:
    for side, word in _SIDES:
        label = f"femur_{word}"
        replaced = "hip_prosthesis" in person.variants and side == person.variant_side
        ball = Ellipsoid((side * 93, 6, -88), (23.5, 23.5, 23.5))
        neck = tube(
            [(side * 93, 6, -88, 15), (side * 132, 14, -112, 17), (side * 134, 18, -136, 20)]
        )
        shaft = tube(
            [(side * 128, 16, -140, 17), (side * 106, 4, -300, 14), (side * 78, 4, -505, 15)]
        )
        knee = tube([(side * 78, 4, -490, 20), (side * 77, 6, -515, 34)])
        shin = tube([(side * 76, 8, -532, 32), (side * 72, 2, -570, 17), (side * 68, 4, -890, 11)])
        canvas.paint([ball, *neck, *shaft, *knee], tissue="cortex", label=label)
        canvas.paint(Ellipsoid(ball.centre, (21, 21, 21)), tissue="yellow_marrow", label=label)
        canvas.paint(shrunk(neck, 3.0), tissue="marrow", label=label)
        canvas.paint([*shrunk(shaft, 6.0), *shrunk(knee, 3.0)], tissue="yellow_marrow", label=label)
        canvas.paint(shin, tissue="cortex", label="other_bone")
        canvas.paint(shrunk(shin, 4.0), tissue="yellow_marrow", label="other_bone")
        if replaced:
            stem = tube(
                [(side * 93, 6, -88, 8), (side * 126, 14, -116, 9), (side * 112, 8, -260, 6)]
            )
            canvas.paint([Ellipsoid(ball.centre, (17, 17, 17)), *stem], tissue="metal", label=label)


def _draw_skull(canvas: Canvas) -> None:
    vault = Column(
        (
            (602.0, 0.0, 10.0, 54.0, 66.0),
            (622.0, 0.0, 10.0, 62.0, 80.0),
            (645.0, 0.0, 6.0, 68.0, 88.0),
            (680.0, 0.0, 5.0, 72.0, 93.0),
            (708.0, 0.0, 7.0, 69.0, 87.0),
            (733.0, 0.0, 9.0, 56.0, 70.0),
            (748.0, 0.0, 10.0, 36.0, 46.0),
            (757.0, 0.0, 10.0, 12.0, 18.0),
        )
    )
    base = Cut(vault, lambda _x, y, z: z > 630.0 - 0.22 * y)
    canvas.paint(base, tissue="skull_bone", label="skull")
    face: list[Shape] = [
        Ellipsoid((0, -50, 622), (44, 34, 26)),
        Ellipsoid((0, -66, 604), (28, 22, 14)),
        *(Ellipsoid((s * 52, 16, 622), (14, 20, 18)) for s in (1, -1)),
        *(Capsule((s * 34, -74, 632), (s * 60, -20, 630), (5.0, 4.0)) for s in (1, -1)),
    ]
    canvas.paint(face, tissue="skull_bone", label="skull")
    canvas.paint(Ellipsoid((0, -66, 604), (26, 20, 12)), tissue="marrow", label="maxilla")
    for side in (1, -1):
        jaw: Rows = [
            (side * 49, 2, 620, 6),
            (side * 48, -6, 586, 7),
            (side * 30, -54, 574, 7),
            (0, -78, 572, 8),
        ]
        _bone(canvas, tube(jaw, fine=2), "mandible", 2.2)
        arc = [(side * 26, -46, 592, 4.5), (side * 16, -72, 592, 4.5), (0, -78, 592, 4.5)]
        canvas.paint(tube(arc, fine=1), tissue="tooth", label="mandible")
