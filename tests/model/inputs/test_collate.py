"""One batch: padding where it is wanted, and an exam without CT says so."""

import numpy as np
import pytest

from model.made import config, tiny
from petscribe.model.batch import IGNORED, TEXT
from petscribe.model.inputs.collate import batch_of, encoded_rows, raw_views
from petscribe.model.inputs.facts import NUM_FACTS
from petscribe.model.inputs.requests import lesion_request
from petscribe.model.inputs.views import ExamViews, LesionView
from petscribe.model.language.tokens import Speech


def exam() -> ExamViews:
    cube, body = np.ones((8, 8, 8), np.float32), np.ones((16, 8, 8), np.float32)
    view = LesionView(
        pet=cube, ct=None, mask=cube, body_mask=body, side_mm=96.0, body_place=(0.0, 0.0, 0.0)
    )
    return ExamViews(pet=body, ct=None, voxel_mm=10.0, lesions={4: view})


@pytest.mark.parametrize("side", ["left", "right"])
def test_a_batch_of_two_exams(speech: Speech, side: str) -> None:
    model = tiny(made=config(len(speech)))
    asked = [lesion_request(0, "Where?"), lesion_request(1, "Where is it, please?")]
    rows = encoded_rows(asked, model, speech, exams=2, lesions=2)
    batch = batch_of(
        raw_views([exam(), exam()], model.config),
        [np.zeros(NUM_FACTS, np.float32)] * 2,
        rows,
        padding=speech.padding,
        side=side,  # type: ignore[arg-type]
    )
    assert batch.exam_of.tolist() == [0, 1]
    assert not batch.has_ct.any()
    edge = 0 if side == "left" else -1
    assert not batch.present[0, edge]
    assert batch.present[1].all()
    assert batch.visual[0, edge] == TEXT
    assert batch.labels[0, edge] == IGNORED
    assert model(batch).heads["side"].shape == (2, 3)
