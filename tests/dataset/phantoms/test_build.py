"""A corpus is built once, goes on where it was, and is the same in one process or two."""

from pathlib import Path

import pytest

from petscribe.core.errors import GeometryError, InputError
from petscribe.dataset.phantoms import build
from petscribe.dataset.phantoms.build import build_phantom_corpus
from petscribe.dataset.phantoms.corpus import CorpusCase, key_of
from petscribe.dataset.phantoms.samples import CorpusOptions
from petscribe.io.store import CaseStore

SEEDS = (3223, 3326)


@pytest.fixture
def ready(monkeypatch: pytest.MonkeyPatch, case: CorpusCase, pet_only: CorpusCase) -> list[int]:
    """Give out cases that are made already; return the seeds that were asked for."""
    made = {SEEDS[0]: case, SEEDS[1]: pet_only}
    asked: list[int] = []

    def give(seed: int, *, options: CorpusOptions) -> CorpusCase:
        asked.append(seed)
        if seed not in made:
            raise GeometryError("bad-geometry", "no such phantom")
        return made[seed]

    monkeypatch.setattr(build, "phantom_case", give)
    return asked


def test_cases_are_written_once(tmp_path: Path, ready: list[int], small: CorpusOptions):
    first = build_phantom_corpus(tmp_path, SEEDS, options=small)
    again = build_phantom_corpus(tmp_path, SEEDS, options=small)
    assert (first.made, first.there, again.made, again.there) == (2, 0, 0, 2)
    assert ready == list(SEEDS)
    assert first.manifest["store_hash"] == again.manifest["store_hash"]


def test_a_build_goes_on(tmp_path: Path, ready: list[int], small: CorpusOptions):
    build_phantom_corpus(tmp_path, SEEDS[:1], options=small)
    summary = build_phantom_corpus(tmp_path, SEEDS, options=small)
    assert (summary.made, summary.there) == (1, 1)
    assert CaseStore.open(tmp_path).keys() == tuple(key_of(seed) for seed in SEEDS)


@pytest.mark.usefixtures("ready")
def test_a_seed_that_fails_is_counted(tmp_path: Path, small: CorpusOptions):
    steps: list[int] = []
    summary = build_phantom_corpus(tmp_path, (*SEEDS, 9), options=small, step=steps.append)
    assert (summary.made, summary.failed) == (2, {9: "bad-geometry"})
    assert summary.manifest["builder"]["failed"] == {"bad-geometry": 1}
    assert steps == [*SEEDS, 9]


@pytest.mark.usefixtures("ready")
def test_other_options_are_refused(tmp_path: Path, small: CorpusOptions):
    build_phantom_corpus(tmp_path, SEEDS[:1], options=small)
    with pytest.raises(InputError) as caught:
        build_phantom_corpus(tmp_path, SEEDS, options=CorpusOptions(structures=1))
    assert caught.value.code == "corpus-options-differ"


@pytest.mark.usefixtures("ready")
def test_the_store_reads_as_it_was_written(tmp_path: Path, case: CorpusCase, small: CorpusOptions):
    build_phantom_corpus(tmp_path, SEEDS, options=small)
    store = CaseStore.open(tmp_path)
    store.verify()
    assert store.split(case.key) == case.split
    assert (store.array(case.key, "lesions") == case.arrays["lesions"]).all()
    assert store.record(case.key)["samples"] == case.record["samples"]
    assert store.manifest["builder"]["organ_names"]["5"] == "liver"


@pytest.mark.slow
def test_two_processes_give_the_same_store(tmp_path: Path, small: CorpusOptions):
    one = build_phantom_corpus(tmp_path / "one", SEEDS, options=small)
    two = build_phantom_corpus(tmp_path / "two", SEEDS, workers=2, options=small)
    assert one.manifest["store_hash"] == two.manifest["store_hash"]
