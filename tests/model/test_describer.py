"""A saved model at work: lesions in, described lesions out, in every style of views."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from model.made import config, opened, tiny
from petscribe.core.errors import InputError
from petscribe.core.exam import Acquisition, Exam, SuvScale
from petscribe.core.lesion import Measurement
from petscribe.core.volume import Grid, Mask, Volume
from petscribe.model.checkpoint import save_model
from petscribe.model.decoding.confidence import Calibration, save_calibration
from petscribe.model.describer import Describer, load_describer
from petscribe.model.generate import Decoding
from petscribe.model.inputs.facts import LesionFacts
from petscribe.model.language.tokens import Speech
from petscribe.model.vision.focal import FocalConfig
from petscribe.model.vision.heads import CLASSES

GRID = Grid(shape=(40, 20, 20), spacing_mm=(4.0, 4.0, 4.0), origin_mm=(0.0, 0.0, 0.0))
MEASURED = Measurement(
    mtv_ml=2.0,
    long_axis_mm=15.0,
    short_axis_mm=10.0,
    centroid_lps_mm=(0.0, 0.0, 0.0),
    hottest_lps_mm=(0.0, 0.0, 0.0),
    slice_pet=1,
    slice_ct=None,
)
FACTS = LesionFacts(measurement=MEASURED, place=None, tracer="fdg", sex=None)


def exam() -> tuple[Exam, Mask]:
    pet, labels = np.ones(GRID.shape, np.float32), np.zeros(GRID.shape, np.uint16)
    for label, z in ((2, 8), (5, 25)):
        pet[z : z + 4, 8:12, 8:12] = 3.0 + label
        labels[z : z + 4, 8:12, 8:12] = label
    made = Exam(
        pet=Volume(array=pet, grid=GRID, unit="g/ml"),
        ct=None,
        acquisition=Acquisition(),
        suv=SuvScale(factor_bw=1.0, method="test"),
    )
    return made, Mask(labels=labels, grid=GRID)


def describer(speech: Speech, style: str = "petscribe") -> Describer:
    made = config(len(speech))
    if style == "petar":
        made = replace(made, focal=FocalConfig(kind="sum"))
        views = replace(made.views, style="petar", body=(8, 8, 8))
    elif style == "vipet":
        made = replace(made, focal=FocalConfig(kind="body"), facts=0, heads=())
        views = replace(made.views, style="vipet")
    else:
        views = made.views
    if style != "petscribe":
        made = replace(made, tower=replace(made.tower, ct_channels=1))
    model = opened(tiny(made=replace(made, views=views)))
    return Describer(model=model, speech=speech, decoding=Decoding(most=6))


@pytest.mark.parametrize("style", ["petscribe", "petar"])
def test_each_lesion_is_described_under_its_label(speech: Speech, style: str) -> None:
    heard: dict[int, str] = {}

    def hear(label: int, piece: str) -> None:
        heard[label] = heard.get(label, "") + piece

    said = describer(speech, style).describe(
        *exam(), {5: FACTS, 2: FACTS}, prompt="Describe.", on_token=hear
    )
    assert list(said) == [5, 2]
    assert set(heard) <= {2, 5}
    for description in said.values():
        assert 0.0 <= description.confidence <= 1.0
        assert description.opinions["side"].value in {"left", "right", "midline"}


def test_a_model_of_bodies_answers_and_describes_no_lesion(speech: Speech) -> None:
    made = describer(speech, "vipet")
    assert made.answer(*exam(), {}, "Why?").text is not None
    with pytest.raises(InputError, check=lambda fault: fault.code == "model-without-lesions"):
        made.describe(*exam(), {2: FACTS}, prompt="Describe.")


def test_a_saved_model_says_the_same_and_brings_its_calibration(
    speech: Speech, tmp_path: Path
) -> None:
    made = describer(speech)
    save_model(made.model, tmp_path, speech=speech)
    save_calibration(tmp_path, Calibration(slope=0.0, offset=0.0, pairs=20))
    read = load_describer(tmp_path)
    assert len(read.sha256) == 64
    question = (*exam(), {2: FACTS}, "Where?")
    read = replace(read, decoding=made.decoding)
    assert read.answer(*question).text == made.answer(*question).text
    assert read.answer(*question).confidence == pytest.approx(0.5)


def test_head_readings_are_the_likeliest_classes() -> None:
    from petscribe.model.describer import head_readings

    scores = {name: torch.zeros(1, len(classes)) for name, classes in CLASSES.items()}
    for name, value in (("side", "left"), ("region", "lung"), ("organ", "lung_upper_lobe")):
        scores[name][0, CLASSES[name].index(value)] = 5.0
    assert head_readings(scores)[0].startswith("left; lung; lung_upper_lobe;")
