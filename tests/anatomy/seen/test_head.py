"""The brain with and without CT."""

from dataclasses import replace

import pytest

from petscribe.anatomy.seen.body import find_body
from petscribe.anatomy.seen.head import find_head
from petscribe.anatomy.seen.view import view_of
from petscribe.core.exam import Acquisition


def head_of(person, *, with_ct=True, tracer="fdg"):
    exam = replace(person.exam, acquisition=Acquisition(tracer=tracer))
    view, body = find_body(view_of(exam, person.ct if with_ct else None))
    return view, find_head(view, body)


@pytest.mark.parametrize("with_ct", [True, False])
def test_the_brain_has_its_volume(person, with_ct):
    view, head = head_of(person, with_ct=with_ct)
    true = person.truth.named("brain").sum() * person.ct.grid.voxel_volume_ml
    assert head.hot is not with_ct
    assert head.brain.sum() * view.voxel_ml == pytest.approx(true, rel=0.25)


def test_a_torso_has_no_brain(person):
    _, head = head_of(person.cut(9.5, 22.0))
    assert head is None


def test_a_tracer_that_spares_the_brain_shows_none_without_ct(person):
    _, head = head_of(person, with_ct=False, tracer="psma")
    assert head is None
