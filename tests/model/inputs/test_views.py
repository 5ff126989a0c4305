"""Our views: a 6 mm hot sphere is seen everywhere, sides stay sides."""

import numpy as np
import pytest

from petscribe.core.errors import InputError
from petscribe.core.exam import Acquisition, Exam, SuvScale
from petscribe.core.volume import Grid, Mask, Volume
from petscribe.model.inputs.views import as_suv, exam_views

GRID = Grid(shape=(60, 40, 40), spacing_mm=(4.0, 4.0, 4.0), origin_mm=(-80.0, -80.0, 0.0))
SCALE = SuvScale(factor_bw=1.0, method="test")


def exam(pet: np.ndarray, unit: str = "g/ml") -> Exam:
    volume = Volume(array=pet.astype(np.float32), grid=GRID, unit=unit)  # type: ignore[arg-type]
    return Exam(pet=volume, ct=None, acquisition=Acquisition(), suv=SCALE)


def spotted(x: int = 30) -> tuple[np.ndarray, np.ndarray, Mask]:
    cold = np.zeros(GRID.shape)
    cold[5:55, 5:35, 5:35] = 1.0
    hot, labels = cold.copy(), np.zeros(GRID.shape, np.uint16)
    hot[30:32, 20, x] = 10.0
    labels[30:32, 20, x] = 1
    return cold, hot, Mask(labels=labels, grid=GRID)


def test_a_lesion_of_six_millimetres_is_in_every_view() -> None:
    cold, hot, mask = spotted()
    without = exam_views(exam(cold), mask, body=(24, 12, 12), focal=(16, 16, 16))
    seen = exam_views(exam(hot), mask, body=(24, 12, 12), focal=(16, 16, 16))
    assert (seen.pet - without.pet).max() > 0.02
    assert (seen.lesions[1].pet - without.lesions[1].pet).max() > 0.5
    assert seen.lesions[1].mask.max() > 0.05
    assert seen.lesions[1].body_mask.sum() > 0.0


def test_the_cube_is_at_least_96_mm_and_centred() -> None:
    _, hot, mask = spotted()
    view = exam_views(exam(hot), mask, body=(24, 12, 12), focal=(16, 16, 16)).lesions[1]
    assert view.side_mm == pytest.approx(96.0)
    weights = np.argwhere(view.mask > 0).mean(axis=0)
    assert np.allclose(weights, 7.5, atol=0.6)


def test_moving_the_lesion_moves_its_place_in_the_body() -> None:
    _, hot, left = spotted(30)
    _, _, right = spotted(9)
    sizes = {"body": (24, 12, 12), "focal": (16, 16, 16)}
    one = exam_views(exam(hot), left, **sizes).lesions[1]  # type: ignore[arg-type]
    other = exam_views(exam(hot), right, **sizes).lesions[1]  # type: ignore[arg-type]
    assert one.body_place[2] > 0 > other.body_place[2]


def test_relative_values_are_brought_to_a_mean_of_one() -> None:
    _, hot, _ = spotted()
    made = as_suv(exam(1e4 * hot, unit="relative").pet).array
    assert made[made > 0.2].mean() == pytest.approx(1.0, rel=0.05)


def test_a_mask_elsewhere_is_refused() -> None:
    cold, _, _ = spotted()
    other = Mask(
        labels=np.zeros((5, 5, 5), np.uint16),
        grid=Grid(shape=(5, 5, 5), spacing_mm=(4.0, 4.0, 4.0), origin_mm=(0.0, 0.0, 0.0)),
    )
    with pytest.raises(InputError, check=lambda fault: fault.code == "mask-grid-mismatch"):
        exam_views(exam(cold), other, body=(8, 8, 8), focal=(8, 8, 8))
