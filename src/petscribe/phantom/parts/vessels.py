"""Great vessels: aorta and its arch branches, cavae, pulmonary vessels, portal and iliac vessels.

Knows no organs; veins and arteries hold the same blood.
"""

from petscribe.phantom.drawing.canvas import Canvas
from petscribe.phantom.drawing.layout import spine_y, vertebra_radii
from petscribe.phantom.drawing.shapes import Row, tube
from petscribe.phantom.drawing.tissues import all_but
from petscribe.phantom.drawing.wobble import Wobble

Rows = list[Row]


def aorta_line() -> Rows:
    """Return the aorta from its root to the fork, as (x, y, z, radius)."""
    rows: Rows = [
        (2, -22, 345, 15),
        (-14, -26, 375, 16),
        (-14, -20, 405, 15.5),
        (-2, -4, 424, 14),
        (14, 18, 428, 13.5),
        (24, 40, 412, 13),
    ]
    for z in (390.0, 350.0, 300.0, 260.0):
        rows.append((25.0 - 0.07 * (390.0 - z), spine_y(z) - 13.0, z, 12.0))
    for z, x, radius in (
        (220.0, 12.0, 11.0),
        (180.0, 9.0, 10.5),
        (120.0, 8.0, 9.5),
        (58.0, 5.0, 9.0),
    ):
        rows.append((x, spine_y(z) - vertebra_radii(z)[1] - radius - 1.0, z, radius))
    return rows


def cava_line() -> Rows:
    """Return the inferior vena cava from the fork to the heart."""
    rows: Rows = [
        (-18.0, spine_y(z) - vertebra_radii(z)[1] - 9.0, z, 10.0)
        for z in (46.0, 90.0, 140.0, 185.0)
    ]
    return [*rows, (-24, 8, 230, 11), (-22, 0, 275, 12), (-20, -8, 296, 12)]


def draw_vessels(canvas: Canvas, wobble: Wobble) -> None:
    """Draw all great vessels over fat and organs, but never over bone or air."""
    over = all_but(
        ["cortex", "marrow", "disc", "csf", "cord", "airway", "air", "skin", "myocardium"]
    )

    def draw(rows: Rows, label: str | None, *, fine: int = 2) -> None:
        canvas.paint(tube(rows, fine=fine), tissue="blood", label=label, over=over)

    draw(cava_line(), "inferior_vena_cava")
    draw([(-24, -8, 438, 9), (-26, -12, 400, 10), (-24, -14, 352, 11)], "superior_vena_cava")
    draw([(-26, -6, 438, 8), (-34, -14, 462, 7)], "brachiocephalic_vein_right")
    draw([(-24, -8, 436, 8), (6, -26, 444, 8), (32, -20, 462, 7)], "brachiocephalic_vein_left")
    draw([(-4, -12, 428, 7), (-14, -2, 448, 7), (-22, 6, 466, 6)], "brachiocephalic_trunk")
    for side, word in ((1, "left"), (-1, "right")):
        start = (8.0, 4.0, 432.0, 4.5) if side > 0 else (-22.0, 4.0, 466.0, 4.5)
        neck: Rows = [
            start,
            (side * 24, -2, 500, 4),
            (side * 30, -4, 545, 4),
            (side * 28, 2, 585, 3.5),
        ]
        draw(neck, f"common_carotid_artery_{word}")
        vein: Rows = [(side * 33, -10, 462, 6), (side * 33, -6, 520, 6), (side * 32, 4, 590, 5)]
        draw(vein, None)
        low = (20.0, 24.0, 432.0, 5.0) if side > 0 else (-24.0, 8.0, 466.0, 5.0)
        arm: Rows = [
            low,
            (side * 40, 24, 474, 5),
            (side * 90, 10, 476, 5),
            (side * 130, 20, 455, 4.5),
        ]
        draw(arm, f"subclavian_artery_{word}")
        _draw_iliac(canvas, side, word)
    draw([(12, -34, 356, 14), (20, -22, 384, 13), (10, 0, 388, 11)], "heart")
    draw([(12, -2, 388, 11), (-20, 4, 376, 9), (-40, 14, 368, 8)], None)
    draw([(16, -6, 388, 11), (34, 14, 386, 9), (46, 24, 376, 7)], None)
    for side in (1, -1):
        draw(
            [(side * 14, 22, 352, 7), (side * 40, 22, 356, 6), (side * 56, 26, 360, 4)],
            "pulmonary_vein",
        )
    portal: Rows = [
        (-46, -14, 206, 7),
        (-26, -12, 184, 7),
        (-4, -8, 168, 7),
        (30, 8, 172, 5),
        (70, 36, 196, 4),
    ]
    canvas.paint(
        wobble.line(portal, sd_mm=1.5),
        tissue="blood",
        label="portal_vein_and_splenic_vein",
        over=over,
    )
    draw([(7, -10, 160, 4), (9, -24, 140, 4), (4, -32, 90, 3.5), (-6, -34, 50, 3)], None)
    draw(aorta_line(), "aorta")


def _draw_iliac(canvas: Canvas, side: int, word: str) -> None:
    over = all_but(["cortex", "marrow", "disc", "csf", "cord", "air", "skin"])
    artery: Rows = [
        (3, 2, 58, 7),
        (side * 26, 14, 14, 6.5),
        (side * 52, -6, -42, 6),
        (side * 74, -48, -108, 6),
        (side * 76, -56, -150, 5.5),
        (side * 72, -44, -260, 5),
        (side * 60, -10, -420, 4.5),
    ]
    vein: Rows = [
        (-10, 12, 46, 8),
        (side * 24, 24, 6, 7.5),
        (side * 50, 6, -50, 7),
        (side * 64, -42, -110, 7),
        (side * 64, -50, -150, 6.5),
        (side * 62, -36, -260, 6),
        (side * 56, 0, -420, 5),
    ]
    canvas.paint(tube(vein, fine=1), tissue="blood", label=f"iliac_vena_{word}", over=over)
    canvas.paint(tube(artery, fine=1), tissue="blood", label=f"iliac_artery_{word}", over=over)
