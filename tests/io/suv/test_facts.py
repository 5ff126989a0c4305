"""The plain records of facts."""

import dataclasses

import pytest

from petscribe.io.suv.facts import FrameTime, SuvFacts


def test_facts_need_a_unit_and_nothing_else():
    facts = SuvFacts(units=None)
    assert facts.frames == ()
    assert facts.weight_kg is None


def test_facts_do_not_change():
    with pytest.raises(dataclasses.FrozenInstanceError):
        FrameTime().duration_s = 1.0  # type: ignore[misc]
