"""Which voxels are patient: the body without the table, its silhouette, its middle in every slice.

Knows outlines only, no organ. From the CT where there is one, from the PET where there is not.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Float32

from petscribe.anatomy.seen.view import View, spread
from petscribe.core.volume import IndexTriple, bounding_box

_SKIN_HU = -300.0
_TABLE_MM = 16.0
"""Things thinner than this are not patient."""
_MIN_PART_ML = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """The patient's outline on the working lattice."""

    voxels: Bool[np.ndarray, "z y x"]
    """Patient, with everything inside (lungs, bowel gas)."""
    trunk: Bool[np.ndarray, "z y x"]
    """The part of every slice that holds the middle: head, neck or torso without free arms."""
    middle: Float[np.ndarray, " z"]
    """x position of the plane of symmetry of the outline."""
    left: Float[np.ndarray, " z"]
    """Highest x position of the trunk."""
    right: Float[np.ndarray, " z"]
    """Lowest x position of the trunk."""
    front: Float[np.ndarray, " z"]
    back: Float[np.ndarray, " z"]
    present: Bool[np.ndarray, " z"]
    """Slices that show any patient."""


def find_body(view: View) -> tuple[View, Body]:
    """Return the patient's outline and the view cut to it along y and x.

    With a CT from the CT, elsewhere from the PET.
    """
    voxels = _from_pet(view)
    view, voxels = _cut(view, voxels, 35.0)
    if view.hu is not None and view.has_ct:
        solid = _from_ct(view.hu, view, voxels)
        voxels = _large_parts(np.where(view.ct_seen, solid, voxels), view)
        view, voxels = _cut(view, voxels, 15.0)
    return view, outline_of(voxels, view)


def outline_of(voxels: Bool[np.ndarray, "z y x"], view: View) -> Body:
    """Measure the outline of given patient voxels."""
    from scipy import ndimage

    middle = _symmetry(voxels, view)
    plane = np.zeros((3, 3, 3), dtype=bool)
    plane[1] = ndimage.generate_binary_structure(2, 1)
    labels, _ = ndimage.label(voxels, structure=plane)
    num_z, _, width = voxels.shape
    trunk = np.zeros_like(voxels)
    reach = view.mm(30.0, 2)
    for k in range(num_z):
        sizes = np.bincount(labels[k].ravel())
        sizes[0] = 0
        if not sizes.any():
            continue
        centre = int(np.clip(round(float(middle[k])), 0, width - 1))
        near = labels[k][:, max(0, centre - reach) : centre + reach + 1]
        touching = np.unique(near[near > 0])
        keep = touching[sizes[touching] > 0.2 * sizes.max()]
        trunk[k] = np.isin(labels[k], keep if keep.size else [int(np.argmax(sizes))])
    right, left = _extent(np.logical_or.reduce(trunk, axis=1))
    front, back = _extent(np.logical_or.reduce(trunk, axis=2))
    return Body(
        voxels=voxels,
        trunk=trunk,
        middle=middle,
        left=left,
        right=right,
        front=front,
        back=back,
        present=np.logical_or.reduce(voxels, axis=(1, 2)),
    )


def _cut(
    view: View, voxels: Bool[np.ndarray, "z y x"], margin_mm: float
) -> tuple[View, Bool[np.ndarray, "z cut_y cut_x"]]:
    """Cut to the voxels with a margin along y and x; z stays whole."""
    box = bounding_box(voxels)
    if box is None:
        return view, voxels
    cut = [slice(0, view.pet.shape[0])]
    for axis in (1, 2):
        margin = view.mm(margin_mm, axis)
        size = view.pet.shape[axis]
        cut.append(slice(max(0, box[axis].start - margin), min(size, box[axis].stop + margin)))
    whole = (cut[0], cut[1], cut[2])
    return view.crop(whole), voxels[whole]


def _from_ct(
    hu: Float32[np.ndarray, "z y x"], view: View, warm: Bool[np.ndarray, "z y x"]
) -> Bool[np.ndarray, "z y x"]:
    """Soft tissue and bone, opened so that the table falls away, filled slice by slice."""
    from scipy import ndimage

    radius = max(1, round(_TABLE_MM / 2.0 / view.spacing_mm[2]))
    disc = np.zeros((1, 3, 3), dtype=bool)
    disc[0] = ndimage.generate_binary_structure(2, 1)
    # where the chest's wall is thinner than a voxel the PET says what is inside
    inside = ndimage.binary_erosion(warm, disc, iterations=2 * radius)
    solid = _fill((hu > _SKIN_HU) | inside)
    core = ndimage.binary_erosion(solid, disc, iterations=radius)
    opened = ndimage.binary_dilation(core, disc, iterations=radius) & solid
    labels, count = ndimage.label(opened)
    if count == 0:
        return opened
    sizes = np.bincount(labels.ravel(), minlength=count + 1).astype(float)
    glow = np.bincount(labels.ravel(), weights=warm.ravel(), minlength=count + 1)
    sizes[0] = 0.0
    main = int(np.argmax(np.where(glow > 0.2 * sizes, sizes, 0.0)))
    big = (sizes * view.voxel_ml > _MIN_PART_ML) & (glow > 0.3 * sizes)
    big[main] = sizes[main] > 0
    big[0] = False
    return big[labels]


def _from_pet(view: View) -> Bool[np.ndarray, "z y x"]:
    """Everything warmer than the surroundings, after smoothing, filled slice by slice.

    With a CT the PET only says roughly where the patient is: every second row and column do.
    """
    from scipy import ndimage

    step = 2 if view.has_ct and min(view.pet.shape[1:]) > 40 else 1
    pet = view.pet[:, ::step, ::step]
    sigma = [8.0 / (s * f) for s, f in zip(view.spacing_mm, (1, step, step), strict=True)]
    smooth = ndimage.gaussian_filter(pet, sigma, mode="nearest", truncate=2.5)
    if float(smooth.max()) <= 0:
        return np.zeros(view.pet.shape, dtype=bool)
    voxels = _fill(smooth > _skin_threshold(smooth))
    if step == 1:
        return _large_parts(voxels, view)
    return spread(voxels, (1, step, step), _shape(view.pet))


def _shape(array: Float32[np.ndarray, "z y x"]) -> IndexTriple:
    z, y, x = array.shape
    return z, y, x


def _skin_threshold(smooth: Float32[np.ndarray, "z y x"]) -> float:
    """A fifth of the median of warm voxels: about half of muscle's uptake at the skin."""
    hot, warm_body = (float(v) for v in np.percentile(smooth, (99.0, 80.0)))
    # without hot organs in view a share of the hottest falls to the noise: legs alone
    floor = max(0.02 * hot, 0.2 * warm_body)
    warm = smooth[smooth > floor]
    return 0.35 * float(np.median(warm)) if warm.size else floor


def _large_parts(voxels: Bool[np.ndarray, "z y x"], view: View) -> Bool[np.ndarray, "z y x"]:
    from scipy import ndimage

    labels, count = ndimage.label(voxels)
    if count <= 1:
        return voxels
    sizes = np.bincount(labels.ravel())
    sizes[0] = 0
    keep = sizes * view.voxel_ml > _MIN_PART_ML
    keep[int(np.argmax(sizes))] = True
    keep[0] = False
    large: Bool[np.ndarray, "z y x"] = keep[labels]
    return large


def _fill(voxels: Bool[np.ndarray, "z y x"]) -> Bool[np.ndarray, "z y x"]:
    """Fill holes of every slice: gaps that do not reach the slice's edge."""
    from scipy import ndimage

    plane = np.zeros((3, 3, 3), dtype=bool)
    plane[1] = ndimage.generate_binary_structure(2, 1)
    labels, count = ndimage.label(~voxels, structure=plane)
    outside = np.zeros(count + 1, dtype=bool)
    for edge in (labels[:, 0], labels[:, -1], labels[:, :, 0], labels[:, :, -1]):
        outside[np.unique(edge)] = True
    outside[0] = False
    filled: Bool[np.ndarray, "z y x"] = ~outside[labels]
    return filled


def _symmetry(voxels: Bool[np.ndarray, "z y x"], view: View) -> Float[np.ndarray, " z"]:
    """Return the x of the plane about which each slice's thickness profile is most symmetric.

    The profile is smoothed along z over 25 mm; a slice without patient takes its neighbours' value.
    """
    from scipy import ndimage

    thickness = voxels.sum(axis=1).astype(np.float64)
    num_z, width = thickness.shape
    weight = thickness.sum(axis=1)
    if not weight.any():
        return np.full(num_z, (width - 1) / 2.0)
    smooth = ndimage.gaussian_filter1d(thickness, 25.0 / view.spacing_mm[0], axis=0)
    centre = float((smooth.sum(axis=0) @ np.arange(width)) / smooth.sum())
    offsets = np.arange(-round(60 / view.spacing_mm[2]), round(60 / view.spacing_mm[2]) + 0.5, 0.5)
    columns = np.arange(width)
    cost = np.empty((num_z, offsets.size))
    for i, offset in enumerate(offsets):
        mirrored = 2.0 * (centre + offset) - columns
        low = np.floor(mirrored).astype(int)
        part = (mirrored - low)[None, :]
        padded = np.pad(smooth, ((0, 0), (1, 1)))
        take = np.clip(low + 1, 0, width + 1)
        take_next = np.clip(low + 2, 0, width + 1)
        other = padded[:, take] * (1 - part) + padded[:, take_next] * part
        cost[:, i] = np.abs(smooth - other).sum(axis=1)
    scale = np.maximum(smooth.sum(axis=1, keepdims=True), 1e-9)
    cost = cost / scale + 0.02 * np.abs(offsets * view.spacing_mm[2] / 60.0)[None, :]
    best = centre + offsets[np.argmin(cost, axis=1)]
    return smooth_along(best, weight, 30.0 / view.spacing_mm[0])


def smooth_along(
    values: Float[np.ndarray, " z"], weights: Float[np.ndarray, " z"], sigma: float
) -> Float[np.ndarray, " z"]:
    """Return the weighted running mean along z; where nothing has weight, the nearest that has."""
    from scipy import ndimage

    weights = np.asarray(weights, dtype=np.float64)
    if not np.any(weights > 0):
        return np.asarray(values, dtype=np.float64)
    top = ndimage.gaussian_filter1d(values * weights, sigma, mode="nearest")
    bottom = ndimage.gaussian_filter1d(weights, sigma, mode="nearest")
    known = bottom > 1e-6 * bottom.max()
    index = np.arange(len(values), dtype=np.float64)
    smoothed = np.interp(index, index[known], top[known] / bottom[known])
    return np.asarray(smoothed, dtype=np.float64)


def _extent(
    profile: Bool[np.ndarray, "z n"],
) -> tuple[Float[np.ndarray, " z"], Float[np.ndarray, " z"]]:
    """Return first and last True of each row; empty rows take the nearest row's values."""
    has: Bool[np.ndarray, " z"] = np.logical_or.reduce(profile, axis=1)
    first = np.argmax(profile, axis=1).astype(np.float64)
    last = profile.shape[1] - 1.0 - np.argmax(profile[:, ::-1], axis=1)
    if not has.any():
        return np.zeros(len(has)), np.full(len(has), profile.shape[1] - 1.0)
    index = np.arange(len(has))
    return np.interp(index, index[has], first[has]), np.interp(index, index[has], last[has])
