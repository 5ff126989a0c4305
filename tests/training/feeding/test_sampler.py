"""The order of samples: every one once an epoch, alike lengths together, a position to keep."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from petscribe.training.feeding.sampler import Sampler

LENGTHS = np.random.default_rng(0).integers(5, 200, 96)


def _sampler(**changes) -> Sampler:
    settings = {"batch_size": 8, "seed": 3, **changes}
    weights = settings.pop("weights", {"a": 1.0})
    return Sampler({"a": LENGTHS, "b": LENGTHS[:10]}, weights, **settings)


def test_an_epoch_holds_every_sample_once():
    sampler = _sampler()
    for _ in range(2):
        drawn = [i for _ in range(12) for i in sampler.draw().indices]
        assert sorted(drawn) == list(range(96))


def test_epochs_differ():
    sampler = _sampler()
    first, second = ([sampler.draw().indices for _ in range(12)] for _ in range(2))
    assert first != second


def test_batches_hold_samples_of_alike_length():
    sampler = _sampler()
    spread = [np.ptp(LENGTHS[list(sampler.draw().indices)]) for _ in range(12)]
    assert np.mean(spread) < 0.2 * np.ptp(LENGTHS)


def test_lengths_do_not_come_in_order():
    sampler = _sampler()
    means = [LENGTHS[list(sampler.draw().indices)].mean() for _ in range(12)]
    assert means != sorted(means)


@given(st.integers(1, 40), st.integers(1, 50))
def test_every_batch_is_full_and_no_sample_is_left_out(count: int, size: int):
    sampler = Sampler({"a": np.arange(count)}, {"a": 1.0}, batch_size=size, seed=0)
    batches = [sampler.draw().indices for _ in range(-(-count // size))]
    assert {len(b) for b in batches} == {size}
    assert {i for b in batches for i in b} == set(range(count))


@given(st.integers(0, 60))
def test_a_kept_position_goes_on_as_if_never_left(steps: int):
    weights = {"a": 2.0, "b": 1.0}
    one, other = _sampler(weights=weights), _sampler(weights=weights)
    for _ in range(steps):
        one.draw()
    other.go_to(one.position)
    assert [one.draw() for _ in range(5)] == [other.draw() for _ in range(5)]


def test_sources_come_by_weight():
    sampler = _sampler(weights={"a": 3.0, "b": 1.0})
    drawn = Counter(sampler.draw().source for _ in range(2000))
    assert drawn["a"] / 2000 == pytest.approx(0.75, abs=0.03)


def test_another_seed_is_another_order():
    assert _sampler().draw() != _sampler(seed=4).draw()


@pytest.mark.parametrize(
    "changes",
    [{"weights": {"c": 1.0}}, {"weights": {}}, {"weights": {"a": 0.0}}, {"batch_size": 0}],
)
def test_what_cannot_be_drawn_is_refused(changes):
    with pytest.raises(ValueError, match=r"source|weights"):
        _sampler(**changes)


def test_a_position_of_other_sources_is_refused():
    with pytest.raises(ValueError, match="position"):
        _sampler().go_to({"b": 3})
