"""The working view: means, spreading back, cropping."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from petscribe.anatomy.seen.view import block_mean, spread, view_of
from petscribe.core.exam import Acquisition, Exam, SuvScale
from petscribe.core.volume import Grid, Volume


def exam_of(array, spacing=(3.0, 3.0, 3.0)):
    grid = Grid(shape=array.shape, spacing_mm=spacing, origin_mm=(0.0, 0.0, 0.0))
    return Exam(
        pet=Volume(array=array.astype(np.float32), grid=grid, unit="g/ml"),
        ct=None,
        acquisition=Acquisition(),
        suv=SuvScale(factor_bw=1.0, method="test"),
    )


@given(st.tuples(*[st.integers(1, 9)] * 3), st.tuples(*[st.integers(1, 3)] * 3))
def test_a_block_holds_its_mean(shape, factors):
    array = np.random.default_rng(1).random(shape).astype(np.float32)
    got = block_mean(array, factors)
    for index in np.ndindex(got.shape):
        block = array[tuple(slice(i * f, i * f + f) for i, f in zip(index, factors, strict=True))]
        assert got[index] == pytest.approx(block.mean(), rel=1e-5)


@given(st.tuples(*[st.integers(1, 9)] * 3), st.tuples(*[st.integers(1, 3)] * 3))
def test_spreading_gives_every_voxel_its_blocks_value(shape, factors):
    array = np.random.default_rng(2).random(shape).astype(np.float32)
    means = block_mean(array, factors)
    whole = spread(means, factors, shape)
    assert whole.shape == shape
    for index in np.ndindex(shape):
        assert whole[index] == means[tuple(i // f for i, f in zip(index, factors, strict=True))]


def test_fine_grids_are_halved_and_coarse_ones_kept():
    assert view_of(exam_of(np.ones((8, 8, 8))), None).factors == (2, 2, 2)
    assert view_of(exam_of(np.ones((8, 8, 8)), (6.0, 8.0, 8.0)), None).factors == (1, 1, 1)


def test_cropped_labels_come_back_where_they_were():
    view = view_of(exam_of(np.ones((8, 12, 12))), None)
    part = view.crop((slice(0, 4), slice(2, 5), slice(1, 6)))
    labels = np.ones(part.pet.shape, dtype=np.uint8)
    back = part.to_pet(labels)
    assert back.shape == (8, 12, 12)
    assert back[:, 4:10, 2:12].all()
    assert back.sum() == 8 * 6 * 10


def test_working_positions_are_centres_of_their_blocks():
    view = view_of(exam_of(np.ones((8, 8, 8))), None)
    assert view.to_pet_index(np.array([0.0, 1.0]), 0) == pytest.approx([0.5, 2.5])


def test_nan_in_the_pet_is_no_uptake():
    array = np.ones((4, 4, 4))
    array[0] = np.nan
    assert np.isfinite(view_of(exam_of(array), None).pet).all()


def test_unmeasured_ct_is_air_that_was_not_seen():
    exam = exam_of(np.ones((4, 4, 4)), (6.0, 6.0, 6.0))
    hu = np.full((4, 4, 4), 40.0, dtype=np.float32)
    hu[0] = np.nan
    view = view_of(exam, Volume(array=hu, grid=exam.pet.grid, unit="HU"))
    assert view.has_ct
    assert not view.ct_seen[0].any()
    assert view.hu[0].max() < -900


def test_a_ct_on_another_grid_is_refused():
    exam = exam_of(np.ones((4, 4, 4)))
    other = replace(
        exam.pet, array=np.ones((2, 4, 4), np.float32), grid=replace(exam.pet.grid, shape=(2, 4, 4))
    )
    with pytest.raises(ValueError, match="CT shape"):
        view_of(exam, other)
