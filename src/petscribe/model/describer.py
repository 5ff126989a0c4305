"""A saved model at work: lesions in, described lesions out; questions in, answers out.

    describer = load_describer(folder)
    describer.describe(exam, mask, facts, lang="en") -> {label: Description}

The one implementation of the describer seam. All lesions of an exam are written together; the text
holds slots, no figures: who measured fills them. The heads' opinion comes beside the text, so that
it can be held against the localiser. Knows views, facts and prompts; measures nothing and corrects
nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from petscribe.core.errors import InputError
from petscribe.core.exam import Exam
from petscribe.core.volume import Mask
from petscribe.model.batch import Batch
from petscribe.model.checkpoint import load_model, load_tokenizer
from petscribe.model.decoding.confidence import Calibration, load_calibration
from petscribe.model.generate import Answers, Decoding, Spoken, generate, generate_accepted
from petscribe.model.inputs.collate import batch_of, encoded_rows, raw_views
from petscribe.model.inputs.facts import LesionFacts, facts_vector
from petscribe.model.inputs.prompts import Row
from petscribe.model.inputs.published import petar_views, vipet_views
from petscribe.model.inputs.requests import exam_request, lesion_request, reading_words
from petscribe.model.inputs.views import ExamViews, exam_views
from petscribe.model.language.tokens import Speech
from petscribe.model.vision.heads import CLASSES, likeliest
from petscribe.model.vlm import PetVlm

WEIGHTS: Final = Path(__file__).parent / "weights"
"""Models that ship with the package."""
Accepts = Callable[[str, Mapping[str, str]], bool]
"""Whether a text says the classes that the heads read."""
_MOST_LESIONS: Final = 24
"""Lesions that are written together; more go in several batches."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """What a head says of a lesion."""

    value: str
    probability: float
    shares: Mapping[str, float] = field(default_factory=dict)
    """Probability of every class above one per cent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """What the model says of one lesion."""

    text: str
    """With slots."""
    confidence: float
    """Calibrated when the model has a calibration; else the tokens' geometric mean probability."""
    complete: bool
    """False: cut at the longest length; not to be shown as a sentence."""
    opinions: Mapping[str, Opinion] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Describer:
    """A model, its tokenizer and how it writes."""

    model: PetVlm
    speech: Speech
    decoding: Decoding = Decoding()  # noqa: RUF009 - a frozen record
    name: str = ""
    sha256: str = ""
    """Digest of the weights, for the report's manifest."""
    calibration: Calibration | None = None

    def describe(
        self,
        exam: Exam,
        mask: Mask,
        facts: Mapping[int, LesionFacts],
        *,
        prompt: str,
        accepts: Accepts | None = None,
        on_token: Callable[[int, str], None] | None = None,
    ) -> dict[int, Description]:
        """Return what the model says of each lesion.

        Args:
            exam: PET with or without CT.
            mask: the lesions on the PET grid.
            facts: of each lesion to be described, by its label.
            prompt: the request, in the language that is wanted.
            accepts: tells whether a text says what the heads read; one that does not is drawn again
                a few times. None: every first text stands.
            on_token: with `accepts` None, called with a lesion's label and each piece of its text
                as it is written.

        Raises:
            InputError: a model that is shown no lesions (code `model-without-lesions`).
        """
        if not facts:
            return {}
        if self.model.tokens_per_lesion() == 0:
            raise InputError(
                "model-without-lesions", f"{self.name} sees no lesion; ask it about the exam"
            )
        views = self._views(exam, mask, facts)
        labels = list(facts)
        described: dict[int, Description] = {}
        for start in range(0, len(labels), _MOST_LESIONS):
            part = labels[start : start + _MOST_LESIONS]
            heard = self._heard(part, on_token)
            known = [facts[label] for label in part]
            answers = self._written(_showing(views, part), known, prompt, (accepts, heard))
            for place, label in enumerate(part):
                described[label] = self._description(answers, place)
        return described

    def answer(
        self,
        exam: Exam,
        mask: Mask,
        facts: Mapping[int, LesionFacts],
        question: str,
        *,
        about: str = "",
        context: Sequence[str] = (),
    ) -> Description:
        """Return the answer to a question about the whole exam.

        Args:
            exam: PET with or without CT.
            mask: the lesions on the PET grid.
            facts: of the lesions, in the order of their references `<L1>`, `<L2>`, ...
            question: in words.
            about: what is known of the exam, in words.
            context: what is already known of each lesion, in words.
        """
        views = self._views(exam, mask, facts)
        row = exam_request(0, range(_lesions(views)), question, about=about, context=context)
        answers = self._answer(views, list(facts.values()), [row])
        return self._description(answers, 0)

    def _views(
        self, exam: Exam, mask: Mask, facts: Mapping[int, LesionFacts]
    ) -> tuple[ExamViews, ...]:
        """Return the views of the lesions that facts are given for, in the facts' order.

        PETAR has a body view of each lesion, ViPET none of any lesion.
        """
        sizes = self.model.config.views
        wanted = np.isin(mask.labels, list(facts))
        kept = Mask(
            labels=np.where(wanted, mask.labels, 0).astype(mask.labels.dtype), grid=mask.grid
        )
        if sizes.style == "vipet":
            return (vipet_views(exam, shape=sizes.body),)
        if sizes.style == "petar":
            return petar_views(exam, kept, list(facts), shape=sizes.body)
        views = exam_views(exam, kept, body=sizes.body, focal=sizes.focal)
        return (_only(views, list(facts)),)

    @torch.inference_mode()
    def _written(
        self,
        views: Sequence[ExamViews],
        facts: Sequence[LesionFacts],
        prompt: str,
        listeners: tuple[Accepts | None, Callable[[int, int], None] | None],
    ) -> Answers:
        """Look once, then write; a model that is told its heads hears them before the words."""
        sight = self.model.see(self._batch(views, facts, ()))
        readings = head_readings(sight.heads) if self.model.config.told_heads else [""] * len(facts)
        rows = [
            lesion_request(place, prompt, reading=reading) for place, reading in enumerate(readings)
        ]
        batch = self._batch(views, facts, rows)
        accepts, heard = listeners
        end = self.speech.end
        if accepts is None:
            return generate(self.model, batch, self.decoding, end=end, sight=sight, on_token=heard)
        read = likeliest(sight.heads, lesions=True) if sight.heads else [{} for _ in facts]

        def will_do(row: int, said: Spoken) -> bool:
            return said.ended and accepts(self.speech.text(said.tokens), read[row])

        return generate_accepted(
            self.model, batch, self.decoding, end=end, sight=sight, accepts=will_do
        )

    def _answer(
        self,
        views: Sequence[ExamViews],
        facts: Sequence[LesionFacts],
        rows: Sequence[Row],
    ) -> Answers:
        batch = self._batch(views, facts, rows)
        return generate(self.model, batch, self.decoding, end=self.speech.end)

    def _batch(
        self, views: Sequence[ExamViews], facts: Sequence[LesionFacts], rows: Sequence[Row]
    ) -> Batch:
        config = self.model.config
        seen = [(label, view) for view in views for label in view.lesions]
        vectors = (
            [_vector(f, *where) for f, where in zip(facts, seen, strict=True)]
            if config.facts
            else []
        )
        encoded = encoded_rows(rows, self.model, self.speech, exams=len(views), lesions=len(seen))
        batch = batch_of(
            raw_views(views, config),
            vectors,
            encoded,
            padding=self.speech.padding,
            style=config.views.style,
            side="left",
        )
        parameter = next(self.model.parameters())
        return batch.to(parameter.device, parameter.dtype)

    def _heard(
        self, labels: Sequence[int], on_token: Callable[[int, str], None] | None
    ) -> Callable[[int, int], None] | None:
        if on_token is None:
            return None
        tokenizer = self.speech.tokenizer
        return lambda row, token: on_token(labels[row], tokenizer.decode([token]))

    def _description(self, answers: Answers, place: int) -> Description:
        spoken = answers.rows[place]
        return Description(
            text=self.speech.text(spoken.tokens),
            confidence=_confidence(spoken, self.calibration),
            complete=spoken.ended,
            opinions=_opinions(answers.heads, place),
        )


def head_readings(scores: Mapping[str, Float[Tensor, "n classes"]]) -> list[str]:
    """Return what the heads read of each known lesion, in the words of a request."""
    return [reading_words(classes) for classes in likeliest(scores, lesions=True)]


def load_describer(
    folder: Path, *, device: str = "cpu", dtype: torch.dtype | None = None
) -> Describer:
    """Read a saved model and its tokenizer.

    Raises:
        InputError: as `model.checkpoint` and `model.language.tokens` say.
    """
    import json

    model = load_model(folder, dtype=dtype).to(device)
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    digests = manifest.get("sha256", {})
    return Describer(
        model=model,
        speech=load_tokenizer(folder, chat=manifest.get("chat", True)),
        name=model.config.name,
        sha256=str(digests.get("model.safetensors", "")),
        calibration=load_calibration(folder),
    )


def _showing(views: Sequence[ExamViews], labels: Sequence[int]) -> tuple[ExamViews, ...]:
    """Return the views of some lesions, without exams that show none of them."""
    kept = [(view, [label for label in labels if label in view.lesions]) for view in views]
    return tuple(_only(view, some) for view, some in kept if some)


def _lesions(views: Sequence[ExamViews]) -> int:
    return sum(len(view.lesions) for view in views)


def _only(views: ExamViews, labels: Sequence[int]) -> ExamViews:
    return ExamViews(
        pet=views.pet,
        ct=views.ct,
        voxel_mm=views.voxel_mm,
        lesions={label: views.lesions[label] for label in labels},
    )


def _vector(facts: LesionFacts, label: int, views: ExamViews) -> Float[np.ndarray, " f"]:
    view = views.lesions[label]
    return facts_vector(
        facts, side_mm=view.side_mm, body_voxel_mm=views.voxel_mm, body_place=view.body_place
    )


def _confidence(spoken: Spoken, calibration: Calibration | None) -> float:
    if calibration is not None:
        return calibration.probability(spoken.mean_logprob)
    return float(np.exp(spoken.mean_logprob)) if spoken.logprobs else 0.0


def _opinions(scores: Mapping[str, Float[Tensor, "n classes"]], place: int) -> dict[str, Opinion]:
    """Return what every head says of one lesion; none for a row that is about no lesion."""
    of_one = {name: values[place : place + 1] for name, values in scores.items()}
    if not of_one or any(values.shape[0] == 0 for values in of_one.values()):
        return {}
    (chosen,) = likeliest(of_one)
    opinions: dict[str, Opinion] = {}
    for name, values in of_one.items():
        shares = dict(zip(CLASSES[name], values[0].float().softmax(dim=-1).tolist(), strict=True))
        opinions[name] = Opinion(
            value=chosen[name],
            probability=float(shares[chosen[name]]),
            shares={c: float(share) for c, share in shares.items() if share > 0.01},
        )
    return opinions
