"""Which phrases go on and which begin the next lesion."""


def regions(findings) -> list[str]:
    return [f.region for f in findings]


def test_two_nouns_with_places_are_two(mined):
    assert regions(mined("Left hilar mass and right axillary node.")) == ["hilum", "axilla"]


def test_a_shared_noun_is_two_findings_of_one_type(mined):
    found = mined("Hilar and mediastinal nodes are FDG avid.")
    assert [(f.region, f.type) for f in found] == [("hilum", "node"), ("mediastinum", "node")]


def test_figures_stay_with_their_lesion(mined):
    first, second = mined("Lung mass with SUVmax 18.2 and liver lesion with SUVmax 3.6.")
    assert (first.suv[0].value, second.suv[0].value) == (18.2, 3.6)


def test_places_with_values_take_noun_and_uptake_from_the_first(mined):
    found = mined(
        "Avid nodes in the axilla (SUVmax 6.1), hilum (SUVmax 4.0) and groin (SUVmax 7.7)."
    )
    assert [(f.type, f.uptake, f.suv[0].value) for f in found] == [
        ("node", "increased", 6.1),
        ("node", "increased", 4.0),
        ("node", "increased", 7.7),
    ]


def test_the_largest_of_several_is_one_finding(mined):
    (found,) = mined("Several lung nodules, the largest in the right upper lobe, 8 mm, SUVmax 2.1.")
    assert (found.count, found.size_mm[0].dims, found.suv[0].value) == ("multiple", (8.0,), 2.1)


def test_a_place_of_an_explanation_is_no_finding(mined):
    assert regions(mined("Left vocal cord uptake may be due to right vocal cord palsy.")) == [
        "head_neck"
    ]
