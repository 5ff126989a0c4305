"""Density and uptake around a place, coarsely."""

import numpy as np
import pytest

from petscribe.anatomy.landmarks import survey


def test_density_is_that_of_the_ct_within_its_step(person, anatomy):
    tissues = anatomy.frame.tissues
    for place in ((-80.0, -10.0, 18.5), (95.0, 0.0, 13.0), (0.0, 48.0, 21.0)):
        index = person.index(*place)
        near = person.ct.array[tuple(slice(i - 1, i + 2) for i in index)]
        (found,) = tissues.hu(np.array([index], np.float64))
        assert near.min() - 8.0 <= found <= near.max() + 8.0


def test_uptake_is_relative_to_the_bodys_median(person, anatomy):
    tissues = anatomy.frame.tissues
    liver, lung = (
        float(tissues.log_uptake(np.array([person.index(*p)], np.float64))[0])
        for p in ((-80.0, -10.0, 18.5), (95.0, 0.0, 13.0))
    )
    assert liver - lung == pytest.approx(np.log(2.2 / 0.4), abs=0.2)


def test_beyond_the_images_there_is_air(anatomy):
    outside = np.array([[-50.0, 0.0, 0.0], [0.0, 1e4, 0.0]])
    assert (anatomy.frame.tissues.hu(outside) == -1000.0).all()
    assert (anatomy.frame.tissues.log_uptake(outside) == -3.0).all()


def test_without_a_ct_there_is_no_density(person):
    tissues = survey(person.exam, None).frame.tissues
    assert tissues.density is None
    assert tissues.hu(np.zeros((1, 3))) is None


def test_uptake_in_other_units_looks_the_same(person):
    from dataclasses import replace

    pet = person.exam.pet
    larger = replace(person.exam, pet=replace(pet, array=pet.array * 1e4))
    first, second = (survey(e, person.ct).frame.tissues.uptake for e in (person.exam, larger))
    assert np.abs(first.astype(int) - second.astype(int)).max() <= 1
