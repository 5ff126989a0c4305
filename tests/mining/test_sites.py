"""Places, sides and lists of levels."""

import pytest

from petscribe.mining.rules import mine_text


def places(phrases, text: str, lang: str = "en") -> list[tuple[str, str | None]]:
    return [(p.term.region, p.side) for c in phrases(text, lang) for p in c.places]


def test_a_side_belongs_to_its_neighbour(phrases):
    found = places(phrases, "right hilar and mediastinal nodes")
    assert found == [("hilum", "right"), ("mediastinum", None)]


def test_vietnamese_sides_follow(phrases):
    found = places(phrases, "nách trái và bẹn phải", "vi")
    assert found == [("axilla", "left"), ("groin", "right")]


def test_stations_decide_the_side(phrases):
    found = places(phrases, "stations 4R, 7 and 10L")
    assert found == [("mediastinum", "right"), ("mediastinum", "midline"), ("hilum", "left")]


def test_lists_of_levels_are_complete(phrases):
    assert len(places(phrases, "right level II, III and IV")) == 3
    assert len(places(phrases, "L2 and 4")) == 2
    assert len(places(phrases, "4th and 5th ribs")) == 2
    assert len(places(phrases, "upper and lower lobe")) == 2


def test_a_size_is_no_level(phrases):
    assert len(places(phrases, "station 4R, 12 mm")) == 1


def test_words_of_one_place_are_one(phrases):
    assert places(phrases, "segment VI of the liver") == [("liver", None)]


def test_what_lies_next_to_the_lesion_is_not_its_place(phrases):
    assert places(phrases, "right lung mass abutting the chest wall") == [("lung", "right")]


def test_must_is_not_right(phrases):
    assert places(phrases, "phổi cần phải theo dõi", "vi") == [("lung", None)]


@pytest.mark.parametrize(
    ("text", "lang", "side"),
    [
        ("FDG-avid lymph node in the left hilar station 10R, SUVmax 5.8.", "en", "left"),
        ("FDG-avid lymph node in the left station 4R, SUVmax 5.8.", "en", "left"),
        ("FDG-avid nodule in the left middle lobe, SUVmax 3.", "en", "left"),
        ("Hạch ở nhóm 10R rốn phổi trái, SUVmax 3,2.", "vi", "left"),
        ("FDG-avid lymph node in station 4R, SUVmax 5.8.", "en", "right"),
    ],
)
def test_a_side_word_outweighs_the_side_in_a_sites_name(text, lang, side):

    [finding] = mine_text(text, lang=lang).findings
    assert finding.laterality == side
