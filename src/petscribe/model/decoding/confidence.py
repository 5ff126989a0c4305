"""Log-probabilities to confidences that mean what they say.

A finding's score is the mean log-probability of its tokens. Platt's line `sigmoid(slope x score +
offset)`, fitted on pairs of score and whether the text was right, turns it into a probability; for
a head, one temperature on its scores does. Both are stored beside the model. Without a fit the
score stays what it is: a geometric mean of probabilities, which promises nothing.

Knows numbers only. Sources: Platt 1999 (with his targets against overfitting); Guo 2017.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
from jaxtyping import Bool, Float, Int

from petscribe.core.codec import decode, encode
from petscribe.core.errors import InputError
from petscribe.core.files import write_json

FILE: Final = "calibration.json"
_FEWEST: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """How scores become probabilities."""

    slope: float
    offset: float
    pairs: int
    """How many pairs the fit saw."""
    temperatures: Mapping[str, float] = field(default_factory=dict)
    """Of each head."""

    def probability(self, mean_logprob: float) -> float:
        """Return the probability that a text with this score is right."""
        return float(_sigmoid(np.float64(self.slope * mean_logprob + self.offset)))


def fit_platt(
    scores: Float[np.ndarray, " n"], right: Bool[np.ndarray, " n"]
) -> tuple[float, float]:
    """Return slope and offset of the line that makes scores into log-odds.

    Newton's method on the log-likelihood; targets are `(n+ + 1) / (n+ + 2)` and `1 / (n- + 2)`.

    Raises:
        InputError: fewer than ten pairs, or all right or all wrong (code `cannot-calibrate`).
    """
    hits = int(right.sum())
    if len(scores) < _FEWEST or hits in {0, len(scores)}:
        raise InputError(
            "cannot-calibrate", f"{hits} of {len(scores)} are right; a fit needs ten, some of each"
        )
    target = np.where(right, (hits + 1) / (hits + 2), 1 / (len(scores) - hits + 2))
    middle, width = float(scores.mean()), float(scores.std()) or 1.0
    design = np.stack([(scores - middle) / width, np.ones_like(scores)], axis=1)
    line = np.array([0.0, math.log(hits / (len(scores) - hits))])
    for _ in range(50):
        shares = np.asarray(_sigmoid(design @ line), np.float64)
        slope = design.T @ (shares - target)
        curve = (design * (shares * (1 - shares))[:, None]).T @ design + 1e-9 * np.eye(2)
        move = np.asarray(np.linalg.solve(curve, slope))
        move *= min(1.0, 5.0 / float(np.abs(move).max() + 1e-12))
        line -= move
        if np.abs(move).max() < 1e-9:
            break
    return float(line[0] / width), float(line[1] - line[0] * middle / width)


def fit_temperature(scores: Float[np.ndarray, "n classes"], right: Int[np.ndarray, " n"]) -> float:
    """Return the temperature that makes a head's scores most likely, between 1/20 and 20.

    Raises:
        InputError: no pair (code `cannot-calibrate`).
    """
    if len(right) == 0:
        raise InputError("cannot-calibrate", "a temperature needs at least one pair")
    low, high = math.log(1 / 20), math.log(20.0)
    ratio = (math.sqrt(5.0) - 1.0) / 2.0
    for _ in range(60):
        left, other = high - ratio * (high - low), low + ratio * (high - low)
        if _loss(scores, right, math.exp(left)) < _loss(scores, right, math.exp(other)):
            high = other
        else:
            low = left
    return math.exp((low + high) / 2.0)


def calibrated(
    scores: Sequence[float],
    right: Sequence[bool],
    heads: Mapping[str, tuple[np.ndarray, np.ndarray]] | None = None,
) -> Calibration:
    """Return the calibration that pairs give.

    Args:
        scores: mean log-probability of each text.
        right: whether each text was right.
        heads: per head, its scores (n, classes) and the right classes.

    Raises:
        InputError: as the two fits say.
    """
    slope, offset = fit_platt(np.asarray(scores, np.float64), np.asarray(right, bool))
    temperatures = {name: fit_temperature(*pairs) for name, pairs in (heads or {}).items()}
    return Calibration(slope=slope, offset=offset, pairs=len(scores), temperatures=temperatures)


def save_calibration(folder: Path, calibration: Calibration) -> None:
    """Write a calibration beside its model."""
    write_json(folder / FILE, encode(calibration))


def load_calibration(folder: Path) -> Calibration | None:
    """Read the calibration of a model; None when it has none.

    Raises:
        InputError: a file that is no calibration (code `bad-record`).
    """
    path = folder / FILE
    if not path.is_file():
        return None
    try:
        return decode(Calibration, json.loads(path.read_text("utf-8")))
    except json.JSONDecodeError as fault:
        raise InputError("bad-record", f"{path}: not JSON ({fault.msg})") from fault


def _sigmoid(values: Float[np.ndarray, "*n"] | np.float64) -> Float[np.ndarray, "*n"] | np.float64:
    return 1.0 / (1.0 + np.exp(-np.clip(values, -700.0, 700.0)))


def _loss(scores: Float[np.ndarray, "n c"], right: Int[np.ndarray, " n"], heat: float) -> float:
    cooled = scores.astype(np.float64) / heat
    cooled -= cooled.max(axis=1, keepdims=True)
    logs = cooled - np.log(np.exp(cooled).sum(axis=1, keepdims=True))
    return -float(logs[np.arange(len(right)), right].mean())
