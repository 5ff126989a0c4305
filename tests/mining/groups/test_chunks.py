"""A sentence in phrases."""


def test_separators_cut(phrases):
    found = phrases("left hilar mass, SUVmax 4.2, with pleural effusion but stable node")
    assert [c.sep for c in found] == ["start", "comma", "with", "stop"]


def test_brackets_are_known(phrases):
    assert [c.bracket for c in phrases("node (SUVmax 4.2) in the liver")] == [False, True, False]


def test_nouns_of_an_explanation_are_not_the_lesion(phrases):
    (only,) = phrases("photopenic defect in the kidney consistent with a cyst")
    assert only.core_types == []


def test_a_second_lesion_may_follow_without_a_separator(phrases):
    assert len(phrases("liver lesion SUVmax 3.2 lung nodule SUVmax 4.1")) == 2


def test_a_dash_between_blanks_separates(phrases):
    assert len(phrases("liver lesion - SUVmax 3.2")) == 2
    assert len(phrases("SUVmax 3.2-4.1 in the liver")) == 1
