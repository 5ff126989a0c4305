"""Sentences: what a physician would write, nothing lost, in both languages."""

import dataclasses
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from petscribe.core.finding import (
    Diagnosis,
    Finding,
    ImageRef,
    SizeClaim,
    SuvClaim,
    UptakeRelation,
)
from petscribe.terms.sentences import (
    diagnosis_words,
    in_capitals,
    sentence,
    tracer_name,
    uptake_words,
    with_article,
)
from terms.strategies import findings

HILUM = Finding(
    anatomy="right hilum",
    region="hilum",
    laterality="right",
    type="mass",
    uptake="intense",
    suv=(SuvClaim(stat="max", value=42.2), SuvClaim(stat="peak", value=33.2)),
    size_mm=(SizeClaim(dims=(64.0, 41.0)),),
    mtv_ml=183.1,
    refs=(ImageRef(image=88),),
)


def test_a_hilar_mass_in_english():
    assert sentence(HILUM, "en") == (
        "Intensely FDG-avid mass in the right hilum, 6.4 x 4.1 cm, SUVmax 42.2, SUVpeak 33.2, "
        "MTV 183.1 ml (image 88)."
    )


def test_a_hilar_mass_in_vietnamese():
    assert sentence(HILUM, "vi") == (
        "Khối ở rốn phổi phải tăng chuyển hóa FDG rất mạnh, kích thước 64 x 41 mm, SUVmax 42,2, "
        "SUVpeak 33,2, MTV 183,1 ml (lát cắt 88)."
    )


def said(lang="en", tracer="fdg", **slots):
    finding = dataclasses.replace(
        Finding(anatomy="right hilum", region="hilum", laterality="right", type="mass"), **slots
    )
    return sentence(finding, lang, tracer=tracer)


@pytest.mark.parametrize(
    ("slots", "english", "vietnamese"),
    [
        ({"negated": True}, "No FDG-avid mass in the right hilum.",
         "Không thấy khối tăng chuyển hóa FDG ở rốn phổi phải."),
        ({"negated": True, "type": "uptake"}, "No abnormal FDG uptake in the right hilum.",
         "Không thấy hấp thu FDG bất thường ở rốn phổi phải."),
        ({"type": "uptake", "uptake": "mild", "count": 3, "change": "new"},
         "Three new areas of mild FDG uptake in the right hilum.",
         "Ba vùng tăng chuyển hóa FDG nhẹ mới xuất hiện ở rốn phổi phải."),
        ({"count": "multiple", "uptake": "none"},
         "Multiple non-FDG-avid masses in the right hilum.",
         "Nhiều khối ở rốn phổi phải không tăng chuyển hóa FDG."),
        ({"change": "stable"}, "Mass in the right hilum, unchanged.",
         "Khối ở rốn phổi phải, không thay đổi so với lần chụp trước."),
        ({"dx": (Diagnosis(label="metastasis", certainty="probable"),)},
         "Mass in the right hilum, suspicious for metastasis.",
         "Khối ở rốn phổi phải, nghi ngờ di căn."),
        ({"vs": (UptakeRelation(organ="liver", relation="above"),)},
         "Mass in the right hilum, avidity above liver.",
         "Khối ở rốn phổi phải, mức hấp thu cao hơn nhu mô gan."),
        ({"suv": (SuvClaim(stat="max", value=8.9, op="<="),)},
         "Mass in the right hilum, SUVmax up to 8.9.",
         "Khối ở rốn phổi phải, SUVmax lên đến 8,9."),
        ({"suv": (SuvClaim(stat="max", value=None, low=2.5, high=8.9, op="range"),)},
         "Mass in the right hilum, SUVmax 2.5-8.9.",
         "Khối ở rốn phổi phải, SUVmax 2,5-8,9."),
        ({"suv": (SuvClaim(stat="max", value=3.1, time="prior"),)},
         "Mass in the right hilum, previously SUVmax 3.1.",
         "Khối ở rốn phổi phải, trước đó SUVmax 3,1."),
        ({"refs": (ImageRef(series=3, image=4, image_end=9),)},
         "Mass in the right hilum (series 3, images 4-9).",
         "Khối ở rốn phổi phải (series 3, lát cắt 4-9)."),
    ],
)  # fmt: skip
def test_each_slot_has_its_words(slots, english, vietnamese):
    assert said("en", **slots) == english
    assert said("vi", **slots) == vietnamese


def test_the_tracer_is_named():
    assert said(uptake="intense", tracer="psma").startswith("Intensely PSMA-avid mass")
    assert said("vi", uptake="intense", tracer="dotatate").endswith(
        "tăng hấp thu DOTATATE rất mạnh."
    )
    assert said(uptake="intense", tracer="unknown").startswith("Intensely tracer-avid mass")


def test_the_prior_is_never_said_as_current():
    text = said(size_mm=(SizeClaim(dims=(12.0,)), SizeClaim(dims=(20.0,), time="prior")))
    assert text == "Mass in the right hilum, 1.2 cm, previously 2.0 cm."


@pytest.mark.parametrize(
    ("plain", "printed"),
    [
        ("t8 vertebra", "T8 vertebra"),
        ("station 4r", "station 4R"),
        ("neck level iia", "neck level IIA"),
        ("ap window", "AP window"),
        ("liver segment vi", "liver segment VI"),
        ("left rib", "left rib"),
    ],
)
def test_abbreviations_get_their_capitals_back(plain, printed):
    assert in_capitals(plain, "en") == printed


def test_capitals_in_vietnamese():
    assert in_capitals("nhóm iia cổ phải", "vi") == "nhóm IIA cổ phải"
    assert in_capitals("đốt sống d8", "vi") == "đốt sống D8"


def test_articles_fit():
    assert with_article("right hilum", "en") == "the right hilum"
    assert with_article("both lungs", "en") == "both lungs"
    assert with_article("liver segment VI", "en") == "liver segment VI"
    assert with_article("rốn phổi", "vi") == "rốn phổi"


def test_unknown_labels_stay_as_they_are():
    assert diagnosis_words("metastasis", "vi") == "di căn"
    assert diagnosis_words("Erdheim-Chester disease", "vi") == "Erdheim-Chester disease"


def test_uptake_is_metabolism_only_for_fdg():
    assert uptake_words("fdg", "vi")["uptake"] == "chuyển hóa FDG"
    assert uptake_words("psma", "vi")["uptake"] == "hấp thu PSMA"
    assert tracer_name("fdg", "en") == "FDG"


@pytest.mark.parametrize("lang", ["en", "vi"])
@settings(max_examples=25)
@given(data=st.data())
def test_every_number_of_a_finding_is_printed(lang, data):
    finding = data.draw(findings(lang))
    text = sentence(finding, lang)
    digits = text.replace(",", ".") if lang == "vi" else text
    for claim in finding.suv:
        for value in (claim.value, claim.low, claim.high):
            assert value is None or str(value) in digits
    assert finding.mtv_ml is None or str(finding.mtv_ml) in digits
    for ref in finding.refs:
        assert str(ref.image) in digits


@pytest.mark.parametrize("lang", ["en", "vi"])
@settings(max_examples=25)
@given(data=st.data())
def test_a_sentence_is_one_clean_line(lang, data):
    text = sentence(data.draw(findings(lang)), lang)
    assert text == " ".join(text.split())
    assert text.endswith(".")
    assert "{" not in text
    assert unicodedata.is_normalized("NFC", text)
    assert text[0] == text[0].upper()


@pytest.mark.parametrize("lang", ["en", "vi"])
@settings(max_examples=25)
@given(data=st.data())
def test_a_finding_that_differs_in_one_slot_has_another_sentence(lang, data):
    first = data.draw(findings(lang).filter(lambda finding: not finding.negated))
    other = data.draw(findings(lang).filter(lambda finding: not finding.negated))
    slots = ("count", "suv", "size_mm", "mtv_ml", "tlg", "refs", "change", "dx", "vs")
    slot = data.draw(st.sampled_from(slots))
    second = dataclasses.replace(first, **{slot: getattr(other, slot)})
    assert (first == second) == (sentence(first, lang) == sentence(second, lang))


@settings(max_examples=25)
@given(data=st.data())
def test_a_finding_of_either_language_can_be_said_in_the_other(data):
    source = data.draw(st.sampled_from(["en", "vi"]))
    finding = data.draw(findings(source))
    target = "vi" if source == "en" else "en"
    assert sentence(finding, target) == sentence(finding, target).strip()
    if target == "en":
        assert sentence(finding, "en").isascii()


@given(
    st.builds(
        Finding,
        anatomy=st.text(max_size=30),
        region=st.sampled_from(["lung", "liver", "other", "bone"]),
        laterality=st.sampled_from([None, "left", "right", "bilateral", "midline"]),
        negated=st.booleans(),
        type=st.sampled_from([None, "uptake", "node"]),
        uptake=st.sampled_from([None, "none", "intense"]),
    ),
    st.sampled_from(["en", "vi"]),
)
def test_any_valid_finding_can_be_said(finding, lang):
    assert sentence(finding, lang).endswith(".")
