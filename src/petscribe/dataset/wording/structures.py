"""Texts about a masked structure: what it is called, and that nothing abnormal is taken up there.

Naming comes before lesions in PETAR's schedule (question-answer pairs on TotalSegmentator's
classes); the denial keeps a model from finding a lesion under every mask. Knows names, no voxels.
"""

import numpy as np

from petscribe.core.finding import Finding
from petscribe.core.lesion import Location
from petscribe.dataset.wording.grammar import Part, Speaker, grammar
from petscribe.dataset.wording.places import places_of
from petscribe.mining.rules import parse_sentence
from petscribe.terms.phrasebook import capitalised
from petscribe.terms.places import side_said
from petscribe.terms.sentences import in_capitals, sentence, with_article

_TRIES = 6


def structure_answer(location: Location, *, lang: str, part: Part, rng: np.random.Generator) -> str:
    """Return the name of a masked structure, bare or in a short sentence."""
    return capitalised(_speaker(location, (lang, "", part), rng).say("answer"))


def absence_text(
    location: Location, *, lang: str, tracer: str, part: Part, rng: np.random.Generator
) -> str:
    """Return a sentence that denies abnormal uptake in a structure, and is read back as that."""
    speaker = _speaker(location, (lang, tracer, part), rng)
    place = location.words[lang]
    side = side_said(place, location.laterality, lang)
    for _ in range(_TRIES):
        text = capitalised(speaker.say("absent"))
        found = parse_sentence(text, lang)
        if [(x.negated, x.region, x.laterality) for x in found] == [(True, location.region, side)]:
            return text
    denied = Finding(
        anatomy=place.lower(),
        region=location.region,
        laterality=side,
        type="uptake",
        negated=True,
    )
    return sentence(denied, lang, tracer=tracer)


def _speaker(
    location: Location, manner: tuple[str, str, Part], rng: np.random.Generator
) -> Speaker:
    """Return who speaks of a structure; `manner` is language, tracer and part."""
    lang, tracer, part = manner
    places = places_of(location, lang)
    return Speaker(
        rules=grammar(lang, "findings", "structures"),
        part=part,
        qualifiers=(tracer,),
        words={
            "place": [in_capitals(place, lang) for place in places],
            "the_place": [with_article(place, lang) for place in places],
        },
        rng=rng,
    )
