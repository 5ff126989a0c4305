"""Figures as texts print them."""

from petscribe.mining.figures.figures import is_whole, value_of


def test_decimal_comma_equals_decimal_point():
    assert value_of("12,4") == value_of("12.4") == 12.4


def test_thousands_are_no_decimals():
    assert value_of("1,234.5") == 1234.5
    assert value_of("1.234,5") == 1234.5


def test_a_date_in_dots_is_no_figure():
    assert value_of("12.03.2024") is None


def test_whole_figures_have_no_decimals():
    assert is_whole("12")
    assert not is_whole("12.0")


def test_dictated_decimals_are_joined(values):
    assert [c.value for c in values("suvval", "SUVmax 6. 2, image 3")] == [6.2]


def test_a_count_is_not_joined_to_the_figure_before(values):
    assert [c.value for c in values("suvval", "SUVmax 5. 2 nodules")] == [5.0]
