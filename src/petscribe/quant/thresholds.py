"""Delineating a lesion by a threshold: fixed, percent, adapted, Jentzen, Nestle, Schaefer.

Every function works inside a stated region (a box or organ the lesion may not leave) and returns
the connected piece that holds the seed; a threshold applied to the whole image would merge lesions
with organs. Coefficients are parameters: they belong to a scanner and a reconstruction.

    percent   T = fraction * S_max
    adapted   T = B + fraction * (S_max - B)
    Nestle    T = beta * S_mean70 + B          (beta 0.15; 0.3 in some tools)
    Schaefer  T = a * S_mean70 + b * B         (a, b calibrated per scanner)
    Jentzen   T / S = k_volume / V + k_contrast * B / S + k_constant, iterated, V in ml

S is the lesion's maximum, S_mean70 the mean of its voxels at 70 % of S and more, B the mean of the
surface of the lesion dilated by three voxels. Jentzen's T rises as V falls, so voxels may join and
leave between steps until T changes by less than 1 %.

Does not know lesions' identities or tracers. Sources: Nestle 2005; Schaefer 2008; Jentzen 2007 with
the coefficients published for the PETAR pipeline.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Bool, Float

from petscribe.core.volume import IndexTriple, bounding_box

_FREE_STEPS = 6
"""Jentzen steps taken in full before they are halved."""

Outcome = Literal["converged", "no-contrast", "leaked", "not-converged"]
Box = tuple[slice, slice, slice]
Connectivity = Literal[6, 18, 26]
Voxels = Bool[np.ndarray, "z y x"]
Uptake = Float[np.ndarray, "z y x"]


@dataclass(frozen=True, slots=True, kw_only=True)
class JentzenSettings:
    """Coefficients and stops of the iterative threshold."""

    k_volume: float = 0.078
    k_contrast: float = 0.617
    k_constant: float = 0.316
    tolerance: float = 0.01
    """Stop when the threshold changes by less than this fraction."""
    max_ratio: float = 0.9
    """Give up when T / S passes this: the lesion is no hotter than its surroundings."""
    max_steps: int = 30
    max_volume_ml: float = 500.0
    """Give up when the lesion grows past this: it has leaked."""
    leak_growth: float = 8.0
    """Give up when one step multiplies the volume by more than this, from `leak_floor_ml` on."""
    leak_floor_ml: float = 2.0
    min_volume_ml: float = 0.0435
    """Volumes below are taken as this in the formula, whose volume term has a pole at zero."""
    ring_voxels: int = 3
    """The background is the surface of the lesion dilated this often."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delineation:
    """A lesion's voxels and how they were reached."""

    voxels: Voxels
    threshold: float
    background: float
    steps: int
    outcome: Outcome
    """Anything but `converged` means that the voxels should not be used as a lesion."""


def fixed(uptake: Uptake, threshold: float, *, seed: IndexTriple, region: Voxels) -> Voxels:
    """Return the piece of `region` around `seed` where uptake is at least `threshold`."""
    return piece_with((uptake >= threshold) & region, seed)


def percent_of_max(uptake: Uptake, fraction: float, *, seed: IndexTriple, region: Voxels) -> Voxels:
    """Return the piece around `seed` of at least `fraction` of the maximum in the seed's piece.

    The maximum is the lesion's own: the largest value of `region` connected to the seed.
    """
    if not 0.0 < fraction <= 1.0:
        raise ValueError(f"fraction {fraction} is not in 0-1")
    own = piece_with(region, seed)
    if not own.any():
        return own
    return piece_with(own & (uptake >= fraction * float(uptake[own].max())), seed)


def nestle(
    uptake: Uptake, *, seed: IndexTriple, region: Voxels, background: float, beta: float = 0.15
) -> Voxels:
    """Return the piece around `seed` above T = beta * S_mean70 + B."""
    threshold = beta * mean_of_hottest(uptake, region) + background
    return fixed(uptake, threshold, seed=seed, region=region)


def schaefer(
    uptake: Uptake, *, seed: IndexTriple, region: Voxels, background: float, ab: tuple[float, float]
) -> Voxels:
    """Return the piece around `seed` above T = a * S_mean70 + b * B, `ab` from a calibration."""
    threshold = ab[0] * mean_of_hottest(uptake, region) + ab[1] * background
    return fixed(uptake, threshold, seed=seed, region=region)


def mean_of_hottest(uptake: Uptake, region: Voxels, fraction: float = 0.7) -> float:
    """Return the mean of the region's voxels at `fraction` of its maximum and more."""
    values = uptake[region]
    if not values.size:
        raise ValueError("the region holds no voxel")
    return float(values[values >= fraction * values.max()].mean(dtype=np.float64))


def jentzen(
    uptake: Uptake,
    *,
    seed: IndexTriple,
    region: Voxels,
    voxel_ml: float,
    settings: JentzenSettings | None = None,
) -> Delineation:
    """Delineate the lesion around its hottest voxel `seed` by the iterative threshold.

    Args:
        uptake: SUV; the work stays inside `region`, the background may lie outside it.
        seed: the lesion's hottest voxel, S of the formula.
        region: where the lesion may lie.
        voxel_ml: volume of a voxel.
        settings: coefficients and stops.
    """
    rules = settings or JentzenSettings()
    maximum = float(uptake[seed])
    background = _first_background(uptake[region], maximum)
    # the first threshold knows no volume yet
    ratio = min(rules.k_contrast * background / maximum + rules.k_constant, 1.0)
    voxels = fixed(uptake, ratio * maximum, seed=seed, region=region)
    for step in range(1, rules.max_steps + 1):
        volume_ml = float(voxels.sum()) * voxel_ml
        background = ring_mean(uptake, voxels, rules.ring_voxels)
        wanted = _ratio(volume_ml, background / maximum, rules)
        outcome: Outcome | None = _outcome(wanted, ratio, rules)
        if outcome is None:
            # few voxels can make the threshold swing between two sizes: halve late steps
            ratio = wanted if step <= _FREE_STEPS else 0.5 * (ratio + wanted)
            grown = fixed(uptake, ratio * maximum, seed=seed, region=region)
            outcome = "leaked" if _leaks(volume_ml, float(grown.sum()) * voxel_ml, rules) else None
            voxels = grown
        if outcome is not None:
            break
    return Delineation(
        voxels=voxels,
        threshold=ratio * maximum,
        background=background,
        steps=step,
        outcome=outcome or "not-converged",
    )


def ring_mean(uptake: Uptake, voxels: Voxels, distance: int) -> float:
    """Return the mean uptake on the surface of `voxels` dilated `distance` times (by faces).

    Voxels outside the array or never measured are left out; NaN when nothing is left.
    """
    from scipy import ndimage

    tight = bounding_box(voxels)
    if tight is None:
        return float("nan")
    box = grown_box(tight, distance, voxels.shape)
    inner = ndimage.binary_dilation(voxels[box], iterations=distance - 1) if distance > 1 else None
    inner = voxels[box] if inner is None else inner
    ring = ndimage.binary_dilation(inner) & ~inner
    values = uptake[box][ring]
    values = values[np.isfinite(values)]
    return float(values.mean(dtype=np.float64)) if values.size else float("nan")


def piece_with(voxels: Voxels, seed: IndexTriple, connectivity: Connectivity = 6) -> Voxels:
    """Return the connected piece of `voxels` that holds `seed`; empty without the seed."""
    import cc3d

    piece = np.zeros_like(voxels)
    if not voxels[seed]:
        return piece
    box = bounding_box(voxels)
    assert box is not None
    labels = cc3d.connected_components(
        np.ascontiguousarray(voxels[box]), connectivity=connectivity, out_dtype=np.uint32
    )
    inside = tuple(i - s.start for i, s in zip(seed, box, strict=True))
    piece[box] = labels == labels[inside]
    return piece


def grown_box(box: Box, voxels: int, shape: tuple[int, ...]) -> Box:
    """Return `box` grown by `voxels` on every side, cut to the array."""
    z, y, x = (
        slice(max(0, s.start - voxels), min(n, s.stop + voxels))
        for s, n in zip(box, shape, strict=True)
    )
    return z, y, x


def adapted_percent(maximum: float, background: float, fraction: float = 0.41) -> float:
    """Return the threshold at `fraction` of the way from background to maximum.

    On blurred balls of 12-60 mm and contrasts of 2-20 it keeps the volume within some 15 % where
    41 % of the maximum alone leaks at low contrast.
    """
    return background + fraction * (maximum - background)


def _first_background(values: Float[np.ndarray, " n"], maximum: float) -> float:
    """Return the mean of what lies below half the maximum; the median where nothing does."""
    low = values[values < 0.5 * maximum]
    return float(low.mean(dtype=np.float64)) if low.size else float(np.median(values))


def _ratio(volume_ml: float, background_frac: float, rules: JentzenSettings) -> float:
    return (
        rules.k_volume / max(volume_ml, rules.min_volume_ml)
        + rules.k_contrast * background_frac
        + rules.k_constant
    )


def _outcome(wanted: float, ratio: float, rules: JentzenSettings) -> Outcome | None:
    if np.isnan(wanted):
        return "leaked"  # it fills the image: no surroundings left to compare with
    if max(wanted, ratio) > rules.max_ratio:
        return "no-contrast"
    return "converged" if abs(wanted - ratio) < rules.tolerance * ratio else None


def _leaks(before_ml: float, after_ml: float, rules: JentzenSettings) -> bool:
    sudden = after_ml > max(rules.leak_floor_ml, rules.leak_growth * before_ml)
    return sudden or after_ml > rules.max_volume_ml
