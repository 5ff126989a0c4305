"""Whole exams: repeatable, consistent, complete; truth agrees with the voxels."""

import numpy as np
import pytest

from petscribe.core.lesion import Measurement
from petscribe.phantom.exam import ExamOptions, make_exam
from petscribe.terms.anatomy import REGIONS

FAST = ExamOptions(with_ct=False)


def measurement():
    return Measurement(
        voxels=1,
        mtv_ml=1.0,
        long_axis_mm=1.0,
        short_axis_mm=1.0,
        axis_3d_mm=1.0,
        centroid_lps_mm=(0.0, 0.0, 0.0),
        hottest_lps_mm=(0.0, 0.0, 0.0),
        slice_pet=1,
        slice_ct=None,
    )


def test_a_seed_is_bit_identical(light):
    again = make_exam(29, light=True)
    assert np.array_equal(again.pet.array, light.pet.array)
    assert np.array_equal(again.ct.array, light.ct.array)
    assert np.array_equal(again.lesions.labels, light.lesions.labels)
    assert np.array_equal(again.labels.labels, light.labels.labels)
    assert again.truth_skeleton() == light.truth_skeleton()


def test_seeds_differ(light):
    other = make_exam(30, light=True, options=FAST)
    assert other.truth_skeleton() != light.truth_skeleton()


def test_grids_share_a_frame_and_units_are_said(light):
    assert light.pet.unit == "g/ml"
    assert light.ct.unit == "HU"
    assert light.pet.grid.is_axis_aligned
    assert light.pet.grid.frame_uid == light.ct.grid.frame_uid == light.labels.grid.frame_uid
    assert light.lesions.grid == light.pet.grid
    assert light.labels.grid == light.ct.grid
    assert light.pet.array.dtype == np.float32


def test_every_lesion_of_the_truth_is_in_the_mask_and_the_other_way_round(light):
    assert [made.id for made in light.truth_lesions] == light.lesions.ids
    assert set(light.truth_skeleton()["lesions"]) == set(light.lesions.ids)


def test_lesions_are_numbered_from_one_without_a_gap():
    exam = make_exam(3, light=True, options=ExamOptions(with_ct=False, lesions=30))
    assert exam.lesions.ids == list(range(1, len(exam.lesions.ids) + 1))
    assert len(exam.lesions.ids) > 15


def test_too_many_lesions_are_refused():
    with pytest.raises(ValueError, match="lesions must be"):
        ExamOptions(lesions=1000)


def test_lesions_lie_where_the_truth_says():
    for seed in (0, 1):
        exam = make_exam(seed, light=True, options=ExamOptions(with_ct=False, lesions=12))
        for made in exam.truth_lesions:
            index = np.argwhere(exam.lesions.where(made.id)).mean(axis=0)
            there = exam.pet.grid.to_world(index)
            gap = np.linalg.norm(there - exam.scanner.motion.to_pet(made.centre_mm))
            assert gap < 12 + made.diameter_mm / 2
            x = exam.body.body_map.to_reference(tuple(map(float, there)))[0]
            assert made.location.laterality != "left" or x > 0
            assert made.location.laterality != "right" or x < 0
            assert made.location.region in REGIONS


def test_the_label_map_gives_a_lesion_to_its_organ():
    exam = make_exam(29, light=True, options=ExamOptions(with_ct=False, motion=False))
    for made in exam.truth_lesions:
        index = np.rint(exam.labels.grid.to_index(np.array(made.centre_mm))).astype(int)
        near = exam.labels.labels[tuple(slice(i - 1, i + 2) for i in index)]
        names = {exam.labels.names.get(int(i)) for i in np.unique(near)}
        assert made.site.organ in names


def test_a_lesion_record_carries_the_true_place(light):
    first = light.truth_lesions[0]
    lesion = light.lesion(first.id, measurement())
    assert lesion.location == first.location


def test_options_are_obeyed():
    exam = make_exam(
        2, light=True, options=ExamOptions(lesions=3, field_of_view="torso", with_ct=False)
    )
    assert exam.ct is None
    assert exam.pet.array.shape[0] < 70
    assert len(exam.truth_lesions) <= 3


def test_tracers_and_styles_reach_the_header_facts():
    exam = make_exam(3, light=True, tracer="dotatate", style="siemens", options=FAST)
    assert exam.acquisition.tracer == "dotatate"
    assert exam.acquisition.radionuclide == "Ga-68"
    assert exam.acquisition.manufacturer == "SIEMENS"
    assert exam.exam.has_suv


def test_the_truth_is_plain_json(light):
    import json

    assert json.loads(json.dumps(light.truth_skeleton()))["phantom"]["seed"] == 29


@pytest.mark.slow
def test_a_full_exam_has_the_promised_voxels():
    exam = make_exam(7)
    assert exam.pet.grid.spacing_mm == (3.0, 4.0, 4.0)
    assert exam.ct.grid.spacing_mm == (3.0, 1.5, 1.5)
