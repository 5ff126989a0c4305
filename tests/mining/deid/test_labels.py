"""Fields of a report's head."""

import pytest

from petscribe.mining.deid.labels import labelled


def values(text: str) -> list[tuple[str, str]]:
    return [(sign.kind, text[sign.start : sign.end]) for sign in labelled(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Patient name: Smith, John A.", [("name", "Smith, John A.")]),
        ("Name: john smith   Sex: M", [("name", "john smith")]),
        ("Patient: John Smith MRN: 123", [("name", "John Smith"), ("id", "123")]),
        ("Họ tên: NGUYỄN VĂN A, 60 tuổi", [("name", "NGUYỄN VĂN A")]),
        ("Bác sĩ đọc: Lê Minh", [("name", "Lê Minh")]),
        ("Dictated by John Smith", [("name", "John Smith")]),
        ("Name\tAnn Lee", [("name", "Ann Lee")]),
        ("MRN 1234567", [("id", "1234567")]),
        ("Accession #: A-77/2", [("id", "A-77/2")]),
        ("Số hồ sơ: 24/0012", [("id", "24/0012")]),
        ("Tel: +84 912 345 678", [("phone", "+84 912 345 678")]),
        ("Address: 12 Main St, Boston\nHistory:", [("address", "12 Main St, Boston")]),
        ("Địa chỉ: Hà Nội; Giới: nữ", [("address", "Hà Nội")]),
    ],
)
def test_values_end_where_their_field_does(text: str, expected: list[tuple[str, str]]):
    assert values(text) == expected


@pytest.mark.parametrize(
    "text",
    ["Patient: 60 yo male", "Bệnh nhân: Nam 60 tuổi", "Indication: Lung cancer", "ID 2",
     "Mother: breast cancer", "The patient has a node.", "Referred by her physician",
     "Impression: Node.", "name:", "MRN:", "Mother: Breast cancer", "ngày: 3 mm"],
)  # fmt: skip
def test_what_is_no_identity_stays(text: str):
    assert values(text) == []
