"""From a fine grid to the scanner's: area average and a Gaussian point spread in one linear step.

Each axis has a small table of weights: how much of each fine voxel a scanner voxel sees. Plain
multiply-and-add in a fixed order, so that a result does not depend on the number of threads or on
a matrix library. Knows no activity and no anatomy.
"""

from dataclasses import dataclass
from math import erf, sqrt

import numpy as np
from jaxtyping import Float

from petscribe.core.volume import Grid

FWHM_PER_SIGMA = 2.0 * sqrt(2.0 * np.log(2.0))


@dataclass(frozen=True, slots=True)
class AxisWeights:
    """For each coarse position: the first fine voxel it sees, and the weights from there on."""

    first: tuple[int, ...]
    weights: tuple[tuple[float, ...], ...]


def axis_weights(
    fine_mm: Float[np.ndarray, " fine"], coarse_mm: Float[np.ndarray, " coarse"], *, fwhm_mm: float
) -> AxisWeights:
    """Return the weights along one axis.

    The profile of a coarse voxel is its box convolved with a Gaussian, integrated over each fine
    voxel exactly (by differences of the error function's integral taken at the fine edges).

    Args:
        fine_mm: centres of the fine voxels, evenly spaced, ascending.
        coarse_mm: centres of the coarse voxels in the fine grid's space; spacing may vary.
        fwhm_mm: full width at half maximum of the point spread; 0 for the area average alone.
    """
    step = float(fine_mm[1] - fine_mm[0])
    widths = np.abs(np.gradient(coarse_mm))
    sigma = max(fwhm_mm / FWHM_PER_SIGMA, 1e-3 * step)
    first: list[int] = []
    rows: list[tuple[float, ...]] = []
    for centre, width in zip(coarse_mm, widths, strict=True):
        reach = width / 2 + 3.0 * sigma
        start = int(np.ceil((centre - reach - fine_mm[0]) / step - 0.5))
        stop = int(np.floor((centre + reach - fine_mm[0]) / step + 0.5)) + 1
        edges = fine_mm[0] + (np.arange(start, stop + 1) - 0.5) * step - centre
        sums = _integral(edges + width / 2, sigma) - _integral(edges - width / 2, sigma)
        weights = np.diff(sums) / width
        weights = weights / max(float(weights.sum()), 1e-12)
        low, high = max(start, 0), min(stop, len(fine_mm))
        first.append(min(low, len(fine_mm)))
        rows.append(tuple(float(w) for w in weights[low - start : max(high - start, 0)]))
    return AxisWeights(tuple(first), tuple(rows))


def _integral(t: Float[np.ndarray, " edges"], sigma: float) -> Float[np.ndarray, " edges"]:
    """Integral of the Gaussian's cumulative distribution up to each t."""
    u = t / (sigma * sqrt(2.0))
    cumulative = 0.5 * (1.0 + np.array([erf(float(v)) for v in u]))
    return t * cumulative + sigma / sqrt(2.0 * np.pi) * np.exp(-np.minimum(u * u, 700.0))


def centres_mm(
    grid: Grid,
) -> tuple[Float[np.ndarray, " z"], Float[np.ndarray, " y"], Float[np.ndarray, " x"]]:
    """Return the patient coordinates of a canonical grid's voxel centres along z, y and x."""
    z, y, x = (
        o + s * np.arange(n)
        for n, s, o in zip(grid.shape, grid.spacing_mm, grid.origin_mm[::-1], strict=True)
    )
    return z, y, x


def apply_weights(
    array: Float[np.ndarray, "a b c"], weights: AxisWeights, axis: int
) -> Float[np.ndarray, "d e f"]:
    """Return the array with one axis replaced by its weighted sums; the other axes stay."""
    source = np.moveaxis(array, axis, 0)
    result = np.zeros((len(weights.first), *source.shape[1:]), np.float32)
    part = np.empty(source.shape[1:], np.float32)
    for row, (start, factors) in enumerate(zip(weights.first, weights.weights, strict=True)):
        target = result[row]
        for offset, factor in enumerate(factors):
            if factor > 1e-6:
                np.multiply(source[start + offset], np.float32(factor), out=part)
                target += part
    moved: Float[np.ndarray, "d e f"] = np.moveaxis(result, 0, axis)
    return moved
