"""Only what stands in the passage is believed."""

import random
from collections import Counter
from dataclasses import replace

import pytest

from mining.gold import load
from petscribe.core.finding import Diagnosis, Finding, ImageRef, SizeClaim, SuvClaim, UptakeRelation
from petscribe.mining.llm.talking.answers import Claimed
from petscribe.mining.llm.weighing.evidence import evidence_of
from petscribe.mining.llm.weighing.grounding import Grounded, grounded
from petscribe.mining.rules import mine_text
from petscribe.terms.anatomy import REGIONS

PASSAGE = "Two right hilar nodes, 1.2 cm, SUVmax 4.2 (image 88), suspicious for metastasis."
TRUE = Finding(
    anatomy="right hilar", region="hilum", laterality="right", type="node", count=2,
    suv=(SuvClaim(stat="max", value=4.2),), size_mm=(SizeClaim(dims=(12.0,)),),
    refs=(ImageRef(image=88),), dx=(Diagnosis(label="metastasis", certainty="probable"),),
)  # fmt: skip


def check(finding: Finding, passage: str = PASSAGE, quote: str = "hilar nodes") -> Grounded:
    return grounded([Claimed(finding, quote)], evidence_of(passage, "en"))


def test_a_true_answer_stays_whole():
    assert check(TRUE) == Grounded((Claimed(TRUE, "hilar nodes"),), ())


@pytest.mark.parametrize(
    ("change", "code", "left"),
    [
        ({"suv": (SuvClaim(stat="max", value=4.3),)}, "ungrounded-number", {"suv": ()}),
        ({"suv": (SuvClaim(stat="max", value=None, low=4.2, high=9.0, op="range"),)},
         "ungrounded-number", {"suv": ()}),
        ({"size_mm": (SizeClaim(dims=(12.0, 9.0)),)}, "ungrounded-number", {"size_mm": ()}),
        ({"refs": (ImageRef(series=3, image=88),)}, "ungrounded-number", {"refs": ()}),
        ({"mtv_ml": 7.0}, "ungrounded-number", {"mtv_ml": None}),
        ({"tlg": 7.0}, "ungrounded-number", {"tlg": None}),
        ({"count": 5}, "ungrounded-number", {"count": "multiple"}),
        ({"laterality": "left"}, "ungrounded-side", {"laterality": None}),
        ({"laterality": "bilateral"}, "ungrounded-side", {"laterality": None}),
        ({"dx": (Diagnosis(label="sarcoidosis", certainty="possible"),)}, "ungrounded-word",
         {"dx": ()}),
        ({"vs": (UptakeRelation(organ="the moon", relation="above"),)}, "ungrounded-word",
         {"vs": ()}),
    ],
)  # fmt: skip
def test_what_does_not_stand_there_is_taken_out_and_counted(change, code: str, left):
    found = check(replace(TRUE, **change))
    assert found.rejected == (code,)
    assert found.findings[0].finding == replace(TRUE, **left)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"anatomy": "left adrenal", "region": "adrenal"}, "ungrounded-site"),
        ({"anatomy": "right hilar", "region": "liver"}, "ungrounded-region"),
        ({"anatomy": "", "region": "liver"}, "ungrounded-region"),
    ],
)
def test_a_finding_at_another_site_goes_whole(change, code: str):
    assert check(replace(TRUE, **change)) == Grounded((), (code,))


def test_a_site_that_the_lexicon_does_not_know_stands_on_its_words():
    odd = Finding(anatomy="quadrangular membrane", region="head_neck")
    assert check(odd, "Focal uptake in the quadrangular membrane.").findings[0].finding == odd


def test_a_false_quote_costs_the_quote_only():
    found = check(TRUE, quote="hilar nodes of the patient")
    assert found.rejected == ("ungrounded-quote",)
    assert found.findings == (Claimed(TRUE, ""),)


def test_a_denied_finding_carries_no_uptake_and_no_suv():
    denied = replace(TRUE, negated=True, uptake="intense")
    assert check(denied).findings[0].finding == replace(denied, uptake=None, suv=())


@pytest.mark.parametrize("lang", ["en", "vi"])
def test_what_the_rules_read_is_grounded(lang: str):
    rejected: Counter[str] = Counter()
    total = 0
    for row in load("dev", lang) + load("heldout", lang):
        evidence = evidence_of(row["text"], lang)
        for finding in mine_text(row["text"], lang=lang).findings:
            total += 1
            rejected.update(grounded([Claimed(finding, row["text"])], evidence).rejected)
    assert not rejected.keys() & {"ungrounded-number", "ungrounded-side", "ungrounded-site"}
    assert rejected.total() <= 0.01 * total


@pytest.mark.parametrize("lang", ["en", "vi"])
def test_single_lies_about_real_sentences_are_caught(lang: str):
    rng = random.Random(1)
    told: Counter[str] = Counter()
    caught: Counter[str] = Counter()
    for row in load("dev", lang)[::2] + load("heldout", lang):
        evidence = evidence_of(row["text"], lang)
        for finding in mine_text(row["text"], lang=lang).findings:
            for name, lie in _lies(finding, rng):
                if name == "side" and lie.laterality in evidence.sides:
                    continue  # that side stands there too: a matter for votes, not for grounding
                told[name] += 1
                caught[name] += bool(grounded([Claimed(lie, row["text"])], evidence).rejected)
    assert min(told.values()) > 20
    assert caught["number"] == told["number"]
    assert caught["side"] == told["side"]
    assert caught["region"] >= 0.95 * told["region"]


def _lies(finding: Finding, rng: random.Random):
    if finding.suv and finding.suv[0].value is not None:
        lie = replace(finding.suv[0], value=finding.suv[0].value + 0.07)
        yield "number", replace(finding, suv=(lie,))
    other = {"left": "right", "right": "left"}.get(str(finding.laterality), "left")
    yield "side", replace(finding, laterality=other)
    region = rng.choice([r for r in REGIONS if r not in {finding.region, "other"}])
    yield "region", replace(finding, region=region)
