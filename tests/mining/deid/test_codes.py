"""Numbers that point at a person, and those that do not."""

import pytest

from petscribe.mining.deid.codes import coded


def found(text: str) -> list[tuple[str, str]]:
    return [(sign.kind, text[sign.start : sign.end]) for sign in coded(text)]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("(617) 555-1234", "phone"), ("617-555-1234", "phone"), ("617.555.1234", "phone"),
        ("+84 912 345 678", "phone"), ("0912 345 678", "phone"), ("0912345678", "phone"),
        ("ann.lee+x@hospital.org", "email"), ("https://pacs.local/x?id=1", "url"),
        ("www.hospital.vn", "url"), ("123-45-6789", "id"), ("TCGA-17-Z058", "id"),
        ("TCGA-BA-4077", "id"), ("12345678", "id"), ("AB1234567", "id"), ("P123456", "id"),
        ("MRN12345", "id"), ("1.2.840.113619.2.55.3", "id"), ("192.168.10.7", "id"),
    ],
)  # fmt: skip
def test_shapes_of_identifiers_are_found(text: str, kind: str):
    assert found(f"see {text} now")[0] == (kind, text)


@pytest.mark.parametrize(
    "text",
    ["SUVmax 12.4", "3.2 x 2.1 cm", "(4/132)", "image 88 of 267", "PSMA-1007", "18F-PSMA-1007",
     "F-18 FDG 370 MBq", "Ga-68", "T12-L1", "levels II-IV", "PI-RADS 4", "CD20", "C5-C6",
     "10:30 AM", "MTV 1234.5 ml", "TLG 123,456", "120 kV, 100-440 mA", "SUV 5.6-8.9", "4R, 10L",
     "HCC 2.3.4", "2024", "HU 1024", "0.5 0.7 0.9", "600 mm 700 mm"],
)  # fmt: skip
def test_what_a_report_measures_is_no_identifier(text: str):
    assert found(f"see {text} now") == []


@pytest.mark.parametrize(
    ("text", "ages"),
    [("a 92-year-old man", ["92"]), ("93 tuổi", ["93"]), ("101 yo", ["101"]),
     ("89-year-old", []), ("92 mm", []), ("1.92 years old", [])],
)  # fmt: skip
def test_great_ages_are_taken_out(text: str, ages: list[str]):
    assert [words for kind, words in found(text) if kind == "age"] == ages
