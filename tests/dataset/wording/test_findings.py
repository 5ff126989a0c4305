"""Every wording says what the lesion is, holds no number, and is new in the test part."""

import re
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from petscribe.core.finding import FindingType
from petscribe.core.lesion import Lesion
from petscribe.dataset.wording.findings import (
    REGISTERS,
    Subject,
    draw_register,
    draw_wording,
    finding_texts,
    says,
    subject_of,
)
from petscribe.dataset.wording.places import places_of
from petscribe.mining.rules import parse_sentence
from petscribe.terms.slots import SLOT_TOKENS, fill_slots, slot_values

Lesions = list[tuple[Lesion, FindingType]]
TRACERS = ("fdg", "psma", "dotatate", "fluciclovine")


@pytest.mark.parametrize("lang", ["en", "vi"])
@pytest.mark.parametrize("part", ["train", "test"])
def test_every_text_is_read_back_as_its_lesion(every_lesion: Lesions, lang: str, part: str):
    rng = np.random.default_rng(1)
    for turn, (lesion, kind) in enumerate(every_lesion[:: 2 if part == "train" else 5]):
        tracer = TRACERS[turn % 4]
        text = finding_texts(lesion, lang=lang, tracer=tracer, kind=kind, rng=rng, part=part)
        filled = fill_slots(text, slot_values(lesion.measurement, lang))
        wanted = subject_of(lesion, lang=lang, tracer=tracer, kind=kind).finding
        (found,) = parse_sentence(filled, lang)
        said = (found.laterality, found.region, found.type, found.uptake)
        assert said == (wanted.laterality, wanted.region, wanted.type, wanted.uptake), filled


@pytest.mark.parametrize("lang", ["en", "vi"])
@pytest.mark.parametrize("register", REGISTERS)
def test_hardly_any_wording_is_drawn_in_vain(every_lesion: Lesions, lang: str, register: str):
    rng = np.random.default_rng(2)
    said = [
        draw_wording(
            subject_of(lesion, lang=lang, tracer="fdg", kind=kind), register, part="train", rng=rng
        )
        for lesion, kind in every_lesion[::4]
    ]
    assert sum(wording.drawn == 1 for wording in said) >= 0.97 * len(said)
    assert all(wording.drawn for wording in said)


@pytest.mark.parametrize("lang", ["en", "vi"])
def test_no_figure_stands_outside_a_place(every_lesion: Lesions, lang: str):
    rng = np.random.default_rng(3)
    for lesion, kind in every_lesion[::3]:
        text = finding_texts(lesion, lang=lang, tracer="fdg", kind=kind, rng=rng)
        bare = re.sub("|".join(SLOT_TOKENS), "", text).lower()
        for place in sorted(places_of(lesion.location, lang), key=len, reverse=True):
            bare = bare.replace(place.lower(), "")
        assert not re.search(r"\d", bare), text


@pytest.mark.parametrize("lang", ["en", "vi"])
def test_the_other_side_is_never_said(every_lesion: Lesions, lang: str):
    words = {"en": {"left": "left", "right": "right"}, "vi": {"left": "trái", "right": "phải"}}
    opposite = {"left": "right", "right": "left"}
    rng = np.random.default_rng(4)
    for lesion, kind in every_lesion[1::3]:
        side = lesion.location.laterality
        if side not in opposite:
            continue
        text = finding_texts(lesion, lang=lang, tracer="fdg", kind=kind, rng=rng)
        bare = text.replace("vừa phải", "")
        assert words[lang][opposite[side]] not in re.findall(r"\w+", bare.lower()), text


@pytest.mark.parametrize("lang", ["en", "vi"])
def test_texts_are_short_and_many(every_lesion: Lesions, lang: str):
    rng = np.random.default_rng(5)
    lesion, kind = every_lesion[60]
    texts = [finding_texts(lesion, lang=lang, tracer="fdg", kind=kind, rng=rng) for _ in range(80)]
    lengths = [len(text.split()) for text in texts]
    assert max(lengths) <= 35
    assert np.median(lengths) < 20
    assert len(set(texts)) > 60


@pytest.mark.parametrize("lang", ["en", "vi"])
def test_test_wordings_are_not_among_train_wordings(every_lesion: Lesions, lang: str):
    lesion, kind = every_lesion[60]
    subject = subject_of(lesion, lang=lang, tracer="fdg", kind=kind)
    rng = np.random.default_rng(6)

    def texts(part: str) -> set[str]:
        return {
            draw_wording(subject, register, part=part, rng=rng).text  # type: ignore[arg-type]
            for register in REGISTERS
            for _ in range(16)
        }

    assert not texts("train") & texts("test")


@pytest.mark.parametrize("lang", ["en", "vi"])
def test_physiologic_uptake_is_called_so(every_lesion: Lesions, lang: str):
    rng = np.random.default_rng(7)
    for lesion, _ in every_lesion[::9]:
        normal = replace(lesion, verdict="physiologic")
        text = finding_texts(normal, lang=lang, tracer="fdg", kind="uptake", rng=rng)
        (found,) = parse_sentence(fill_slots(text, slot_values(lesion.measurement, lang)), lang)
        assert (found.type, found.uptake) == ("uptake", "physiologic"), text


def test_a_text_of_another_lesion_does_not_say_it(subjects: Callable[..., tuple[Subject, ...]]):
    (subject,) = subjects(1, lang="en")
    assert not says("Intensely FDG-avid nodule in the left upper lobe.", subject)


def test_a_slot_without_a_value_is_not_said(every_lesion: Lesions):
    lesion, kind = every_lesion[60]
    measured = replace(lesion.measurement, tlg_g=None)
    subject = subject_of(replace(lesion, measurement=measured), lang="en", tracer="fdg", kind=kind)
    rng = np.random.default_rng(8)
    texts = [draw_wording(subject, "report", part="train", rng=rng).text for _ in range(40)]
    assert not any("<tlg>" in text for text in texts)


def test_reports_speak_most_often_in_full():
    rng = np.random.default_rng(9)
    drawn = [draw_register(rng) for _ in range(500)]
    assert drawn.count("report") > 250
    assert set(drawn) == set(REGISTERS)


def test_the_same_draws_give_the_same_text(every_lesion: Lesions):
    lesion, kind = every_lesion[10]
    texts = {
        finding_texts(lesion, lang="vi", tracer="psma", kind=kind, rng=np.random.default_rng(10))
        for _ in range(2)
    }
    assert len(texts) == 1
