"""Sizes in millimetres, in text order."""

import pytest


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("2.3 x 1.8 cm", [(23, 18)]),
        ("12mm", [(12,)]),
        ("4.5 x 3.9 x 3.2 cm", [(45, 39, 32)]),
        ("2.3 cm x 18 mm", [(23, 18)]),
        ("1.8 by 1.2 cm", [(18, 12)]),
        ("12 and 8 mm", [(12,), (8,)]),
        ("measuring up to 12 mm", [(12,)]),
        ("a 4.6 x 4.6 mass", [(46, 46)]),
        ("3 cm from the carina", []),
    ],
)
def test_sizes_are_millimetres(values, text: str, wanted: list[tuple[int, ...]]):
    assert [tuple(c.dims) for c in values("sizeval", text)] == wanted


def test_growth_has_two_times(values):
    found = values("sizeval", "enlarged from 9 to 12 mm")
    assert [(c.dims, c.time) for c in found] == [((9.0,), "prior"), ((12.0,), "current")]


def test_a_distance_in_vietnamese_is_no_size(values):
    assert [c.dims for c in values("sizeval", "cách rìa hậu môn 5 cm, dài 48 mm", "vi")] == [
        (48.0,)
    ]


def test_volume_and_glycolysis_have_their_own_words(values):
    assert values("mtvval", "MTV 183.1 ml") == [183.1]
    assert values("tlgval", "TLG 955 g") == [955.0]
    assert values("mtvval", "125 ml of contrast") == []
