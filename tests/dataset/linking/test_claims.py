"""What of a report can be looked for, and in which sentence it stands."""

import pytest

from petscribe.dataset.linking.claims import claim_id, claims_of, sentence_spans
from petscribe.mining.rules import mine_text


def claims(text: str, lang: str = "en"):
    return claims_of(mine_text(text, lang=lang))


def test_a_sentence_with_an_suv_is_a_claim_in_its_own_words():
    text = "No pleural effusion. Right upper lobe nodule with SUVmax 5.6 (image 88). Normal liver."
    found = claims(text)
    assert [c.sentence for c in found.claims] == [
        "Right upper lobe nodule with SUVmax 5.6 (image 88)."
    ]
    claim = found.claims[0]
    assert text[claim.span[0] : claim.span[1]].strip() == claim.sentence
    assert [s.value for s in claim.suvs] == [5.6]
    assert [r.image for r in claim.images] == [88]
    assert not claim.shares_sentence


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("No FDG-avid lesion in the liver.", "negated"),
        ("Physiologic uptake in the left kidney.", "physiologic"),
        ("7 mm nodule in the right upper lobe without FDG uptake.", "not-avid"),
    ],
)
def test_what_points_at_no_lesion_is_left_out_with_its_reason(text, reason):
    found = claims(text)
    assert found.claims == ()
    assert {why for _, why in found.left_out} == {reason}


def test_every_finding_is_a_claim_or_left_out():
    mined = mine_text(
        "Left hilar node SUVmax 8.1. No uptake in the liver. T8 lesion, SUVmax 3.", lang="en"
    )
    found = claims_of(mined)
    numbers = [c.number for c in found.claims] + [n for n, _ in found.left_out]
    assert sorted(numbers) == list(range(len(mined.findings)))


def test_a_prior_suv_is_no_clue():
    claim = claims("Left hilar node, SUVmax 8.1, previously 6.2.").claims[0]
    assert [s.value for s in claim.suvs] == [8.1]


def test_a_number_without_decimals_is_less_exact():
    exact, rough = claims("Left hilar node SUVmax 8.0. Right adrenal nodule SUVmax 8.").claims
    assert exact.tolerances == (0.1,)
    assert rough.tolerances == (0.5,)


def test_two_lesions_of_a_sentence_are_two_claims_that_share_it():
    text = "Right and left axillary nodes with SUVmax 3.2 and 2.8, respectively."
    found = claims(text).claims
    assert [(c.finding.laterality, c.suvs[0].value) for c in found] == [
        ("right", 3.2),
        ("left", 2.8),
    ]
    assert all(c.shares_sentence for c in found)


@pytest.mark.parametrize(
    ("text", "series"),
    [
        ("Left hilar node SUVmax 8.1 (CT image 120).", "ct"),
        ("Left hilar node SUVmax 8.1 on PET image 120.", "pet"),
        ("CT: left hilar node with SUVmax 8.1, image 120.", None),
    ],
)
def test_whose_image_is_numbered_is_read_where_it_is_said(text, series):
    assert claims(text).claims[0].series == series


def test_lean_body_suv_is_noticed():
    assert claims("Left hilar node with SULmax 8.1. Normal liver.").claims[0].is_lean or not (
        claims("Left hilar node with SULmax 8.1.").claims[0].suvs
    )
    assert claims("Left hilar node, SUVmax (lean body mass) 8.1.").claims[0].is_lean
    assert not claims("Left hilar node, SUVmax 8.1.").claims[0].is_lean


def test_vietnamese_sentences_are_claims_too():
    found = claims(
        "H\u1ea1ch r\u1ed1n ph\u1ed5i tr\u00e1i SUVmax 8,1 (l\u00e1t c\u1eaft 40).", "vi"
    ).claims
    assert [(c.finding.laterality, c.suvs[0].value) for c in found] == [("left", 8.1)]


def test_ids_differ_by_exam_and_sentence_and_stay():
    one, two = claims("Left hilar node SUVmax 8.1. Right hilar node SUVmax 4.").claims
    assert claim_id("a", one) == claim_id("a", one)
    assert len({claim_id("a", one), claim_id("b", one), claim_id("a", two)}) == 3


def test_sentences_cover_what_was_written():
    text = "One node. SUVmax 5.6. Im 88.\nTwo."
    assert "".join(text[a:b] for a, b in sentence_spans(text)).replace(" ", "") in text.replace(
        "\n", ""
    ).replace(" ", "")
