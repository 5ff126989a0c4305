"""How often a sentence finds its lesion: phantom exams with generated reports, in both languages.

    python bench/link_sentences.py [--exams 200] [--first 70000] [--workers 2] [--json FILE]

Reports have several wordings, prior values, sentences of two lesions ("respectively" too), images
counted from the wrong end in a tenth of the reports, and no SUV in a twentieth of the sentences.
Prints the funnel, the share of pairs that point at the right lesion, the share of sentences that
became pairs, and the Dice of the masks by the lesion's size.
"""

import argparse
import json
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from petscribe.core.lesion import Lesion
from petscribe.dataset.linking.claims import Claim
from petscribe.dataset.linking.link import link_report
from petscribe.mining.rules import mine_text
from petscribe.phantom.exam import PhantomExam, make_exam
from petscribe.truth import truth_of

ENGLISH = (
    "{degree} uptake in the {site}, SUVmax {suv}{prior} (image {image}).",
    "There is an FDG-avid lesion in the {site} measuring {size} with SUVmax of {suv}{prior}"
    " on axial image {image}.",
    "{Site} lesion with maximum SUV of {suv}{prior}, slice {image}.",
    "Hypermetabolic focus in the {site} (SUV max {suv}{prior}; image {image}).",
    "In the {site} there is focal uptake with an SUVmax of {suv}{prior}."
    " It measures {size} (image {image}).",
)
ENGLISH_BARE = (
    "Focal {low} uptake in the {site} on image {image}.",
    "FDG-avid {size} lesion in the {site} (image {image}).",
)
ENGLISH_TWO = (
    "Hypermetabolic lesions in the {site_1} and {site_2} with SUVmax {suv_1} and {suv_2},"
    " respectively (images {image_1} and {image_2}).",
    "FDG-avid lesion in the {site_1} with SUVmax {suv_1} (image {image_1}) and another in the"
    " {site_2} with SUVmax {suv_2} (image {image_2}).",
)
LESION_VI, SLICE_VI = "T\u1ed5n th\u01b0\u01a1ng", "l\u00e1t c\u1eaft"
AVID_VI = "t\u0103ng chuy\u1ec3n h\u00f3a FDG"
VIETNAMESE = (
    LESION_VI + " {site} " + AVID_VI + ", SUVmax: {suv}{prior} (" + SLICE_VI + " {image}).",
    "{Site}: " + LESION_VI.lower() + " k\u00edch th\u01b0\u1edbc {size}, SUVmax {suv}{prior},"
    " \u1ea3nh {image}.",
)
VIETNAMESE_BARE = (LESION_VI + " {site} " + AVID_VI + " (" + SLICE_VI + " {image}).",)
VIETNAMESE_TWO = (
    LESION_VI
    + " {site_1} SUVmax {suv_1} ("
    + SLICE_VI
    + " {image_1}) v\u00e0 "
    + LESION_VI.lower()
    + " {site_2} SUVmax {suv_2} ("
    + SLICE_VI
    + " {image_2}).",
)
PRIOR = {"en": " (previously {old})", "vi": " (tr\u01b0\u1edbc \u0111\u00e2y {old})"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A sentence of a generated report and the lesions it speaks of, with their printed SUV."""

    start: int
    end: int
    lesions: tuple[tuple[int, float | None], ...]


def make_report(
    truth: dict[str, Any], slices: int, rng: np.random.Generator
) -> tuple[str, str, list[Said]]:
    """Return language, text, and what each sentence speaks of."""
    lang = "vi" if rng.random() < 0.3 else "en"
    backwards = rng.random() < 0.1
    order = rng.permutation(len(truth["lesions"]))
    lesions = [truth["lesions"][k] for k in order]
    text, said = "", []
    while lesions:
        take = 2 if len(lesions) > 1 and rng.random() < 0.2 else 1
        group, lesions = lesions[:take], lesions[take:]
        sentence, printed = say(group, lang, rng, (slices, backwards))
        said.append(
            Said(
                start=len(text),
                end=len(text) + len(sentence),
                lesions=tuple(zip([x["id"] for x in group], printed, strict=True)),
            )
        )
        text += sentence + " "
    return lang, text, said


def say(
    group: Sequence[Mapping[str, Any]],
    lang: str,
    rng: np.random.Generator,
    numbering: tuple[int, bool],
) -> tuple[str, list[float | None]]:
    """Return a sentence about one or two lesions, and the SUVs that it prints."""
    words = [words_of(x, lang, rng, numbering) for x in group]
    if len(group) == 2:
        choices = VIETNAMESE_TWO if lang == "vi" else ENGLISH_TWO
        slots = {f"{k}_{n}": v for n, w in enumerate(words, 1) for k, v in w.items()}
        return str(rng.choice(choices)).format(**slots), [w["value"] for w in words]
    bare = rng.random() < 0.05
    if lang == "vi":
        choices = VIETNAMESE_BARE if bare else VIETNAMESE
    else:
        choices = ENGLISH_BARE if bare else ENGLISH
    sentence = str(rng.choice(choices)).format(**words[0])
    return sentence, [None if bare else words[0]["value"]]


def words_of(
    lesion: Mapping[str, Any], lang: str, rng: np.random.Generator, numbering: tuple[int, bool]
) -> dict[str, Any]:
    """Return what the templates say of a lesion."""
    slices, backwards = numbering
    suv = f"{lesion['suv_max']:.1f}"
    old = f"{lesion['suv_max'] * rng.uniform(0.5, 1.6):.1f}"
    image = slices + 1 - lesion["slice_pet"] if backwards else lesion["slice_pet"]
    size = f"{lesion['long_axis_mm']:.0f} x {lesion['short_axis_mm']:.0f} mm"
    point = "," if lang == "vi" else "."
    site = lesion["location"]["words"][lang]
    return {
        "site": site,
        "Site": site[:1].upper() + site[1:],
        "suv": suv.replace(".", point),
        "value": float(suv),
        "prior": PRIOR[lang].format(old=old.replace(".", point)) if rng.random() < 0.25 else "",
        "image": image,
        "size": size,
        "degree": str(rng.choice(["Intense", "Moderate", "Abnormal"])),
        "low": str(rng.choice(["intense", "moderate"])),
    }


def judge(seed: int) -> dict[str, Any]:
    """Link one phantom's report and compare with the truth."""
    phantom = make_exam(seed, light=True)
    truth = truth_of(phantom)
    rng = np.random.default_rng(seed)
    lang, text, said = make_report(truth, phantom.pet.grid.shape[0], rng)
    began = time.perf_counter()
    linked = link_report(phantom.exam, mine_text(text, lang=lang), exam_id=str(seed))
    seconds = time.perf_counter() - began
    wanted = [target for sentence in said for target in sentence.lesions]
    suv_of = {x["id"]: x["suv_max"] for x in truth["lesions"]}
    right, dice = [], []
    for pair in linked.pairs:
        target = target_of(pair.claim, said)
        lesion = next(x for x in linked.lesions if x.id == pair.label)
        own = linked.mask.labels == pair.label
        hit = target is not None and is_hit(phantom, lesion, target)
        right.append((bool(hit), pair.confidence, target))
        if hit:
            true = phantom.lesions.labels == target
            score = 2 * (own & true).sum() / (own.sum() + true.sum())
            dice.append((float(true.sum() * phantom.pet.grid.voxel_volume_ml), float(score)))
    found = {target for ok, _, target in right if ok}
    return {
        "seed": seed,
        "lang": lang,
        "seconds": seconds,
        "pairs": len(right),
        "right": sum(ok for ok, _, _ in right),
        "sentences": len(wanted),
        "paired": sum(t in found for t, _ in wanted),
        "sentences_25": sum(suv_of[t] >= 2.5 for t, _ in wanted),
        "paired_25": sum(t in found and suv_of[t] >= 2.5 for t, _ in wanted),
        "dice": dice,
        "funnel": linked.funnel,
        "wrong": [(conf, t) for ok, conf, t in right if not ok],
        "lost": [(t, round(suv_of[t], 2)) for t, _ in wanted if t not in found],
    }


def target_of(claim: Claim, said: list[Said]) -> int | None:
    """Return the lesion that the claim's sentence was written about."""
    for sentence in said:
        if sentence.start <= claim.finding.span[0] < sentence.end:
            if len(sentence.lesions) == 1:
                return sentence.lesions[0][0]
            values = [s.value for s in claim.suvs]
            return next((t for t, suv in sentence.lesions if suv in values), None)
    return None


def is_hit(phantom: PhantomExam, lesion: Lesion, target: int) -> bool:
    """Tell whether a lesion's hottest voxel lies in the true lesion or touches it."""
    index = np.rint(
        phantom.pet.grid.to_index(np.asarray(lesion.measurement.hottest_lps_mm))
    ).astype(int)
    around = tuple(slice(max(0, i - 1), i + 2) for i in index)
    return bool((phantom.lesions.labels[around] == target).any())


def main() -> None:
    """Run the bench."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--exams", type=int, default=200)
    parser.add_argument("--first", type=int, default=70000)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--json")
    parser.add_argument("--verbose", action="store_true")
    chosen = parser.parse_args()
    seeds = range(chosen.first, chosen.first + chosen.exams)
    with ProcessPoolExecutor(chosen.workers) as pool:
        results = []
        for result in pool.map(judge, seeds):
            results.append(result)
            if chosen.json:  # what is done so far, should the run be stopped
                Path(chosen.json).write_text(json.dumps(results))
    if chosen.verbose:
        for r in results:
            if r["wrong"] or r["lost"]:
                print(r["seed"], r["lang"], "wrong", r["wrong"], "lost", r["lost"])
    report(results)


def report(results: list[dict[str, Any]]) -> None:
    """Print the numbers."""
    total: Counter[str] = Counter()
    funnel: Counter[str] = Counter()
    for r in results:
        funnel.update(r["funnel"])
        for key in ("pairs", "right", "sentences", "paired", "sentences_25", "paired_25"):
            total[key] += r[key]
    for stage, count in sorted(funnel.items()):
        print(f"  {stage:32} {count}")
    for title, part, whole in (
        ("pairs at the right lesion", "right", "pairs"),
        ("sentences become pairs", "paired", "sentences"),
        ("  with SUVmax >= 2.5", "paired_25", "sentences_25"),
    ):
        share = total[part] / max(total[whole], 1)
        print(f"{title:26} {total[part]}/{total[whole]} = {share:.4f}")
    dice = np.array([d for r in results for d in r["dice"]])
    for low, high in ((0, 1), (1, 2), (2, 5), (5, 20), (20, 1e9)):
        part = dice[(dice[:, 0] >= low) & (dice[:, 0] < high), 1]
        if len(part):
            middle, mean = np.median(part), part.mean()
            print(f"Dice {low:>3}-{high:<6g} ml  n {len(part):4}  {middle:.3f}  mean {mean:.3f}")
    print(f"seconds per report: {np.median([r['seconds'] for r in results]):.2f} median")


if __name__ == "__main__":
    main()
