"""What a sentence does not say of this exam, and what it compares with."""

import pytest

from petscribe.mining.rules import mine_text


@pytest.mark.parametrize(
    "text",
    [
        "History of melanoma of the left arm.",
        "If symptoms persist, consider MRI of the liver.",
        "Recommend dedicated MRI of the brain.",
        "MRI of the liver is recommended.",
        "Status post right upper lobectomy.",
        "Tiền sử ung thư vú phải đã phẫu thuật.",
        "Đề nghị chụp MRI não.",
        "Images were acquired from the skull base to the thighs.",
    ],
)
def test_it_states_no_finding(text: str):
    assert mine_text(text).findings == ()


def test_advice_mutes_only_what_follows(mined):
    (finding,) = mined("6 mm nodule in the left lung, recommend CT of the chest.")
    assert finding.region == "lung"


def test_reference_sentences_fill_reference_regions():
    mined = mine_text("Liver background SUVmean 2.1, blood pool SUVmax 1.9.")
    assert mined.findings == ()
    found = [(r.organ, r.stat, r.value) for r in mined.reference_regions]
    assert found == [("liver", "mean", 2.1), ("blood_pool", "max", 1.9)]


def test_comparisons_are_relations_not_places(mined):
    (finding,) = mined("Left hilar node with uptake above blood pool but below liver.")
    assert [(v.organ, v.relation) for v in finding.vs] == [
        ("blood_pool", "above"),
        ("liver", "below"),
    ]
    assert finding.region == "hilum"


def test_above_the_liver_in_space_is_no_comparison(mined):
    (finding,) = mined("FDG-avid nodule above the liver.")
    assert finding.vs == ()
