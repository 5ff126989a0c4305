"""The questions of one exam: a fair mixture of every type, as many yes as no.

    questions_of(lesions, coverage, lang="en", rng=rng) -> [Question, ...]

Knows which kinds there are and how to balance them; the kinds themselves are in `about_lesions` and
`about_places`.
"""

from collections.abc import Callable, Collection, Sequence
from typing import Final

import numpy as np

from petscribe.core.lesion import Lesion
from petscribe.dataset.questions import about_lesions, about_places
from petscribe.dataset.questions.speech import Asked, Question
from petscribe.dataset.wording.grammar import Part
from petscribe.terms.claims import finding_of

_KINDS: Final[tuple[Callable[[Asked], Question | None], ...]] = (
    about_places.present,
    about_places.absent,
    about_places.present,
    about_places.other_side,
    about_places.outside,
    about_places.unknown,
    about_places.unknown,
    about_places.count_all,
    about_places.count_here,
    about_lesions.side,
    about_lesions.site,
    about_lesions.size,
    about_lesions.uptake,
    about_lesions.value,
    about_lesions.hottest,
    about_lesions.largest,
    about_lesions.hotter,
    about_lesions.larger,
    about_lesions.same_side,
)
"""One question of each, where the exam has it; twice "yes, there is" beside two kinds of "no"."""


def questions_of(
    lesions: Sequence[Lesion],
    coverage: Collection[str],
    *,
    lang: str,
    rng: np.random.Generator,
    tracer: str = "fdg",
    part: Part = "train",
) -> list[Question]:
    """Return questions about an exam's lesions, at most one of each kind, in the order of kinds.

    Args:
        lesions: measured and located; empty for an exam without.
        coverage: regions inside the field of view.
        lang: `en` or `vi`.
        rng: draws lesions and wordings.
        tracer: of `core.exam.Tracer`.
        part: which wordings.
    """
    asked = Asked(
        lesions=tuple(lesions),
        findings=tuple(finding_of(x, lang=lang, tracer=tracer) for x in lesions),
        coverage=tuple(coverage),
        lang=lang,
        tracer=tracer,
        part=part,
        rng=rng,
    )
    made = (kind(asked) for kind in _KINDS)
    return [question for question in made if question is not None]
