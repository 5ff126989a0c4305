"""A small store of phantom exams and its views, made once for these tests."""

from pathlib import Path

import pytest

from petscribe.dataset.phantoms.build import build_phantom_corpus
from petscribe.dataset.phantoms.requests import requests_of
from petscribe.model.vlm import ViewConfig
from petscribe.training.views.prepare import prepare_views

VIEWS = ViewConfig(body=(24, 12, 12), focal=(12, 12, 12))


@pytest.fixture(scope="session")
def exams(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("exams")
    build_phantom_corpus(folder, range(920_000, 920_002))
    return folder


@pytest.fixture(scope="session")
def views(exams: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("views")
    assert prepare_views(exams, folder, VIEWS, samples=requests_of) == 2
    return folder
