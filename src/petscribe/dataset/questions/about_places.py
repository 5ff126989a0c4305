"""Questions about a place: is there anything, how many; and what the exam cannot answer.

A place is denied only when no lesion lies in it or in a region that touches it, so that a "no" is
never a matter of where a border is drawn; and only when it is inside the field of view.
"""

from typing import Final

from petscribe.core.lesion import Lesion
from petscribe.dataset.questions.speech import Asked, Question, reference
from petscribe.terms.anatomy import ORGANS, REGIONS, adjacent, mirrored

_NO_ONE_PLACE: Final = frozenset({"other", "muscle", "bone", "bone_marrow", "head_neck"})
_WIDER: Final = frozenset({"pelvis_nodes"})
"""Holds more than its name says, so nothing is counted in it."""
_SIDES: Final = ("left", "right")


def present(asked: Asked) -> Question | None:
    """Ask for a place where there is a lesion."""
    for position in asked.draw(1):
        location = asked.lesions[position].location
        here = [x for x in asked.lesions if _same_place(x, asked.lesions[position])]
        ids = tuple(sorted(x.id for x in here))
        return Question(
            type="presence",
            text=asked.about_place("presence", _key(asked.lesions[position]), location.laterality),
            answer=asked.say("yes", refs=" ".join(f"<L{number}>" for number in ids)),
            value=True,
            evidence=ids,
        )
    return None


def other_side(asked: Asked) -> Question | None:
    """Ask for the place on the other side of a lesion, or else for another, where there is none."""
    for position in asked.draw(len(asked.lesions)):
        lesion = asked.lesions[position]
        organ = lesion.location.organ or ""
        if organ not in ORGANS or not ORGANS[organ].paired:
            continue
        opposite = mirrored(organ)
        side = ORGANS[opposite].side
        region = ORGANS[opposite].region
        if not any(
            _near(x, region) and x.location.laterality in {side, None} for x in asked.lesions
        ):
            return _denied(asked, opposite, side)
    return absent(asked)


def absent(asked: Asked) -> Question | None:
    """Ask for a region inside the field of view in which, and around which, there is no lesion."""
    free = [
        region
        for region in asked.coverage
        if region not in _NO_ONE_PLACE and not any(_near(x, region) for x in asked.lesions)
    ]
    if not free:
        return None
    return _denied(asked, free[int(asked.rng.integers(len(free)))], None)


def outside(asked: Asked) -> Question | None:
    """Ask for a region outside the field of view."""
    unseen = [
        region
        for region in REGIONS
        if region not in asked.coverage
        and region not in _NO_ONE_PLACE | {"prostate"}
        and not any(_near(x, region) for x in asked.lesions)
    ]
    if not unseen:
        return None
    region = unseen[int(asked.rng.integers(len(unseen)))]
    return Question(
        type="unanswerable",
        text=asked.about_place("presence", region, None),
        answer=asked.say("outside"),
        value=None,
    )


def unknown(asked: Asked) -> Question | None:
    """Ask what no exam of one day can tell."""
    for position in asked.draw(1):
        return Question(
            type="unanswerable",
            text=asked.say("unanswerable", ref=reference(asked.lesions[position])),
            answer=asked.say("unknown"),
            value=None,
        )
    return None


def count_all(asked: Asked) -> Question | None:
    """Ask how many lesions there are."""
    ids = tuple(sorted(lesion.id for lesion in asked.lesions))
    return _counted(asked, asked.say("count"), ids)


def count_here(asked: Asked) -> Question | None:
    """Ask how many lesions a region holds."""
    regions = sorted({x.location.region for x in asked.lesions} - _NO_ONE_PLACE - _WIDER)
    if not regions:
        return None
    region = regions[int(asked.rng.integers(len(regions)))]
    ids = tuple(sorted(x.id for x in asked.lesions if x.location.region == region))
    return _counted(asked, asked.about_place("count.place", region, None), ids)


def _counted(asked: Asked, text: str, ids: tuple[int, ...]) -> Question:
    refs = " ".join(f"<L{number}>" for number in ids)
    answer = asked.say("counted", refs=refs) if ids else asked.say("none")
    return Question(type="count", text=text, answer=answer, value=len(ids), evidence=ids)


def _denied(asked: Asked, key: str, side: str | None) -> Question:
    return Question(
        type="presence",
        text=asked.about_place("presence", key, side if side in _SIDES else None),
        answer=asked.say("no"),
        value=False,
    )


def _key(lesion: Lesion) -> str:
    organ = lesion.location.organ or ""
    return organ if organ in ORGANS else lesion.location.region


def _same_place(one: Lesion, other: Lesion) -> bool:
    return _key(one) == _key(other) and one.location.laterality == other.location.laterality


def _near(lesion: Lesion, region: str) -> bool:
    return adjacent(lesion.location.region, region)
