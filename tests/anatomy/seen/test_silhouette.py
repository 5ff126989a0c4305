"""Heights that the outline gives."""

import numpy as np
import pytest

from petscribe.anatomy.levels import level_at
from petscribe.anatomy.seen.body import find_body
from petscribe.anatomy.seen.silhouette import read_silhouette
from petscribe.anatomy.seen.view import view_of


def levels_of(person, with_ct=False):
    view, body = find_body(view_of(person.exam, person.ct if with_ct else None))
    outline = read_silhouette(view, body)
    grid = person.exam.pet.grid

    def level(z):
        if z is None:
            return None
        height = grid.origin_mm[2] + float(view.to_pet_index(np.array([z]), 0)[0]) * 5.0
        return float(level_at(-height))

    return {n: level(getattr(outline, n)) for n in ("vertex", "neck", "shoulder", "crotch")}


@pytest.mark.parametrize("with_ct", [True, False])
def test_heights_of_the_outline_are_where_they_were_drawn(person, with_ct):
    found = levels_of(person, with_ct)
    assert found["vertex"] == pytest.approx(-6.2, abs=1.0)
    assert 2.5 < found["neck"] < 7.5
    assert found["shoulder"] == pytest.approx(8.2, abs=0.8)
    assert found["crotch"] == pytest.approx(32.0, abs=0.7)


def test_a_torso_has_no_head_and_no_crotch(person):
    found = levels_of(person.cut(9.5, 22.0))
    assert found == {"vertex": None, "neck": None, "shoulder": None, "crotch": None}


def test_a_head_alone_has_no_shoulders(person):
    found = levels_of(person.cut(-6.5, 5.0))
    assert found["shoulder"] is None
    assert found["vertex"] == pytest.approx(-6.2, abs=1.0)
