"""The PET finding score: truths, then metamorphic tests over phrased and mined sentences.

Severity, as the score promises it for a text with at least two lesions: negation flip, side flip,
SUV + 50 %, another lobe, deletion, hallucination; each costs less than the one before and every one
costs something.
"""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from rouge_score.rouge_scorer import RougeScorer

from petscribe.core.finding import Diagnosis, Finding, MinedText, SizeClaim, SuvClaim
from petscribe.evaluation.clinical.score import Tally, pair_up, positives, score_case, tier
from petscribe.mining.rules import mine_text
from petscribe.terms.anatomy import name
from petscribe.terms.sentences import sentence
from terms.strategies import findings

LANGUAGES = ("en", "vi")
NODULE = (
    "FDG-avid 2.3 x 1.8 cm right upper lobe nodule with SUVmax of 12.4, suspicious for malignancy."
)
LIVER = "Abnormal FDG uptake in the liver."
NODE = "Hypermetabolic left axillary lymph node measuring 1.2 cm, SUV max 5.6 (previously 8.1)."


def score(reference: str, predicted: str, lang: str = "en", said_in: str | None = None) -> float:
    wanted = mine_text(reference, lang=lang)
    return score_case(wanted, mine_text(predicted, lang=said_in or lang)).tally.score


def text_of(*said: Finding) -> MinedText:
    return MinedText(id="", text="", lang="en", findings=said)


def rouge_l(reference: str, predicted: str) -> float:
    return RougeScorer(["rougeL"]).score(reference, predicted)["rougeL"].fmeasure


@pytest.mark.parametrize("text", [NODULE, LIVER, NODE, f"{NODULE} {LIVER} {NODE}"])
def test_a_text_scores_one_against_itself(text: str):
    assert score(text, text) == 1.0


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (NODULE, NODULE.replace("2.3 x 1.8 cm", "23 x 18 mm")),
        (NODULE, NODULE.replace("right upper lobe nodule", "RUL pulmonary nodule")),
        (NODULE, NODULE.replace("12.4", "12,4")),
        (NODULE, NODULE.replace("SUVmax of 12.4", "maximum SUV 12.4")),
        (NODULE, NODULE.replace("suspicious for", "likely")),
        (NODE, NODE.replace("lymph node", "node").replace("axillary", "axilla")),
        (NODE, NODE.replace("Hypermetabolic", "FDG-avid")),
        (f"{NODULE} {NODE}", f"{NODE} {NODULE}"),
        ("Bilateral FDG-avid hilar nodes.", "FDG-avid left hilar node. FDG-avid right hilar node."),
    ],
)
def test_other_words_for_the_same_score_one(first: str, second: str):
    assert score(first, second) == pytest.approx(1.0)
    assert score(second, first) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("reference", "predicted", "fault"),
    [
        ("No abnormal FDG uptake in the liver.", LIVER, "negation_flip"),
        (LIVER, "No abnormal FDG uptake in the liver.", "negation_flip"),
        (NODE, NODE.replace("left", "right"), "side_flip"),
    ],
)
def test_a_flip_that_the_words_hide_costs_at_least_half(reference, predicted, fault):
    assert rouge_l(reference, predicted) > 0.9
    case = score_case(mine_text(reference, lang="en"), mine_text(predicted, lang="en"))
    assert case.tally.score <= 0.5
    assert getattr(case.faults, fault) == 1
    assert case.faults.critical == 1


def test_template_normals_earn_nothing():
    normal = "No abnormal uptake in the liver. No abnormal uptake in the spleen. Lungs are clear."
    assert score(f"{NODULE} {normal}", normal) == 0.0
    assert score(f"{NODULE} {normal}", NODULE) == 1.0


def test_physiologic_uptake_earns_nothing():
    physiologic = "Physiologic uptake in the brain, kidneys and bladder."
    case = score_case(
        mine_text(f"{NODULE} {physiologic}", lang="en"), mine_text(physiologic, lang="en")
    )
    assert case.tally.score == 0.0
    assert case.tally.normals_agreed == case.tally.normals_reference == 3


def test_nothing_against_nothing_is_right_but_weighs_nothing():
    tally = score_case(text_of(), text_of()).tally
    assert tally.score == tally.precision == tally.recall == tally.detection_f1 == 1.0
    assert tally == Tally()


def test_nothing_against_something_is_wrong():
    some = mine_text(NODULE, lang="en")
    assert score_case(text_of(), some).tally.score == 0.0
    assert score_case(some, text_of()).tally.score == 0.0


def test_tiers_make_a_missed_metastasis_cost_more_than_a_missed_reactive_node():
    bad = "Intensely FDG-avid lesion in the liver, SUVmax 9, consistent with metastasis."
    mild = "Mildly FDG-avid left axillary node, SUVmax 2.1, likely reactive."
    wanted = mine_text(f"{bad} {mild}", lang="en")
    scores = [
        score_case(wanted, mine_text(said, lang="en"), tiered=True).tally.score
        for said in (bad, mild)
    ]
    assert scores[0] > 0.9
    assert scores[1] < 0.2
    assert [tier(finding) for finding in wanted.findings] == [1.0, 0.1]


def test_pairs_are_the_best_of_all_not_the_first_found():
    two = [
        Finding(anatomy="right lung", region="lung", laterality="right", suv=(suv,))
        for suv in (SuvClaim(stat="max", value=5.0), SuvClaim(stat="max", value=9.0))
    ]
    assert [(i, j) for i, j, _ in pair_up(two, two[::-1])] == [(0, 1), (1, 0)]


def test_bilateral_findings_are_split_and_denials_left_out():
    both = Finding(anatomy="hila", region="hilum", laterality="bilateral")
    assert [f.laterality for f in positives([both])] == ["left", "right"]
    assert positives([replace(both, negated=True), replace(both, uptake="physiologic")]) == ()


OTHERS = (
    Finding(
        anatomy="left adrenal gland",
        region="adrenal",
        laterality="left",
        type="lesion",
        uptake="intense",
        suv=(SuvClaim(stat="max", value=7.2),),
    ),
    Finding(
        anatomy="l3 vertebra",
        region="bone_spine",
        type="lesion",
        uptake="moderate",
        size_mm=(SizeClaim(dims=(14.0,)),),
    ),
)


DIAGNOSES = st.builds(
    Diagnosis,
    label=st.sampled_from(["metastasis", "lymphoma", "infection"]),
    certainty=st.sampled_from(["definite", "probable", "possible", "unlikely"]),
)


@st.composite
def targets(draw: st.DrawFn, lang: str) -> Finding:
    """Draw a lesion in the right upper lobe with an SUVmax and whatever else may be said of it."""
    suvmax = SuvClaim(stat="max", value=draw(st.integers(15, 300)) / 10)
    more = SuvClaim(stat=draw(st.sampled_from(["mean", "peak"])), value=1.2)
    size = SizeClaim(dims=(float(draw(st.integers(5, 60))),))
    return Finding(
        anatomy=name("lung_upper_lobe_right", lang),
        region="lung",
        laterality="right",
        type=draw(st.sampled_from(["nodule", "mass", "lesion"])),
        uptake=draw(st.sampled_from(["intense", "moderate", "mild", None])),
        suv=draw(st.sampled_from([(suvmax,), (suvmax, more)])),
        size_mm=draw(st.sampled_from([(), (size,)])),
        change=draw(st.sampled_from([None, "increased", "stable"])),
        dx=draw(st.lists(DIAGNOSES, max_size=1).map(tuple)),
    )


def said(lang: str, *stated: Finding) -> str:
    return " ".join(sentence(finding, lang) for finding in stated)


@pytest.mark.parametrize("lang", LANGUAGES)
@given(data=st.data())
@settings(max_examples=8, phases=[Phase.generate])
def test_phrased_findings_score_one_against_themselves_in_any_order(lang: str, data: st.DataObject):
    stated = data.draw(st.lists(findings(lang), min_size=1, max_size=4))
    shuffled = data.draw(st.permutations(stated))
    reference = [mine_text(sentence(f, lang), lang=lang).findings for f in stated]
    predicted = [mine_text(sentence(f, lang), lang=lang).findings for f in shuffled]
    one, other = (text_of(*(f for found in x for f in found)) for x in (reference, predicted))
    assert score_case(one, other).tally.score == pytest.approx(1.0)


@given(data=st.data())
@settings(max_examples=15, phases=[Phase.generate])
def test_the_other_language_says_the_same(data: st.DataObject):
    target = data.draw(targets("en"))
    english = said("en", target, *OTHERS)
    assert score(english, said("vi", target, *OTHERS), "en", "vi") == pytest.approx(1.0)


@pytest.mark.parametrize("lang", LANGUAGES)
@given(data=st.data())
@settings(max_examples=15, phases=[Phase.generate])
def test_corruptions_cost_in_the_order_of_their_severity(lang: str, data: st.DataObject):
    target = data.draw(targets(lang))
    others = OTHERS[: data.draw(st.integers(1, 2))]
    reference = said(lang, target, *others)
    claim = target.suv[0]
    denial = Finding(
        anatomy=target.anatomy, region="lung", laterality="right", type=target.type, negated=True
    )
    ghost = Finding(
        anatomy=name("pancreas", lang),
        region="pancreas",
        type="mass",
        uptake="intense",
        suv=(SuvClaim(stat="max", value=6.0),),
    )
    left = replace(target, laterality="left", anatomy=name("lung_upper_lobe_left", lang))
    raised = replace(claim, value=round(claim.value * 1.5, 1))
    corrupted = {
        "negation flip": (denial, *others),
        "side flip": (left, *others),
        "SUV + 50 %": (replace(target, suv=(raised, *target.suv[1:])), *others),
        "other lobe": (
            replace(target, anatomy=name("lung_lower_lobe_right", lang)),
            *others,
        ),
        "deletion": others,
        "hallucination": (target, *others, ghost),
    }
    scores = {
        what: score(reference, said(lang, *stated), lang) for what, stated in corrupted.items()
    }
    steps = [*scores.values(), score(reference, reference, lang)]
    assert all(worse < better for worse, better in pairwise(steps)), scores


@pytest.mark.parametrize("lang", LANGUAGES)
@given(data=st.data())
@settings(max_examples=15, phases=[Phase.generate])
def test_one_flip_takes_at_least_half_of_its_findings_credit(lang: str, data: st.DataObject):
    target = data.draw(targets(lang))
    denial = Finding(
        anatomy=target.anatomy, region="lung", laterality="right", type=target.type, negated=True
    )
    left = replace(target, laterality="left", anatomy=name("lung_upper_lobe_left", lang))
    reference = said(lang, target)
    assert score(reference, said(lang, left), lang) <= 0.5
    assert score(reference, said(lang, denial), lang) == 0.0


@given(data=st.data())
@settings(max_examples=8, phases=[Phase.generate])
def test_the_score_is_symmetric_but_for_prior_values(data: st.DataObject):
    one = data.draw(st.lists(findings("en"), max_size=4))
    other = data.draw(st.lists(findings("en"), max_size=4))
    forth = score_case(text_of(*one), text_of(*other))
    back = score_case(text_of(*other), text_of(*one))
    assert 0.0 <= forth.tally.score <= 1.0
    if not (forth.faults.prior_as_current or back.faults.prior_as_current):
        assert forth.tally.score == pytest.approx(back.tally.score)


def test_sums_of_tallies_are_pooled_scores():
    first, second = (
        score_case(mine_text(t, lang="en"), mine_text(t, lang="en")) for t in (NODE, LIVER)
    )
    both = first.tally + second.tally
    assert both.score == 1.0
    assert both.num_reference == 2
    assert (both + score_case(mine_text(NODE, lang="en"), text_of()).tally).recall == pytest.approx(
        2 / 3
    )
