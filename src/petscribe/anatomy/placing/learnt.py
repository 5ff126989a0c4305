"""Which organ a lesion lies in, as learnt from phantoms: a small network over `features`.

The data file `learnt.npz` is made by `bench/learn_places.py` from seeds that are not measured on.
It holds two networks (with CT, and PET alone), each of three layers, and the organs' keys without
their side; the side comes from the frame. Phantoms are built to one plan, real people are not:
positions were blurred when it was fitted, its trust falls with the distance of a lesion's
surroundings from all that it has seen, and `candidates` weighs it against labels and rules.
Knows no rules.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
from jaxtyping import Float

from petscribe.anatomy.frame import BodyFrame
from petscribe.anatomy.placing.evidence import Around
from petscribe.anatomy.placing.features import features

_FILE: Final = Path(__file__).with_name("learnt.npz")
_LAYERS: Final = 3
_LEAST: Final = 1e-3
_STRANGEST: Final = 6.0
"""Standard deviations beyond which a number is no stranger."""
_USUAL_AWAY: Final = (1.0, 1.8)
"""Mean squared deviation from the phantoms' lesions: of nearly all of them, and of none."""
_OF_SEX: Final[Mapping[str, str]] = {"prostate": "M", "uterus": "F", "ovary": "F"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Learnt:
    """What was learnt about a place."""

    chances: Mapping[str, float]
    """By organ key without side; `vertebrae` for any vertebra."""
    trust: float
    """0-1: how much the surroundings are like those that it was learnt from."""
    with_ct: bool


def learnt_place(around: Around, frame: BodyFrame) -> Learnt | None:
    """Return the chance of each organ; None when the frame was not made from images."""
    if frame.tissues is None:
        return None
    row = features(around, frame)
    way = "pet" if frame.tissues.density is None else "ct"
    data = _networks()
    strange = np.abs(row - data[f"{way}_mean"]) / data[f"{way}_spread"]
    away = float(np.mean(np.minimum(strange, _STRANGEST) ** 2))
    for k in range(_LAYERS):
        row = data[f"{way}_weight_{k}"] @ row + data[f"{way}_bias_{k}"]
        if k < _LAYERS - 1:
            row = _silu(row)
    odds = np.exp(row - row.max())
    chances = zip(names(), odds / odds.sum(), strict=True)
    low, high = _USUAL_AWAY
    return Learnt(
        chances={name: float(c) for name, c in chances if c > _LEAST},
        with_ct=way == "ct",
        trust=float(np.clip((high - away) / (high - low), 0.0, 1.0)),
    )


def of_other_sex(base: str, sex: str | None) -> bool:
    """Tell whether an organ does not exist in a patient whose header states this sex."""
    return base in _OF_SEX and sex in {"M", "F"} and _OF_SEX[base] != sex


def _silu(values: Float[np.ndarray, " n"]) -> Float[np.ndarray, " n"]:
    result: Float[np.ndarray, " n"] = values / (1.0 + np.exp(-np.clip(values, -60.0, 60.0)))
    return result


@cache
def _networks() -> Mapping[str, Float[np.ndarray, "..."]]:
    with np.load(_FILE, allow_pickle=False) as file:
        return {key: file[key].astype(np.float64) for key in file.files if key != "names"}


@cache
def names() -> tuple[str, ...]:
    """Return the organs that were learnt, keys without side."""
    with np.load(_FILE, allow_pickle=False) as file:
        return tuple(str(name) for name in file["names"])
