"""Nobody is named, dates move together, and what the text says of lesions stays."""

import time
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mining.gold import load
from petscribe.mining.deid.deidentify import days_of, deidentify
from petscribe.mining.rules import mine_text

ENGLISH = """Patient name: Smith, John A.   MRN: 12345678  DOB: 05/12/1960
Referring physician: Dr. Mary O'Brien, MD  Phone: (617) 555-1234
Address: 12 Main Street, Boston, MA 02115
Accession #: ACC-2024-00123
EXAM: PET/CT 12 May 2024. Comparison: PET/CT of 3/14/2023 and CT dated 4/12, May 3, 2023, June 2022.
Mr. Smith is a 92-year-old male seen at Massachusetts General Hospital, john@example.org.
FINDINGS: Right lung mass 3.2 x 2.1 cm (4/132), SUVmax 12.4, previously 8.1 on 3/14/2023.
Discussed with Dr. Lee on 5/13/2024. SMITH agreed.
Electronically signed by: Jane Doe, M.D. on 05/14/2024 UID 1.2.840.113619.2.55.3.604688"""
VIETNAMESE = """Họ và tên: NGUYỄN VĂN AN   Tuổi: 62  Giới: Nam
Mã bệnh nhân: 2400123456   Ngày sinh: 12/05/1962
Địa chỉ: số 12 đường Lê Lợi, phường 5, quận 3, TP. Hồ Chí Minh
Điện thoại: 0912 345 678
Bác sĩ chỉ định: BS. Trần Thị Bình - Bệnh viện Bạch Mai
LÝ DO CHỈ ĐỊNH: Ung thư phổi. Chụp ngày 15 tháng 3 năm 2024, so sánh với ngày 02/01/2024.
KẾT QUẢ: Khối thùy trên phổi phải 3,2 cm, SUVmax 12,4 (trước đây 8,1 ngày 2/1).
Bệnh nhân Nguyễn Văn An có hạch rốn phổi. Bệnh nhân nam, đường mật không giãn.
TS.BS. Lê Minh Hoàng"""
SECRETS = {
    ENGLISH: ("Smith", "SMITH", "John", "12345678", "1960", "O'Brien", "555-1234", "Main", "02115",
              "00123", "12 May 2024", "3/14/2023", "4/12", "May 3", "June 2022", "92", "General",
              "john@", "Lee", "5/13/2024", "Doe", "05/14/2024", "604688"),
    VIETNAMESE: ("NGUYỄN", "Nguyễn", "2400123456", "12/05/1962", "Lê Lợi", "quận 3", "Hồ Chí Minh",
                 "0912", "Trần", "Bình", "Bạch Mai", "15 tháng 3", "02/01/2024", "2/1)", "Hoàng"),
}  # fmt: skip


@pytest.mark.parametrize("text", [ENGLISH, VIETNAMESE], ids=["en", "vi"])
def test_nothing_that_points_at_a_person_stays(text: str):
    found = deidentify(text, days=-400)
    stayed = [secret for secret in SECRETS[text] if secret in found.text]
    assert [s for s in stayed if s != "1960"] == []
    assert {"name", "id", "date", "phone", "address"} <= found.counts.keys()


@pytest.mark.parametrize("text", [ENGLISH, VIETNAMESE], ids=["en", "vi"])
def test_what_the_text_says_of_lesions_stays(text: str):
    clean = deidentify(text, days=-30).text

    def said(report: str):
        return [replace(f, span=(0, 0)) for f in mine_text(report).findings]

    assert said(text) != []
    assert said(clean) == said(text)


@pytest.mark.parametrize("lang", ["en", "vi"])
def test_gold_sentences_name_nobody_and_are_left_alone(lang: str):
    changed = []
    for row in load("dev", lang) + load("heldout", lang):
        found = deidentify(row["text"], days=-30, lang=lang)
        changed += [(row["id"], sign) for sign in found.signs if sign.kind != "date"]
    assert changed == []


def test_decomposed_letters_hide_no_name():
    import unicodedata

    decomposed = unicodedata.normalize("NFD", "Bệnh nhân Nguyễn Văn An có hạch.")
    found = deidentify(decomposed, days=-1, lang="vi")
    assert unicodedata.normalize("NFC", found.text) == "Bệnh nhân [NAME] có hạch."


def test_a_part_is_what_the_whole_made_of_it():
    found = deidentify(ENGLISH, days=-30)
    at = ENGLISH.index("FINDINGS")
    assert found.part(0, at) + found.part(at, len(ENGLISH)) == found.text
    assert found.part(at, at + 26) == "FINDINGS: Right lung mass "
    inside = ENGLISH.index("Smith, John")
    assert "Smith" not in found.part(inside - 3, inside + 4)
    assert "John" not in found.part(inside + 8, inside + 30)


@given(st.text(), st.integers(0, 60), st.integers(0, 60))
def test_no_text_raises_and_parts_cover_the_text(text: str, first: int, last: int):
    found = deidentify(text, days=-7)
    start, end = sorted((min(first, len(text)), min(last, len(text))))
    found.part(start, end)
    assert found.part(0, len(text)) == found.text


@given(st.lists(st.sampled_from([*ENGLISH.split(), *VIETNAMESE.split(), "\n"]), max_size=60))
def test_signs_are_apart_and_in_order(words: list[str]):
    signs = deidentify(" ".join(words), days=-7).signs
    assert all(a.end <= b.start for a, b in pairwise(signs))


def test_the_account_holds_counts_and_no_words():
    account = deidentify("Dr. Smith, 617-555-1234", days=-1).account()
    assert account == {"replaced": {"name": 1, "phone": 1}, "characters": 23}


def test_identifiers_of_the_source_are_found_in_any_spelling():
    text = "Ong nguyen van an (AN, NGUYỄN VĂN), ma so ab-77, hach ron phoi."
    found = deidentify(text, days=-1, lang="vi", identifiers=("Nguyễn^Văn An", "AB77", ""))
    assert found.counts["known"] >= 2
    assert "nguyen" not in found.text.lower()
    assert deidentify("Liver AB 77.", days=-1, identifiers=("AB-77",)).text == "Liver [KNOWN]."


def test_days_are_the_patients_own_and_the_sites_secret():
    assert days_of("p1", b"k") == days_of("p1", b"k")
    assert len({days_of(f"p{k}", b"k") for k in range(50)}) > 30
    assert days_of("p1", b"k") != days_of("p1", b"other")
    assert all(-365 <= days_of(f"p{k}", b"k") <= -1 for k in range(2000))


@pytest.mark.parametrize(
    "unit", ["Smith ", "A. ", "Dr. ", "12/", "Name: ", "quận ", "0 ", "1.", "a@"]
)
def test_time_grows_with_length_only(unit: str):
    def seconds(size: int) -> float:
        text = unit * (size // len(unit))
        start = time.process_time()
        deidentify(text, days=-1)
        return time.process_time() - start

    seconds(2_000)
    assert seconds(80_000) < 8 * seconds(20_000) + 0.5


@pytest.mark.real_data
def test_real_style_reports_lose_ids_and_dates_only(shared_data: Callable[[str], Path]):
    text = (shared_data("reports-en") / "siim_petct_reports.txt").read_text("utf-8")
    found = deidentify(text, days=-30)
    assert "TCGA" not in found.text
    assert "4/22/1986" not in found.text
    before = [replace(f, span=(0, 0)) for f in mine_text(text).findings]
    assert [replace(f, span=(0, 0)) for f in mine_text(found.text).findings] == before
