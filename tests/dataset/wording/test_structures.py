"""Anatomy answers name the structure and its side."""

import numpy as np
import pytest

from petscribe.core.finding import FindingType
from petscribe.core.lesion import Lesion
from petscribe.dataset.wording.places import places_of
from petscribe.dataset.wording.structures import absence_text, structure_answer
from petscribe.mining.rules import parse_sentence
from petscribe.terms.places import side_said


@pytest.mark.parametrize("lang", ["en", "vi"])
@pytest.mark.parametrize("part", ["train", "test"])
def test_an_answer_names_the_structure(
    every_lesion: list[tuple[Lesion, FindingType]], lang: str, part: str
):
    rng = np.random.default_rng(0)
    for lesion, _ in every_lesion:
        text = structure_answer(lesion.location, lang=lang, part=part, rng=rng)  # type: ignore[arg-type]
        places = [place.lower() for place in places_of(lesion.location, lang)]
        assert any(place in text.lower() for place in places), text
        assert text.endswith(".")


@pytest.mark.parametrize("lang", ["en", "vi"])
def test_an_absence_is_denied_where_it_was_looked_for(
    every_lesion: list[tuple[Lesion, FindingType]], lang: str
):
    rng = np.random.default_rng(0)
    for lesion, _ in every_lesion[::3]:
        place = lesion.location
        text = absence_text(place, lang=lang, tracer="fdg", part="train", rng=rng)
        (found,) = parse_sentence(text, lang)
        side = side_said(place.words[lang], place.laterality, lang)
        assert (found.negated, found.region, found.laterality) == (True, place.region, side), text
