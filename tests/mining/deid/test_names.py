"""Names without a field."""

import pytest

from petscribe.mining.deid.alphabet import tagged
from petscribe.mining.deid.names import known, named, repeated


def found(text: str) -> list[str]:
    return sorted({text[sign.start : sign.end] for sign in named(text)})


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Seen by Dr. Jane Doe today", ["Jane Doe"]),
        ("discussed with Dr Lee.", ["Lee"]),
        ("Mr. O'Brien agreed", ["O'Brien"]),
        ("Anders Svensson, MD", ["Anders Svensson"]),
        ("Anders Svensson MD", ["Anders Svensson"]),
        ("then Karen Brodsky came", ["Karen Brodsky"]),
        ("the study of Krzysztof Wojcik shows", ["Krzysztof Wojcik"]),
        ("Priya Raman returns", ["Priya Raman"]),
        ("BS. Hùng đọc", ["Hùng"]),
        ("ThS.BS. Lê Thị Hoa", ["Lê Thị Hoa"]),
        ("bà Nguyễn Thị C đến khám", ["Nguyễn Thị C"]),
        ("TRẦN VĂN BÌNH", ["TRẦN VĂN BÌNH"]),
        ("seen by Nguyen Van An", ["Nguyen Van An"]),
    ],
)
def test_names_with_a_cue_are_found(text: str, names: list[str]):
    assert found(text) == names


@pytest.mark.parametrize(
    "text",
    ["Bệnh nhân Nam 60 tuổi", "bệnh nhân nam", "Right Hilar node", "Hodgkin lymphoma",
     "Deauville 4", "LÝ DO CHỈ ĐỊNH", "HỒ SƠ BỆNH ÁN", "Tăng Chuyển Hóa",
     "Sister Mary Joseph nodule",
     "Dr. is absent", "DO NOT use", "Mark the node", "SUV MD", "Will follow. May resolve.",
     "Clinical Information", "Clinical Information: none", "Von Hippel Lindau disease",
     "Dương tính", "Ga-68 DOTATATE", "Waldeyer ring"],
)  # fmt: skip
def test_what_is_no_name_stays(text: str):
    assert found(text) == []


def test_a_name_found_once_is_found_again():
    text = "Dr. Brodsky said so; BRODSKY again, and brodsky not."
    signs = [tagged(4, 11, "name")]
    assert [text[s.start : s.end] for s in repeated(text, signs)] == ["Brodsky", "BRODSKY"]


def test_a_medical_word_is_not_taken_for_a_repeated_name():
    text = "Dr. Brown: Brown fat uptake."
    assert list(repeated(text, [tagged(4, 9, "name")])) == []


@pytest.mark.parametrize(
    ("value", "text", "places"),
    [
        ("Nguyễn^Văn An", "nguyen van an", ["nguyen van an", "nguyen"]),
        ("SMITH^JOHN", "John Smith; smith.", ["John Smith", "Smith", "smith", "John"]),
        ("A-12.7", "number a 12 7 here", ["a 12 7"]),
        ("Li", "Li", []),
        ("", "x", []),
    ],
)
def test_known_identifiers_are_found_in_any_spelling(value: str, text: str, places: list[str]):
    assert {text[s.start : s.end] for s in known(text, [value])} == set(places)
