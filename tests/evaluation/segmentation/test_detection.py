"""Lesions matched one to one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from petscribe.evaluation.segmentation.detection import detect

LABELS = arrays(np.int64, (3, 4, 4), elements=st.integers(0, 3))


def _row(*values: int) -> np.ndarray:
    return np.array(values).reshape(1, 1, -1)


def _counts(found) -> tuple[int, int, int]:
    return found.true_positive, found.false_positive, found.false_negative


def test_a_mask_found_in_full_is_all_hits():
    labels = _row(1, 0, 2, 2, 0, 3)
    found = detect(labels, labels, rule="iou")
    assert _counts(found) == (3, 0, 0)
    assert found.f1 == 1.0
    assert found.matched_iou == (1.0, 1.0, 1.0)


def test_a_lesion_in_two_pieces_is_one_hit_and_one_false_positive():
    assert _counts(detect(_row(1, 1, 0, 2, 2), _row(1, 1, 1, 1, 1))) == (1, 1, 0)


def test_two_lesions_under_one_prediction_are_one_hit_and_one_miss():
    assert _counts(detect(_row(1, 1, 1, 1, 1), _row(1, 1, 0, 2, 2))) == (1, 0, 1)


def test_the_matching_is_as_large_as_possible():
    # label 1 touches both true lesions, label 2 only the first: greedy by overlap finds one pair
    prediction, truth = _row(1, 1, 1, 1, 2), _row(2, 2, 1, 1, 1)
    assert _counts(detect(prediction, truth)) == (2, 0, 0)


def test_the_threshold_decides_what_is_a_pair():
    prediction, truth = _row(1, 1, 0, 0), _row(0, 1, 1, 0)
    assert _counts(detect(prediction, truth)) == (1, 0, 0)
    assert _counts(detect(prediction, truth, rule="iou", iou_threshold=0.5)) == (0, 1, 1)
    assert _counts(detect(prediction, truth, rule="iou", iou_threshold=1 / 3)) == (1, 0, 0)


def test_equal_maxima_match_without_touching():
    suv = np.array([5.0, 9.0, 5.05, 2.0]).reshape(1, 1, -1)
    prediction, truth = _row(1, 0, 0, 2), _row(0, 0, 7, 0)
    assert detect(prediction, truth, rule="suv_max", suv=suv).pairs == ((1, 7),)
    with pytest.raises(ValueError, match="SUV"):
        detect(prediction, truth, rule="suv_max")


def test_a_mask_is_split_into_its_components():
    mask = _row(1, 0, 1, 1) > 0
    assert _counts(detect(mask, mask)) == (2, 0, 0)


def test_a_case_without_lesions_takes_part_with_its_false_positives():
    empty = _row(0, 0, 0)
    assert _counts(detect(_row(1, 0, 2), empty)) == (0, 2, 0)
    assert np.isnan(detect(empty, empty).f1)


@given(LABELS, LABELS)
def test_counts_add_up_and_swap_with_the_masks(first, second):
    ours, theirs = detect(first, second), detect(second, first)
    num = len(np.unique(first[first > 0]))
    assert ours.true_positive + ours.false_positive == num
    assert _counts(ours) == (theirs.true_positive, theirs.false_negative, theirs.false_positive)
