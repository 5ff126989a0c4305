"""The plot of a run."""

import io
from pathlib import Path

import numpy as np
from PIL import Image

from petscribe.training.keeping.curves import draw_curves

RECORDS = [
    {
        "total_step": n,
        "stage": "one" if n < 5 else "two",
        "loss": 3.0 / n,
        "rate": 0.1 / n,
        "seconds": 1,
    }
    for n in range(1, 10)
]


def _picture(path: Path) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(path.read_bytes())).convert("L"))


def test_a_history_becomes_a_picture_with_a_panel_per_number(tmp_path: Path):
    draw_curves(RECORDS, tmp_path / "few.png")
    draw_curves([{**r, "held_out": 1.0} for r in RECORDS], tmp_path / "more.png")
    few, more = _picture(tmp_path / "few.png"), _picture(tmp_path / "more.png")
    assert more.shape[0] > few.shape[0]
    assert (few < 128).sum() > 500


def test_other_values_are_another_picture(tmp_path: Path):
    draw_curves(RECORDS, tmp_path / "a.png")
    draw_curves([{**r, "loss": float(r["total_step"] % 3)} for r in RECORDS], tmp_path / "b.png")
    assert (_picture(tmp_path / "a.png") != _picture(tmp_path / "b.png")).any()


def test_zero_rates_are_drawn(tmp_path: Path):
    draw_curves([{**r, "rate": 0.0} for r in RECORDS], tmp_path / "a.png")
    assert _picture(tmp_path / "a.png").size
