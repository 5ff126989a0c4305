"""The second opinion on mined texts: the main path from records of the rules to records of both.

Per passage of a text: take the people out, ask every model (or the cache), keep of each answer what
stands in the passage, let the models vote, bring vote and rules together. A model that fails costs
its vote and a count by code, never a record: without any answer the records are the rules'.
"""

from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Final

from petscribe.core.errors import ExtractionError
from petscribe.core.finding import Finding, MinedText
from petscribe.mining.deid.deidentify import Deidentified
from petscribe.mining.llm.talking.answers import Claimed, answer_schema, read_answer
from petscribe.mining.llm.talking.cache import AnswerCache
from petscribe.mining.llm.talking.endpoint import Asker
from petscribe.mining.llm.talking.prompt import messages_for
from petscribe.mining.llm.units import LONGEST, Unit, units_of
from petscribe.mining.llm.weighing.agreement import Agreement, is_new, reconciled
from petscribe.mining.llm.weighing.evidence import evidence_of
from petscribe.mining.llm.weighing.grounding import grounded
from petscribe.mining.llm.weighing.voting import Voted, voted

_TRIES: Final = 2
"""Questions put to a model whose answer is out of the schema, with another seed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondOpinion:
    """What language models think of one text's record."""

    models: tuple[str, ...]
    passages: int
    """Passages of the text that were asked about."""
    answered: int
    """Passages that a majority of the models answered."""
    findings: tuple[Agreement, ...] = ()
    rejected: Mapping[str, int] = field(default_factory=dict)
    """Things taken out of answers because they do not stand in the passage, by code."""
    failed: Mapping[str, int] = field(default_factory=dict)
    """Questions without a usable answer, by code."""


@dataclass(slots=True, kw_only=True)
class _Draft:
    """The record of a text while the answers about it are read."""

    mined: MinedText
    findings: list[Finding]
    agreements: dict[int, Agreement] = field(default_factory=dict)
    passages: int = 0
    answered: int = 0
    rejected: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)


Item = tuple[MinedText, Deidentified]
Reading = tuple[MinedText, SecondOpinion]


class SecondReader:
    """Asks a fixed set of models about mined texts."""

    def __init__(
        self,
        asker: Asker,
        models: Sequence[str],
        *,
        cache: AnswerCache | None = None,
        workers: int = 4,
    ) -> None:
        """Ask `models` through `asker`, `workers` questions at a time."""
        if not models or len(set(models)) < len(models):
            raise ValueError("give at least one model, each once")
        self._asker: Final = asker
        self._models: Final = tuple(models)
        self._cache: Final = cache or AnswerCache(None)
        self._workers: Final = workers
        self._schema: Final = answer_schema()

    def read(self, items: Iterable[Item]) -> Iterator[Reading]:
        """Yield every text's record with the models' opinion in it, in the order they come.

        Args:
            items: mined texts with their de-identified form, which alone is sent.
        """
        pool = ThreadPoolExecutor(self._workers)
        waiting: deque[tuple[MinedText, Callable[[], Reading]]] = deque()
        try:
            for item in items:
                waiting.append((item[0], self._asked(pool, *item)))
                while len(waiting) > 2 * self._workers:
                    yield waiting.popleft()[1]()
            while waiting:
                yield waiting.popleft()[1]()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)

    def _asked(
        self, pool: ThreadPoolExecutor, mined: MinedText, people: Deidentified
    ) -> Callable[[], Reading]:
        """Put the questions about a text; return what waits for the answers."""
        units = units_of(mined)
        passages = [people.part(unit.start, unit.end) for unit in units]
        futures = [
            {model: pool.submit(self._answer, model, passage, mined.lang) for model in self._models}
            if len(passage) <= LONGEST
            else {}
            for passage in passages
        ]
        return lambda: self._finished(mined, units, passages, futures)

    def _answer(self, model: str, passage: str, lang: str) -> tuple[Claimed, ...]:
        """Return one model's findings in a passage, from the cache or the endpoint."""
        messages = messages_for(passage, lang)
        request = {"model": model, "messages": list(messages), "schema": self._schema}
        known = self._cache.get(request)
        if known is not None:
            with suppress(ExtractionError):  # a damaged one is asked for again
                return read_answer(known)
        for seed in range(_TRIES):
            content = self._asker.ask(model, messages, self._schema, seed=seed)
            try:
                claims = read_answer(content)
            except ExtractionError:
                if seed + 1 == _TRIES:
                    raise
                continue
            self._cache.put(request, content)
            return claims
        raise AssertionError("the last try returns or raises")

    def _finished(
        self,
        mined: MinedText,
        units: Sequence[Unit],
        passages: Sequence[str],
        futures: Sequence[Mapping[str, "Future[tuple[Claimed, ...]]"]],
    ) -> Reading:
        draft = _Draft(mined=mined, findings=list(mined.findings))
        for unit, passage, asked in zip(units, passages, futures, strict=True):
            votes = self._vote(draft, passage, asked)
            if votes is None:
                unheard = {k: Agreement(finding=k, standing="not_asked") for k in unit.findings}
                draft.agreements |= unheard
            else:
                _take(draft, unit, votes)
        opinion = SecondOpinion(
            models=self._models,
            passages=draft.passages,
            answered=draft.answered,
            findings=tuple(draft.agreements[k] for k in sorted(draft.agreements)),
            rejected=dict(sorted(draft.rejected.items())),
            failed=dict(sorted(draft.failed.items())),
        )
        return replace(mined, findings=tuple(draft.findings)), opinion

    def _vote(
        self, draft: _Draft, passage: str, asked: Mapping[str, "Future[tuple[Claimed, ...]]"]
    ) -> tuple[Voted, ...] | None:
        """Return what a majority says of a passage, None when no majority answered."""
        draft.passages += 1
        if not asked:
            draft.failed["passage-too-long"] += 1
            return None
        evidence = evidence_of(passage, draft.mined.lang)
        answers: dict[str, tuple[Claimed, ...]] = {}
        for model, future in asked.items():
            try:
                kept = grounded(future.result(), evidence)
            except ExtractionError as fault:
                draft.failed[fault.code] += 1
                continue
            answers[model] = kept.findings
            draft.rejected.update(kept.rejected)
        if len(answers) < len(self._models) // 2 + 1:
            return None
        draft.answered += 1
        return voted(answers, len(self._models))


def _take(draft: _Draft, unit: Unit, votes: Sequence[Voted]) -> None:
    """Bring the models' findings of a passage into the record."""
    own = [draft.findings[k] for k in unit.findings]
    made, alone = reconciled(own, votes)
    for k, (finding, agreement) in zip(unit.findings, made, strict=True):
        draft.findings[k] = finding
        draft.agreements[k] = replace(agreement, finding=k)
    for one in alone:
        if not is_new(one.claim.finding, beside=own, known=draft.findings):
            continue
        at = len(draft.findings)
        draft.agreements[at] = Agreement(
            finding=at, standing="models_only", models=one.models, contested=one.contested
        )
        span = _span(draft.mined.text, unit, one.claim.quote)
        draft.findings.append(replace(one.claim.finding, span=span, source="+".join(one.models)))


def _span(text: str, unit: Unit, quote: str) -> tuple[int, int]:
    """Return where a quote stands in the text; the whole passage when its letters differ there."""
    at = text.find(quote, unit.start, unit.end) if quote else -1
    return (at, at + len(quote)) if at >= 0 else (unit.start, unit.end)
