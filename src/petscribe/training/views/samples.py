"""A store of views as samples: each is one exam with a few of its requests.

Requests about single masks are gathered by exam, so that the body of an exam is encoded once for
several lesions; a request about many lesions (a question, a section) stands with all of them, in
brief. Every choice at random comes from the generator that is handed in.

Knows the store's records and the model's inputs; the words are the store's.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from jaxtyping import Int

from petscribe.core.codec import decode
from petscribe.core.lesion import Lesion
from petscribe.io.store import CaseStore
from petscribe.model.batch import IGNORED, Batch
from petscribe.model.inputs.collate import RawViews, batch_of, raw_views
from petscribe.model.inputs.facts import BodyPlace, LesionFacts, facts_vector
from petscribe.model.inputs.prompts import EncodedRow, Row, VisualCounts, encoded
from petscribe.model.inputs.requests import exam_request, lesion_request, reading_words
from petscribe.model.inputs.views import ExamViews, LesionView
from petscribe.model.language.tokens import Speech
from petscribe.model.vision.heads import CLASSES
from petscribe.model.vlm import PetVlm, VLMConfig
from petscribe.terms.anatomy import ORGANS
from petscribe.training.views.augment import Augmentation, augmented, shaken
from petscribe.training.views.prepare import shares, unpacked

ONE_MASK_TASKS: Final = ("finding", "structure")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What samples need to know of the model."""

    config: VLMConfig
    per_lesion: int
    per_exam: int

    @classmethod
    def of(cls, model: PetVlm) -> "Shape":
        """Return the shape of a model."""
        return cls(
            config=model.config,
            per_lesion=model.tokens_per_lesion(),
            per_exam=model.tokens_per_exam(),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One sample: an exam and some of its requests."""

    key: str
    requests: tuple[int, ...]
    """Places in the record's `samples`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """One exam of a batch: its chosen views, their facts and targets."""

    views: ExamViews
    facts: list[LesionFacts]
    targets: list[Mapping[str, str | None]]
    place: dict[tuple[str, int], int]
    """Which of the exam's views each mask is."""
    record: Mapping[str, Any]


class ViewSamples:
    """Samples of one source, for `training.feeding`."""

    def __init__(  # noqa: PLR0913 - everything a source is made of
        self,
        folder: Path,
        shape: Shape,
        speech: Speech,
        *,
        tasks: Sequence[str],
        splits: Sequence[str] = ("train",),
        chunk: int = 4,
        silent: bool = False,
        augmentation: Augmentation | None = None,
    ) -> None:
        """Read every record; arrays are read when a batch is made.

        Args:
            folder: store of views.
            shape: of the model that will be trained.
            speech: its tokenizer.
            tasks: which requests.
            splits: which cases.
            chunk: requests of one exam that go together.
            silent: no words at all, each mask once: for the heads alone.
            augmentation: what may change; None: nothing.
        """
        self._store = CaseStore.open(folder)
        self._shape, self._speech = shape, speech
        self._augmentation = augmentation
        self._silent = silent
        self._records: dict[str, dict[str, Any]] = {}
        self._items: list[Item] = []
        lengths: list[int] = []
        digest = hashlib.sha256()
        for split in splits:
            for key in self._store.keys(split):
                record = self._store.record(key)
                self._records[key] = record
                chosen = _unique_masks(record, tasks) if silent else _of_tasks(record, tasks)
                for item in _items(key, record, chosen, chunk):
                    self._items.append(item)
                    texts = [record["samples"][i] for i in item.requests]
                    digest.update(repr([(t["prompt"], t["answer"]) for t in texts]).encode())
                    lengths.append(max(self._length(t) for t in texts))
        self._lengths = np.asarray(lengths, np.int64)
        self._digest = digest.hexdigest()

    @property
    def lengths(self) -> Int[np.ndarray, " samples"]:
        """Tokens of the longest row of each sample, the picture included."""
        return self._lengths

    @property
    def digest(self) -> str:
        """A digest of every request and answer."""
        return self._digest

    def __len__(self) -> int:
        """Return the number of samples."""
        return len(self._items)

    def head_counts(self) -> dict[str, tuple[int, ...]]:
        """Return how often each class of each head occurs."""
        counts = {name: np.zeros(len(classes), int) for name, classes in CLASSES.items()}
        for item in self._items:
            for number in item.requests:
                sample = self._records[item.key]["samples"][number]
                if sample["task"] not in ONE_MASK_TASKS:
                    continue
                for name, place in target_places(sample.get("targets", {})).items():
                    if place != IGNORED:
                        counts[name][place] += 1
        return {name: tuple(map(int, values)) for name, values in counts.items()}

    def collate(self, indices: Sequence[int], rng: np.random.Generator) -> Batch:
        """Return the batch of these samples, to be learnt from."""
        return self._batch([self._items[i] for i in indices], rng)

    def asked(
        self, indices: Sequence[int], readings: Sequence[str] | None = None
    ) -> tuple[Batch, list[dict[str, Any]]]:
        """Return the batch of these samples to be answered, and the request of each row.

        Args:
            indices: of samples.
            readings: what was read of each mask of the batch, in order of appearance; None: the
                true classes are told, where the model is told any.

        Each request is the record's, with the `key` of its case.
        """
        items = [self._items[i] for i in indices]
        requests = [
            {**self._records[item.key]["samples"][i], "key": item.key}
            for item in items
            for i in item.requests
        ]
        return self._batch(items, None, readings), requests

    def record(self, key: str) -> Mapping[str, Any]:
        """Return the record of a case."""
        return self._records[key]

    def _batch(
        self,
        items: list[Item],
        rng: np.random.Generator | None,
        readings: Sequence[str] | None = None,
    ) -> Batch:
        """Return a batch with answers, changed at random; without a generator neither."""
        seen = [self._see(item) for item in items]
        config = self._shape.config
        raw = raw_views([s.views for s in seen], config)
        facts = [
            (fact, one.views, view)
            for one in seen
            for fact, view in zip(one.facts, one.views.lesions.values(), strict=True)
        ]
        if self._augmentation is not None and rng is not None:
            how = self._augmentation
            raw = augmented(raw, how, rng)
            facts = [(shaken(fact, how, rng), views, view) for fact, views, view in facts]
        vectors = [
            facts_vector(
                fact,
                side_mm=view.side_mm,
                body_voxel_mm=views.voxel_mm,
                body_place=view.body_place,
            )
            for fact, views, view in facts
        ]
        return batch_of(
            raw,
            vectors if config.facts else [],
            self._rows(items, seen, (raw, readings), answered=rng is not None),
            padding=self._speech.padding,
            style=config.views.style,
            targets=_targets(seen, config),
            side="right" if rng is not None else "left",
        )

    def _see(self, item: Item) -> _Seen:
        """Read an item's views."""
        record = self._records[item.key]
        requests = [record["samples"][i] for i in item.requests]
        wanted = list(dict.fromkeys((r["array"], n) for r in requests for n in r["lesions"]))
        listed = {(v["array"], v["label"]): (k, v) for k, v in enumerate(record["views"])}
        body_pet, body_ct = unpacked(self._store.array(item.key, "body"))
        places = self._store.array(item.key, "places")
        views: dict[int, LesionView] = {}
        for number, name in enumerate(wanted):
            row, entry = listed[name]
            packed = self._store.array(item.key, f"{name[0]}_{name[1]}")
            pet, ct = unpacked(packed[:2])
            z, y, x = entry["body_place"]
            views[number] = LesionView(
                pet=pet,
                ct=ct if record["has_ct"] else None,
                mask=shares(packed[2]),
                body_mask=shares(places[row]),
                side_mm=entry["side_mm"],
                body_place=(z, y, x),
            )
        of_mask = {
            (r["array"], r["lesions"][0]): r.get("targets", {})
            for r in requests
            if r["task"] in ONE_MASK_TASKS
        }
        return _Seen(
            views=ExamViews(
                pet=body_pet,
                ct=body_ct if record["has_ct"] else None,
                voxel_mm=record["voxel_mm"],
                lesions=views,
            ),
            facts=[facts_of(record, *name) for name in wanted],
            targets=[of_mask.get(name, {}) for name in wanted],
            place={name: number for number, name in enumerate(wanted)},
            record=record,
        )

    def _rows(
        self,
        items: list[Item],
        seen: list[_Seen],
        shown: tuple[RawViews, Sequence[str] | None],
        *,
        answered: bool,
    ) -> list[EncodedRow]:
        raw, readings = shown
        counts = VisualCounts(
            lesions=raw.focal_pet.shape[0],
            per_lesion=self._shape.per_lesion,
            exams=raw.body_pet.shape[0],
            per_exam=self._shape.per_exam,
            has_facts=self._shape.config.facts > 0,
        )
        rows: list[EncodedRow] = []
        first = 0
        if self._silent:
            return rows
        for exam, (item, one) in enumerate(zip(items, seen, strict=True)):
            for number in item.requests:
                request = one.record["samples"][number]
                row = _row(
                    request, one, (first, exam), self._reading(request, one, readings, first)
                )
                if not answered:
                    row = replace(row, answer=None)
                rows.append(encoded(row, self._speech, counts, most=self._shape.config.max_tokens))
            first += len(one.facts)
        return rows

    def _reading(
        self,
        request: Mapping[str, Any],
        seen: _Seen,
        readings: Sequence[str] | None,
        first: int,
    ) -> str:
        """Return what is told of the one mask that a request is about."""
        if not self._shape.config.told_heads or request["task"] not in ONE_MASK_TASKS:
            return ""
        if readings is None:
            return reading_words(class_names(request.get("targets", {})))
        return readings[first + seen.place[(request["array"], request["lesions"][0])]]

    def _length(self, request: Mapping[str, Any]) -> int:
        """Return about how many tokens a request has; a lesion in brief is three."""
        words = len(self._speech.words(request["prompt"] + request["answer"])) + 6
        if request["task"] in ONE_MASK_TASKS:
            if self._shape.config.told_heads:
                reading = reading_words(class_names(request.get("targets", {})))
                words += len(self._speech.words(reading))
            return words + self._shape.per_lesion - 1
        shown = 3 * len(request["lesions"])
        told = (request.get("about", ""), *request.get("context", ()))
        context = sum(len(self._speech.words(words)) for words in told)
        return words + self._shape.per_exam + shown + context


def facts_of(record: Mapping[str, Any], array: str, label: int) -> LesionFacts:
    """Return the facts of one mask of a record, ratios by the organs that are known in use."""
    entry = next(e for e in record[array] if e["id"] == label)
    lesion = Lesion.from_dict(entry)
    return LesionFacts(
        measurement=lesion.measurement,
        place=decode(BodyPlace, entry["place"]) if entry.get("place") else None,
        tracer=str(record.get("tracer", "unknown")),
        sex=record.get("sex"),
    )


def target_places(targets: Mapping[str, str | None]) -> dict[str, int]:
    """Return the class number of every head; `IGNORED` where it is not known or not listed."""
    places: dict[str, int] = {}
    for name, classes in CLASSES.items():
        value = targets.get(name)
        if name == "organ" and value is not None and value in ORGANS:
            value = ORGANS[value].base
        places[name] = classes.index(value) if value in classes else IGNORED
    return places


def class_names(targets: Mapping[str, str | None]) -> dict[str, str | None]:
    """Return the class of every head by name; None where it is not known or not listed."""
    return {
        name: CLASSES[name][place] if place != IGNORED else None
        for name, place in target_places(targets).items()
    }


def _of_tasks(record: Mapping[str, Any], tasks: Sequence[str]) -> list[int]:
    return [i for i, s in enumerate(record["samples"]) if s["task"] in tasks]


def _unique_masks(record: Mapping[str, Any], tasks: Sequence[str]) -> list[int]:
    """Return one request per mask, the one that knows most of it."""
    best: dict[tuple[str, int], int] = {}
    for i in _of_tasks(record, tasks):
        sample = record["samples"][i]
        mask = (sample["array"], sample["lesions"][0])
        known = best.get(mask)
        if known is None or len(record["samples"][known]["targets"]) < len(sample["targets"]):
            best[mask] = i
    return list(best.values())


def _items(key: str, record: Mapping[str, Any], chosen: Sequence[int], chunk: int) -> list[Item]:
    """Gather an exam's requests: masks in random order, so that a chunk shows several."""
    ones = [i for i in chosen if record["samples"][i]["task"] in ONE_MASK_TASKS]
    rest = [i for i in chosen if record["samples"][i]["task"] not in ONE_MASK_TASKS]
    rng = np.random.default_rng(int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big"))
    items = []
    for group in (ones, rest):
        order = [group[i] for i in rng.permutation(len(group))]
        items += [
            Item(key=key, requests=tuple(order[k : k + chunk])) for k in range(0, len(order), chunk)
        ]
    return items


def _row(request: Mapping[str, Any], seen: _Seen, where: tuple[int, int], reading: str) -> Row:
    """Return a request as a row.

    Args:
        request: of the record.
        seen: its exam.
        where: place of the exam's first lesion in the batch, and of the exam.
        reading: what stands before a question about one mask.
    """
    first, exam = where
    places = [first + seen.place[(request["array"], n)] for n in request["lesions"]]
    if request["task"] in ONE_MASK_TASKS:
        return lesion_request(
            places[0],
            request["prompt"],
            reading=reading,
            answer=request["answer"],
        )
    return exam_request(
        exam,
        places,
        request["prompt"],
        about=request.get("about", ""),
        context=request.get("context", ()),
        answer=request["answer"],
    )


def _targets(seen: Sequence[_Seen], config: VLMConfig) -> dict[str, list[int]]:
    every = [target_places(t) for s in seen for t in s.targets]
    return {name: [t[name] for t in every] for name in config.heads}
