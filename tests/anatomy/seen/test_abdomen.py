"""Liver, spleen, kidneys and bladder against the drawn person."""

import numpy as np
import pytest

OVERLAP = {"liver": 0.8, "spleen": 0.55, "kidney_left": 0.65, "kidney_right": 0.65}


@pytest.mark.parametrize("organ", sorted(OVERLAP))
def test_an_organ_is_found_where_it_was_drawn(person, seen, organ):
    found = seen.view.to_pet(seen.organs[organ].astype(np.uint8)) > 0
    true = person.truth.named(organ)
    dice = 2.0 * (found & true).sum() / (found.sum() + true.sum())
    assert dice > OVERLAP[organ]


def test_the_bladder_is_the_hot_organ_of_the_pelvis(person, seen):
    found = seen.view.to_pet(seen.organs["urinary_bladder"].astype(np.uint8)) > 0
    true = person.truth.named("urinary_bladder")
    assert (found & true).sum() > 0.9 * true.sum()


def test_organs_do_not_overlap(seen):
    count = sum(v.astype(int) for v in seen.organs.values())
    assert count.max() == 1


def test_a_missing_kidney_is_not_invented(person):
    from dataclasses import replace

    from petscribe.anatomy.landmarks import survey

    hu, pet = person.ct.array.copy(), person.exam.pet.array.copy()
    gone = person.truth.named("kidney_left")
    hu[gone], pet[gone] = -95.0, 0.45
    exam = replace(person.exam, pet=replace(person.exam.pet, array=pet))
    found = survey(exam, replace(person.ct, array=hu)).organs
    assert "kidney_right" in found
    assert "kidney_left" not in found
