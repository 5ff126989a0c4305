"""The frame from the bones of a label map."""

import numpy as np
import pytest

from petscribe.anatomy.levels import depth_mm, level_at, number_of
from petscribe.anatomy.reframe import centres, frame_from_labels
from petscribe.core.volume import Mask
from petscribe.terms.anatomy import TOTALSEGMENTATOR


def with_vertebrae(person, names, shift=0):
    grid = person.truth.grid
    labels = np.zeros(grid.shape, dtype=np.uint8)
    used = {}
    for name in names:
        label = TOTALSEGMENTATOR.index(f"vertebrae_{name}") + 1
        z, y, x = person.index(0.0, 60.0, float(number_of(name)))
        labels[z - 1 : z + 2, y - 4 : y + 5, x - 3 + shift : x + 4 + shift] = label
        used[label] = f"vertebrae_{name}"
    return Mask(labels=labels, grid=grid, names=used)


def test_vertebrae_of_a_map_give_exact_levels(person, anatomy):
    organs = with_vertebrae(person, ["T3", "T8", "T12", "L3"])
    frame = frame_from_labels(organs, anatomy.frame)
    heights = np.arange(frame.grid.shape[0]) * 5.0 + frame.grid.origin_mm[2]
    inside = slice(person.index(0, 0, 23)[0], person.index(0, 0, 9)[0])
    assert np.abs(frame.level - level_at(-heights))[inside].max() < 0.3
    assert frame.source == "labels"


def test_the_midline_runs_through_the_vertebrae(person, anatomy):
    frame = frame_from_labels(with_vertebrae(person, ["T3", "L3"], shift=4), anatomy.frame)
    middle = person.index(0, 0, 14)
    assert frame.midline[middle[0]] == pytest.approx(middle[2] + 4, abs=0.1)


def test_one_vertebra_is_not_enough_for_levels(person, anatomy):
    frame = frame_from_labels(with_vertebrae(person, ["T8"]), anatomy.frame)
    assert np.array_equal(frame.level, anatomy.frame.level)


def test_vertebrae_in_the_wrong_order_are_not_believed(person, anatomy):
    good = with_vertebrae(person, ["T3", "L3"])
    swapped = dict(zip(good.names, reversed(list(good.names.values())), strict=True))
    frame = frame_from_labels(
        Mask(labels=good.labels, grid=good.grid, names=swapped), anatomy.frame
    )
    assert np.array_equal(frame.level, anatomy.frame.level)


def test_without_vertebrae_paired_organs_give_the_midline(person, anatomy):
    frame = frame_from_labels(person.truth, anatomy.frame)
    assert frame.midline[0] == pytest.approx(219.0 / 5.0, abs=0.6)


def test_centres_are_means_of_positions(person):
    organs = with_vertebrae(person, ["T8"])
    z, y, x = person.index(0.0, 60.0, float(number_of("T8")))
    assert centres(organs)["vertebrae_T8"] == pytest.approx([z, y, x])
    assert float(depth_mm(15.0)) > 0
