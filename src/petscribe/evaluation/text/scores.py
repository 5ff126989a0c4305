"""Every weight-free text metric of a set of texts, from one call.

`text_scores` tokenises once, scores every case, and keeps the sums that each corpus score is made
of, so that intervals and tests need no second pass. It does not know what the words mean: a flipped
negation keeps 0.9 of most of these figures, which is why `clinical` stands beside them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from petscribe.core.errors import InputError
from petscribe.evaluation.stats.statistic import Statistic, mean_of
from petscribe.evaluation.text.bleu import (
    MAX_ORDER,
    bleu_counts,
    coco_bleu,
    sacre_bleu,
    sacre_bleu_by_case,
)
from petscribe.evaluation.text.chrf import chrf
from petscribe.evaluation.text.cider import cider_d
from petscribe.evaluation.text.grams import Documents, documents, shared_grams
from petscribe.evaluation.text.meteor import MeteorForm, form_of, meteor, meteor_2005
from petscribe.evaluation.text.normal import one_spelling
from petscribe.evaluation.text.rouge import coco_rouge_l, rouge_l, rouge_n
from petscribe.evaluation.text.tokens import (
    Tokenise,
    caption_tokens,
    mteval_tokens,
    summary_tokens,
)

SIGNATURES: Mapping[str, str] = {
    "bleu_1": "COCO BLEU-1, corpus; caption tokens; 0-1",
    "bleu_2": "COCO BLEU-2, corpus; caption tokens; 0-1",
    "bleu_3": "COCO BLEU-3, corpus; caption tokens; 0-1",
    "bleu_4": "COCO BLEU-4, corpus; caption tokens; 0-1",
    "sacrebleu": "sacreBLEU, corpus BLEU-4; 13a tokens, cased (vi: one spelling), exp smoothing;"
    " 0-100; per case with effective order",
    "chrf": "chrF2, corpus; characters 1-6, cased (vi: one spelling), no spaces; 0-100",
    "rouge_1": "ROUGE-1 F1, mean; summary tokens, no stemming; 0-1",
    "rouge_2": "ROUGE-2 F1, mean; summary tokens, no stemming; 0-1",
    "rouge_l": "ROUGE-L F1 (beta 1), mean; summary tokens, no stemming; 0-1",
    "coco_rouge_l": "COCO ROUGE-L (beta 1.2), mean; caption tokens; 0-1",
    "meteor": "METEOR 1.5, corpus; caption tokens; exact and stem (vi: exact, universal"
    " parameters), synonyms and paraphrases only with METEOR's tables; 0-1",
    "meteor_2005": "METEOR as in NLTK, mean; caption tokens; exact and Porter stem (no WordNet);"
    " 0-1",
    "cider": "CIDEr-D, mean; caption tokens; document frequency from these references; 0-10",
}
"""What each figure is. Caption tokens: PTB without punctuation (vi: Unicode syllables); summary
tokens: a-z0-9 (vi: Unicode syllables)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextScores:
    """Scores of n cases: each as a statistic (for resampling), a corpus figure and per case."""

    lang: str
    statistics: Mapping[str, Statistic]
    per_case: Mapping[str, Float[np.ndarray, " n"]]

    @property
    def corpus(self) -> dict[str, float]:
        """The score of the whole set, by the names of `SIGNATURES`."""
        return {name: statistic.value for name, statistic in self.statistics.items()}

    def take(self, cases: Sequence[int]) -> "TextScores":
        """Return the scores of some cases; CIDEr keeps the document frequency of the whole set."""
        index = np.asarray(cases, np.int64)
        return TextScores(
            lang=self.lang,
            statistics={name: x.take(index) for name, x in self.statistics.items()},
            per_case={name: x[index] for name, x in self.per_case.items()},
        )


def text_scores(
    predictions: Sequence[str],
    references: Sequence[Sequence[str]],
    *,
    lang: str,
    tokenise: Tokenise | None = None,
    meteor_form: MeteorForm | None = None,
) -> TextScores:
    """Score texts against their references.

    Args:
        predictions: one text per case; an empty one is scored (as 0 wherever words are shared).
        references: one or more texts per case.
        lang: `en` or `vi`, of all texts.
        tokenise: replaces the caption and summary tokens (Vietnamese words instead of syllables).
        meteor_form: METEOR's parameters and tables, if not the built-in ones.

    Raises:
        InputError: no case (`nothing-to-score`), counts that differ (`mismatched-counts`), a case
            without a reference or with an empty one (`empty-reference`), another language
            (`unknown-language`).
    """
    _check(predictions, references)
    texts = [one_spelling(text, lang) for text in predictions]
    targets = [[one_spelling(text, lang) for text in refs] for refs in references]
    caption, summary = tokenise or caption_tokens(lang), tokenise or summary_tokens(lang)
    words, target_words = _tokenised(texts, targets, caption)
    docs = documents(words, target_words)
    statistics, per_case = _caption_scores(docs)
    if summary is not caption:
        docs = documents(*_tokenised(texts, targets, summary))
    _add_means(statistics, per_case, _summary_scores(docs))
    counts = _counts(documents(*_tokenised(texts, targets, mteval_tokens)))
    statistics["sacrebleu"], per_case["sacrebleu"] = sacre_bleu(counts), sacre_bleu_by_case(counts)
    statistics["chrf"] = chrf(texts, targets)
    statistics["meteor"] = meteor(words, target_words, meteor_form or form_of(lang))
    for name in ("chrf", "meteor"):
        per_case[name] = statistics[name].per_case()
    _add_means(statistics, per_case, {"meteor_2005": meteor_2005(words, target_words)})
    order = list(SIGNATURES)
    return TextScores(
        lang=lang,
        statistics={name: statistics[name] for name in order},
        per_case={name: per_case[name] for name in order},
    )


def _check(predictions: Sequence[str], references: Sequence[Sequence[str]]) -> None:
    if len(predictions) != len(references):
        raise InputError(
            "mismatched-counts",
            f"{len(predictions)} predictions, {len(references)} references: one to one is needed",
        )
    if not predictions:
        raise InputError("nothing-to-score", "no case to score")
    for number, refs in enumerate(references):
        if isinstance(refs, str):
            raise ValueError("references are lists of texts, one list per case")  # noqa: TRY004
        if not refs or not all(text.strip() for text in refs):
            raise InputError(
                "empty-reference",
                f"case {number} (counted from 0): a reference is missing or empty",
            )


def _tokenised(
    texts: Sequence[str], targets: Sequence[Sequence[str]], tokenise: Tokenise
) -> tuple[list[list[str]], list[list[list[str]]]]:
    return [tokenise(t) for t in texts], [[tokenise(t) for t in refs] for refs in targets]


def _counts(docs: Documents) -> Float[np.ndarray, "n 10"]:
    return bleu_counts(docs, list(shared_grams(docs, MAX_ORDER)))


def _caption_scores(
    docs: Documents,
) -> tuple[dict[str, Statistic], dict[str, Float[np.ndarray, " n"]]]:
    grams = list(shared_grams(docs, MAX_ORDER))
    counts = bleu_counts(docs, grams)
    statistics = {f"bleu_{n}": coco_bleu(counts, n) for n in range(1, MAX_ORDER + 1)}
    per_case = {name: statistic.per_case() for name, statistic in statistics.items()}
    means = {"coco_rouge_l": coco_rouge_l(docs), "cider": cider_d(docs, grams)}
    _add_means(statistics, per_case, means)
    return statistics, per_case


def _summary_scores(docs: Documents) -> dict[str, Float[np.ndarray, " n"]]:
    unigrams, bigrams = shared_grams(docs, 2)
    return {
        "rouge_1": rouge_n(docs, unigrams, 1),
        "rouge_2": rouge_n(docs, bigrams, 2),
        "rouge_l": rouge_l(docs),
    }


def _add_means(
    statistics: dict[str, Statistic],
    per_case: dict[str, Float[np.ndarray, " n"]],
    values: Mapping[str, Float[np.ndarray, " n"]],
) -> None:
    for name, numbers in values.items():
        statistics[name], per_case[name] = mean_of(numbers), numbers
