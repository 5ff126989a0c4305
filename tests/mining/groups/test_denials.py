"""Existence and avidity are separate axes."""

import pytest


@pytest.mark.parametrize(
    "text",
    [
        "7 mm lung nodule without uptake.",
        "Lung nodule, 7 mm, is not FDG avid.",
        "7 mm lung nodule with no FDG uptake.",
        "No FDG uptake within the known 7 mm lung nodule.",
        "Lung nodule of 7 mm. This is not FDG avid.",
        "Nốt phổi 7 mm không tăng chuyển hóa FDG.",
    ],
)
def test_the_nodule_is_there_and_not_avid(mined, text: str):
    (found,) = mined(text)
    assert (found.negated, found.uptake, found.type) == (False, "none", "nodule")


@pytest.mark.parametrize(
    "text",
    [
        "No lung nodule.",
        "No evidence of an FDG-avid lung nodule.",
        "Lung nodules are not seen.",
        "Lungs without nodules.",
        "Không thấy nốt phổi.",
    ],
)
def test_the_nodule_is_denied(mined, text: str):
    (found,) = mined(text)
    assert (found.negated, found.uptake, found.suv) == (True, None, ())


@pytest.mark.parametrize(
    ("text", "change"),
    [
        ("No significant change in the FDG-avid liver lesion.", "stable"),
        ("No increase in FDG uptake within the known liver lesion.", "stable"),
        ("The known liver lesion is no longer seen.", "resolved"),
    ],
)
def test_pseudo_negation_denies_nothing(mined, text: str, change: str):
    (found,) = mined(text)
    assert (found.negated, found.change) == (False, change)


def test_a_denial_reaches_through_a_list_and_ends_at_but(mined):
    found = mined("No node in the neck, axilla or groin, but a 9 mm lung nodule.")
    assert [(f.region, f.negated) for f in found] == [
        ("neck_nodes", True),
        ("axilla", True),
        ("groin", True),
        ("lung", False),
    ]


def test_normal_organs_are_denied_findings(mined):
    found = mined("Spleen, pancreas and kidneys are unremarkable.")
    assert [f.negated for f in found] == [True, True, True]
