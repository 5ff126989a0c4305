"""RT structure sets: volumes, holes, skipped slices, other planes."""

import numpy as np
import pytest

from mask_writers import FRAME_UID, rtstruct
from petscribe.core.errors import PetscribeError
from petscribe.core.label_grids import labels_to, occupancy_to
from petscribe.core.volume import Grid
from petscribe.io.masks.rtstruct import read_rtstruct

PET = Grid(
    shape=(20, 30, 30),
    spacing_mm=(3.0, 2.0, 2.0),
    origin_mm=(-30.0, -30.0, 0.0),
    frame_uid=FRAME_UID,
)


def square(z, half, centre=(0.0, 0.0)):
    x, y = centre
    return np.array(
        [
            [x - half, y - half, z],
            [x + half, y - half, z],
            [x + half, y + half, z],
            [x - half, y + half, z],
        ]
    )


def one(contours, **more):
    parts = read_rtstruct(rtstruct({1: ("gtv", contours)}, **more), PET).parts
    return parts[0].mask


def volume_ml(mask):
    return np.count_nonzero(mask.labels) * mask.grid.voxel_volume_ml


def test_a_box_drawn_on_pet_slices_has_its_volume_and_place():
    mask = one([square(z, 7.0) for z in (12.0, 15.0, 18.0, 21.0)])
    assert volume_ml(mask) == pytest.approx(14.0 * 14.0 * 12.0 / 1000.0)
    placed = labels_to(mask, PET)
    inside = PET.to_world(np.argwhere(placed.labels > 0))
    assert inside.min(axis=0) == pytest.approx([-6.0, -6.0, 12.0])
    assert inside.max(axis=0) == pytest.approx([6.0, 6.0, 21.0])


def test_a_ring_keeps_its_hole():
    mask = one([square(z, half) for z in (12.0, 15.0) for half in (11.0, 5.0)])
    assert volume_ml(mask) == pytest.approx((22.0**2 - 10.0**2) * 6.0 / 1000.0)
    assert not labels_to(mask, PET).labels[4, 15, 15]


def test_contours_on_finer_ct_slices_fill_pet_slices():
    mask = one([square(z, 7.0) for z in np.arange(10.0, 22.1, 1.5)])
    placed = labels_to(mask, PET)
    assert np.flatnonzero(placed.labels.any(axis=(1, 2))).tolist() == [4, 5, 6, 7]
    total = occupancy_to(mask, PET, 1).array.sum() * PET.voxel_volume_ml
    assert total == pytest.approx(14.0 * 14.0 * 13.5 / 1000.0, rel=1e-3)


def test_contours_on_every_other_slice_leave_no_gap():
    mask = one([square(z, 7.0) for z in (12.0, 18.0, 24.0)])
    placed = labels_to(mask, PET)
    assert placed.labels.any(axis=(1, 2))[4:9].all()


def test_a_skipped_slice_is_bridged_and_a_large_gap_is_not():
    near = one([square(z, 7.0) for z in (12.0, 15.0, 21.0, 24.0)])
    assert volume_ml(near) == pytest.approx(196.0 * 15.0 / 1000.0, rel=0.02)
    far = one([square(z, 7.0) for z in (12.0, 15.0, 39.0, 42.0)])
    assert volume_ml(far) == pytest.approx(196.0 * 12.0 / 1000.0, rel=0.02)
    assert not labels_to(far, PET).labels[8].any()


def test_two_contours_far_apart_are_one_pet_slice_deep_each():
    assert volume_ml(one([square(z, 7.0) for z in (12.0, 42.0)])) == pytest.approx(1.176, rel=0.02)


def test_heights_that_jitter_are_one_plane():
    heights = (12.0, 12.04, 15.0, 15.03, 18.0)
    contours = [square(z, 7.0, (20.0 * (k % 2), 0.0)) for k, z in enumerate(heights)]
    assert volume_ml(one(contours)) == pytest.approx(5 * 196.0 * 3.0 / 1000.0, rel=0.02)


def test_a_single_contour_is_one_pet_slice_deep():
    assert volume_ml(one([square(15.0, 7.0)])) == pytest.approx(196.0 * 3.0 / 1000.0)


def test_sagittal_contours_are_filled_too():
    contours = [
        np.array([[x, -7.0, 10.5], [x, 7.0, 10.5], [x, 7.0, 25.5], [x, -7.0, 25.5]])
        for x in (-2.0, 0.0, 2.0)
    ]
    mask = one(contours)
    assert volume_ml(mask) == pytest.approx(6.0 * 14.0 * 15.0 / 1000.0)
    centre = PET.to_world(np.argwhere(labels_to(mask, PET).labels > 0)).mean(axis=0)
    assert centre == pytest.approx([0.0, 0.0, 18.0], abs=0.1)


def test_oblique_contours_keep_their_volume():
    tilt = np.deg2rad(25.0)
    turn = np.array([[1, 0, 0], [0, np.cos(tilt), -np.sin(tilt)], [0, np.sin(tilt), np.cos(tilt)]])
    middle = np.array([0.0, 0.0, 30.0])
    contours = [square(z, 9.0) @ turn.T + middle for z in (-6.0, -3.0, 0.0, 3.0, 6.0)]
    mask = one(contours)
    filled = occupancy_to(mask, PET, 1)
    assert filled.array.sum() * PET.voxel_volume_ml == pytest.approx(18 * 18 * 15 / 1e3, rel=0.03)
    where = PET.to_world(np.argwhere(filled.array > 0.5)).mean(axis=0)
    assert where == pytest.approx(middle, abs=0.7)


def test_a_contour_smaller_than_a_pixel_is_not_lost():
    mask = one([square(15.0, 0.4, (0.9, 0.9))])
    assert volume_ml(mask) == pytest.approx(0.8 * 0.8 * 3.0 / 1000.0, rel=0.6)
    assert labels_to(mask, PET).ids == [1]


def test_names_and_numbers_are_the_files():
    dataset = rtstruct({4: ("node", [square(15.0, 7.0)]), 9: ("primary", [square(18.0, 5.0)])})
    parts = read_rtstruct(dataset, PET).parts
    assert [(p.number, p.name) for p in parts] == [(4, "node"), (9, "primary")]
    assert [p.number for p in read_rtstruct(dataset, PET, segments=(9,)).parts] == [9]


def test_roi_number_zero_becomes_a_rank():
    dataset = rtstruct({0: ("a", [square(15.0, 7.0)]), 7: ("b", [square(18.0, 5.0)])})
    assert [p.number for p in read_rtstruct(dataset, PET).parts] == [1, 2]


def test_points_and_open_contours_enclose_nothing():
    drawing = read_rtstruct(rtstruct({1: ("a", [square(15.0, 7.0)])}, form="OPEN_PLANAR"), PET)
    assert drawing.parts == ()
    assert drawing.empty == (1,)
    assert drawing.warnings == ("mask-open-contours",)


def test_a_roi_without_contours_is_empty():
    dataset = rtstruct({1: ("a", []), 2: ("b", [square(15.0, 7.0)])})
    assert read_rtstruct(dataset, PET).empty == (1,)
    assert read_rtstruct(rtstruct({1: ("a", [np.zeros((4, 3))])}), PET).empty == (1,)


def codes(dataset, **more):
    with pytest.raises(PetscribeError) as fault:
        read_rtstruct(dataset, PET, **more)
    return fault.value.code


def test_another_frame_is_refused():
    dataset = rtstruct({1: ("a", [square(15.0, 7.0)])})
    dataset.StructureSetROISequence[0].ReferencedFrameOfReferenceUID = "1.2.3"
    assert codes(dataset) == "mask-wrong-frame"


def test_contours_in_mixed_directions_are_refused():
    standing = square(0.0, 7.0)[:, [2, 0, 1]] + [0.0, 0.0, 20.0]
    assert codes(rtstruct({1: ("a", [square(15.0, 9.0), standing])})) == "irregular-mask"


def test_numbers_that_are_no_points_are_refused():
    dataset = rtstruct({1: ("a", [square(15.0, 7.0)])})
    dataset.ROIContourSequence[0].ContourSequence[0].ContourData = ["1", "2"]
    assert codes(dataset) == "bad-mask"


def test_contours_kilometres_apart_are_refused():
    dataset = rtstruct({1: ("a", [square(15.0, 7.0), square(15.0, 7.0, (1e6, 1e6))])})
    assert codes(dataset) == "too-large"


def test_an_unknown_roi_is_refused():
    assert codes(rtstruct({1: ("a", [square(15.0, 7.0)])}), segments=(5,)) == "no-such-segment"
