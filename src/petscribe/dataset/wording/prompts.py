"""What is asked of the model: the prompt of every task, in several wordings.

A question names a lesion by its reference (`<L2>`) only where it asks about that one. Knows tasks,
not answers.
"""

from collections.abc import Mapping

import numpy as np

from petscribe.dataset.wording.grammar import Part, Speaker, grammar
from petscribe.terms.phrasebook import capitalised


def prompt(
    task: str,
    *,
    lang: str,
    part: Part,
    rng: np.random.Generator,
    words: Mapping[str, str] | None = None,
) -> str:
    """Return one wording of a task's prompt.

    Args:
        task: a symbol of `prompts.<lang>.json`: `finding.report`, `structure`, `report`, ...
        lang: `en` or `vi`.
        part: of which part of the wordings.
        rng: draws the wording.
        words: what holes of the prompt stand for (`section`).
    """
    known = {name: (word,) for name, word in (words or {}).items()}
    speaker = Speaker(
        rules=grammar(lang, "prompts"), part=part, qualifiers=(), words=known, rng=rng
    )
    return capitalised(speaker.say(task))
