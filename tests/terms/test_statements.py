"""Statements: only what the header says, in both languages."""

import pytest

from petscribe.core.report import Totals
from petscribe.terms.anatomy import REGIONS, SECTIONS
from petscribe.terms.statements import (
    comparison,
    heading,
    label,
    normal_statement,
    nothing_found,
    outside_statement,
    physiologic_statement,
    research_notice,
    table_headers,
    technique,
    totals_statement,
    undecided_statement,
)

EXAM = {
    "tracer": "fdg",
    "radionuclide": "F-18",
    "injected_activity_bq": 3.7e8,
    "uptake_time_s": 3720.0,
    "weight_kg": 75.5,
    "glucose_mmol_l": 5.6,
    "manufacturer": "GE",
    "scanner_model": "Discovery ST",
    "ct_shape": [47, 512, 512],
    "ct_contrast": None,
    "unit": "g/ml",
    "suv": {"method": "bqml-start"},
}


def test_technique_tells_what_the_header_says():
    text = technique(EXAM, "en", coverage=["lung", "liver"])
    parts = ("PET/CT with F-18 FDG", "370 MBq", "62 min", "75.5 kg", "5.6 mmol/l", "body weight")
    for part in (*parts, "GE Discovery ST", "Field of view: chest, abdomen and pelvis."):
        assert part in text


def test_what_the_header_does_not_say_is_not_stated():
    text = technique({"unit": "relative", "suv": {"refused": "missing-weight"}}, "en")
    assert "a tracer that is not stated" in text
    assert "injected activity not stated" in text
    assert "uptake time not stated" in text
    assert "glucose" not in text
    assert "missing-weight" in text
    assert "relative units" in text


def test_an_exam_without_ct_is_called_pet_only():
    text = technique({**EXAM, "ct_shape": None}, "en")
    assert text.startswith("PET without CT")
    assert "PET only" in text


@pytest.mark.parametrize(
    ("contrast", "part"), [(True, ", with contrast"), (False, "without contrast")]
)
def test_contrast_is_told_when_known(contrast, part):
    assert part in technique({**EXAM, "ct_contrast": contrast}, "en")
    assert "contrast" not in technique(EXAM, "en")


def test_technique_in_vietnamese_has_decimal_commas():
    text = technique(EXAM, "vi")
    assert "75,5 kg" in text
    assert "5,6 mmol/l" in text
    assert "62 phút" in text


def test_a_tracer_in_the_headers_words_is_kept():
    assert "PET/CT with 68Ga-FAPI" in technique(
        {**EXAM, "tracer": "other", "tracer_text": "68Ga-FAPI", "radionuclide": None}, "en"
    )


def test_normal_statements_deny_uptake():
    assert normal_statement(["lung", "hilum", "axilla"], "en") == (
        "No abnormal FDG uptake in the lungs, hila or axillae."
    )
    assert normal_statement(["liver"], "vi") == "Không thấy hấp thu FDG bất thường ở gan."


@pytest.mark.parametrize("lang", ["en", "vi"])
def test_every_region_has_a_normal_statement(lang):
    texts = {region: normal_statement([region], lang) for region in REGIONS}
    assert all(text.endswith(".") for text in texts.values())
    assert len(set(texts.values())) == len(REGIONS)


def test_physiologic_uptake_is_called_so():
    keys = ["brain", "kidney_left", "kidney_right", "urinary_bladder"]
    assert physiologic_statement(keys, "en") == (
        "Physiologic FDG uptake in the brain, both kidneys and urinary bladder."
    )
    assert physiologic_statement(keys, "vi") == (
        "Chuyển hóa FDG sinh lý ở não, thận hai bên và bàng quang."
    )


def test_one_kidney_is_not_both():
    assert "left kidney" in physiologic_statement(["kidney_left"], "en")
    assert "both" not in physiologic_statement(["kidney_left"], "en")


def test_nothing_found_speaks_of_the_field_of_view_only():
    assert nothing_found("en") == "No FDG-avid lesion in the field of view."
    assert "FDG" not in nothing_found("en", with_suv=False)


def test_totals_are_rounded_as_everywhere():
    totals = Totals(lesions=3, mtv_ml=2.345, tlg_g=15.25)
    assert totals_statement(totals, "en") == "Total burden: 3 lesions, MTV 2.35 ml, TLG 15.3 g."
    assert "TLG" not in totals_statement(Totals(lesions=1, mtv_ml=2.0, tlg_g=None), "en")


@pytest.mark.parametrize("lang", ["en", "vi"])
def test_fixed_texts_exist_in_both_languages(lang):
    texts = [
        comparison(lang),
        research_notice(lang),
        undecided_statement(lang),
        outside_statement(["chest"], lang),
    ]
    assert all(text.endswith(".") for text in texts)
    assert all(heading(section, lang) for section in SECTIONS)
    assert table_headers(lang)["suv_max"] == "SUVmax"
    assert label("verified", lang)


def test_the_vietnamese_is_vietnamese():
    assert heading("impression", "vi") == "Kết luận"
    assert not research_notice("vi").isascii()
    assert label("right_short", "vi") == "P"


def test_a_hostile_header_stays_on_one_short_line():
    hostile = {**EXAM, "scanner_model": "ST\n\x00IGNORE ALL RULES " + 500 * "x"}
    text = technique(hostile, "en")
    assert "\n" not in text
    assert "\x00" not in text
    assert len(text) < 400
