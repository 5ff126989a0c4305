"""SUVmax, mean and the three peaks: IBSI's numbers, analytic phantoms, edges and odd voxels."""

import nibabel as nib
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from petscribe.core.errors import GeometryError, InputError
from petscribe.core.volume import Grid, Mask, Volume
from petscribe.quant.suv_metrics import (
    PEAK_RADIUS_MM,
    PERCIST_RADIUS_MM,
    list_voxels,
    measure_uptake,
    sphere_means,
    sphere_offsets,
    suv_peak,
)

SPACING_B = (3.0, 4.0728, 4.0728)


def _volume(array, spacing_mm=(4.0, 4.0, 4.0), grid=None) -> Volume:
    lattice = grid or Grid(shape=array.shape, spacing_mm=spacing_mm, origin_mm=(0.0, 0.0, 0.0))
    return Volume(array=np.asarray(array, np.float32), grid=lattice, unit="g/ml")


def _uptake(array, labels, spacing_mm=(4.0, 4.0, 4.0)):
    pet = _volume(array, spacing_mm)
    mask = Mask(labels=np.asarray(labels, np.uint8), grid=pet.grid)
    return measure_uptake(pet, list_voxels(mask))


def test_the_peak_sphere_holds_one_millilitre():
    assert 4 / 3 * np.pi * PEAK_RADIUS_MM**3 == pytest.approx(1000.0)
    assert pytest.approx(6.2035, abs=1e-4) == PEAK_RADIUS_MM


@pytest.mark.real_data
def test_the_ibsi_digital_phantom_gives_the_consensus_values(shared_data):
    folder = shared_data("ibsi-digital-phantom") / "nifti"
    image = nib.load(folder / "image" / "phantom.nii.gz").get_fdata()
    mask = nib.load(folder / "mask" / "mask.nii.gz").get_fdata()
    found = _uptake(image.T, mask.T, (2.0, 2.0, 2.0))
    assert found.peak_local[0] == pytest.approx(2.6000, abs=5e-5)
    assert found.peak_global[0] == pytest.approx(3.1034, abs=5e-5)
    assert found.mean[0] == pytest.approx(2.1486, abs=5e-5)
    assert found.maximum[0] == 6.0


@pytest.mark.real_data
def test_zero_padding_and_lesion_only_spheres_would_give_other_peaks(shared_data):
    folder = shared_data("ibsi-digital-phantom") / "nifti"
    image = nib.load(folder / "image" / "phantom.nii.gz").get_fdata().T
    mask = nib.load(folder / "mask" / "mask.nii.gz").get_fdata().T > 0
    hottest = list_voxels(Mask(labels=mask, grid=_volume(image, (2.0, 2.0, 2.0)).grid)).index
    hottest = hottest[image[mask] == image[mask].max()]
    padded = np.pad(image, 4)
    outside = np.where(np.pad(mask, 4), padded, np.nan)
    ball = sphere_offsets(_volume(padded, (2.0, 2.0, 2.0)).grid, PEAK_RADIUS_MM)
    zero = sphere_means(_volume(padded, (2.0, 2.0, 2.0)), hottest + 4, ball).max()
    only = sphere_means(_volume(outside, (2.0, 2.0, 2.0)), hottest + 4, ball).max()
    assert zero == pytest.approx(1.390, abs=1e-3)
    assert only == pytest.approx(2.488, abs=1e-3)


def test_phantom_a_peaks_are_exact(phantom_a):
    labels = np.zeros(phantom_a.shape, np.uint8)
    labels[10:15, 10:15, 10:15], labels[28:31, 28:31, 28:31], labels[20, 20, 30] = 1, 2, 3
    found = _uptake(phantom_a, labels)
    assert len(sphere_offsets(_volume(phantom_a).grid, PEAK_RADIUS_MM)) == 19
    np.testing.assert_allclose(found.peak_global, [10.0, 6.0, 27 / 19], rtol=1e-6)
    np.testing.assert_allclose(found.mean, [10.0, 6.0, 9.0])


@pytest.mark.parametrize(
    ("threshold", "voxels", "mean"),
    [(2.5, 351, 4.7809), (4.0, 189, 6.2245), (4.92, 123, 7.2637), (6.0, 91, 7.8717)],
)
def test_phantom_b_thresholds_give_exact_counts(phantom_b, threshold, voxels, mean):
    array = phantom_b()
    found = _uptake(array, array >= threshold, SPACING_B)
    assert int((array >= threshold).sum()) == voxels
    assert found.mean[0] == pytest.approx(mean, rel=1e-4)
    assert found.maximum[0] == pytest.approx(12.0)


def test_phantom_b_peaks_are_exact_on_and_off_the_voxel_centre(phantom_b):
    for centre, maximum, peak in (
        ((20.0, 20.0, 27.0), 12.0, 10.179712),
        ((20.4, 20.3, 27.45), 11.498781, 9.810075),
    ):
        array = phantom_b(centre)
        found = _uptake(array, array >= 2.5, SPACING_B)
        assert found.maximum[0] == pytest.approx(maximum, rel=1e-4)
        assert found.peak_local[0] == pytest.approx(peak, rel=1e-4)


def test_a_uniform_image_has_its_value_as_every_peak_even_at_the_corner():
    labels = np.zeros((6, 6, 6), np.uint8)
    labels[0, 0, 0] = 1
    found = _uptake(np.full((6, 6, 6), 3.0), labels)
    assert found.peak_local[0] == found.peak_global[0] == found.peak_percist[0] == 3.0


def test_of_several_hottest_voxels_the_one_with_the_larger_peak_counts():
    array = np.ones((9, 9, 30))
    array[4, 4, 5] = array[4, 4, 20] = 8.0
    array[4, 4, 21] = 7.0
    labels = np.zeros(array.shape, np.uint8)
    labels[4, 4, [5, 20]] = 1
    found = _uptake(array, labels)
    assert tuple(found.hottest[0]) == (4, 4, 20)
    assert found.peak_local[0] == pytest.approx((8 + 7 + 17) / 19)


def test_the_global_peak_may_lie_away_from_the_hottest_voxel():
    array = np.ones((12, 12, 30))
    array[2:10, 2:10, 3:10] = 5.0
    array[6, 6, 20] = 9.0
    found = _uptake(array, array > 1)
    assert found.peak_local[0] == pytest.approx(27 / 19)
    assert found.peak_global[0] == pytest.approx(5.0)


def test_percist_sphere_is_twelve_millimetres_wide():
    grid = Grid(shape=(9, 9, 9), spacing_mm=(2.0, 2.0, 2.0), origin_mm=(0.0, 0.0, 0.0))
    reach = np.abs(sphere_offsets(grid, PERCIST_RADIUS_MM)).max()
    assert reach * 2.0 == 6.0


def test_voxels_never_measured_beside_a_lesion_are_left_out_of_the_peak():
    array = np.full((9, 9, 9), 2.0)
    array[4, 4, 4] = 6.0
    array[4, 4, 5] = np.nan
    labels = np.zeros(array.shape, np.uint8)
    labels[4, 4, 4] = 1
    assert _uptake(array, labels).peak_local[0] == pytest.approx((6 + 17 * 2) / 18)


def test_a_lesion_over_unmeasured_voxels_is_refused():
    array = np.full((5, 5, 5), 2.0)
    array[2, 2, 2] = np.nan
    labels = np.zeros(array.shape, np.uint8)
    labels[2, 2, 2:4] = 7
    with pytest.raises(InputError, match="lesion 7") as fault:
        _uptake(array, labels)
    assert fault.value.code == "nan-in-lesion"


def test_padding_of_an_integer_volume_counts_as_unmeasured():
    array = np.full((7, 7, 7), 4, np.int16)
    array[3, 3, 4] = -100
    grid = Grid(shape=array.shape, spacing_mm=(4.0, 4.0, 4.0), origin_mm=(0.0, 0.0, 0.0))
    pet = Volume(array=array, grid=grid, unit="relative", padding=-100)
    labels = np.zeros(array.shape, np.uint8)
    labels[3, 3, 3] = 1
    found = measure_uptake(pet, list_voxels(Mask(labels=labels, grid=grid)))
    assert found.peak_local[0] == 4.0
    labels[3, 3, 4] = 1
    with pytest.raises(InputError):
        measure_uptake(pet, list_voxels(Mask(labels=labels, grid=grid)))


def test_an_empty_mask_has_no_lesions_and_no_numbers():
    found = _uptake(np.ones((4, 4, 4)), np.zeros((4, 4, 4)))
    assert found.maximum.size == found.peak_local.size == 0


def test_a_mask_on_another_grid_is_refused():
    pet = _volume(np.ones((4, 4, 4)))
    for other in (
        Grid(shape=(4, 4, 5), spacing_mm=(4.0, 4.0, 4.0), origin_mm=(0.0, 0.0, 0.0)),
        Grid(shape=(4, 4, 4), spacing_mm=(4.0, 4.0, 4.0), origin_mm=(0.0, 0.0, 9.0)),
    ):
        mask = Mask(labels=np.ones(other.shape, np.uint8), grid=other)
        with pytest.raises(GeometryError) as fault:
            suv_peak(pet, mask)
        assert fault.value.code == "mask-not-on-pet-grid"


def test_more_lesions_than_int8_holds_keep_their_own_numbers():
    labels = np.arange(1, 301).reshape(3, 10, 10).astype(np.uint16)
    pet = _volume(labels.astype(float))
    voxels = list_voxels(Mask(labels=labels, grid=pet.grid))
    assert voxels.ids.tolist() == list(range(1, 301))
    np.testing.assert_array_equal(measure_uptake(pet, voxels).maximum, np.arange(1, 301))


def test_labels_may_lie_in_any_order():
    labels = np.zeros((4, 4, 4), np.uint8)
    labels[0, 0, 0], labels[1, 1, 1], labels[3, 3, 3] = 9, 2, 9
    voxels = list_voxels(Mask(labels=labels, grid=_volume(labels.astype(float)).grid))
    assert voxels.ids.tolist() == [2, 9]
    assert voxels.counts.tolist() == [1, 2]
    assert voxels.index[voxels.starts[1] :].tolist() == [[0, 0, 0], [3, 3, 3]]


def test_an_oblique_sphere_holds_as_many_voxels_as_a_straight_one():
    angle = np.deg2rad(30)
    turned = Grid(
        shape=(9, 9, 9),
        spacing_mm=(3.0, 2.0, 2.5),
        origin_mm=(0.0, 0.0, 0.0),
        axes=(
            (0.0, 0.0, 1.0),
            (-np.sin(angle), np.cos(angle), 0.0),
            (np.cos(angle), np.sin(angle), 0.0),
        ),
    )
    straight = Grid(shape=(9, 9, 9), spacing_mm=(3.0, 2.0, 2.5), origin_mm=(0.0, 0.0, 0.0))
    np.testing.assert_array_equal(
        sphere_offsets(turned, PEAK_RADIUS_MM), sphere_offsets(straight, PEAK_RADIUS_MM)
    )


@given(factor=st.floats(0.01, 100.0), seed=st.integers(0, 2**16))
def test_every_uptake_scales_with_the_image(factor, seed):
    rng = np.random.default_rng(seed)
    array = rng.uniform(0.5, 10.0, (6, 7, 8)).astype(np.float32)
    labels = rng.integers(0, 3, array.shape)
    one, two = _uptake(array, labels), _uptake(array.astype(np.float64) * factor, labels)
    for name in ("maximum", "mean", "peak_local", "peak_global", "peak_percist"):
        np.testing.assert_allclose(getattr(two, name), factor * getattr(one, name), rtol=1e-4)


@given(seed=st.integers(0, 2**16), order=st.permutations([0, 1, 2]))
def test_the_order_of_axes_does_not_matter(seed, order):
    rng = np.random.default_rng(seed)
    array = rng.uniform(0.5, 10.0, (6, 7, 8))
    labels = rng.integers(0, 3, array.shape)
    spacing = (3.0, 4.0, 5.0)
    one = _uptake(array, labels, spacing)
    two = _uptake(array.transpose(order), labels.transpose(order), tuple(spacing[k] for k in order))
    np.testing.assert_allclose(one.peak_local, two.peak_local, rtol=1e-6)
    np.testing.assert_allclose(one.peak_global, two.peak_global, rtol=1e-6)


@given(seed=st.integers(0, 2**16))
def test_fast_sphere_means_agree_with_the_plain_definition(seed):
    rng = np.random.default_rng(seed)
    array = rng.uniform(0.0, 10.0, (5, 6, 7)).astype(np.float32)
    pet = _volume(array, (3.0, 4.0, 2.0))
    index = np.argwhere(rng.random(array.shape) < 0.3)
    centres = np.argwhere(np.ones(array.shape, bool))
    plain = [
        array[
            np.linalg.norm((centres - i) * pet.grid.spacing_mm, axis=1).reshape(array.shape)
            <= PEAK_RADIUS_MM
        ].mean(dtype=np.float64)
        for i in index
    ]
    found = sphere_means(pet, index, sphere_offsets(pet.grid, PEAK_RADIUS_MM))
    np.testing.assert_allclose(found, plain, rtol=1e-6)
