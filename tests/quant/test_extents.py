"""Axes of lesions: boxes, balls and ellipsoids of known size, turned and thin ones."""

import nibabel as nib
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from petscribe.core.volume import Grid, Mask
from petscribe.quant.extents import measure_extents
from petscribe.quant.suv_metrics import list_voxels


def _extents(labels, spacing_mm=(4.0, 4.0, 4.0), axes=None):
    array = np.asarray(labels, np.uint16)
    grid = Grid(shape=array.shape, spacing_mm=spacing_mm, origin_mm=(5.0, -7.0, 11.0))
    if axes is not None:
        grid = Grid(shape=array.shape, spacing_mm=spacing_mm, origin_mm=grid.origin_mm, axes=axes)
    return measure_extents(grid, list_voxels(Mask(labels=array, grid=grid)))


def _ellipsoid(radii_mm, spacing_mm, angle_deg=0.0):
    half = [int(max(radii_mm) / s) + 2 for s in spacing_mm]
    z, y, x = np.meshgrid(
        *[np.arange(-h, h + 1) * s for h, s in zip(half, spacing_mm, strict=True)], indexing="ij"
    )
    c, s = np.cos(np.deg2rad(angle_deg)), np.sin(np.deg2rad(angle_deg))
    u, v = c * x + s * y, -s * x + c * y
    rz, ry, rx = radii_mm
    return (z / rz) ** 2 + (v / ry) ** 2 + (u / rx) ** 2 <= 1.0


def test_a_single_voxel_is_as_long_as_its_spacing():
    found = _extents(np.ones((1, 1, 1)), (3.0, 2.0, 5.0))
    assert found.long_mm[0] == 5.0
    assert found.short_mm[0] == 2.0
    assert found.axis_3d_mm[0] == 5.0


def test_a_row_of_voxels_is_as_long_as_the_row():
    labels = np.zeros((3, 3, 9))
    labels[1, 1, 1:8] = 1
    found = _extents(labels)
    assert found.long_mm[0] == pytest.approx(28.0)
    assert found.short_mm[0] == pytest.approx(4.0)


def test_a_column_along_the_body_is_long_in_space_but_not_in_plane():
    labels = np.zeros((9, 3, 3))
    labels[1:8, 1, 1] = 1
    found = _extents(labels, (3.0, 4.0, 4.0))
    assert found.long_mm[0] == pytest.approx(4.0)
    assert found.axis_3d_mm[0] == pytest.approx(21.0)


def test_an_ellipse_keeps_its_axes_however_it_is_turned():
    lengths = []
    for angle in range(0, 95, 5):
        labels = _ellipsoid((10.0, 9.3, 17.3), (2.0, 2.0, 2.0), angle)
        found = _extents(labels, (2.0, 2.0, 2.0))
        lengths.append((found.long_mm[0], found.short_mm[0]))
    # within a voxel of the truth, and of each other
    np.testing.assert_allclose(np.array(lengths), [[34.6, 18.6]] * len(lengths), atol=2.0)
    assert np.ptp(np.array(lengths), axis=0).max() < 2.2


def test_a_ball_is_as_wide_in_every_direction():
    found = _extents(_ellipsoid((40.0, 40.0, 40.0), (2.0, 2.0, 2.0)), (2.0, 2.0, 2.0))
    for length in (found.long_mm[0], found.short_mm[0], found.axis_3d_mm[0]):
        assert length == pytest.approx(80.0, abs=2.0)


@pytest.mark.real_data
def test_the_longest_axis_of_the_ibsi_phantom_is_its_maximum_3d_diameter(shared_data):
    path = shared_data("ibsi-digital-phantom") / "nifti" / "mask" / "mask.nii.gz"
    labels = nib.load(path).get_fdata().T
    assert _extents(labels, (2.0, 2.0, 2.0)).axis_3d_mm[0] == pytest.approx(13.1, abs=0.1)


def test_the_slice_where_the_lesion_is_longest_counts():
    labels = np.zeros((3, 8, 12))
    labels[0, 2, 2:6] = 1
    labels[2, 2:7, 1:11] = 1
    found = _extents(labels)
    assert found.long_mm[0] == pytest.approx(np.hypot(9 * 4 + 4, 4 * 4))


def test_lesions_are_measured_one_by_one_however_many_there_are():
    rng = np.random.default_rng(3)
    labels = np.zeros((20, 40, 40), np.uint16)
    for k in range(1, 40):
        z, y, x = rng.integers(0, [18, 36, 36])
        labels[z : z + 2, y : y + 3, x : x + 4] = k
    together = _extents(labels, (3.0, 2.5, 2.0))
    for position, k in enumerate(i for i in range(1, 40) if (labels == i).any()):
        alone = _extents(labels == k, (3.0, 2.5, 2.0))
        assert together.long_mm[position] == pytest.approx(alone.long_mm[0])
        assert together.short_mm[position] == pytest.approx(alone.short_mm[0])
        assert together.axis_3d_mm[position] == pytest.approx(alone.axis_3d_mm[0])


def test_an_empty_mask_has_no_axes():
    assert _extents(np.zeros((3, 3, 3))).long_mm.size == 0


def test_turning_the_grid_in_space_changes_no_length():
    labels = _ellipsoid((8.0, 6.0, 12.0), (4.0, 2.0, 2.0), 20.0)
    angle = np.deg2rad(25)
    axes = (
        (0.0, np.sin(angle), np.cos(angle)),
        (0.0, np.cos(angle), -np.sin(angle)),
        (1.0, 0.0, 0.0),
    )
    straight, turned = _extents(labels, (4.0, 2.0, 2.0)), _extents(labels, (4.0, 2.0, 2.0), axes)
    assert turned.long_mm[0] == pytest.approx(straight.long_mm[0])
    assert turned.short_mm[0] == pytest.approx(straight.short_mm[0])
    assert turned.axis_3d_mm[0] == pytest.approx(straight.axis_3d_mm[0])


def _plain_longest(labels, spacing_mm, axes):
    """Longest distance between face centres, by comparing all of them."""
    points = np.argwhere(labels).astype(float)
    steps = [np.eye(3)[k] * 0.5 * sign for k in axes for sign in (-1, 1)]
    ends = (points[:, None, :] + np.array(steps)).reshape(-1, 3) * spacing_mm
    return np.linalg.norm(ends[:, None] - ends[None], axis=2).max()


@given(seed=st.integers(0, 2**16), share=st.sampled_from([0.05, 0.3, 0.8]))
def test_axes_agree_with_comparing_every_pair(seed, share):
    rng = np.random.default_rng(seed)
    labels = rng.random((4, 5, 6)) < share
    labels[2, 2, 2] = True
    spacing = (3.0, 2.0, 2.5)
    found = _extents(labels, spacing)
    assert found.axis_3d_mm[0] == pytest.approx(_plain_longest(labels, spacing, (0, 1, 2)))
    slices = [
        _plain_longest(np.where(np.arange(4)[:, None, None] == z, labels, False), spacing, (1, 2))
        for z in range(4)
        if labels[z].any()
    ]
    assert found.long_mm[0] == pytest.approx(max(slices))
    assert found.short_mm[0] <= found.long_mm[0] + 1e-9


def test_large_slices_are_thinned_without_loss():
    rng = np.random.default_rng(8)
    labels = np.zeros((1, 90, 90))
    y, x = np.mgrid[:90, :90]
    labels[0] = ((y - 45) / 36) ** 2 + ((x - 40) / 38) ** 2 <= 1
    labels[0, rng.integers(0, 90, 60), rng.integers(0, 90, 60)] = 1
    spacing = (2.0, 2.0, 2.0)
    rows = np.zeros(labels.shape, bool)
    for y in range(90):
        hit = np.flatnonzero(labels[0, y])
        if hit.size:
            rows[0, y, [hit[0], hit[-1]]] = True
    assert _extents(labels, spacing).long_mm[0] == pytest.approx(
        _plain_longest(rows, spacing, (1, 2))
    )


def test_a_huge_lesion_is_measured_exactly_too():
    labels = _ellipsoid((90.0, 60.0, 75.0), (1.5, 1.5, 1.5))
    found = _extents(labels, (1.5, 1.5, 1.5))
    assert found.axis_3d_mm[0] == pytest.approx(180.0, abs=1.6)
