"""What lies around a place, coarsely: CT density and relative uptake on a lattice of 6 to 8 mm.

The frame carries it, so that a lesion can be placed by its neighbours and not by coordinates alone.
Values are stored in bytes. Knows no organs, no lesions.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Bool, Float, Float32, Int, UInt8

from petscribe.anatomy.seen.view import View
from petscribe.core.volume import IndexTriple

_HU_STEP: Final = 8.0
_HU_LOW: Final = -1000.0
_UPTAKE_STEP: Final = 0.03
"""Of the natural logarithm of uptake over that of the exam's median tissue."""
_UPTAKE_ZERO: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Tissues:
    """Density and uptake; arrays on the working lattice, positions are those of the PET."""

    density: UInt8[np.ndarray, "z y x"] | None
    """CT numbers in steps of 8 HU from -1000; None without a CT."""
    uptake: UInt8[np.ndarray, "z y x"]
    """Logarithm of the uptake over the median of the body, in steps of 0.03; 100 is the median."""
    factors: IndexTriple
    """PET voxels per cell along z, y, x."""
    start: IndexTriple
    """Cells cut off in front of each axis."""
    tracer: str

    def hu(self, points: Float[np.ndarray, "n 3"]) -> Float[np.ndarray, " n"] | None:
        """Return the CT numbers at PET positions (z, y, x), air beyond the images."""
        if self.density is None:
            return None
        index, inside = self._cells(points)
        values = _HU_LOW + _HU_STEP * self.density[tuple(index.T)].astype(np.float64)
        return np.where(inside, values, _HU_LOW)

    def log_uptake(self, points: Float[np.ndarray, "n 3"]) -> Float[np.ndarray, " n"]:
        """Return the logarithm of uptake over the body's median at PET positions (z, y, x)."""
        index, inside = self._cells(points)
        steps = self.uptake[tuple(index.T)].astype(np.float64) - _UPTAKE_ZERO
        return np.where(inside, _UPTAKE_STEP * steps, -_UPTAKE_STEP * _UPTAKE_ZERO)

    def _cells(
        self, points: Float[np.ndarray, "n 3"]
    ) -> tuple[Int[np.ndarray, "n 3"], Bool[np.ndarray, " n"]]:
        factors = np.asarray(self.factors, np.float64)
        index = np.floor((points + 0.5) / factors).astype(np.int64) - np.asarray(self.start)
        last = np.asarray(self.uptake.shape) - 1
        inside = ((index >= 0) & (index <= last)).all(axis=1)
        return index.clip(0, last), inside


def tissues_of(view: View, body: Bool[np.ndarray, "z y x"]) -> Tissues:
    """Return the tissues of an exam's working view; `body` is its outline."""
    density = None
    if view.has_ct and view.hu is not None:
        density = _coded((view.hu - _HU_LOW) / _HU_STEP)
    usual = float(np.median(view.pet[body])) if body.any() else 0.0
    ratio = np.maximum(view.pet, 1e-6) / max(usual, 1e-6)
    uptake = _coded(np.log(ratio) / _UPTAKE_STEP + _UPTAKE_ZERO)
    return Tissues(
        density=density,
        uptake=uptake,
        factors=view.factors,
        start=view.start,
        tracer=view.tracer,
    )


def _coded(values: Float32[np.ndarray, "z y x"]) -> UInt8[np.ndarray, "z y x"]:
    codes: UInt8[np.ndarray, "z y x"] = np.rint(values).clip(0, 255).astype(np.uint8)
    return codes
