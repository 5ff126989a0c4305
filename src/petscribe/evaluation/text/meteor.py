"""METEOR in its two forms, by name: 1.5 (what COCO reports) and 2005 (what NLTK computes).

Both align words, take a recall-heavy mean and punish fragmentation. METEOR 1.5 weighs kinds of
matches and content words above function words, and the score of a set comes from summed counts;
2005 is a mean over cases. The matchers here are exact and stem; synonyms and paraphrases need
METEOR's own tables, which a user may hold (`meteor_tables`). Vietnamese has none: exact matches and
METEOR Universal's parameters.

Sources: Banerjee and Lavie 2005; Denkowski and Lavie 2014; parameters of METEOR 1.5's English and
universal tasks. The list of English function words is our own, by closed word class.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

import numpy as np
from jaxtyping import Float

from petscribe.evaluation.stats.statistic import Statistic
from petscribe.evaluation.text.alignment import Aligned, Match, align, in_order
from petscribe.evaluation.text.meteor_tables import ENGLISH_FUNCTION_WORDS, MeteorTables
from petscribe.evaluation.text.porter import porter_stem
from petscribe.evaluation.text.snowball import snowball_stem

Texts = Sequence[Sequence[str]]
NUM_COUNTS = 11
_LEN, _REF, _FUN, _REF_FUN, _CON_HIT, _FUN_HIT, _REF_CON_HIT, _REF_FUN_HIT = range(8)
_HITS, _REF_HITS, _CHUNKS = 8, 9, 10
_HYPHEN = re.compile(r"(?<=\w)-(?=\w)")


@dataclass(frozen=True, slots=True, kw_only=True)
class MeteorForm:
    """The parameters of METEOR 1.5 for a language."""

    alpha: float
    """Weight of recall in the mean."""
    beta: float
    """How fast the punishment grows with fragmentation."""
    gamma: float
    """The largest punishment."""
    delta: float
    """Weight of content words against function words."""
    stem: Callable[[str], str] | None
    stem_weight: float = 0.6
    synonym_weight: float = 0.8
    paraphrase_weight: float = 0.6
    tables: MeteorTables = MeteorTables()  # noqa: RUF009 - a frozen record


ENGLISH = MeteorForm(
    alpha=0.85,
    beta=0.20,
    gamma=0.60,
    delta=0.75,
    stem=snowball_stem,
    tables=MeteorTables(function_words=ENGLISH_FUNCTION_WORDS),
)
UNIVERSAL = MeteorForm(alpha=0.70, beta=1.40, gamma=0.30, delta=0.70, stem=None)


def form_of(lang: str) -> MeteorForm:
    """Return the parameters for a language."""
    return ENGLISH if lang == "en" else UNIVERSAL


def meteor(hypotheses: Texts, references: Sequence[Texts], form: MeteorForm) -> Statistic:
    """Return METEOR 1.5 (0-1): counts per case at the best reference, scored on their sums."""
    combine = partial(score_counts, form=form)
    rows = [
        _best([_count(_unhyphenated(hypothesis), _unhyphenated(t), form) for t in texts], combine)
        for hypothesis, texts in zip(hypotheses, references, strict=True)
    ]
    return Statistic(table=np.array(rows).reshape(len(rows), NUM_COUNTS), combine=combine)


def meteor_2005(hypotheses: Texts, references: Sequence[Texts]) -> Float[np.ndarray, " n"]:
    """Return NLTK's METEOR per case (exact and Porter stem, no WordNet), at the best reference."""
    return np.array(
        [
            max(_score_2005(hypothesis, text) for text in texts)
            for hypothesis, texts in zip(hypotheses, references, strict=True)
        ]
    )


def score_counts(sums: Float[np.ndarray, "r 11"], form: MeteorForm) -> Float[np.ndarray, " r"]:
    """Return METEOR 1.5 of summed counts."""
    d = form.delta
    precision = _share(
        d * sums[:, _CON_HIT] + (1 - d) * sums[:, _FUN_HIT],
        d * (sums[:, _LEN] - sums[:, _FUN]) + (1 - d) * sums[:, _FUN],
    )
    recall = _share(
        d * sums[:, _REF_CON_HIT] + (1 - d) * sums[:, _REF_FUN_HIT],
        d * (sums[:, _REF] - sums[:, _REF_FUN]) + (1 - d) * sums[:, _REF_FUN],
    )
    mean = _share(precision * recall, form.alpha * precision + (1 - form.alpha) * recall)
    fragments = _share(sums[:, _CHUNKS], (sums[:, _HITS] + sums[:, _REF_HITS]) / 2.0)
    return mean * (1.0 - form.gamma * fragments**form.beta)


def align_words(hypothesis: Sequence[str], reference: Sequence[str], form: MeteorForm) -> Aligned:
    """Return the alignment of two texts."""
    stem = form.stem or str
    places: dict[str, list[int]] = {}
    for j, word in enumerate(reference):
        places.setdefault(stem(word), []).append(j)
    stems = [stem(word) for word in hypothesis]
    candidates = [
        [
            Match(i, 1, j, 1, 1.0 if hypothesis[i] == reference[j] else form.stem_weight)
            for j in places.get(name, ())
        ]
        for i, name in enumerate(stems)
    ]
    if form.tables.has_meanings:
        _add_meanings(candidates, hypothesis, reference, form)
        return align(candidates, [False] * len(stems))
    times = Counter(stems)
    if all(len(x) * times[name] <= 1 for name, x in zip(stems, candidates, strict=True) if x):
        return in_order([options[0] for options in candidates if options])
    required = [len(x) >= times[name] for name, x in zip(stems, candidates, strict=True)]
    return align(candidates, required)


def _add_meanings(
    candidates: list[list[Match]],
    hypothesis: Sequence[str],
    reference: Sequence[str],
    form: MeteorForm,
) -> None:
    taken = {(m.start, m.reference_start) for options in candidates for m in options}
    for i, word in enumerate(hypothesis):
        meanings = form.tables.synonyms.get(word, frozenset())
        for j, other in enumerate(reference):
            if (i, j) not in taken and meanings & form.tables.synonyms.get(other, frozenset()):
                candidates[i].append(Match(i, 1, j, 1, form.synonym_weight))
    places: dict[tuple[str, ...], list[int]] = {}
    longest = form.tables.longest
    for phrase, j in _phrases(reference, longest):
        places.setdefault(phrase, []).append(j)
    for phrase, i in _phrases(hypothesis, longest):
        for same in form.tables.paraphrases.get(phrase, ()):
            for j in places.get(same, ()):
                candidates[i].append(Match(i, len(phrase), j, len(same), form.paraphrase_weight))


def _phrases(words: Sequence[str], longest: int) -> Iterable[tuple[tuple[str, ...], int]]:
    for i in range(len(words)):
        for length in range(1, min(longest, len(words) - i) + 1):
            yield tuple(words[i : i + length]), i


def _count(hypothesis: Sequence[str], reference: Sequence[str], form: MeteorForm) -> list[float]:
    function = form.tables.function_words
    aligned = align_words(hypothesis, reference, form)
    row = [0.0] * NUM_COUNTS
    row[_LEN], row[_REF] = float(len(hypothesis)), float(len(reference))
    row[_FUN] = float(sum(word in function for word in hypothesis))
    row[_REF_FUN] = float(sum(word in function for word in reference))
    for start, length, reference_start, reference_length, weight in aligned.matches:
        for word in hypothesis[start : start + length]:
            row[_FUN_HIT if word in function else _CON_HIT] += weight
        for word in reference[reference_start : reference_start + reference_length]:
            row[_REF_FUN_HIT if word in function else _REF_CON_HIT] += weight
        row[_HITS] += length
        row[_REF_HITS] += reference_length
    whole = row[_HITS] == row[_LEN] and row[_REF_HITS] == row[_REF] and aligned.chunks == 1
    # a text equal to its reference is not a fragment of it, in its own score and in the sums
    row[_CHUNKS] = 0.0 if whole else float(aligned.chunks)
    return row


def _unhyphenated(words: Sequence[str]) -> list[str]:
    """Split words at inner hyphens, as METEOR's own normalisation does after COCO's tokeniser."""
    return [part for word in words for part in (_HYPHEN.split(word) if "-" in word else (word,))]


def _best(
    rows: list[list[float]], combine: Callable[[np.ndarray], Float[np.ndarray, " r"]]
) -> list[float]:
    return rows[0] if len(rows) == 1 else rows[int(np.argmax(combine(np.array(rows))))]


def _score_2005(hypothesis: Sequence[str], reference: Sequence[str]) -> float:
    pairs, hypothesis_left, reference_left = _from_the_end(
        list(enumerate(hypothesis)), list(enumerate(reference))
    )
    stemmed, _, _ = _from_the_end(
        [(i, porter_stem(word)) for i, word in hypothesis_left],
        [(j, porter_stem(word)) for j, word in reference_left],
    )
    pairs = sorted(pairs + stemmed)
    if not pairs:
        return 0.0
    precision, recall = len(pairs) / len(hypothesis), len(pairs) / len(reference)
    mean = precision * recall / (0.9 * precision + 0.1 * recall)
    chunks = 1 + sum((a[0] + 1, a[1] + 1) != b for a, b in pairwise(pairs))
    return mean * (1.0 - 0.5 * (chunks / len(pairs)) ** 3)


def _from_the_end(
    hypothesis: list[tuple[int, str]], reference: list[tuple[int, str]]
) -> tuple[list[tuple[int, int]], list[tuple[int, str]], list[tuple[int, str]]]:
    places: dict[str, list[int]] = {}
    for j, word in reference:
        places.setdefault(word, []).append(j)
    pairs, left = [], []
    for i, word in reversed(hypothesis):
        if places.get(word):
            pairs.append((i, places[word].pop()))
        else:
            left.append((i, word))
    used = {j for _, j in pairs}
    return pairs, left[::-1], [(j, word) for j, word in reference if j not in used]


def _share(top: Float[np.ndarray, " r"], bottom: Float[np.ndarray, " r"]) -> np.ndarray:
    return np.divide(top, bottom, out=np.zeros(len(top)), where=bottom > 0)
