"""Views made once are the views of use, to the rounding of their storage."""

from pathlib import Path

import numpy as np

from petscribe.core.volume import Mask
from petscribe.io.store import CaseStore
from petscribe.model.inputs.views import exam_views
from petscribe.model.vlm import ViewConfig
from petscribe.training.views.prepare import prepare_views, shares, stored_exam, unpacked

VIEWS = ViewConfig(body=(24, 12, 12), focal=(12, 12, 12))


def test_a_stored_view_is_the_view_of_use(exams: Path, views: Path):
    store, made = CaseStore.open(exams), CaseStore.open(views)
    key = store.keys()[0]
    exam = stored_exam(store, key)
    mask = Mask(labels=store.array(key, "lesions"), grid=exam.pet.grid)
    wanted = exam_views(exam, mask, body=VIEWS.body, focal=VIEWS.focal)
    label = mask.ids[0]
    pet, ct = unpacked(made.array(key, f"lesions_{label}")[:2])
    assert np.abs(pet - wanted.lesions[label].pet).max() <= 0.0051
    if wanted.lesions[label].ct is not None:
        assert np.abs(ct - wanted.lesions[label].ct).max() <= 0.51
    mask_share = shares(made.array(key, f"lesions_{label}")[2])
    assert np.abs(mask_share - wanted.lesions[label].mask).max() <= 0.0006


def test_every_mask_has_its_view_and_its_place_in_the_body(views: Path):
    store = CaseStore.open(views)
    for key in store.keys(None):
        record = store.record(key)
        assert len(record["views"]) == len(record["lesions"]) + len(record["structures"])
        assert store.array(key, "places").shape == (len(record["views"]), *VIEWS.body)


def test_views_that_are_there_are_not_made_again(exams: Path, views: Path):
    assert prepare_views(exams, views, VIEWS) == 0
