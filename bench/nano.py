"""How well a model writes and answers on phantoms that it has never seen, beside its floors.

    python bench/nano.py MODEL STORE [--train STORE] [--cases N] [--out FILE]

STORE is a store of phantoms (`petscribe build-dataset --phantom`) whose seeds and wordings were not
trained on; its views are made beside it. Prints each measure with its patient-level bootstrap
interval: findings read back, floors, wrong-lesion swaps, moved masks, questions by type, reports.
"""

import argparse
import json
import re
import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import torch

from petscribe.core.lesion import Lesion
from petscribe.evaluation.stats.bootstrap import cluster_bootstrap
from petscribe.mining.rules import parse_sentence
from petscribe.model.batch import Batch
from petscribe.model.describer import Describer, head_readings, load_describer
from petscribe.model.generate import Decoding, Spoken, generate, generate_accepted
from petscribe.model.vision.heads import CLASSES, likeliest
from petscribe.recipes.nano import prepare
from petscribe.terms.phrasebook import phrase
from petscribe.terms.places import place_words, site_key, terms_by_text
from petscribe.terms.slots import fill_slots, lesions_in, slot_values
from petscribe.terms.statements import heading
from petscribe.training.views.samples import Shape, ViewSamples
from petscribe.writing import says_what_was_read

Row = dict[str, Any]
FIELDS = ("side", "region", "organ", "type", "uptake")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("store", type=Path)
    parser.add_argument("--train", type=Path, help="views of training cases, for the floors")
    parser.add_argument("--cases", type=int, default=300)
    parser.add_argument("--exam-cases", type=int, default=100)
    parser.add_argument("--report-cases", type=int, default=40)
    parser.add_argument("--moved-cases", type=int, default=60)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    torch.set_num_threads(2)
    describer = load_describer(options.model)
    views = prepare(options.store)
    result: dict[str, Any] = {"model": describer.sha256}
    began = time.perf_counter()
    rows = findings(describer, views, options.cases)
    result["findings"] = scored(rows)
    result["findings_seconds_per_lesion"] = (time.perf_counter() - began) / max(len(rows), 1)
    result["heads"] = heads_scored(rows)
    result["located"] = located_scored(rows)
    result["swap"] = swaps(rows)
    if options.train is not None:
        result["floors"] = floors(rows, options.train)
    show(result)
    result["moved_masks"] = moved(describer, views, options.moved_cases)
    show({"moved_masks": result["moved_masks"]})
    result["questions"] = questions(describer, views, options.exam_cases)
    show({"questions": result["questions"]})
    result["reports"] = reports(describer, views, options.report_cases)
    show({"reports": result["reports"]})
    if options.out is not None:
        options.out.write_text(json.dumps(result, indent=1, ensure_ascii=False))


def show(result: Mapping[str, Any]) -> None:
    print(json.dumps(result, indent=1, ensure_ascii=False), flush=True)


def samples(describer: Describer, views: Path, tasks: Sequence[str], chunk: int) -> ViewSamples:
    return ViewSamples(
        views,
        Shape.of(describer.model),
        describer.speech,
        tasks=tasks,
        splits=("train", "val", "test"),
        chunk=chunk,
    )


@torch.inference_mode()
def written(
    describer: Describer, batch: Batch, langs: Sequence[str], masks: Sequence[int]
) -> tuple[list[str], dict[str, Any]]:
    """Write as a report does: a text that does not say what the heads read is drawn again."""
    sight = describer.model.see(batch)
    read_of = likeliest(sight.heads, lesions=True)

    def will_do(row: int, said: Spoken) -> bool:
        text = describer.speech.text(said.tokens)
        return said.ended and says_what_was_read(text, read_of[masks[row]], langs[row])

    answers = generate_accepted(
        describer.model,
        batch,
        Decoding(most=72),
        end=describer.speech.end,
        sight=sight,
        accepts=will_do,
    )
    texts = [describer.speech.text(row.tokens) if row.ended else "" for row in answers.rows]
    return texts, sight.heads


def answered(describer: Describer, batch: Batch, most: int) -> tuple[list[str], dict[str, Any]]:
    answers = generate(describer.model, batch, Decoding(most=most), end=describer.speech.end)
    texts = [describer.speech.text(row.tokens) if row.ended else "" for row in answers.rows]
    return texts, answers.heads


def asked(describer: Describer, source: ViewSamples, item: int) -> tuple[Batch, list[Row]]:
    """Return a sample's batch, each request with what the heads themselves read.

    The request is the one of use: other wordings of it are known to be taken for other tasks.
    """
    batch, requests = source.asked([item])
    for sample in source.record(requests[0]["key"])["samples"]:
        if sample["task"] == "finding":
            sample["prompt"] = phrase(sample["lang"], "request_finding")
    return source.asked([item], read(describer, batch))


@torch.inference_mode()
def read(describer: Describer, batch: Batch) -> list[str]:
    return head_readings(describer.model.see(batch).heads)


def findings(describer: Describer, views: Path, cases: int) -> list[Row]:
    """Write every lesion of so many cases in both languages, and read it back."""
    source = samples(describer, views, ("finding",), chunk=64)
    rows: list[Row] = []
    for item in range(min(cases, len(source))):
        batch, requests = asked(describer, source, item)
        masks = list(dict.fromkeys((r["array"], r["lesions"][0]) for r in requests))
        shown = [masks.index((r["array"], r["lesions"][0])) for r in requests]
        texts, heads = written(describer, batch, [r["lang"] for r in requests], shown)
        chosen = likeliest(heads, lesions=True)
        record = source.record(requests[0]["key"])
        for request, text in zip(requests, texts, strict=True):
            if request["array"] != "lesions":
                continue
            place = masks.index((request["array"], request["lesions"][0]))
            entry = next(e for e in record["lesions"] if e["id"] == request["lesions"][0])
            row = read_back(request, text, entry)
            row["heads"] = {n: CLASSES[n].index(v) for n, v in chosen[place].items()}
            rows.append(row)
    return rows


def read_back(request: Mapping[str, Any], text: str, entry: Mapping[str, Any]) -> Row:
    lang, lesion = request["lang"], Lesion.from_dict(entry)
    values = slot_values(lesion.measurement, lang)
    try:
        filled = fill_slots(text, values)
    except Exception:  # noqa: BLE001 - counted as unreadable
        filled = ""
    truth = request["targets"]
    wanted = site_key(
        region=truth["region"],
        organ=truth["organ"],
        laterality=truth["side"],
        level=truth["level"],
    )
    found = parse_sentence(filled, lang) if filled else ()
    row: Row = {
        "patient": request["key"],
        "lang": lang,
        "text": filled,
        "lesion": entry["id"],
        "truth": {**{k: truth[k] for k in ("side", "region", "type", "uptake")}, "organ": wanted},
        "said": None,
        "features": [lesion.measurement.suv_max or 0.0, lesion.measurement.mtv_ml],
        "located": {
            "side": entry["located"]["laterality"],
            "region": entry["located"]["region"],
        },
        "targets": truth,
    }
    if len(found) == 1:
        said = found[0]
        term = terms_by_text(lang).get(said.anatomy)
        organ = None if term is None else term.organ(said.laterality)
        row["said"] = {
            "side": said.laterality,
            "region": said.region,
            "type": said.type,
            "uptake": said.uptake,
            "organ": organ or said.region,
            "anatomy": said.anatomy,
        }
        same_words = said.anatomy in {
            place_words(
                region=truth["region"],
                organ=truth["organ"],
                laterality=truth["side"],
                level=truth["level"],
            )[lang].lower()
        }
        if same_words:
            row["said"]["organ"] = wanted
    return row


def scored(rows: Sequence[Row]) -> dict[str, Any]:
    out: dict[str, Any] = {"n": len(rows), "cases": len({r["patient"] for r in rows})}
    for lang in ("en", "vi", None):
        chosen = [r for r in rows if lang in (None, r["lang"])]
        out[lang or "both"] = {
            "readable": share(chosen, [r["said"] is not None for r in chosen]),
            **{
                field: share(
                    [r for r in chosen if field != "side" or r["truth"]["side"]],
                    [
                        r["said"] is not None and r["said"][field] == r["truth"][field]
                        for r in chosen
                        if field != "side" or r["truth"]["side"]
                    ],
                )
                for field in FIELDS
            },
            "invented_side": share(
                [r for r in chosen if not r["truth"]["side"]],
                [
                    bool(r["said"] and r["said"]["side"] in {"left", "right"})
                    for r in chosen
                    if not r["truth"]["side"]
                ],
            ),
            "wrong_side": share(
                [r for r in chosen if r["truth"]["side"]],
                [
                    bool(r["said"] and {r["said"]["side"], r["truth"]["side"]} == {"left", "right"})
                    for r in chosen
                    if r["truth"]["side"]
                ],
            ),
        }
    return out


def share(rows: Sequence[Row], right: Sequence[bool]) -> dict[str, float]:
    if not rows:
        return {"n": 0}
    interval = cluster_bootstrap(
        np.asarray(right, np.float64), [r["patient"] for r in rows], resamples=1000, seed=0
    )
    return {
        "mean": round(100 * float(np.mean(right)), 1),
        "low": round(100 * interval.low, 1),
        "high": round(100 * interval.high, 1),
        "n": len(rows),
    }


def heads_scored(rows: Sequence[Row]) -> dict[str, Any]:
    from petscribe.training.views.samples import target_places

    out = {}
    for name in rows[0]["heads"]:
        pairs = [(r, target_places(r["targets"])[name]) for r in rows if r["lang"] == "en"]
        known = [(r, t) for r, t in pairs if t >= 0]
        out[name] = share([r for r, _ in known], [r["heads"][name] == t for r, t in known])
    return out


def located_scored(rows: Sequence[Row]) -> dict[str, Any]:
    """The built-in localiser alone, and where both agree."""
    once = [r for r in rows if r["lang"] == "en"]
    regions = CLASSES["region"]
    agree = [r for r in once if regions[r["heads"]["region"]] == r["located"]["region"]]
    return {
        "region_alone": share(once, [r["located"]["region"] == r["truth"]["region"] for r in once]),
        "agree_share": share(once, [r in agree for r in once]),
        "region_where_both_agree": share(
            agree, [r["located"]["region"] == r["truth"]["region"] for r in agree]
        ),
    }


def swaps(rows: Sequence[Row]) -> dict[str, Any]:
    """Pairs of lesions of one exam in different places: does each text fit its own mask better?"""
    by_case = defaultdict(list)
    for row in rows:
        if row["said"] is not None:
            by_case[row["patient"], row["lang"]].append(row)
    pairs, right = [], []
    for members in by_case.values():
        for first in members:
            for second in members:
                places = [(r["truth"]["region"], r["truth"]["side"]) for r in (first, second)]
                if first["lesion"] < second["lesion"] and places[0] != places[1]:
                    pairs.append(first)
                    right.append(fits(second, second) and not fits(second, first))
    return share(pairs, right)


def fits(said: Row, truth: Row) -> bool:
    return all(said["said"][k] == truth["truth"][k] for k in ("region", "side"))


def floors(rows: Sequence[Row], train: Path) -> dict[str, Any]:
    """What needs no picture: the commonest finding, any, the most similar in numbers, another's."""
    known = {lang: known_texts(train, lang) for lang in ("en", "vi")}
    rng = np.random.default_rng(0)
    order = rng.permutation(len(rows))
    features = {
        lang: np.log(np.asarray([f for _, f in texts]) + 0.1) for lang, texts in known.items()
    }
    constant = {lang: commonest(texts, lang) for lang, texts in known.items()}
    said: dict[str, list[Row | None]] = defaultdict(list)
    for i, row in enumerate(rows):
        lang = row["lang"]
        wanted = np.log(np.asarray(row["features"]) + 0.1)
        nearest = int(np.argmin(((features[lang] - wanted) ** 2).sum(axis=1)))
        any_one = int(rng.integers(len(known[lang])))
        said["constant"].append(constant[lang])
        said["random_other"].append(claim(known[lang][any_one][0], lang))
        said["nearest_suv_volume"].append(claim(known[lang][nearest][0], lang))
        said["image_shuffled"].append(rows[order[i]]["said"])
    out: dict[str, Any] = {}
    for name, claims in said.items():
        fake = [{**row, "said": one} for row, one in zip(rows, claims, strict=True)]
        out[name] = {k: v for k, v in scored(fake)["both"].items() if k in FIELDS}
    return out


def known_texts(train: Path, lang: str) -> list[tuple[str, list[float]]]:
    from petscribe.io.store import CaseStore

    store = CaseStore.open(train)
    texts = []
    for key in store.keys("train")[:300]:
        record = store.record(key)
        entries = {e["id"]: Lesion.from_dict(e).measurement for e in record["lesions"]}
        for sample in record["samples"]:
            if (sample["task"], sample["array"], sample["lang"]) == ("finding", "lesions", lang):
                measured = entries[sample["lesions"][0]]
                texts.append((sample["answer"], [measured.suv_max or 0.0, measured.mtv_ml]))
    return texts


def commonest(texts: Sequence[tuple[str, list[float]]], lang: str) -> Row | None:
    claims = [claim(text, lang) for text, _ in texts[:1500]]
    best = Counter(json.dumps(c) for c in claims if c is not None).most_common(1)[0][0]
    return dict(json.loads(best))


@cache
def claim(text: str, lang: str) -> Row | None:
    found = parse_sentence(re.sub(r"<\w+>", "5", text), lang)
    if len(found) != 1:
        return None
    one = found[0]
    return {
        "region": one.region,
        "side": one.laterality,
        "type": one.type,
        "uptake": one.uptake,
        "organ": one.region,
    }


def moved(describer: Describer, views: Path, cases: int) -> dict[str, Any]:
    """The share of texts whose region stays when the mask shrinks, grows or moves by a voxel."""
    source = samples(describer, views, ("finding",), chunk=64)
    same: dict[str, list[bool]] = defaultdict(list)
    owners: dict[str, list[Row]] = defaultdict(list)
    for item in range(min(cases, len(source))):
        batch, requests = asked(describer, source, item)
        plain = regions_said(describer, batch, requests, source)
        for name, change in CHANGES.items():
            readings = read(describer, replace(batch, mask=change(batch.mask)))
            other, _ = source.asked([item], readings)
            other = replace(other, mask=change(other.mask))
            for first, second, request in zip(
                plain, regions_said(describer, other, requests, source), requests, strict=True
            ):
                if request["array"] == "lesions":
                    same[name].append(first is not None and first == second)
                    owners[name].append({"patient": request["key"]})
    return {name: share(owners[name], same[name]) for name in same}


def _shifted(mask: torch.Tensor) -> torch.Tensor:
    return torch.roll(mask, shifts=2, dims=-1)


CHANGES = {
    "eroded": lambda m: -torch.nn.functional.max_pool3d(-m, 3, 1, 1),
    "dilated": lambda m: torch.nn.functional.max_pool3d(m, 3, 1, 1),
    "shifted": _shifted,
}


def regions_said(
    describer: Describer, batch: Batch, requests: Sequence[Row], source: ViewSamples
) -> list[str | None]:
    masks = list(dict.fromkeys((r["array"], r["lesions"][0]) for r in requests))
    shown = [masks.index((r["array"], r["lesions"][0])) for r in requests]
    texts, _ = written(describer, batch, [r["lang"] for r in requests], shown)
    out = []
    for request, text in zip(requests, texts, strict=True):
        entries = source.record(request["key"])[request["array"]]
        entry = next(e for e in entries if e["id"] == request["lesions"][0])
        row = read_back(request, text, entry) if request["array"] == "lesions" else None
        out.append(row["said"]["region"] if row is not None and row["said"] else None)
    return out


def questions(describer: Describer, views: Path, cases: int) -> dict[str, Any]:
    source = samples(describer, views, ("question",), chunk=64)
    rows, right = [], []
    for item in range(min(cases, len(source))):
        batch, requests = source.asked([item])
        texts, _ = answered(describer, batch, most=40)
        for request, text in zip(requests, texts, strict=True):
            rows.append({"patient": request["key"], **request, "text": text})
            right.append(same_answer(text, request))
    out: dict[str, Any] = {"all": share(rows, right)}
    for lang in ("en", "vi"):
        kept = [k for k, r in enumerate(rows) if r["lang"] == lang]
        out[lang] = share([rows[k] for k in kept], [right[k] for k in kept])
    for kind in sorted({r["targets"]["question"] for r in rows}):
        kept = [k for k, r in enumerate(rows) if r["targets"]["question"] == kind]
        out[kind] = share([rows[k] for k in kept], [right[k] for k in kept])
    yes = [k for k, r in enumerate(rows) if isinstance(r["targets"]["value"], bool)]
    by_value = [
        np.mean([right[k] for k in yes if rows[k]["targets"]["value"] is value] or [0.0])
        for value in (True, False)
    ]
    out["yes_no_balanced"] = round(100 * float(np.mean(by_value)), 1)
    return out


def same_answer(text: str, request: Mapping[str, Any]) -> bool:
    """Right: the same words of value, the same references (in any order), the same slots."""
    answer = request["answer"]
    kind = request["targets"]["question"]
    if kind in {"hottest", "largest"}:
        return lesions_in(text)[:1] == lesions_in(answer)[:1]
    if kind == "site":
        return _plain(text) == _plain(answer) or _same_site(text, answer, request["lang"])
    if kind == "presence":
        return _plain(text).split(" ")[:1] == _plain(answer).split(" ")[:1]
    return _plain(text) == _plain(answer) and set(lesions_in(text)) == set(lesions_in(answer))


def _same_site(text: str, answer: str, lang: str) -> bool:
    known = terms_by_text(lang)
    first, second = (known.get(t.strip(" .").lower()) for t in (text, answer))
    return (
        first is not None
        and second is not None
        and (first.key, first.side)
        == (
            second.key,
            second.side,
        )
    )


def _plain(text: str) -> str:
    return " ".join(re.sub(r"<L\d+>", "", text).split()).strip(" .").lower()


def reports(describer: Describer, views: Path, cases: int) -> dict[str, Any]:
    source = samples(describer, views, ("report",), chunk=2)
    recall, invented, ordered, owners, lesions = [], [], [], [], []
    for item in range(min(2 * cases, len(source))):
        batch, requests = source.asked([item])
        texts, _ = answered(describer, batch, most=700)
        for request, text in zip(requests, texts, strict=True):
            said = set(lesions_in(text))
            wanted = set(range(1, len(request["lesions"]) + 1)) & set(request["lesions"])
            owner = {"patient": request["key"]}
            for number in wanted:
                recall.append(number in said)
                lesions.append(owner)
            invented.append(bool(said - wanted))
            ordered.append(in_order(text, request["lang"]))
            owners.append(owner)
    return {
        "lesion_recall": share(lesions, recall),
        "invented_lesion": share(owners, invented),
        "sections_in_order": share(owners, ordered),
    }


def in_order(text: str, lang: str) -> bool:
    names = [
        heading(key, lang)
        for key in ("head_neck", "chest", "abdomen_pelvis", "musculoskeletal", "impression")
    ]
    places = [text.find(f"{name}:") for name in names]
    seen = [place for place in places if place >= 0]
    return seen == sorted(seen) and places[-1] >= 0 and len(seen) > 1


if __name__ == "__main__":
    main()
