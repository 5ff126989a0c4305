"""How many lesions are proposed: `python bench/proposals.py FIRST LAST [--tracer fdg]`, phantoms.

A true lesion above SUV 4 and 1 ml counts as found when a proposed lesion touches it; a proposed
lesion that touches none is false. Organs come from the built-in anatomy and from the phantom's own
label map. Development used seeds below 8000; report on seeds from 8000.
"""

import argparse
import time
from collections import Counter
from collections.abc import Iterator

import numpy as np

from petscribe.anatomy.organs import BuiltInSegmenter
from petscribe.core.volume import Mask
from petscribe.imaging.resample import labels_to, resample_to
from petscribe.phantom.exam import ExamOptions, PhantomExam, make_exam
from petscribe.quant.lesions import measure_lesions
from petscribe.quant.proposals import propose
from petscribe.quant.reference import reference_regions

MIN_SUV, MIN_ML = 4.0, 1.0


def organ_maps(phantom: PhantomExam) -> Iterator[tuple[str, Mask]]:
    """Yield each way of knowing the organs."""
    ct = resample_to(phantom.ct, phantom.pet.grid) if phantom.ct is not None else None
    yield "built-in", BuiltInSegmenter().segment(phantom.exam, ct).organs
    yield "labels", labels_to(phantom.labels, phantom.pet.grid)


def compare(phantom: PhantomExam, organs: Mask, counts: Counter[str]) -> float:
    """Count what is found, missed and false; return the seconds the proposals took."""
    exam = phantom.exam
    start = time.perf_counter()
    proposals = propose(exam, organs, reference_regions(exam, organs))
    seconds = time.perf_counter() - start
    proposed = np.isin(proposals.mask.labels, proposals.labels("lesion"))
    truth = phantom.lesions
    for lesion, measured in measure_lesions(exam, truth, references={}).items():
        if (measured.suv_max or 0.0) >= MIN_SUV and measured.mtv_ml >= MIN_ML:
            counts["lesions"] += 1
            counts["found"] += bool(proposed[truth.where(lesion)].any())
    for label in proposals.labels("lesion"):
        counts["false"] += not (truth.labels[proposals.mask.labels == label] > 0).any()
    counts["exams"] += 1
    return seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("first", type=int)
    parser.add_argument("last", type=int)
    parser.add_argument("--tracer", default="fdg")
    options = parser.parse_args()
    counts: dict[str, Counter[str]] = {}
    seconds: dict[str, list[float]] = {}
    for seed in range(options.first, options.last):
        # 3 mm CT pixels: half the time of the full exam, and the same PET
        phantom = make_exam(seed, tracer=options.tracer, options=ExamOptions(ct_mm=(4.0, 3.0)))
        for name, organs in organ_maps(phantom):
            took = compare(phantom, organs, counts.setdefault(name, Counter()))
            seconds.setdefault(name, []).append(took)
    for name, seen in counts.items():
        share = seen["found"] / max(seen["lesions"], 1)
        print(
            f"{name:9s} {seen['exams']} exams, {seen['lesions']} lesions, found {share:.3f}, "
            f"false per exam {seen['false'] / seen['exams']:.2f}, "
            f"{np.median(seconds[name]):.2f} s per exam"
        )


if __name__ == "__main__":
    main()
