"""Normal places without a map: what the boxes hold, what silences them."""

from dataclasses import replace

import numpy as np
import pytest

from petscribe.quant.judging.places import bowel_candidates, bowel_limit, is_diffuse, normal_place
from petscribe.quant.judging.regions import Region
from petscribe.quant.judging.scene import Scene

SCENE = Scene(
    middle=0.0,
    front=np.zeros(1),
    back=np.ones(1),
    half_width_mm=np.ones(1),
    liver_z_mm=0.0,
    medians={},
    detailed=False,
    kidney_top_z={},
)
REGION = Region(
    members=np.arange(3),
    peak=6.0,
    background=1.0,
    contrast=4.0,
    saddle_frac=0.0,
    neighbour=-1,
    volume_ml=10.0,
    core_ml=3.0,
    elongation=1.2,
    lateral_mm=0.0,
    depth_frac=0.5,
    half_width_mm=180.0,
    above_liver_mm=0.0,
    to_end_mm=100.0,
    position_mm=np.zeros(3),
    inside={},
    near={},
    organ=None,
    hu=None,
    fat_frac=0.0,
    gas_near=False,
    cluster_ml=10.0,
    to_kidney_mm=None,
    below_kidney_top_mm=0.0,
)


@pytest.mark.parametrize(
    ("organ", "over", "look"),
    [
        ("brain", 2.5, {"above_liver_mm": 506.0, "cluster_ml": 1500.0}),
        (
            "bladder",
            7.0,
            {"above_liver_mm": -256.0, "lateral_mm": -35.0, "volume_ml": 127.0, "depth_frac": 0.3},
        ),
        ("heart", 5.6, {"above_liver_mm": 67.0, "lateral_mm": 35.0, "volume_ml": 177.0}),
        ("kidney", 3.4, {"above_liver_mm": -33.0, "lateral_mm": -49.0, "depth_frac": 0.64}),
        ("pharynx", 1.25, {"above_liver_mm": 388.0, "lateral_mm": -7.0, "depth_frac": 0.4}),
        ("marrow", 1.1, {"above_liver_mm": 179.0, "depth_frac": 0.73, "hu": 151.0}),
    ],
)
def test_normal_organs_are_known_by_their_place(organ, over, look):
    found = normal_place(replace(REGION, **look), SCENE, over=over)
    assert found is not None
    assert found.organ == organ


@pytest.mark.parametrize(
    ("over", "look"),
    [
        (10.9, {"above_liver_mm": 196.0, "lateral_mm": -42.0}),  # right hilum
        (3.1, {"above_liver_mm": 313.0, "lateral_mm": -14.0, "depth_frac": 0.33}),  # neck base
        (2.3, {"above_liver_mm": 337.0, "lateral_mm": -42.0}),  # neck node
        (4.0, {"above_liver_mm": -100.0, "lateral_mm": 60.0, "depth_frac": 0.3}),  # hot, in front
        (4.0, {"above_liver_mm": 179.0, "depth_frac": 0.73, "hu": 151.0}),  # hot vertebra
    ],
)
def test_places_of_lesions_are_left_alone(over, look):
    assert normal_place(replace(REGION, **look), SCENE, over=over) is None


def test_a_map_that_shows_the_organ_silences_its_place():
    kidney = replace(REGION, above_liver_mm=-33.0, lateral_mm=-49.0, depth_frac=0.64)
    assert normal_place(kidney, SCENE, over=3.0).organ == "kidney"
    shown = replace(SCENE, medians={"kidney": 5.0}, kidney_top_z={"kidney_right": 90})
    assert normal_place(kidney, shown, over=3.0) is None
    other = replace(SCENE, medians={"kidney": 5.0}, kidney_top_z={"kidney_left": 90})
    assert normal_place(kidney, other, over=3.0).organ == "kidney"


def test_without_the_livers_height_nothing_is_claimed():
    brain = replace(REGION, above_liver_mm=None, volume_ml=1500.0)
    assert normal_place(brain, SCENE, over=3.0) is None


def test_a_vertebra_is_only_claimed_with_a_ct():
    vertebra = replace(REGION, above_liver_mm=250.0, depth_frac=0.8)
    assert normal_place(replace(vertebra, hu=150.0), SCENE, over=1.1) is not None
    assert normal_place(vertebra, SCENE, over=1.1) is None


def test_a_cold_bladder_on_the_map_leaves_a_doubt():
    hot = replace(REGION, above_liver_mm=-256.0, volume_ml=127.0, peak=19.0)
    cold = normal_place(hot, replace(SCENE, medians={"bladder": 2.8}), over=7.0)
    assert cold is not None
    assert cold.doubtful
    assert normal_place(hot, replace(SCENE, medians={"bladder": 15.0}), over=7.0) is None


def _loops(*peaks):
    loop = replace(REGION, above_liver_mm=-100.0, lateral_mm=60.0, depth_frac=0.3, elongation=2.0)
    return [replace(loop, peak=float(p)) for p in peaks]


def test_a_few_foci_are_bowel_only_when_faint():
    assert bowel_limit(_loops(4.0, 9.0), threshold=3.0) == pytest.approx(3.75)


def test_many_foci_are_judged_by_their_own_median():
    assert bowel_limit(_loops(4.0, 4.2, 4.4, 4.6, 12.0), threshold=3.0) == pytest.approx(1.6 * 4.4)


def test_bowel_hot_as_a_whole_reaches_further():
    hot = _loops(*range(5, 15))
    assert is_diffuse(hot, threshold=3.0)
    assert not is_diffuse(_loops(*[3.2] * 10), threshold=3.0)
    assert not is_diffuse(hot[:5], threshold=3.0)
    assert bowel_limit(hot, threshold=3.0) == pytest.approx(2.6 * 9.5)


def test_bowel_is_sought_in_the_front_of_the_abdomen_and_in_no_other_organ():
    (loop,) = _loops(5.0)
    assert bowel_candidates([loop], SCENE) == [loop]
    for other in (
        replace(loop, organ="liver"),
        replace(loop, above_liver_mm=200.0),
        replace(loop, depth_frac=0.8),
        replace(loop, to_kidney_mm=10.0),
    ):
        assert bowel_candidates([other], SCENE) == []


def test_a_map_that_shows_bowel_decides_what_is_bowel():
    (loop,) = _loops(5.0)
    shown = replace(SCENE, medians={"bowel": 2.0})
    assert bowel_candidates([loop], shown) == []
    inside = replace(loop, inside={"bowel": 0.7})
    assert bowel_candidates([inside], shown) == [inside]


def test_the_renal_pelvis_has_its_place_unless_the_map_is_detailed():
    pelvis = replace(REGION, above_liver_mm=-70.0, lateral_mm=40.0, depth_frac=0.65, core_ml=3.0)
    both = {"kidney_left": 90, "kidney_right": 90}
    rough = replace(SCENE, medians={"kidney": 5.0}, kidney_top_z=both)
    assert normal_place(pelvis, rough, over=3.0).organ == "kidney"
    assert normal_place(pelvis, replace(rough, detailed=True), over=3.0) is None


def test_ill_defined_throat_uptake_is_normal_and_a_sharp_focus_is_not():
    throat = replace(REGION, above_liver_mm=380.0, contrast=2.0)
    assert normal_place(throat, SCENE, over=1.3).organ == "pharynx"
    assert normal_place(replace(throat, contrast=8.0), SCENE, over=1.3) is None


def test_a_brain_cut_by_the_top_of_the_scan_is_still_brain():
    base = replace(REGION, above_liver_mm=380.0, volume_ml=40.0, to_end_mm=6.0)
    assert normal_place(base, SCENE, over=3.0).organ == "brain"
    assert normal_place(replace(base, to_end_mm=90.0), SCENE, over=3.0) is None
