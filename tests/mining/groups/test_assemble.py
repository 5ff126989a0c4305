"""One record per lesion."""


def test_bilateral_with_two_values_is_two(mined):
    found = mined("Bilateral hilar nodes, SUVmax 3.2 on the right and 2.8 on the left.")
    assert [(f.anatomy, f.laterality, f.suv[0].value) for f in found] == [
        ("right hilar", "right", 3.2),
        ("left hilar", "left", 2.8),
    ]


def test_two_lesions_of_one_site_are_two(mined):
    found = mined("Two foci in the sacrum with SUVmax of 4.5 and 3.2.")
    assert [(f.count, f.suv[0].value) for f in found] == [(1, 4.5), (1, 3.2)]


def test_current_and_prior_are_no_two_lesions(mined):
    (found,) = mined("Two foci in the sacrum, SUVmax 4.5, previously 3.2.")
    assert found.count == 2


def test_anatomy_is_in_the_texts_own_words(mined):
    (found,) = mined("Nodule in the Right  Upper Lobe, SUVmax 3.")
    assert found.anatomy == "right upper lobe"


def test_the_span_holds_the_evidence(mined):
    text = "The liver is normal. FDG-avid nodule in the left lung, SUVmax 3.4."
    lesion = mined(text)[1]
    assert text[slice(*lesion.span)] == "FDG-avid nodule in the left lung, SUVmax 3.4"


def test_an_impression_repeats_and_adds(mined):
    (found,) = mined(
        "Findings:\nLeft lung mass, SUVmax 9.\nImpression:\nLeft lung mass, likely malignancy."
    )
    assert found.suv[0].value == 9.0
    assert [d.label for d in found.dx] == ["malignancy"]


def test_a_denied_finding_carries_no_value(mined):
    (found,) = mined("No liver lesion with SUVmax above 2.5.")
    assert (found.negated, found.suv, found.uptake) == (True, (), None)
