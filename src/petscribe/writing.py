"""A model's words bound to a measured lesion: slots filled, second opinion held against the place.

The model is told what was measured (`facts_of`) and answers with slots and with its heads' opinion.
Here slots get the lesion's own values, and the confidence of the sentence becomes the share that
the heads give to the place the localiser found: where the two disagree it falls, and a note says
where the model would put the lesion. `reporting.verify` reads the sentence back as any other; one
that contradicts the measurements is set aside in sight, never corrected. Knows one lesion at a
time.
"""

import re
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from petscribe.anatomy.frame import BodyFrame
from petscribe.core.errors import OutputMismatch
from petscribe.core.exam import Acquisition
from petscribe.core.lesion import Lesion, Location
from petscribe.core.report import Sentence, Written
from petscribe.mining.rules import parse_sentence
from petscribe.model.describer import Description, Opinion
from petscribe.model.inputs.facts import BodyPlace, LesionFacts
from petscribe.terms.anatomy import name
from petscribe.terms.phrasebook import phrase
from petscribe.terms.slots import fill_slots, slot_values

_FIRM = 0.6
"""From this probability on the model's other opinion is told."""
_RULES = "rules"
_SLOT = re.compile(r"<[a-z_]+>")


def facts_of(lesion: Lesion, frame: BodyFrame, acquisition: Acquisition) -> LesionFacts:
    """Return what the model is told of a lesion in numbers."""
    measured = lesion.measurement
    place = frame.place(frame.grid.to_index(np.asarray(measured.centroid_lps_mm)))
    return LesionFacts(
        measurement=measured,
        place=BodyPlace(
            lateral_mm=place.lateral_mm,
            depth_frac=place.depth_frac,
            behind_mm=place.behind_mm,
            level=place.level,
            half_width_mm=place.half_width_mm,
            quality_x=frame.quality_x,
            quality_y=frame.quality_y,
            quality_z=frame.quality_z,
        ),
        tracer=acquisition.tracer,
        sex=acquisition.sex,
    )


def bind(said: Description, lesion: Lesion, lang: str, *, author: str) -> Written:
    """Return a model's sentence with the lesion's values, and how far the two readings agree.

    A sentence that is empty, or asks for a value which was not measured, is not used.
    """
    opinions = {
        head: {"value": opinion.value, "probability": round(opinion.probability, 4)}
        for head, opinion in said.opinions.items()
    }
    notes = _second_reading(said, lesion.location, lang)
    confidence = agreement(said, lesion.location)
    try:
        text = fill_slots(said.text, slot_values(lesion.measurement, lang)) or None
    except OutputMismatch:
        text = None
    if text is None:
        author, notes = _RULES, (*notes, phrase(lang, "written_by_rules"))
    return Written(text=text, author=author, confidence=confidence, notes=notes, opinions=opinions)


def set_aside(written: Written, sentence: Sentence, lang: str) -> Written:
    """Return a model's sentence that was read back and contradicts the measurements, as a note.

    The term base's sentence stands in its place; what the model wrote, and in what it differs,
    stays in sight.
    """
    kinds = dict.fromkeys(phrase(lang, "page", "kinds", x.kind) for x in sentence.problems)
    note = phrase(lang, "set_aside").format(text=written.text, kinds=", ".join(kinds))
    return replace(written, text=None, author=_RULES, notes=(*written.notes, note))


def says_what_was_read(text: str, read: Mapping[str, str], lang: str) -> bool:
    """Tell whether a model's text says what its own heads read of the lesion.

    The text is read back with its slots filled by a figure; region, type and degree must be the
    heads', and a side, where one is said, too.
    """
    found = parse_sentence(_SLOT.sub("5", text), lang)
    if len(found) != 1:
        return False
    said = found[0]
    same = all(
        read.get(head) in {None, value}
        for head, value in (("region", said.region), ("type", said.type), ("uptake", said.uptake))
    )
    return same and (said.laterality is None or said.laterality == read.get("side"))


def agreement(said: Description, location: Location) -> float:
    """Return the share that the model's heads give to the localiser's region and side."""
    region = said.opinions.get("region")
    share = 1.0 if region is None else _share(region, location.region)
    side = said.opinions.get("side")
    if side is not None and location.laterality is not None:
        share *= _share(side, location.laterality)
    return share


def _share(opinion: Opinion, value: str) -> float:
    return opinion.shares.get(value, 0.0)


def _second_reading(said: Description, location: Location, lang: str) -> tuple[str, ...]:
    """Return a note where the model is firm about another region or side."""
    region, side = said.opinions.get("region"), said.opinions.get("side")
    if region is None or side is None:
        return ()
    probability = region.probability
    other_region = region.value != location.region and region.probability >= _FIRM
    other_side = (
        location.laterality in {"left", "right"}
        and side.value in {"left", "right"}
        and side.value != location.laterality
        and side.probability >= _FIRM
    )
    if other_side and not other_region:
        probability = side.probability
    if not other_region and not other_side:
        return ()
    place = name(region.value, lang, side=side.value if side.probability >= _FIRM else None)
    percent = round(100 * probability)
    return (phrase(lang, "second_reading").format(place=place, percent=percent),)
