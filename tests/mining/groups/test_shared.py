"""Sides that several places share."""


def sides(findings) -> list[str | None]:
    return [f.laterality for f in findings]


def test_a_shared_noun_carries_the_side_between_paired_sites(mined):
    assert sides(mined("Left supraclavicular and axillary nodes are avid.")) == ["left", "left"]


def test_without_a_shared_noun_it_does_not(mined):
    assert sides(mined("Uptake in the left adrenal and kidney, SUVmax 3.")) == ["left", None]


def test_it_is_not_carried_to_the_midline(mined):
    found = mined("FDG-avid right hilar and subcarinal nodes.")
    assert sides(found) == ["right", "midline"]


def test_a_list_has_one_side(mined):
    assert sides(mined("Right level II and III nodes are avid.")) == ["right", "right"]


def test_one_site_may_stand_for_both_sides(mined):
    assert sides(mined("Right and left axillary nodes are avid.")) == ["right", "left"]


def test_a_loose_side_belongs_to_the_only_place(mined):
    assert sides(mined("Uptake in the thyroid, left lobe, SUVmax 4.")) == ["left"]


def test_pelvis_beside_spine_is_bone(mined):
    found = mined("Osseous metastases in the spine and pelvis.")
    assert [f.region for f in found] == ["bone_spine", "bone_pelvis"]
