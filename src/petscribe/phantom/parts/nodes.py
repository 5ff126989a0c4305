"""Lymph-node stations: where each lies in the reference body, and the small normal nodes there.

Stations after the IASLC map (chest), the neck levels of the AJCC/AAO-HNS scheme, and the usual
names of radiology for axilla, abdomen and pelvis. Keys are those of `terms.anatomy`. Positions are
of the reference body; knows nothing of disease.
"""

from typing import Final

import numpy as np

from petscribe.phantom.drawing.canvas import Canvas
from petscribe.phantom.drawing.layout import CAGE, spine_y, vertebra_radii
from petscribe.phantom.drawing.shapes import Ellipsoid, Number, Point
from petscribe.phantom.drawing.tissues import only


def _front_of_spine(x: Number, z: Number, gap: Number) -> Point:
    return x, spine_y(z) - vertebra_radii(z)[1] - gap, z


def _behind_breastbone(x: Number, z: Number) -> Point:
    _, cy, _, ry = CAGE.at(z)
    return x, cy - 0.93 * ry, z


_SIDED: Final[dict[str, list[Point]]] = {
    "lymph_node_level_I": [(30, -40, 566), (14, -56, 564)],
    "lymph_node_level_II": [(40, 2, 584), (42, 10, 574), (38, -4, 574)],
    "lymph_node_level_III": [(38, 0, 548), (40, 6, 540)],
    "lymph_node_level_IV": [(38, 2, 516), (40, 6, 508)],
    "lymph_node_level_V": [(50, 26, 540), (52, 28, 516)],
    "lymph_node_supraclavicular": [(54, -14, 484), (66, -10, 482), (46, -12, 486)],
    "lymph_node_axillary": [(138, -2, 405), (142, 6, 388), (132, -14, 420), (128, -30, 405)],
    "lymph_node_internal_mammary": [_behind_breastbone(30, 400), _behind_breastbone(30, 360)],
    "lymph_node_cardiophrenic": [(34, -76, 280)],
    "lymph_node_paraaortic": [
        _front_of_spine(26, 150, 6),
        _front_of_spine(26, 115, 6),
        _front_of_spine(25, 85, 6),
    ],
    "lymph_node_common_iliac": [(36, 10, 22), (30, 8, 34)],
    "lymph_node_external_iliac": [(72, -24, -60), (78, -34, -80)],
    "lymph_node_internal_iliac": [(58, 34, -38), (56, 40, -52)],
    "lymph_node_obturator": [(56, -6, -76), (58, -14, -84)],
    "lymph_node_inguinal": [(78, -66, -138), (70, -70, -148), (84, -64, -126)],
}
_SINGLE: Final[dict[str, list[Point]]] = {
    "lymph_node_level_VI": [(10, -22, 498), (-11, -22, 500)],
    "lymph_node_level_VII": [(3, -16, 458)],
    "lymph_node_1R": [(-30, 10, 474)],
    "lymph_node_1L": [(30, 10, 474)],
    "lymph_node_2R": [(-17, 10, 448), (-19, 14, 440)],
    "lymph_node_2L": [(17, 20, 446)],
    "lymph_node_3A": [(2, -44, 418)],
    "lymph_node_3P": [_front_of_spine(-6, 430, 5)],
    "lymph_node_4R": [(-18, 14, 418), (-17, 10, 408)],
    "lymph_node_4L": [(13, 32, 406)],
    "lymph_node_5": [(32, 6, 402)],
    "lymph_node_6": [(18, -34, 414)],
    "lymph_node_7": [(0, 31, 388), (3, 32, 380)],
    "lymph_node_8": [(-4, 40, 330), (-4, 38, 300)],
    "lymph_node_9R": [(-32, 44, 318)],
    "lymph_node_9L": [(46, 44, 318)],
    "lymph_node_10R": [(-38, 18, 378), (-42, 24, 366)],
    "lymph_node_10L": [(42, 26, 384), (48, 30, 372)],
    "lymph_node_11R": [(-52, 24, 350)],
    "lymph_node_11L": [(58, 32, 356)],
    "lymph_node_12R": [(-62, 18, 338)],
    "lymph_node_12L": [(66, 30, 340)],
    "lymph_node_retrocrural": [(16, spine_y(212) - 21, 214), (-12, spine_y(206) - 21, 206)],
    "lymph_node_celiac": [_front_of_spine(14, 196, 26), _front_of_spine(-4, 194, 26)],
    "lymph_node_porta_hepatis": [(-42, -14, 194), (-36, -18, 188)],
    "lymph_node_gastrohepatic": [(20, -30, 206)],
    "lymph_node_aortocaval": [_front_of_spine(-5, 120, 8), _front_of_spine(-5, 92, 8)],
    "lymph_node_paracaval": [_front_of_spine(-34, 110, 8)],
    "lymph_node_mesenteric": [(14, -40, 60), (-16, -40, 44), (0, -42, 84)],
    "lymph_node_presacral": [(4, spine_y(-40) - 18, -44)],
    "lymph_node_mesorectal": [(18, 62, -82), (-18, 60, -86)],
}


def _stations() -> dict[str, tuple[Point, ...]]:
    table = {key: tuple(points) for key, points in _SINGLE.items()}
    for key, points in _SIDED.items():
        for side, word in ((1, "left"), (-1, "right")):
            table[f"{key}_{word}"] = tuple((side * x, y, z) for x, y, z in points)
    return table


STATIONS: Final[dict[str, tuple[Point, ...]]] = _stations()
"""Places of each station's nodes, by the station's key."""


def draw_nodes(canvas: Canvas, rng: np.random.Generator) -> None:
    """Draw small normal nodes at every station, in fat and between muscles only."""
    soft = only(["fat", "muscle", "brown_fat", "areolar"])
    for key, points in STATIONS.items():
        for x, y, z in points:
            radius = float(rng.uniform(2.2, 3.8))
            shift = rng.normal(0, 1.5, 3)
            centre = (x + float(shift[0]), y + float(shift[1]), z + float(shift[2]))
            node = Ellipsoid(centre, (radius, radius, 1.4 * radius))
            canvas.paint(node, tissue="node", label=key, over=soft)
