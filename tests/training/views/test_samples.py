"""Samples of a store of views: whole batches, each row about its own exam."""

from pathlib import Path

import numpy as np
import pytest
import torch

from petscribe.io.store import CaseStore
from petscribe.model.batch import IGNORED, TEXT
from petscribe.model.language.causal import small_llama
from petscribe.model.language.tokens import Speech, small_speech
from petscribe.model.vision.encoder import ViTConfig
from petscribe.model.vision.heads import CLASSES
from petscribe.model.vision.tower import TowerConfig
from petscribe.model.vlm import PetVlm, ViewConfig, VLMConfig
from petscribe.training.views.augment import Augmentation
from petscribe.training.views.samples import Shape, ViewSamples, facts_of, target_places

ALL = ("train", "val", "test")


@pytest.fixture(scope="module")
def speech(views: Path) -> Speech:
    store = CaseStore.open(views)
    texts = [
        text
        for key in store.keys(None)
        for request in store.record(key)["samples"]
        for text in (request["prompt"], request["answer"], *request.get("context", ()))
    ]
    return small_speech(texts, 700)


@pytest.fixture(scope="module")
def model(speech: Speech) -> PetVlm:
    from petscribe.model.inputs.facts import NUM_FACTS

    torch.manual_seed(0)
    return PetVlm(
        VLMConfig(
            name="tiny",
            views=ViewConfig(body=(24, 12, 12), focal=(12, 12, 12)),
            tower=TowerConfig(
                encoder=ViTConfig(patch=(6, 6, 6), width=24, depth=1, heads=2, mlp_width=24)
            ),
            language=small_llama(len(speech), width=24, layers=1, heads=2, mlp_width=32),
            facts=NUM_FACTS,
            heads=tuple(CLASSES),
            max_tokens=2048,
        )
    )


def source(views: Path, model: PetVlm, speech: Speech, **options: object) -> ViewSamples:
    settings = {"tasks": ("finding", "structure"), "splits": ALL, **options}
    return ViewSamples(views, Shape.of(model), speech, **settings)  # type: ignore[arg-type]


def test_a_batch_goes_through_the_model(views: Path, model: PetVlm, speech: Speech):
    batch = source(views, model, speech).collate([0, 1], np.random.default_rng(0))
    output = model(batch)
    assert output.logits.shape[:2] == batch.tokens.shape
    assert torch.isfinite(output.logits).all()
    assert set(batch.targets) == set(CLASSES)


def test_every_answer_ends_with_the_end_token(views: Path, model: PetVlm, speech: Speech):
    batch = source(views, model, speech).collate([0], np.random.default_rng(0))
    for row in batch.labels:
        assert row[row != IGNORED][-1] == speech.end


def test_a_question_shows_the_body_and_every_lesion(views: Path, model: PetVlm, speech: Speech):
    samples = source(views, model, speech, tasks=("question",), chunk=1)
    batch, (request,) = samples.asked([0])
    shown = int((batch.visual[0] != TEXT).sum())
    assert shown == model.tokens_per_exam() + 2 * len(request["lesions"])
    assert batch.focal.shape[0] == len(request["lesions"])


def test_what_is_asked_holds_no_answer(views: Path, model: PetVlm, speech: Speech):
    samples = source(views, model, speech)
    batch, requests = samples.asked([0])
    assert (batch.labels == IGNORED).all()
    assert batch.tokens.shape[0] == len(requests)
    assert batch.present[:, -1].all()


def test_the_same_generator_gives_the_same_batch(views: Path, model: PetVlm, speech: Speech):
    samples = source(views, model, speech, augmentation=Augmentation())
    first = samples.collate([1], np.random.default_rng(5))
    second = samples.collate([1], np.random.default_rng(5))
    assert torch.equal(first.focal, second.focal)
    assert torch.equal(first.facts, second.facts)


def test_lengths_are_near_the_truth(views: Path, model: PetVlm, speech: Speech):
    samples = source(views, model, speech, tasks=("question", "report"), chunk=1)
    for place in range(0, len(samples), 7):
        batch = samples.collate([place], np.random.default_rng(0))
        assert abs(int(samples.lengths[place]) - batch.tokens.shape[1]) <= 6


def test_targets_are_the_classes_of_the_record(views: Path):
    store = CaseStore.open(views)
    record = store.record(store.keys()[0])
    request = next(r for r in record["samples"] if r["task"] == "finding")
    places = target_places(request["targets"])
    assert CLASSES["region"][places["region"]] == request["targets"]["region"]
    assert target_places({})["side"] == IGNORED


def test_facts_are_the_measured_ones(views: Path):
    store = CaseStore.open(views)
    record = store.record(store.keys()[0])
    entry = record["lesions"][0]
    facts = facts_of(record, "lesions", entry["id"])
    assert facts.measurement.suv_max == entry["suv_max"]
    assert facts.place is not None
    assert facts.place.lateral_mm == entry["place"]["lateral_mm"]


def test_a_silent_source_shows_each_mask_once_and_says_nothing(
    views: Path, model: PetVlm, speech: Speech
):
    samples = source(views, model, speech, silent=True, chunk=64)
    batch = samples.collate([0], np.random.default_rng(0))
    record = CaseStore.open(views).record(CaseStore.open(views).keys()[0])
    assert batch.focal.shape[0] == len(record["views"])
    assert batch.tokens.shape[0] == 0
    assert (batch.targets["region"] != IGNORED).all()
    assert model(batch).logits.shape[0] == 0


def test_a_model_that_is_told_hears_the_true_classes_in_training(
    views: Path, model: PetVlm, speech: Speech
):
    from dataclasses import replace

    told = replace(Shape.of(model), config=replace(model.config, told_heads=True))
    samples = ViewSamples(views, told, speech, tasks=("finding",), splits=ALL, chunk=1)
    batch, (request,) = samples.asked([0])
    words = speech.tokenizer.decode(batch.tokens[0].tolist())
    assert f"; {request['targets']['region']};" in words
    other, _ = samples.asked([0], ["left; brain; -; -; -."] * batch.focal.shape[0])
    assert "left; brain;" in speech.tokenizer.decode(other.tokens[0].tolist())
