"""Right and left are treated alike, and no place gives an organ of the other side or sex."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from petscribe.anatomy.frame import Place
from petscribe.anatomy.placing import nodes
from petscribe.anatomy.placing.atlas import Site, chances, sites
from petscribe.anatomy.placing.candidates import candidates
from petscribe.anatomy.placing.evidence import Around
from petscribe.terms.anatomy import ORGANS


def centre_of(site: Site, *, sign: float = 1.0) -> Place:
    depth, behind = site.depth or (0.5, 0.5), site.behind or (0.0, 0.0)
    return Place(
        lateral_mm=sign * sum(site.lateral) / 2,
        depth_frac=sum(depth) / 2,
        behind_mm=sum(behind) / 2,
        level=sum(site.levels) / 2,
        half_width_mm=170.0,
    )


def chance(site: Site, place: Place, **options) -> float | None:
    facts = {"level_doubt": 0.5, "sex": site.sex, "has_bone_labels": False, **options}
    return chances(place, **facts).get(f"{site.organ}|{'p' if site.paired else 'u'}")


def around(frame, lateral_mm, level, y=30.0, *, inside=None, shell=None) -> Around:
    centre = np.array([frame.height_at(level), y, 43.5 + lateral_mm / 5.0])
    return Around(
        inside=inside or {},
        shell=shell or {},
        place=frame.place(centre),
        centre=centre,
        size_mm=12.0,
        half_mm=(6.0, 6.0, 6.0),
    )


@pytest.mark.parametrize("site", sites(), ids=lambda s: s.organ)
def test_an_organ_is_as_likely_as_its_weight_in_its_middle(site):
    assert chance(site, centre_of(site)) >= 0.99 * site.weight


@pytest.mark.parametrize("site", [s for s in sites() if s.paired], ids=lambda s: s.organ)
def test_paired_organs_are_as_likely_on_both_sides(site):
    assert chance(site, centre_of(site)) == chance(site, centre_of(site, sign=-1.0))


@pytest.mark.parametrize(("organ", "left"), [("spleen", True), ("liver", False), ("heart", True)])
def test_single_organs_lie_on_their_own_side(organ, left):
    site = next(s for s in sites() if s.organ == organ)
    here, mirrored = centre_of(site), centre_of(site, sign=-1.0)
    assert (here.lateral_mm > 0) is left
    assert chance(site, here) > chance(site, mirrored)


@pytest.mark.parametrize("site", [s for s in sites() if s.sex], ids=lambda s: s.organ)
def test_organs_of_the_other_sex_are_left_out(site):
    other = {"M": "F", "F": "M"}[site.sex]
    assert chance(site, centre_of(site), sex=other) is None
    assert chance(site, centre_of(site), sex=None) is not None


def test_unsure_levels_widen_the_choice():
    site = next(s for s in sites() if s.organ == "thyroid_gland")
    low = Place(lateral_mm=0.0, depth_frac=0.5, behind_mm=-35.0, level=11.0, half_width_mm=170.0)
    assert chance(site, low, level_doubt=0.1) < 0.1 * chance(site, low, level_doubt=2.5)


@given(st.floats(28.0, 90.0), st.floats(-57.0, -10.0))
def test_mirrored_hilar_nodes_change_their_side_only(lateral, height):
    right, left = (
        nodes.station(
            Place(lateral_mm=x, depth_frac=0.5, behind_mm=-40.0, level=12.5, half_width_mm=170.0),
            height,
        )
        for x in (-lateral, lateral)
    )
    assert right == left[:-1] + "R"


@given(st.floats(-120.0, 120.0), st.floats(-80.0, 60.0), st.floats(0.0, 110.0))
def test_a_station_never_names_the_other_side(lateral, height, ahead):
    place = Place(
        lateral_mm=lateral, depth_frac=0.5, behind_mm=-ahead, level=12.0, half_width_mm=170.0
    )
    name = nodes.station(place, height)
    assert not (lateral < 0.0 and name.endswith("L"))
    assert not (lateral > 10.0 and name.endswith("R"))


ANYWHERE = st.tuples(
    st.sampled_from([-1.0, 1.0]), st.floats(1.0, 150.0), st.floats(-6.0, 36.0), st.floats(8.0, 52.0)
)


@given(ANYWHERE, st.sampled_from(["labels", "built-in"]))
def test_any_place_has_candidates_of_its_own_side_only(make_frame, place, source):
    sign, away, level, y = place
    frame = make_frame(source=source)
    found = candidates(around(frame, sign * away, level, y), frame, frozenset())
    assert found
    sides = {ORGANS[g.organ].side for g in found if g.organ}
    assert ("right" if sign > 0.0 else "left") not in sides


def test_a_labelled_organ_that_does_not_touch_the_lesion_is_unlikely(make_frame):
    frame = make_frame()
    free, labelled = (
        next(
            g.chance
            for g in candidates(around(frame, -70.0, 19.0), frame, frozenset(known))
            if g.organ == "liver"
        )
        for known in ((), ("liver",))
    )
    assert labelled < 0.2 * free


def test_a_vertebra_without_label_has_the_level_of_its_height(make_frame):
    frame = make_frame()
    found = candidates(around(frame, 0.0, 22.0, 38.0), frame, frozenset())
    assert ("vertebrae_L3", "L3") in {(g.organ, g.level) for g in found}


def test_a_mans_pelvis_holds_no_uterus(make_frame):
    man, woman = (
        {g.organ for g in candidates(around(f, 0.0, 28.0), f, frozenset())}
        for f in (make_frame(sex="M"), make_frame(sex="F"))
    )
    assert "uterus" not in man
    assert "uterus" in woman
