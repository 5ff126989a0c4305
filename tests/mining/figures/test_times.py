"""Current, prior, delayed."""

import pytest


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("SUVmax 5.6 (previously 8.1)", [(5.6, "current"), (8.1, "prior")]),
        ("SUVmax 5.6, was 8.1", [(5.6, "current"), (8.1, "prior")]),
        ("SUVmax was 5.6", [(5.6, "current")]),
        ("SUVmax decreased from 8.1 to 5.6", [(8.1, "prior"), (5.6, "current")]),
        ("SUVmax 11.1, decreased from 15.9", [(11.1, "current"), (15.9, "prior")]),
        ("SUVmax 11.1 (increased from 9.2)", [(11.1, "current"), (9.2, "prior")]),
        ("SUVmax 12.4 (previously 8.1 on 3/14)", [(12.4, "current"), (8.1, "prior")]),
        ("SUVmax 8.1 \u2192 5.6", [(8.1, "prior"), (5.6, "current")]),
        ("SUVmax \u2191 12.4 (8.1)", [(12.4, "current"), (8.1, "prior")]),
        ("SUVmax 5.6 compared with 8.1", [(5.6, "current"), (8.1, "prior")]),
        ("SUVmax now 2.9 compared to 6.8 previously", [(2.9, "current"), (6.8, "prior")]),
        ("SUVmax 4.2, 5.6 on delayed images", [(4.2, "current"), (5.6, "delayed")]),
        ("SUVmax 8.1 on the prior exam, SUVmax 5.6 now", [(8.1, "prior"), (5.6, "current")]),
        ("compared to the prior study, SUVmax is 4.4", [(4.4, "current")]),
        ("adenoma versus metastasis, SUVmax 4.1", [(4.1, "current")]),
    ],
)
def test_each_value_has_its_time(values, text: str, wanted: list[tuple[float, str]]):
    assert [(c.value, c.time) for c in values("suvval", text)] == wanted


def test_vietnamese_values_have_their_time(values):
    found = values("suvval", "SUVmax giảm từ 8,8 xuống 3,1", "vi")
    assert [(c.value, c.time) for c in found] == [(8.8, "prior"), (3.1, "current")]
    found = values("suvval", "SUVmax 12,4 (trước đây 8,1 ngày 2/1)", "vi")
    assert [(c.value, c.time) for c in found] == [(12.4, "current"), (8.1, "prior")]


def test_a_prior_size_makes_the_suv_with_it_prior(values):
    text = "1.4 cm, SUVmax of 8, previously 1.0 cm with SUVmax of 5"
    assert [c.time for c in values("sizeval", text)] == ["current", "prior"]
    assert [c.time for c in values("suvval", text)] == ["current", "prior"]
