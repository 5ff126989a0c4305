"""SUV with statistic, relation, range; and what is no SUV."""

import pytest


def suv(claims) -> list[tuple[object, ...]]:
    return [(c.stat, c.op, c.value if c.op != "range" else (c.low, c.high)) for c in claims]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("SUVmax4.7", ("max", "=", 4.7)),
        ("max SUV of 8.4", ("max", "=", 8.4)),
        ("maximum standardized uptake value 3", ("max", "=", 3.0)),
        ("SUV 4,2", ("unspecified", "=", 4.2)),
        ("SUVpeak: 3.3", ("peak", "=", 3.3)),
        ("mean SUV of the mass is 2.2", ("mean", "=", 2.2)),
        ("SUVmax up to 8.9", ("max", "<=", 8.9)),
        ("SUVmax greater than 10", ("max", ">", 10.0)),
        ("SUVmax < 2.5", ("max", "<", 2.5)),
        ("SUVmax of approximately 6", ("max", "~", 6.0)),
        ("SUVmax at least 4", ("max", ">=", 4.0)),
        ("SUVmax 3.2-5.6", ("max", "range", (3.2, 5.6))),
        ("SUVmax ranging from 3.2 to 7.8", ("max", "range", (3.2, 7.8))),
        ("SUVmax between 3 and 5", ("max", "range", (3.0, 5.0))),
        ("SUVmax measures 3.3", ("max", "=", 3.3)),
        ("uptake of 5.6 SUV", ("unspecified", "=", 5.6)),
    ],
)
def test_one_suv_is_read(values, text: str, wanted: tuple[object, ...]):
    assert suv(values("suvval", text)) == [wanted]


@pytest.mark.parametrize(
    "text",
    [
        "T8 and L3", "level IIA", "the 6th rib", "segment VI", "station 4R", "4/22/1986",
        "10 mCi", "85 mg/dl", "60 minutes", "30 %", "at 11:35", "in 2019", "PSMA-RADS 5",
    ],
)  # fmt: skip
def test_it_is_no_suv_and_no_size(values, text: str):
    assert values("suvval", f"SUV. {text}") == []
    assert values("sizeval", text) == []


def test_two_statistics_share_a_slash(values):
    assert suv(values("suvval", "SUVmax/SUVmean 4.1/2.3")) == [
        ("max", "=", 4.1),
        ("mean", "=", 2.3),
    ]


def test_a_day_without_its_year_is_no_suv(values):
    assert [c.value for c in values("suvval", "SUVmax 12.4, CT of 3/14 showed it")] == [12.4]
    assert [c.value for c in values("suvval", "SUVmax/SUVmean 12/8")] == [12.0, 8.0]


def test_a_statistic_alone_goes_on_with_suv(values):
    assert suv(values("suvval", "SUVmax 4.2, mean 2.1"))[1] == ("mean", "=", 2.1)


def test_a_count_is_no_suv(values):
    assert [c.value for c in values("suvval", "SUVmax 5.6 and 3 nodules")] == [5.6]
    assert values("count", "SUVmax 5.6 and 3 nodules") == [3]


def test_vietnamese_relations_are_read(values):
    assert suv(values("suvval", "SUVmax lên đến 8,9", "vi")) == [("max", "<=", 8.9)]
    assert suv(values("suvval", "SUVmax khoảng 9", "vi")) == [("max", "~", 9.0)]
    assert suv(values("suvval", "SUVmax từ 3,2 đến 5,6", "vi")) == [("max", "range", (3.2, 5.6))]
