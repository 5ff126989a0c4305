"""What must be true of every exam: left stays left, levels fall to the head, doubt says nothing."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from petscribe.anatomy.coverage import coverage
from petscribe.anatomy.frame import ORIENTATION_SUSPECT
from petscribe.anatomy.localise import locate, locate_all
from petscribe.anatomy.organs import BuiltInSegmenter, LabelMapSegmenter
from petscribe.core.volume import Grid, Mask, to_canonical
from petscribe.imaging.resample import resample_to

WHOLE = None
CUTS = [WHOLE, (7.2, 25.0), (24.0, 32.0), (-6.5, 7.0)]
LABELLED = [
    "rib_left_6", "rib_right_9", "vertebrae_C5", "vertebrae_T9", "vertebrae_L3", "sacrum",
    "hip_left", "hip_right", "femur_right", "sternum", "lung_upper_lobe_left",
    "lung_lower_lobe_left", "lung_upper_lobe_right", "lung_middle_lobe_right",
    "lung_lower_lobe_right", "liver", "spleen", "kidney_left", "kidney_right", "brain", "heart",
]  # fmt: skip


def core_of(organs: Mask, name: str) -> Mask:
    """Return the voxels of an organ within 12 mm of the one nearest to its centre."""
    index = np.argwhere(organs.named(name))
    step = np.array(organs.grid.spacing_mm)
    middle = index[np.argmin(np.linalg.norm((index - index.mean(axis=0)) * step, axis=1))]
    near = index[np.linalg.norm((index - middle) * step, axis=1) <= 12.0]
    labels = np.zeros(organs.labels.shape, dtype=np.uint8)
    labels[tuple(near.T)] = 1
    return Mask(labels=labels, grid=organs.grid)


def mirrored(mask: Mask) -> Mask:
    """Return the mask of a patient whose left and right are exchanged, names included."""
    swap = {"left": "right", "right": "left"}
    names = {
        i: "_".join(swap.get(word, word) for word in name.split("_"))
        for i, name in mask.names.items()
    }
    return replace(mask, labels=np.ascontiguousarray(mask.labels[:, :, ::-1]), names=names)


def flipped_with_its_grid(array, grid: Grid):
    """Store the same voxels from left to right, as another scanner would."""
    (z, y, x), last = grid.axes, np.array([0, 0, grid.shape[2] - 1])
    ox, oy, oz = (float(v) for v in grid.to_world(last))
    other = replace(grid, origin_mm=(ox, oy, oz), axes=(z, y, (-x[0], -x[1], -x[2])))
    return np.ascontiguousarray(array[:, :, ::-1]), other


@pytest.mark.parametrize("name", LABELLED)
def test_a_lesion_in_a_labelled_organ_is_placed_there(phantom_by_labels, name):
    organs = phantom_by_labels.organs
    found = locate(core_of(organs, name), 1, organs, phantom_by_labels.frame)
    assert found.organ == name
    side = next((s for s in ("left", "right") if s in name.split("_")), None)
    assert side in {None, found.laterality}
    if name.startswith(("rib_", "vertebrae_")):
        assert found.level == name.removeprefix("vertebrae_")
    assert not found.approximate


def test_a_phantoms_lesions_are_where_its_truth_says(phantom, phantom_by_labels):
    found = locate_all(phantom.lesions, phantom_by_labels.organs, phantom_by_labels.frame)
    truth = {x.id: x.location for x in phantom.truth_lesions}
    assert found.keys() == truth.keys()
    sided = [i for i in truth if truth[i].laterality in {"left", "right"}]
    assert sided
    assert [found[i].laterality for i in sided] == [truth[i].laterality for i in sided]


@pytest.mark.parametrize("name", ["kidney_left", "rib_right_9"])
def test_a_mirrored_patient_has_the_mirrored_places(phantom, phantom_by_labels, name):
    exam = phantom.exam
    turned = replace(exam.pet, array=np.ascontiguousarray(exam.pet.array[:, :, ::-1]))
    other = LabelMapSegmenter(mask=mirrored(phantom_by_labels.organs)).segment(
        replace(exam, pet=turned), None
    )
    lesion = core_of(phantom_by_labels.organs, name)
    plain = locate(lesion, 1, phantom_by_labels.organs, phantom_by_labels.frame)
    found = locate(mirrored(lesion), 1, other.organs, other.frame)
    assert {plain.laterality, found.laterality} == {"left", "right"}
    assert found.region == plain.region


def test_storing_the_voxels_from_left_to_right_changes_no_place(phantom):
    exam, ct = phantom.exam, resample_to(phantom.exam.ct, phantom.exam.pet.grid)

    def again(array):
        return to_canonical(*flipped_with_its_grid(array, exam.pet.grid))

    pet, grid = again(exam.pet.array)
    hu, _ = again(ct.array)
    labels, _ = again(phantom.lesions.labels)
    first = BuiltInSegmenter().segment(exam, ct)
    second = BuiltInSegmenter().segment(
        replace(exam, pet=replace(exam.pet, array=pet, grid=grid)), replace(ct, array=hu, grid=grid)
    )
    assert grid.matches(exam.pet.grid)
    assert locate_all(phantom.lesions, first.organs, first.frame) == locate_all(
        Mask(labels=labels, grid=grid), second.organs, second.frame
    )


@pytest.mark.parametrize("ct", [True, False])
@pytest.mark.parametrize("cut", CUTS)
def test_levels_fall_towards_the_head_in_every_field_of_view(look, cut, ct):
    frame = look(cut=cut, ct=ct).frame
    assert np.all(np.diff(frame.level) <= 0)
    assert frame.level[0] > frame.level[-1]


@pytest.mark.parametrize("ct", [True, False])
@pytest.mark.parametrize("cut", CUTS)
def test_the_midline_is_within_its_tolerance_in_every_field_of_view(look, cut, ct):
    frame = look(cut=cut, ct=ct).frame
    off_mm = np.abs(frame.midline * 5.0 - 219.0)
    assert off_mm.max() < frame.side_tolerance_mm
    assert frame.orientation_is_sure


@pytest.mark.parametrize("ct", [True, False])
@pytest.mark.parametrize("cut", CUTS)
def test_no_field_of_view_turns_a_side_round(look, cut, ct):
    frame = look(cut=cut, ct=ct).frame
    for z in np.linspace(0.0, len(frame.level) - 1.0, 9):
        for x_mm, side in ((-25.0, "right"), (25.0, "left")):
            place = frame.place(np.array([z, 30.0, (x_mm + 219.0) / 5.0]))
            assert frame.side(place.lateral_mm) in {None, side}


def test_levels_are_unsure_where_the_pet_alone_shows_no_landmark(look):
    assert look(cut=(24.0, 32.0), ct=False).frame.quality_z < 0.3


@pytest.mark.parametrize("ct", [True, False])
def test_legs_alone_are_no_larger_than_they_are_and_hold_no_lungs(person, look, ct):
    legs = (31.0, 34.9)
    survey = look(cut=legs, ct=ct)
    before_the_table = person.cut(*legs).ct.array[:, :53]
    truth_ml = float((before_the_table > -300.0).sum()) * person.ct.grid.voxel_volume_ml
    assert survey.body.voxels.sum() * survey.view.voxel_ml == pytest.approx(truth_ml, rel=0.15)
    assert survey.lungs is None


@pytest.mark.parametrize("cut", [WHOLE, (7.2, 25.0)])
def test_the_pet_alone_is_less_sure_than_with_ct(look, cut):
    assert look(cut=cut, ct=False).frame.quality < look(cut=cut).frame.quality


@pytest.mark.parametrize("flip", [0, 1])
def test_no_lesion_has_a_side_in_a_body_that_contradicts_its_header(person, flip):
    turned = person.flipped(flip)
    anatomy = BuiltInSegmenter().segment(turned.exam, turned.ct)
    assert ORIENTATION_SUSPECT in anatomy.frame.warnings
    for place in ((-80.0, 0.0, 12.0), (58.0, 42.0, 20.7), (122.0, 15.0, 25.6), (40.0, 30.0, 5.0)):
        found = locate(person.lesion(*place), 1, anatomy.organs, anatomy.frame)
        assert found.laterality is None
        assert found.organ is None or not found.organ.endswith(("_left", "_right"))


def test_the_report_speaks_only_of_what_the_field_of_view_holds(person):
    torso = person.cut(7.2, 25.0)
    anatomy = BuiltInSegmenter().segment(torso.exam, torso.ct)
    seen = set(coverage(anatomy.frame, anatomy.organs))
    assert {"lung", "liver", "kidney"} <= seen
    assert not {"brain", "head_neck", "groin", "prostate"} & seen


@given(x=st.floats(0.0, 87.0), z=st.floats(0.0, 239.0))
def test_left_of_the_midline_is_left_anywhere(make_frame, x, z):
    frame = make_frame()
    index = np.array([z, 30.0, x])
    world_x = float(frame.grid.to_world(index)[0])
    expected = "midline" if abs(world_x) <= 8.0 else "left" if world_x > 0 else "right"
    assert frame.side(frame.place(index).lateral_mm) == expected


@given(st.floats(-5.0, 32.0))
def test_a_levels_height_has_that_level(make_frame, level):
    frame = make_frame()
    place = frame.place(np.array([frame.height_at(level), 30.0, 43.5]))
    assert place.level == pytest.approx(level, abs=0.02)
