"""Critical errors are named, each once, and numbers are compared."""

from dataclasses import replace

import pytest

from petscribe.core.finding import Finding, SuvClaim
from petscribe.evaluation.clinical.faults import (
    CRITICAL,
    LIVER_SUV,
    Faults,
    count_faults,
    denials_contradicted,
    denies,
    is_avid,
    liver_suv,
)
from petscribe.evaluation.clinical.score import score_case
from petscribe.mining.rules import mine_text

NODE = "Hypermetabolic left axillary node measuring 1.2 cm, SUVmax 5.6 (previously 8.1)."
LESION = Finding(anatomy="liver", region="liver", type="lesion")


def faults(reference: str, predicted: str) -> Faults:
    return score_case(mine_text(reference, lang="en"), mine_text(predicted, lang="en")).faults


def named(counted: Faults) -> dict[str, int]:
    return {name: getattr(counted, name) for name in CRITICAL if getattr(counted, name)}


@pytest.mark.parametrize(
    ("reference", "predicted", "expected"),
    [
        (NODE, NODE, {}),
        (NODE, "No hypermetabolic left axillary node.", {"negation_flip": 1}),
        (NODE, "No abnormal uptake in the axillae.", {"negation_flip": 1}),
        ("No hypermetabolic left axillary node.", NODE, {"negation_flip": 1}),
        (
            "FDG-avid nodule in the right upper lobe.",
            "Non-FDG-avid nodule in the right upper lobe.",
            {"negation_flip": 1},
        ),
        (NODE, NODE.replace("left", "right"), {"side_flip": 1}),
        (NODE, "Lungs are clear.", {"missed_avid": 1}),
        ("Lungs are clear.", NODE, {"invented_avid": 1}),
        (
            NODE,
            "Hypermetabolic left axillary node measuring 1.2 cm, SUVmax 8.1.",
            {"prior_as_current": 1},
        ),
        ("4 mm nodule in the right upper lobe without uptake.", "Liver is normal.", {}),
        (f"{NODE} No uptake in the spleen.", f"{NODE} Spleen is normal.", {}),
    ],
)
def test_each_critical_error_is_counted_once(reference, predicted, expected):
    assert named(faults(reference, predicted)) == expected


def test_a_denial_elsewhere_or_of_another_kind_speaks_against_nothing():
    denial = replace(LESION, negated=True)
    assert denies(denial, LESION)
    assert not denies(replace(denial, region="spleen", anatomy="spleen"), LESION)
    assert not denies(replace(denial, type="cyst"), replace(LESION, type="mass"))


def test_a_denied_side_speaks_against_that_side_only():
    left = Finding(anatomy="left kidney", region="kidney", laterality="left", type="lesion")
    right = replace(left, laterality="right", anatomy="right kidney")
    assert not denies(replace(right, negated=True), left)
    assert denials_contradicted([left, right], [], denials=[replace(right, negated=True)]) == [
        right
    ]
    assert denials_contradicted([right], [0], denials=[replace(right, negated=True)]) == []


def test_avid_is_above_the_liver_that_the_text_states():
    lesion = replace(LESION, suv=(SuvClaim(stat="max", value=3.0),))
    assert is_avid(lesion, LIVER_SUV)
    assert not is_avid(lesion, liver_suv(mine_text("Liver background SUV mean 3.4.", lang="en")))
    assert not is_avid(replace(lesion, uptake="none"), LIVER_SUV)


def test_numbers_are_compared_where_both_state_one():
    counted = faults(NODE, NODE.replace("5.6", "6.6").replace("1.2 cm", "1.5 cm"))
    assert (counted.suv_compared, counted.suv_wrong) == (1, 1)
    assert counted.suv_error == pytest.approx(1.0)
    assert counted.suv_error_frac == pytest.approx(1.0 / 5.6)
    assert counted.size_error_mm == pytest.approx(3.0)


def test_deauville_scores_are_compared():
    counted = faults(f"{NODE} Deauville score 4.", f"{NODE} Deauville score 2.")
    assert (counted.deauville_compared, counted.deauville_error) == (1, 2)


def test_counts_add():
    first = faults(NODE, "Lungs are clear.")
    assert (first + first).missed_avid == 2
    assert (first + first).critical == 2


def test_nothing_chosen_from_nothing_is_no_fault():
    text = mine_text("", lang="en")
    assert count_faults(text, text, wanted=(), said=(), chosen=()) == Faults()
