"""Real texts through the real parser: true drafts are clean, each corruption is found."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from petscribe.core.report import Measured, Report
from petscribe.mining.rules import mine_text
from petscribe.reporting.assemble import draft
from petscribe.reporting.render import to_text
from petscribe.reporting.verify import check_claims, verify

ENGLISH = """\
PET/CT of 17 May 2024
TECHNIQUE: 345 MBq F-18 FDG, uptake time 63 minutes, blood glucose 5.6 mmol/l.
COMPARISON: None.
FINDINGS:
Head and neck: No abnormal uptake in the thyroid or cervical lymph nodes.
Chest: Hypermetabolic right hilar mass measuring 6.4 x 4.1 cm with a maximum SUV of 42.2 (image 88).
There is a 12 mm FDG-avid right axillary lymph node, SUVmax 5.1. No pleural effusion. The lungs are
clear.
Abdomen and pelvis: Intensely FDG-avid left adrenal nodule, SUVmax 12.6, 2.4 x 1.6 cm.
Hypermetabolic lesion in the liver with SUVmax 8.1. Physiologic uptake in the urinary bladder.
No abnormal uptake in the spleen.
Musculoskeletal: FDG-avid lesion in the T8 vertebra (SUVmax 9.4). No other bone lesion.
IMPRESSION:
1. Right hilar mass, SUVmax 42.2, suspicious for malignancy.
2. FDG-avid lesions in the left adrenal gland, the liver and T8.
"""

VIETNAMESE = """\
MÔ TẢ HÌNH ẢNH
Đầu - cổ: Không thấy tăng chuyển hóa FDG bất thường ở tuyến giáp.
Lồng ngực: Khối ở rốn phổi phải kích thước 64 x 41 mm, tăng chuyển hóa FDG rất mạnh, SUVmax 42,2.
Hạch hố nách phải kích thước 12 x 8 mm, tăng chuyển hóa FDG, SUVmax 5,1.
Ổ bụng - khung chậu: Nốt ở tuyến thượng thận trái tăng chuyển hóa FDG, SUVmax 12,6.
Tổn thương ở gan tăng chuyển hóa FDG, SUVmax 8,1. Không thấy tăng chuyển hóa FDG ở lách.
Hệ cơ - xương: Tổn thương ở đốt sống D8 tăng chuyển hóa FDG, SUVmax 9,4.
KẾT LUẬN
Khối ở rốn phổi phải tăng chuyển hóa FDG, SUVmax 42,2.
"""

CORRUPTIONS = [
    (ENGLISH, "a maximum SUV of 42.2", "a maximum SUV of 24.2", ("number", 1)),
    (ENGLISH, "SUVmax 12.6", "SUVmax 16.2", ("number", 2)),
    (ENGLISH, "6.4 x 4.1 cm", "4.6 x 4.1 cm", ("number", 1)),
    (ENGLISH, "Hypermetabolic right hilar", "Hypermetabolic left hilar", ("laterality", 1)),
    (ENGLISH, "avid left adrenal nodule", "avid right adrenal nodule", ("laterality", 2)),
    (ENGLISH, "1. Right hilar mass", "1. Left hilar mass", ("laterality", 1)),
    (ENGLISH, "lesion in the liver with SUVmax", "lesion in the spleen with SUVmax", ("region", 5)),
    (ENGLISH, "in the T8 vertebra (", "in the L2 vertebra (", ("region", 3)),
    (
        ENGLISH,
        "The lungs are\nclear.",
        "Hypermetabolic nodule in the left lower lobe, SUVmax 6.6.",
        ("invented", None),
    ),
    (
        ENGLISH,
        "There is a 12 mm FDG-avid right axillary lymph node, SUVmax 5.1.",
        "",
        ("missed", 4),
    ),
    (
        ENGLISH,
        "There is a 12 mm FDG-avid right axillary lymph node, SUVmax 5.1.",
        "There is no FDG-avid axillary lymph node.",
        ("negation", 4),
    ),
    (
        ENGLISH,
        "a maximum SUV of 42.2",
        "a maximum SUV of 31.0 (previously 42.2)",
        ("prior_as_current", 1),
    ),
    (VIETNAMESE, "rất mạnh, SUVmax 42,2", "rất mạnh, SUVmax 24,2", ("number", 1)),
    (VIETNAMESE, "tuyến thượng thận trái", "tuyến thượng thận phải", ("laterality", 2)),
    (VIETNAMESE, "Tổn thương ở gan", "Tổn thương ở tụy", ("region", 5)),
    (VIETNAMESE, "đốt sống D8", "đốt sống L3", ("region", 3)),
    (
        VIETNAMESE,
        "Hạch hố nách phải kích thước 12 x 8 mm, tăng chuyển hóa FDG, SUVmax 5,1.",
        "",
        ("missed", 4),
    ),
    (
        VIETNAMESE,
        "Tổn thương ở gan tăng chuyển hóa FDG, SUVmax 8,1.",
        "Không thấy tổn thương tăng chuyển hóa FDG ở gan.",
        ("negation", 5),
    ),
    (
        VIETNAMESE,
        "Không thấy tăng chuyển hóa FDG ở lách.",
        "Tổn thương ở lách tăng chuyển hóa FDG, SUVmax 7,7.",
        ("invented", None),
    ),
]

PARAPHRASES = [
    (ENGLISH, "SUVmax 12.6", "SUV max of approximately 12.5"),
    (ENGLISH, "6.4 x 4.1 cm", "41 x 64 mm"),
    (
        ENGLISH,
        "Intensely FDG-avid left adrenal nodule",
        "Hypermetabolic nodule of the left adrenal",
    ),
    (ENGLISH, "lesion in the liver", "hepatic lesion"),
    (ENGLISH, "T8 vertebra", "eighth thoracic vertebra"),
    (ENGLISH, "SUVmax 5.1", "SUVmax 5.14"),
    (ENGLISH, " (image 88)", ""),
    (VIETNAMESE, "42,2", "42"),
    (VIETNAMESE, "64 x 41 mm", "6,4 x 4,1 cm"),
    (VIETNAMESE, "đốt sống D8", "thân đốt sống T8"),
]


def _check(text: str, measured: Measured) -> list[tuple[str, int | None]]:
    return [(p.kind, p.lesion) for p in check_claims(mine_text(text), measured)]


def _read_back(report: Report) -> Report:
    sentences = (*report.findings, *report.impression)
    claims = {k: mine_text(s.text, lang=report.language) for k, s in enumerate(sentences)}
    return verify(report, claims)


@pytest.mark.parametrize("text", [ENGLISH, VIETNAMESE])
def test_a_true_human_draft_is_clean(measured, text):
    assert _check(text, measured) == []


@pytest.mark.parametrize(("text", "true", "wrong", "problem"), CORRUPTIONS)
def test_a_single_corruption_is_found(measured, *, text, true, wrong, problem):
    assert text.count(true) >= 1
    assert _check(text.replace(true, wrong, 1), measured) == [problem]


@pytest.mark.parametrize(("text", "words", "others"), PARAPHRASES)
def test_a_paraphrase_is_clean(measured, *, text, words, others):
    assert words in text
    assert _check(text.replace(words, others), measured) == []


@given(st.text(max_size=300))
def test_any_text_can_be_checked(measured, text):
    assert {problem.kind for problem in check_claims(mine_text(text), measured)} >= {"missed"}


@pytest.mark.parametrize("lang", ["en", "vi"])
def test_our_own_draft_is_read_back_and_verified(measured, lang):
    report = _read_back(draft(measured, lang, manifest={}))
    bad = [(s.text, s.problems) for s in (*report.findings, *report.impression) if not s.verified]
    assert bad == []


@pytest.mark.parametrize("lang", ["en", "vi"])
def test_our_own_text_passes_the_check_as_a_whole(measured, lang):
    report = _read_back(draft(measured, lang, manifest={}))
    assert check_claims(mine_text(to_text(report), lang=lang), measured) == ()


@pytest.mark.parametrize("lang", ["en", "vi"])
def test_a_changed_sentence_of_our_own_is_not_verified(measured, lang):
    report = draft(measured, lang, manifest={})
    right, left = {"en": ("right", "left"), "vi": ("phải", "trái")}[lang]
    point = {"en": "42.2", "vi": "42,2"}[lang]
    for k, sentence in enumerate(report.findings):
        if sentence.lesion != 1:
            continue
        for old, new, kind in ((right, left, "laterality"), (point, point[::-1], "number")):
            findings = list(report.findings)
            findings[k] = replace(sentence, text=sentence.text.replace(old, new))
            checked = _read_back(replace(report, findings=tuple(findings))).findings[k]
            assert kind in {problem.kind for problem in checked.problems}


@pytest.mark.parametrize("lang", ["en", "vi"])
def test_many_lesions_and_no_lesion_read_back_too(measured, make_lesion, lang):
    regions = ("liver", "axilla", "hilum", "adrenal", "bone_spine", "lung")
    sided = {"axilla", "hilum", "adrenal", "lung"}
    lesions = tuple(
        make_lesion(
            i,
            regions[i % 6],
            2.0 + 1.7 * i,
            side=("left", "right")[i // 6 % 2] if regions[i % 6] in sided else None,
            words=WORDS[regions[i % 6]][i // 6 % 2],
        )
        for i in range(1, 15)
    )
    many = replace(measured, lesions=lesions, totals=replace(measured.totals, lesions=14))
    for table in (many, replace(measured, lesions=(), physiologic=())):
        report = _read_back(draft(table, lang, manifest={}))
        sentences = (*report.findings, *report.impression)
        assert [(s.text, s.problems) for s in sentences if not s.verified] == []
        assert check_claims(mine_text(to_text(report), lang=lang), table) == ()


WORDS = {
    "liver": ({"en": "liver", "vi": "gan"},) * 2,
    "bone_spine": ({"en": "spine", "vi": "cột sống"},) * 2,
    "axilla": (
        {"en": "left axilla", "vi": "hố nách trái"},
        {"en": "right axilla", "vi": "hố nách phải"},
    ),
    "hilum": (
        {"en": "left hilum", "vi": "rốn phổi trái"},
        {"en": "right hilum", "vi": "rốn phổi phải"},
    ),
    "adrenal": (
        {"en": "left adrenal gland", "vi": "tuyến thượng thận trái"},
        {"en": "right adrenal gland", "vi": "tuyến thượng thận phải"},
    ),
    "lung": ({"en": "left lung", "vi": "phổi trái"}, {"en": "right lung", "vi": "phổi phải"}),
}
