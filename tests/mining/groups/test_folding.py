"""What a sentence leaves open for the next phrase or sentence."""


def test_it_looks_back_one_sentence(mined):
    (found,) = mined("There is a mass in the liver. It has an SUVmax of 14.8.")
    assert found.suv[0].value == 14.8
    assert found.region == "liver"


def test_bare_values_go_on_with_the_lesion(mined):
    (found,) = mined("Mass in the left lung. SUVmax 14.8.")
    assert found.suv[0].value == 14.8


def test_a_new_site_does_not_look_back(mined):
    first, second = mined("Mass in the liver, SUVmax 3. Spleen lesion, SUVmax 4.")
    assert (first.suv[0].value, second.suv[0].value) == (3.0, 4.0)


def test_respectively_reaches_over_two_nouns(mined):
    first, second = mined(
        "A lung nodule and a liver lesion with SUVmax of 3.1 and 12.5, respectively."
    )
    assert (first.suv[0].value, second.suv[0].value) == (3.1, 12.5)


def test_a_denied_lesion_is_not_what_it_means(mined):
    found = mined("No liver lesion. It has an SUVmax of 3 in the spleen.")
    assert [f.negated for f in found] == [True, False]
