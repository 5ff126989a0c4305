"""Brain, airways of the head, glands, tonsils, tongue, larynx, thyroid: above the chest inlet.

Knows no bones; is drawn after them, so that sinuses and orbits open in the skull.
"""

import numpy as np

from petscribe.phantom.drawing.canvas import Canvas
from petscribe.phantom.drawing.shapes import (
    Capsule,
    Column,
    Coordinates,
    Cut,
    Ellipsoid,
    Inside,
    tube,
)
from petscribe.phantom.drawing.tissues import all_but, only
from petscribe.phantom.drawing.wobble import Wobble

_BRAIN = Column(
    (
        (612.0, 0.0, 8.0, 44.0, 56.0),
        (632.0, 0.0, 7.0, 55.0, 70.0),
        (650.0, 0.0, 6.0, 62.0, 81.0),
        (680.0, 0.0, 5.0, 65.0, 86.0),
        (708.0, 0.0, 7.0, 62.0, 80.0),
        (731.0, 0.0, 9.0, 49.0, 63.0),
        (744.0, 0.0, 10.0, 28.0, 38.0),
        (750.0, 0.0, 10.0, 8.0, 10.0),
    )
)


def draw_brain(canvas: Canvas) -> None:
    """Draw cortex, white matter, deep grey nuclei, ventricles, cerebellum, brainstem, pituitary."""

    def above_base(x: Coordinates, y: Coordinates, z: Coordinates) -> Inside:
        middle = 5.0 * np.exp(-((x / 14.0) ** 2))
        inside: Inside = z > 637.0 - 0.22 * y + middle
        return inside

    canvas.paint(Cut(_BRAIN.grown(2.0), above_base), tissue="csf", label="brain")
    canvas.paint(Cut(_BRAIN, above_base), tissue="grey_matter", label="brain")

    def folded(x: Coordinates, y: Coordinates, z: Coordinates) -> Inside:
        u = x + 7.0 * np.sin(y / 15.0 + z / 22.0)
        v = y + 7.0 * np.sin(z / 13.0 - x / 19.0)
        w = z + 6.0 * np.sin(x / 14.0 + y / 24.0)
        gyri = np.sin(0.37 * u) * np.cos(0.29 * v) + np.sin(0.31 * v + 1.0) * np.cos(0.33 * w)
        gyri = gyri + np.sin(0.35 * w + 0.4) * np.cos(0.27 * u)
        deep: Inside = (np.abs(x) > 4.0 + 1.5 * gyri) & (gyri < 0.65) & (z > 650.0 - 0.22 * y)
        return deep

    canvas.paint(Cut(_BRAIN.grown(-9.0), folded), tissue="white_matter", label="brain")
    for side in (1, -1):
        deep = [
            Ellipsoid((side * 12, 8, 680), (9, 14, 10)),
            Ellipsoid((side * 24, -8, 682), (7, 18, 12)),
            Ellipsoid((side * 13, -22, 690), (6, 14, 11)),
        ]
        canvas.paint(deep, tissue="grey_matter", label="brain")
        horn = tube([(side * 9, -38, 692, 4), (side * 11, 0, 702, 5), (side * 22, 36, 690, 5)])
        canvas.paint(horn, tissue="csf", label="brain")
        lobe = Ellipsoid((side * 23, 52, 640), (27, 27, 19))
        canvas.paint(lobe, tissue="grey_matter", label="brain")
        canvas.paint(
            Ellipsoid((side * 20, 48, 641), (13, 13, 7)), tissue="white_matter", label="brain"
        )
    stem = tube([(0, 16, 664, 13), (0, 18, 640, 11), (0, 17, 622, 7)])
    canvas.paint(stem, tissue="white_matter", label="brain")
    canvas.paint(Ellipsoid((0, -14, 645), (6, 5, 4)), tissue="pituitary", label="pituitary_gland")


def draw_face(canvas: Canvas, wobble: Wobble) -> None:
    """Draw orbits, sinuses, the airway from nose to larynx, tongue, tonsils and salivary glands."""
    for side, word in ((1, "left"), (-1, "right")):
        canvas.paint(
            Ellipsoid((side * 32, -62, 652), (18, 24, 17)), tissue="fat", label="subcutaneous_fat"
        )
        canvas.paint(
            Ellipsoid((side * 32, -72, 652), (12.5, 12, 12)), tissue="eye", label=f"eye_{word}"
        )
        tear = Ellipsoid((side * 44, -68, 661), (4, 7, 5))
        canvas.paint(tear, tissue="lacrimal", label=f"lacrimal_gland_{word}")
        canvas.paint(Ellipsoid((side * 26, -56, 624), (13, 16, 14)), tissue="airway", label="")
        canvas.paint(
            Capsule((side * 5, -88, 618), (side * 5, -40, 618), (4, 5)), tissue="airway", label=""
        )
    canvas.paint(Ellipsoid((0, -44, 590), (25, 33, 18)), tissue="muscle", label="tongue")
    canvas.paint(Ellipsoid((0, -16, 612), (17, 11, 16)), tissue="mucosa", label="nasopharynx")
    canvas.paint(Ellipsoid((0, -14, 588), (21, 11, 16)), tissue="mucosa", label="oropharynx")
    pharynx = tube([(0, -26, 616, 9), (0, -20, 600, 7), (0, -18, 580, 7), (0, -18, 560, 6)])
    canvas.paint(pharynx, tissue="airway", label="")
    for side, word in ((1, "left"), (-1, "right")):
        glands = (
            ("tonsil", wobble.ball((side * 18, -16, 589), (6.5, 8, 11), sd_mm=1.0), "tonsil"),
            ("parotid", wobble.ball((side * 53, 8, 600), (11, 19, 24), sd_mm=1.5), "parotid_gland"),
            (
                "submandibular",
                wobble.ball((side * 33, -22, 569), (10, 15, 12), sd_mm=1.5),
                "submandibular_gland",
            ),
            (
                "sublingual",
                wobble.ball((side * 13, -56, 576), (6, 13, 6), sd_mm=1.0),
                "sublingual_gland",
            ),
        )
        for tissue, gland, name in glands:
            canvas.paint(
                gland,
                tissue=tissue,
                label=f"{name}_{word}",
                over=all_but(["air", "airway", "cortex"]),
            )


def draw_throat(canvas: Canvas, wobble: Wobble) -> None:
    """Draw larynx and thyroid."""
    box = Column(((522, 0, -14, 14, 14), (545, 0, -16, 18, 17), (562, 0, -18, 17, 14)))
    shell = Cut(box, lambda x, y, _z: (y < -12.0) | (np.abs(x) < 99.0))
    canvas.paint(shell, tissue="larynx_tissue", label="larynx")
    canvas.paint(tube([(0, -14, 518, 9), (0, -15, 538, 5), (0, -18, 562, 6)]), tissue="airway")
    size = wobble.factor(0.18)
    for side in (1, -1):
        lobe = Ellipsoid((side * 18, -8, 512), (8.5 * size, 10 * size, 22 * size))
        canvas.paint(
            lobe, tissue="thyroid", label="thyroid_gland", over=all_but(["airway", "cortex"])
        )
    bridge = Capsule((-14, -18, 506), (14, -18, 506), (4, 4))
    canvas.paint(
        bridge, tissue="thyroid", label="thyroid_gland", over=all_but(["airway", "cortex"])
    )


def draw_brown_fat(canvas: Canvas) -> None:
    """Draw the fat that may be brown: above the collarbones, along the neck and the spine."""
    rods = []
    for side in (1, -1):
        rods += tube(
            [
                (side * 38, 4, 540, 4),
                (side * 52, 8, 492, 9),
                (side * 80, 14, 480, 8),
                (side * 118, 22, 468, 6),
            ]
        )
        rods += tube(
            [(side * 21, 66, 470, 3), (side * 24, 82, 400, 3.5), (side * 24, 82, 330, 2.5)]
        )
    canvas.paint(rods, tissue="brown_fat", over=only(["fat", "muscle"]))
