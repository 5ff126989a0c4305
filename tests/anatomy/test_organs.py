"""Organ maps: names, grids, refusals."""

from dataclasses import replace

import numpy as np
import pytest

from petscribe.anatomy.organs import BODY, LabelMapSegmenter, OrganSegmenter, named
from petscribe.core.errors import GeometryError, InputError
from petscribe.core.volume import Grid, Mask
from petscribe.terms.anatomy import ORGANS


def test_every_name_is_known_to_the_term_base(anatomy):
    assert {n for n in anatomy.organs.names.values() if n not in ORGANS} <= {BODY}


def test_organs_lie_on_the_pet_grid(person, anatomy):
    assert anatomy.organs.grid == person.exam.pet.grid
    assert set(anatomy.organs.ids) == set(anatomy.organs.names)


def test_the_built_in_says_that_it_is_built_in(anatomy):
    assert anatomy.frame.source == "built-in"


def test_what_was_not_seen_has_no_label(person):
    from petscribe.anatomy.organs import BuiltInSegmenter

    chest = person.cut(9.0, 15.5)
    found = BuiltInSegmenter().segment(chest.exam, chest.ct).organs
    assert not {"brain", "kidney_left", "urinary_bladder"} & set(found.names.values())


def test_a_map_of_numbers_gets_totalsegmentators_names(person):
    got = LabelMapSegmenter(replace(person.truth, names={})).segment(person.exam, person.ct)
    assert got.organs.names[5] == "liver"
    assert got.organs.names[52] == "aorta"
    assert got.frame.source == "labels"


def test_a_map_with_names_keeps_them(person):
    labels = np.where(person.truth.labels == 5, 3, 0).astype(np.uint8)
    mask = Mask(labels=labels, grid=person.truth.grid, names={3: "spleen"})
    assert named(mask).names == {3: "spleen"}


def test_a_finer_map_is_brought_to_the_pet_grid(person):
    fine = person.truth.grid
    labels = np.repeat(person.truth.labels, 2, axis=0)
    grid = Grid(
        shape=labels.shape,
        spacing_mm=(2.5, 5.0, 5.0),
        origin_mm=(fine.origin_mm[0], fine.origin_mm[1], fine.origin_mm[2] - 1.25),
    )
    got = LabelMapSegmenter(Mask(labels=labels, grid=grid)).segment(person.exam, person.ct)
    assert np.array_equal(got.organs.labels == 5, person.truth.labels == 5)


def test_a_rib_thinner_than_a_pet_voxel_keeps_its_label(person):
    coarse = person.exam.pet.grid
    grid = replace(
        coarse,
        shape=tuple(4 * n for n in coarse.shape),
        spacing_mm=(1.25, 1.25, 1.25),
        origin_mm=tuple(o - 1.875 for o in coarse.origin_mm),
    )
    labels = np.zeros(grid.shape, dtype=np.uint8)
    z, y, x = (4 * i for i in person.index(120.0, 0.0, 14.0))
    labels[z : z + 40, y : y + 40, x : x + 40] = 86
    labels[z + 8 : z + 9, y + 8 : y + 32, x + 8 : x + 32] = 97
    kept = LabelMapSegmenter(Mask(labels=labels, grid=grid)).segment(person.exam, None).organs
    assert kept.names[97] == "rib_left_6"
    assert (kept.labels == 97).sum() == 36


def test_labels_that_nobody_knows_are_refused(person):
    strange = Mask(
        labels=np.where(person.truth.labels > 0, 200, 0).astype(np.uint8), grid=person.truth.grid
    )
    with pytest.raises(InputError) as caught:
        LabelMapSegmenter(strange).segment(person.exam, person.ct)
    assert caught.value.code == "unknown-organ-labels"


def test_a_map_of_another_frame_of_reference_is_refused(person):
    pet = replace(person.exam.pet, grid=replace(person.exam.pet.grid, frame_uid="1.2"))
    other = replace(person.truth, grid=replace(person.truth.grid, frame_uid="1.3"))
    with pytest.raises(GeometryError) as caught:
        LabelMapSegmenter(other).segment(replace(person.exam, pet=pet), None)
    assert caught.value.code == "frame-mismatch"


def test_a_map_that_misses_the_pet_is_refused(person):
    away = replace(person.truth, grid=replace(person.truth.grid, origin_mm=(9e3, 0.0, 0.0)))
    with pytest.raises(GeometryError) as caught:
        LabelMapSegmenter(away).segment(person.exam, None)
    assert caught.value.code == "no-overlap"


def test_an_empty_map_is_refused(person):
    empty = replace(person.truth, labels=np.zeros_like(person.truth.labels))
    with pytest.raises(GeometryError) as caught:
        LabelMapSegmenter(empty).segment(person.exam, None)
    assert caught.value.code == "no-overlap"


def test_both_segmenters_keep_the_protocol(person):
    from petscribe.anatomy.organs import BuiltInSegmenter

    segmenters: list[OrganSegmenter] = [BuiltInSegmenter(), LabelMapSegmenter(person.truth)]
    assert len(segmenters) == 2
