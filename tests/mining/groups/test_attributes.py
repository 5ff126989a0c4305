"""Degree, change, count, type, diagnoses."""

import pytest


@pytest.mark.parametrize(
    ("words", "uptake"),
    [
        ("FDG-avid liver lesion", "increased"),
        ("intensely FDG-avid liver lesion", "intense"),
        ("mildly hypermetabolic liver lesion", "mild"),
        ("liver lesion with moderate uptake", "moderate"),
        ("liver lesion with low-grade uptake", "low"),
        ("photopenic liver lesion", "decreased"),
        ("liver lesion with uptake, SUVmax 3", None),
        ("large liver lesion, SUVmax 3", None),
    ],
)
def test_degrees_of_uptake(mined, words: str, uptake: str | None):
    (found,) = mined(words)
    assert found.uptake == uptake


@pytest.mark.parametrize(
    ("words", "dx"),
    [
        ("consistent with metastasis", [("metastasis", "definite")]),
        ("likely reactive", [("reactive", "probable")]),
        ("may represent metastasis", [("metastasis", "possible")]),
        ("metastasis cannot be excluded", [("metastasis", "possible")]),
        ("adenoma versus metastasis", [("adenoma", "possible"), ("metastasis", "possible")]),
        ("unlikely to represent metastasis", [("metastasis", "unlikely")]),
        (
            "likely adenoma, metastasis less likely",
            [("adenoma", "probable"), ("metastasis", "unlikely")],
        ),
        ("indeterminate", []),
    ],
)
def test_certainty_of_diagnoses(mined, words: str, dx: list[tuple[str, str]]):
    (found,) = mined(f"Left adrenal nodule, {words}.")
    assert [(d.label, d.certainty) for d in found.dx] == dx


@pytest.mark.parametrize(
    ("words", "count"),
    [("nodule", 1), ("nodules", "multiple"), ("two nodules", 2), ("3 avid nodules", 3)],
)
def test_counts(mined, words: str, count: int | str):
    (found,) = mined(f"{words} in the liver, SUVmax 3.")
    assert found.count == count


def test_a_prior_value_alone_states_no_change(mined):
    (found,) = mined("Liver lesion, SUVmax 5.6 (previously 8.1).")
    assert found.change is None


def test_a_thing_beats_a_mere_uptake(mined):
    (found,) = mined("FDG uptake in a thyroid nodule, SUVmax 11.")
    assert found.type == "nodule"
