"""The two forms of request: about one lesion, and about an exam with its lesions in brief.

One place for both, so that training and use ask in the same way. A lesion is shown whole, then
asked about. An exam is shown as its body tokens, then each lesion as its reference, its brief
tokens and what is already known of it in words, then the question.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from petscribe.model.inputs.prompts import Row, Shown
from petscribe.terms.anatomy import organ_key
from petscribe.terms.places import place_words, side_said
from petscribe.terms.slots import LESION_TOKENS

_TOLD: Final = ("side", "region", "organ", "type", "uptake")


def reading_words(classes: Mapping[str, str | None]) -> str:
    """Return what the heads read of a lesion as words of a request; what is not known is a dash.

    Args:
        classes: by head name; side, region, organ, type and uptake are told.
    """
    told = {**classes, "side": _side_said(classes)}
    return "; ".join(told.get(head) or "-" for head in _TOLD) + "."


def _side_said(classes: Mapping[str, str | None]) -> str | None:
    """Return the side where the place's name says one: "right lung", but no side of the liver."""
    side, region, base = (classes.get(head) for head in ("side", "region", "organ"))
    if side is None or region is None:
        return side
    organ = organ_key(base, side) or base if base is not None else None
    try:
        place = place_words(region=region, organ=organ, laterality=side)["en"]
    except ValueError:  # the heads contradict each other: nothing is said of the side
        return None
    return side_said(place, side, "en")  # type: ignore[arg-type]


def lesion_request(place: int, prompt: str, *, reading: str = "", answer: str | None = None) -> Row:
    """Return the request about one lesion.

    Args:
        place: of the lesion in the batch.
        prompt: the question in words.
        reading: what the heads read (`reading_words`); empty: the words have the picture alone.
        answer: what should be said; None when it is to be written.
    """
    return Row(
        parts=(Shown(kind="lesion", of=place), *((reading,) if reading else ()), prompt),
        answer=answer,
        about_lesion=answer is not None,
    )


def exam_request(
    exam: int,
    places: Sequence[int],
    prompt: str,
    *,
    about: str = "",
    context: Sequence[str] = (),
    answer: str | None = None,
) -> Row:
    """Return the request about a whole exam.

    Args:
        exam: place of the exam in the batch.
        places: of its lesions, in the order of their references `<L1>`, `<L2>`, ...
        prompt: the question in words.
        about: what is known of the exam in words.
        context: what is known of each lesion in words; empty or one entry per lesion.
        answer: what should be said; None when it is to be written.

    Raises:
        ValueError: more lesions than references, or contexts that do not match the lesions.
    """
    if len(places) > len(LESION_TOKENS):
        raise ValueError(f"{len(places)} lesions, {len(LESION_TOKENS)} references")
    if context and len(context) != len(places):
        raise ValueError(f"{len(context)} contexts for {len(places)} lesions")
    parts: list[str | Shown] = [Shown(kind="body", of=exam), about]
    for number, place in enumerate(places):
        parts += [LESION_TOKENS[number], Shown(kind="brief", of=place)]
        if context:
            parts.append(context[number])
    return Row(parts=(*parts, prompt), answer=answer)
