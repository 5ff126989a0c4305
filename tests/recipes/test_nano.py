"""The preset that ships: its size and its stages."""

from pathlib import Path

import pytest

from petscribe.core.errors import InputError
from petscribe.dataset.phantoms.build import build_phantom_corpus
from petscribe.dataset.phantoms.corpus import patient_of
from petscribe.io.store import split_of
from petscribe.model.describer import load_describer
from petscribe.model.storage.blank import parameter_count
from petscribe.recipes import nano
from petscribe.training.run import train


def test_it_has_about_nine_million_weights() -> None:
    assert parameter_count(nano.model()) == 8_851_862


def test_its_stages_make_up_the_steps() -> None:
    assert sum(stage.steps for stage in nano.recipe(steps=500).stages) == 500


def test_its_stages_share_the_steps() -> None:
    stages = nano.recipe(steps=1000).stages
    assert [stage.name for stage in stages] == ["everything", "attention", "heads", "words"]
    assert sum(stage.steps for stage in stages) == 1000


def test_without_a_store_it_says_so() -> None:
    with pytest.raises(InputError) as fault:
        nano.recipe().samples(None)
    assert fault.value.code == "no-store"


@pytest.mark.slow
def test_a_few_steps_give_a_model_that_writes(tmp_path: Path) -> None:
    store = tmp_path / "store"
    seeds = [s for s in range(930_000, 930_060) if split_of(patient_of(s)) != "test"][:3]
    seeds.append(next(s for s in range(930_000, 930_100) if split_of(patient_of(s)) == "val"))
    build_phantom_corpus(store, sorted(set(seeds)))
    outcome = train(nano.recipe(steps=12, batch=1), tmp_path / "run", store=store)
    assert outcome.model is not None
    describer = load_describer(outcome.model)
    assert describer.model.config.told_heads
    assert len(describer.speech) <= nano.VOCABULARY
