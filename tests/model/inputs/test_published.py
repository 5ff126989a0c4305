"""The published views: their shapes and sides, and the flaw that small lesions vanish."""

import numpy as np
import pytest

from petscribe.core.errors import InputError
from petscribe.core.exam import Acquisition, Exam, SuvScale
from petscribe.core.volume import Grid, Mask, Volume
from petscribe.model.inputs.published import petar_views, squeezed, vipet_views

SHAPE = (180, 40, 40)
GRID = Grid(shape=SHAPE, spacing_mm=(3.0, 3.0, 3.0), origin_mm=(0.0, 0.0, 0.0))


def exam(pet: np.ndarray, *, ct: bool = True) -> Exam:
    volume = Volume(array=pet.astype(np.float32), grid=GRID, unit="g/ml")
    hu = Volume(array=np.zeros(SHAPE, np.float32), grid=GRID, unit="HU") if ct else None
    scale = SuvScale(factor_bw=1.0, method="test")
    return Exam(pet=volume, ct=hu, acquisition=Acquisition(), suv=scale)


def spot(z: slice, x: int = 10) -> tuple[np.ndarray, Mask]:
    pet = np.full(SHAPE, 0.5)
    labels = np.zeros(SHAPE, np.uint16)
    pet[z, 20:24, x : x + 4] = 10.0
    labels[z, 20:24, x : x + 4] = 1
    return pet, Mask(labels=labels, grid=GRID)


def test_each_lesion_has_its_own_views_of_the_published_shape() -> None:
    pet, mask = spot(slice(88, 94))
    (view,) = petar_views(exam(pet), mask, [1])
    lesion = view.lesions[1]
    for array in (view.pet, view.ct, lesion.pet, lesion.ct, lesion.mask, lesion.body_mask):
        assert array is not None
        assert array.shape == (32, 256, 256)
    assert set(np.unique(lesion.mask)) == {0.0, 1.0}
    assert lesion.side_mm == pytest.approx(46 * 3.0)
    assert view.voxel_mm == pytest.approx(161 * 3 / 32)


def test_the_left_of_the_patient_comes_first() -> None:
    pet, mask = spot(slice(88, 94), x=34)
    (view,) = petar_views(exam(pet), mask, [1])
    assert np.argwhere(view.lesions[1].body_mask)[:, 2].mean() < 128


def test_the_head_comes_first() -> None:
    pet, mask = spot(slice(150, 156))
    (view,) = petar_views(exam(pet), mask, [1])
    assert np.argwhere(view.lesions[1].body_mask)[:, 0].mean() < 16


def test_a_thin_lesion_vanishes_from_the_body_view_as_published() -> None:
    thin, mask = spot(slice(90, 92))
    (view,) = petar_views(exam(thin), mask, [1])
    assert view.pet.max() < 2.0
    thick, mask = spot(slice(86, 96))
    (view,) = petar_views(exam(thick), mask, [1])
    assert view.pet.max() > 9.0


def test_a_lesion_that_the_lattice_misses_is_refused() -> None:
    pet, mask = spot(slice(88, 94))
    with pytest.raises(InputError, check=lambda fault: fault.code == "empty-lesion"):
        petar_views(exam(pet), mask, [2])


def test_vipet_sees_the_region_and_no_lesion() -> None:
    pet, _ = spot(slice(88, 94))
    view = vipet_views(exam(pet, ct=False), shape=(14, 48, 48))
    assert view.pet.shape == (14, 48, 48)
    assert view.ct is None
    assert not view.lesions


def test_squeezing_keeps_a_constant() -> None:
    assert np.allclose(squeezed(np.full((5, 6, 7), 3.0), (3, 4, 5)), 3.0)
