"""What a system without eyes would score: five predictors that never look at the image.

A metric that cannot tell a system from these floors says nothing about the system. The types keep
the floors honest: what is chosen is chosen from `TrainTexts`, while `TestCases` holds no text at
all, and a patient on both sides is an error. All choices are seeded. Knows texts, patients and
feature vectors; not what a metric is (the template's objective may be given).
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from petscribe.core.errors import InputError
from petscribe.evaluation.text.grams import documents, shared_grams
from petscribe.evaluation.text.rouge import rouge_l, rouge_n
from petscribe.evaluation.text.tokens import syllable_tokens
from petscribe.mining.normalise import normalise
from petscribe.mining.sentences import sentences_of

SHARES = (0.5, 0.3, 0.15, 0.05)
"""A template holds the sentences that at least this share of training texts holds."""
NUM_MEDOIDS = 40
NUM_JUDGES = 150

Likeness = Callable[[Sequence[str], Sequence[str]], Float[np.ndarray, " n"]]
"""Scores texts against references, pair by pair; larger is more alike."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainTexts:
    """Reference texts that a floor may learn from."""

    patients: tuple[str, ...]
    texts: tuple[str, ...]

    def __post_init__(self) -> None:
        """Refuse lists that do not belong together, and an empty set."""
        if len(self.patients) != len(self.texts):
            raise ValueError(f"{len(self.patients)} patients, {len(self.texts)} texts")
        if not self.texts:
            raise InputError("no-train-texts", "floors need training texts; none was given")


@dataclass(frozen=True, slots=True, kw_only=True)
class TestCases:
    """The cases a floor answers for: who, not what."""

    __test__ = False

    ids: tuple[str, ...]
    patients: tuple[str, ...]

    def __post_init__(self) -> None:
        """Refuse lists that do not belong together, and an id that occurs twice."""
        if len(self.ids) != len(self.patients):
            raise ValueError(f"{len(self.ids)} ids, {len(self.patients)} patients")
        double = [name for name, count in Counter(self.ids).items() if count > 1]
        if double:
            raise InputError("duplicate-id", f"id {double[0]!r} occurs more than once")


def constant_template(
    train: TrainTexts, cases: TestCases, *, likeness: Likeness | None = None, seed: int
) -> dict[str, str]:
    """Return for every case the one text that is most like the training texts.

    Candidates are the sentences common to many training texts, strung together (several shares),
    and single training texts; the one most like a sample of other training texts wins.
    """
    _disjoint(train, cases)
    chosen = choose_template(train.texts, likeness=likeness or plain_likeness, seed=seed)
    return dict.fromkeys(cases.ids, chosen)


def random_other(train: TrainTexts, cases: TestCases, *, seed: int) -> dict[str, str]:
    """Return for every case a training text drawn at random."""
    _disjoint(train, cases)
    drawn = np.random.default_rng(seed).integers(0, len(train.texts), len(cases.ids))
    return {name: train.texts[i] for name, i in zip(cases.ids, drawn.tolist(), strict=True)}


def nearest_neighbour(
    train: TrainTexts,
    train_features: Float[np.ndarray, "train features"],
    cases: TestCases,
    features: Float[np.ndarray, "cases features"],
) -> dict[str, str]:
    """Return for every case the text of the training case with the most similar features.

    Features (measured numbers, an encoder's vector) are standardised by the training cases.

    Raises:
        InputError: a feature is not a number (code `bad-features`).
    """
    _disjoint(train, cases)
    if len(train_features) != len(train.texts) or len(features) != len(cases.ids):
        raise ValueError("one row of features per training text and per case")
    if not (np.isfinite(train_features).all() and np.isfinite(features).all()):
        raise InputError(
            "bad-features", "features for the nearest neighbour must be finite numbers"
        )
    centre, spread = train_features.mean(axis=0), train_features.std(axis=0)
    spread = np.where(spread > 0, spread, 1.0)
    known, wanted = (train_features - centre) / spread, (features - centre) / spread
    norms = (known**2).sum(axis=1)
    nearest = [int(np.argmin(norms - 2.0 * known @ row)) for row in wanted]
    return {name: train.texts[i] for name, i in zip(cases.ids, nearest, strict=True)}


def image_shuffled(
    predictions: Mapping[str, str], cases: TestCases, *, seed: int
) -> dict[str, str]:
    """Return for every case what the system said about another patient.

    Raises:
        InputError: a case without prediction (`missing-id`), or a patient with more than half of
            all cases, so that not every case can get another patient's text (`cannot-shuffle`).
    """
    missing = [name for name in cases.ids if name not in predictions]
    if missing:
        raise InputError("missing-id", f"no prediction for id {missing[0]!r}")
    counts = Counter(cases.patients)
    largest, total = max(counts.values(), default=0), len(cases.ids)
    if 2 * largest > total:
        raise InputError(
            "cannot-shuffle",
            f"one patient has {largest} of {total} cases; shuffling between patients needs half",
        )
    rng = np.random.default_rng(seed)
    place = {patient: i for i, patient in enumerate(rng.permutation(sorted(counts)).tolist())}
    noise = rng.permutation(total).tolist()
    order = sorted(range(total), key=lambda i: (place[cases.patients[i]], noise[i]))
    # patients stand in blocks; a step as long as the longest block always leaves the block
    steps = rng.integers(largest, total - largest + 1) if total else 0
    donors = [order[(k + int(steps)) % total] for k in range(total)]
    given = {cases.ids[i]: predictions[cases.ids[j]] for i, j in zip(order, donors, strict=True)}
    return {name: given[name] for name in cases.ids}


def previous_report(previous: Mapping[str, str], cases: TestCases) -> dict[str, str]:
    """Return the previous report of each case's patient, for the cases that have one.

    Args:
        previous: the last earlier report by case id.
        cases: who is asked about; score the floor on the ids that come back.
    """
    return {name: previous[name] for name in cases.ids if previous.get(name, "").strip()}


def most_frequent_answer(
    train_kinds: Sequence[str], train_answers: Sequence[str], kinds: Sequence[str]
) -> list[str]:
    """Return for every question the commonest training answer of its kind (or of all kinds)."""
    by_kind: dict[str, Counter[str]] = {}
    for kind, answer in zip(train_kinds, train_answers, strict=True):
        by_kind.setdefault(kind, Counter())[answer] += 1
    if not by_kind:
        raise InputError("no-train-texts", "floors need training answers; none was given")
    whole = sum(by_kind.values(), Counter())
    return [_commonest(by_kind.get(kind, whole)) for kind in kinds]


def choose_template(texts: Sequence[str], *, likeness: Likeness, seed: int) -> str:
    """Return the candidate that is on average most like a sample of the texts."""
    rng = np.random.default_rng(seed)
    singles = rng.permutation(len(texts))[:NUM_MEDOIDS].tolist()
    candidates = [*_common_sentences(texts), *(texts[i] for i in singles)]
    candidates = list(dict.fromkeys(x for x in candidates if x.strip()))
    if not candidates:
        raise InputError("no-train-texts", "every training text is empty")
    judges = [texts[i] for i in rng.permutation(len(texts))[:NUM_JUDGES].tolist()]
    judges = [text for text in judges if text.strip()] or candidates
    scores = likeness(
        [text for text in candidates for _ in judges], judges * len(candidates)
    ).reshape(len(candidates), len(judges))
    own = np.array([[text == judge for judge in judges] for text in candidates])
    # a text must not be chosen because it is one of the judges
    once = own & (np.cumsum(own, axis=1) == 1)
    kept = np.where(once, np.nan, scores)
    means = [float(np.mean(row[~np.isnan(row)])) if (~np.isnan(row)).any() else 0.0 for row in kept]
    return candidates[int(np.argmax(means))]


def plain_likeness(texts: Sequence[str], references: Sequence[str]) -> Float[np.ndarray, " n"]:
    """Return the mean of ROUGE-1, ROUGE-2 and ROUGE-L F1 on Unicode tokens, pair by pair."""
    words = {text: syllable_tokens(text) for text in {*texts, *references}}
    docs = documents([words[x] for x in texts], [[words[x]] for x in references])
    unigrams, bigrams = shared_grams(docs, 2)
    return (rouge_n(docs, unigrams, 1) + rouge_n(docs, bigrams, 2) + rouge_l(docs)) / 3.0


def _common_sentences(texts: Sequence[str]) -> list[str]:
    """Return, per share, the sentences that so many texts hold, in their usual order."""
    holders: Counter[str] = Counter()
    places: dict[str, list[float]] = {}
    for text in texts:
        sentences = list(dict.fromkeys(_sentences(text)))
        for i, sentence in enumerate(sentences):
            holders[sentence] += 1
            places.setdefault(sentence, []).append(i / len(sentences))
    usual = sorted(holders, key=lambda s: (sum(places[s]) / len(places[s]), s))
    return [
        " ".join(s for s in usual if holders[s] >= max(2.0, share * len(texts))) for share in SHARES
    ]


def _sentences(text: str) -> list[str]:
    reading = normalise(text)
    spans = sentences_of(reading, 0, len(reading.text))
    return [text[slice(*reading.span(start, end))].strip() for start, end in spans]


def _commonest(counts: Counter[str]) -> str:
    return min(counts, key=lambda answer: (-counts[answer], answer))


def _disjoint(train: TrainTexts, cases: TestCases) -> None:
    shared = set(train.patients) & set(cases.patients)
    if shared:
        raise InputError(
            "patient-in-both",
            f"{len(shared)} patients stand in the training texts and in the test cases;"
            " a floor may learn from other patients only",
        )
