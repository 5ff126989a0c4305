"""Confidences: a fit finds the line that made the pairs, and is stored with the model."""

import math
from pathlib import Path

import numpy as np
import pytest

from petscribe.core.errors import InputError
from petscribe.model.decoding.confidence import (
    Calibration,
    calibrated,
    fit_platt,
    fit_temperature,
    load_calibration,
    save_calibration,
)


def pairs(n: int = 4000) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    scores = rng.uniform(-1.5, 0.0, n)
    return scores, rng.random(n) < 1 / (1 + np.exp(-(4.0 * scores + 2.0)))


def test_the_line_that_made_the_pairs_is_found() -> None:
    slope, offset = fit_platt(*pairs())
    assert slope == pytest.approx(4.0, rel=0.1)
    assert offset == pytest.approx(2.0, rel=0.1)


def test_calibrated_probabilities_are_as_often_right_as_they_say() -> None:
    scores, right = pairs()
    made = calibrated(scores.tolist(), right.tolist())
    said = np.array([made.probability(float(s)) for s in scores])
    for low in (0.1, 0.3, 0.5, 0.7):
        bin_ = (said >= low) & (said < low + 0.2)
        assert said[bin_].mean() == pytest.approx(right[bin_].mean(), abs=0.05)


def test_pairs_that_a_line_parts_cleanly_do_not_run_away() -> None:
    scores = np.linspace(-1.0, 0.0, 20)
    slope, offset = fit_platt(scores, scores > -0.5)
    assert math.isfinite(slope)
    assert 0.8 < Calibration(slope=slope, offset=offset, pairs=20).probability(0.0) < 1.0


def test_a_temperature_undoes_a_known_one() -> None:
    rng = np.random.default_rng(1)
    scores = rng.normal(0, 2, (6000, 4))
    shares = np.exp(scores) / np.exp(scores).sum(1, keepdims=True)
    right = np.array([rng.choice(4, p=p) for p in shares])
    assert fit_temperature(3.0 * scores, right) == pytest.approx(3.0, rel=0.1)


def test_too_few_pairs_or_one_kind_are_refused() -> None:
    for scores, right in (
        (np.zeros(3), np.array([True, False, True])),
        (np.zeros(20), np.ones(20, bool)),
    ):
        with pytest.raises(InputError, check=lambda fault: fault.code == "cannot-calibrate"):
            fit_platt(scores, right)
    with pytest.raises(InputError, check=lambda fault: fault.code == "cannot-calibrate"):
        fit_temperature(np.zeros((0, 3)), np.zeros(0, int))


def test_a_calibration_comes_back_from_disk(tmp_path: Path) -> None:
    made = Calibration(slope=2.0, offset=0.5, pairs=11, temperatures={"side": 1.5})
    assert load_calibration(tmp_path) is None
    save_calibration(tmp_path, made)
    assert load_calibration(tmp_path) == made
    (tmp_path / "calibration.json").write_text("{")
    with pytest.raises(InputError, check=lambda fault: fault.code == "bad-record"):
        load_calibration(tmp_path)
