"""Every request of a stored case, as a model is asked: the samples, with what is known beforehand.

A request about a whole exam comes with one line on the exam and one per lesion (`terms.briefs`), as
in use; a request about one mask comes with nothing but the picture and the facts. Texts are drawn
anew from the record and its seed, so a store of voxels outlives a change of wording. Knows records.
"""

from collections.abc import Mapping
from typing import Any, Final

from petscribe.core.lesion import Lesion
from petscribe.dataset.phantoms.appearance import case_stream
from petscribe.dataset.phantoms.samples import CorpusOptions, Described, Sample, samples_of
from petscribe.io.store import split_of
from petscribe.terms.briefs import exam_brief, lesion_briefs

_ONE_MASK: Final = frozenset({"finding", "structure"})
_STREAM: Final = 4


def requests_of(record: Mapping[str, Any], options: CorpusOptions | None = None) -> list[Sample]:
    """Return the requests of a phantom case's record.

    Args:
        record: of `phantoms.corpus`.
        options: how much is asked; by default everything once.
    """
    part = "test" if split_of(record["patient"]) == "test" else "train"
    described = Described(
        tracer=record["tracer"],
        part=part,  # type: ignore[arg-type]
        lesions=tuple(record["lesions"]),
        regions=tuple(record["structures"]),
        coverage=tuple(record["coverage"]),
    )
    rng = case_stream(record["seed"], _STREAM)
    samples = samples_of(described, options=options or CorpusOptions(), rng=rng)
    lesions = {entry["id"]: Lesion.from_dict(entry) for entry in record["lesions"]}
    return [
        sample if sample["task"] in _ONE_MASK else _informed(sample, described, lesions)
        for sample in samples
    ]


def _informed(sample: Sample, case: Described, lesions: Mapping[int, Lesion]) -> Sample:
    lang, tracer = sample["lang"], case.tracer
    listed = [lesions[number] for number in sample["lesions"]]
    return {
        **sample,
        "about": exam_brief(case.coverage, lang=lang, tracer=tracer),
        "context": list(lesion_briefs(listed, lang=lang, tracer=tracer)),
    }
