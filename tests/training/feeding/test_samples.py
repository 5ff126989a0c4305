"""What is refused before the first step: empty, too long, cut off, or badly labelled."""

from dataclasses import replace

import numpy as np
import pytest

from petscribe.core.errors import InputError
from petscribe.model.batch import IGNORED
from petscribe.training.feeding.samples import Samples, check_samples, check_targets
from training.tiny import END, TinySamples


@pytest.fixture
def batch():
    return TinySamples().collate([0, 1, 2], np.random.default_rng(0))


def test_tiny_samples_keep_the_contract():
    assert isinstance(TinySamples(), Samples)


def test_samples_within_the_budget_pass():
    check_samples("lesions", TinySamples(), max_tokens=int(TinySamples().lengths.max()))


def test_a_sample_over_the_budget_is_named():
    samples = TinySamples()
    longest = int(samples.lengths.argmax())
    with pytest.raises(InputError, match=f"sample {longest} ") as caught:
        check_samples("lesions", samples, max_tokens=int(samples.lengths.max()) - 1)
    assert caught.value.code == "text-too-long"


def test_no_samples_are_refused():
    with pytest.raises(InputError) as caught:
        check_samples("lesions", TinySamples(0), max_tokens=None)
    assert caught.value.code == "no-samples"


def test_good_targets_pass(batch):
    check_targets(batch, end_token=END, where="here")


def _refused(batch, words: str) -> None:
    with pytest.raises(InputError, match=words) as caught:
        check_targets(batch, end_token=END, where="source 'lesions'")
    assert caught.value.code == "bad-targets"
    assert "lesions" in caught.value.message


def test_an_end_that_is_not_supervised_is_refused(batch):
    ends = batch.labels == END
    _refused(replace(batch, labels=batch.labels.masked_fill(ends, IGNORED)), "end token")


def test_a_cut_answer_is_refused(batch):
    _refused(
        replace(
            batch, tokens=batch.tokens.masked_fill(batch.labels == END, 3),
            labels=batch.labels.masked_fill(batch.labels == END, 3),
        ),
        "end token",
    )  # fmt: skip


def test_a_row_that_says_nothing_is_refused(batch):
    labels = batch.labels.clone()
    labels[1] = IGNORED
    _refused(replace(batch, labels=labels), "no supervised token")


def test_supervised_padding_is_refused(batch):
    present = batch.present.clone()
    present[0] = False
    _refused(replace(batch, present=present), "padding")


def test_shifted_labels_are_refused(batch):
    _refused(replace(batch, labels=batch.labels.roll(-1, dims=1)), "own places")
