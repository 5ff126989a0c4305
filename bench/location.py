"""How often the place of a lesion is right, on phantoms: `python bench/location.py FIRST LAST`.

For every seed a light phantom is made, its lesions' true mask is located with the built-in anatomy
(CT and PET), with the PET alone and with the phantom's own label map, and compared with the truth.
Development used seeds below 1000; report on seeds from 5000.
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator

from petscribe.anatomy.levels import number_of
from petscribe.anatomy.localise import locate_all
from petscribe.anatomy.organs import Anatomy, BuiltInSegmenter, LabelMapSegmenter
from petscribe.core.exam import Exam, SuvScale
from petscribe.core.lesion import Location
from petscribe.imaging.resample import resample_to
from petscribe.phantom.exam import PhantomExam, make_exam


def kind_of(organ: str | None) -> str:
    """Return an organ's key with vertebrae, ribs, lobes and colon parts told as one."""
    if organ is None:
        return "none"
    for start in ("vertebrae", "rib", "lung"):
        if organ.startswith(f"{start}_"):
            side = "_left" if "_left" in organ else "_right" if "_right" in organ else ""
            return f"{start}{side}"
    return "colon" if organ.endswith("_colon") or organ == "cecum" else organ


def anatomies(phantom: PhantomExam) -> Iterator[tuple[str, Anatomy, float]]:
    """Yield each way of knowing the anatomy, with the seconds that it took."""
    exam = Exam(
        pet=phantom.pet,
        ct=phantom.ct,
        acquisition=phantom.acquisition,
        suv=SuvScale(factor_bw=1.0, method="phantom"),
    )
    ct = resample_to(phantom.ct, phantom.pet.grid) if phantom.ct is not None else None
    ways = (
        ("ct", BuiltInSegmenter(), ct),
        ("pet", BuiltInSegmenter(), None),
        ("labels", LabelMapSegmenter(phantom.labels), ct),
    )
    for name, segmenter, used in ways:
        start = time.perf_counter()
        found = segmenter.segment(exam, used)
        yield name, found, time.perf_counter() - start


def compare(truth: Location, found: Location, counts: Counter[str]) -> None:
    """Count what agrees."""
    counts["lesions"] += 1
    counts["region"] += found.region == truth.region
    counts["section"] += found.section == truth.section
    counts["organ"] += kind_of(found.organ) == kind_of(truth.organ)
    counts["organ strict"] += found.organ == truth.organ
    if truth.laterality in {"left", "right"}:
        counts["sided"] += 1
        counts["side"] += found.laterality == truth.laterality
        counts["wrong side"] += {found.laterality, truth.laterality} == {"left", "right"}
    if truth.region == "bone_spine" and found.region == "bone_spine" and truth.level:
        counts["vertebrae"] += 1
        if found.level:
            off = abs(number_of(found.level) - number_of(truth.level))
            counts["level within 1"] += off <= 1
            counts["level exact"] += off == 0


def main() -> None:
    """Run and print one line per way."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("first", type=int)
    parser.add_argument("last", type=int)
    parser.add_argument("--tracer", default="fdg")
    parser.add_argument("--verbose", action="store_true")
    chosen = parser.parse_args()
    totals: dict[str, Counter[str]] = {}
    seconds: dict[str, list[float]] = {}
    for seed in range(chosen.first, chosen.last):
        phantom = make_exam(seed, light=True, tracer=chosen.tracer)
        truths = {x.id: x.location for x in phantom.truth_lesions}
        for way, anatomy, took in anatomies(phantom):
            counts = totals.setdefault(way, Counter())
            seconds.setdefault(way, []).append(took)
            places = locate_all(phantom.lesions, anatomy.organs, anatomy.frame)
            counts["suspect"] += not anatomy.frame.orientation_is_sure
            for label, place in places.items():
                before = counts.copy()
                compare(truths[label], place, counts)
                wrong = (
                    counts["region"] == before["region"]
                    or counts["wrong side"] > before["wrong side"]
                )
                if chosen.verbose and (wrong or counts["organ"] == before["organ"]):
                    print(
                        f"{way} seed {seed} lesion {label}: "
                        f"{_short(truths[label])} -> {_short(place)}"
                    )
    for way, counts in totals.items():
        print(
            way, summary(counts), f"{sum(seconds[way]) / len(seconds[way]):.2f} s", file=sys.stdout
        )


def summary(counts: Counter[str]) -> str:
    """Return the shares in per cent."""
    whole = {
        "side": "sided", "wrong side": "sided", "level within 1": "vertebrae",
        "level exact": "vertebrae",
    }  # fmt: skip
    names = [
        "side",
        "wrong side",
        "section",
        "region",
        "organ",
        "organ strict",
        "level within 1",
        "level exact",
    ]
    shares = [
        f"{n} {100.0 * counts[n] / max(counts[whole.get(n, 'lesions')], 1):.1f}" for n in names
    ]
    return f"n={counts['lesions']} suspect={counts['suspect']} " + ", ".join(shares)


def _short(place: Location) -> str:
    return f"{place.region}/{place.organ}/{place.laterality}/{place.level} ({place.confidence:.2f})"


if __name__ == "__main__":
    main()
