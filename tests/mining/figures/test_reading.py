"""What all readers of figures ask."""

from petscribe.mining.figures.reading import (
    Reading,
    is_count,
    is_sign,
    put_claim,
    signs,
    unit_after,
)
from petscribe.mining.vocabulary import mark, vocabulary


def state(text: str) -> Reading:
    return Reading(items=mark(text, 0, len(text), vocabulary("en")), text=text, lang="en")


def test_a_whole_figure_before_a_noun_counts():
    assert is_count(state("3 fdg-avid nodules"), 0, close=False)
    assert not is_count(state("3.5 fdg-avid nodules"), 0, close=False)
    assert not is_count(state("3, nodules"), 0, close=False)


def test_signs_join_figures_without_words_between():
    assert signs(state("4/132").items, 0, ("slash",))
    assert not signs(state("4 of / 132").items, 0, ("slash",))


def test_a_unit_follows_directly():
    assert unit_after(state("12 mm").items, 0)
    assert not unit_after(state("12, mm").items, 0)


def test_a_claim_uses_up_the_words_that_led_to_it():
    reading = state("about 5")
    reading.out.append(reading.items[0])
    put_claim(reading, reading.items[1], "mtvval", 5.0)
    assert [set(i.tags) for i in reading.out] == [{"mtvval"}]


def test_a_sign_is_known_by_name():
    assert is_sign(state(",").items[0], "comma")
