"""Verdicts: organ, part of an organ, place, fat, symmetry, end of scan, contrast; their order."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from petscribe.quant.judging.regions import Region
from petscribe.quant.judging.scene import Scene
from petscribe.quant.judging.tracers import rules_for
from petscribe.quant.judging.verdicts import judge_all

SCENE = Scene(
    middle=0.0,
    front=np.zeros(1),
    back=np.ones(1),
    half_width_mm=np.ones(1),
    liver_z_mm=0.0,
    medians={"liver": 2.0, "kidney": 5.0, "heart": 4.0},
    detailed=False,
    kidney_top_z={"kidney_left": 90, "kidney_right": 90},
)
LUNG = Region(
    members=np.arange(3),
    peak=9.0,
    background=1.0,
    contrast=8.0,
    saddle_frac=0.0,
    neighbour=-1,
    volume_ml=4.0,
    core_ml=2.0,
    elongation=1.2,
    lateral_mm=-60.0,
    depth_frac=0.5,
    half_width_mm=180.0,
    above_liver_mm=190.0,
    to_end_mm=200.0,
    position_mm=np.array([-60.0, 0.0, 190.0]),
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


def _judge(*regions, tracer="fdg", threshold=3.0):
    return judge_all(regions, SCENE, rules_for(tracer), threshold=threshold)


def test_a_hot_focus_in_no_organ_is_a_lesion():
    (opinion,) = _judge(LUNG)
    assert opinion.verdict == "lesion"
    assert opinion.score > 0.9
    assert "3.0 times the threshold" in opinion.reason


def test_faint_uptake_without_contrast_is_undecided():
    (opinion,) = _judge(replace(LUNG, peak=3.1, contrast=1.3))
    assert opinion.verdict == "undecided"
    assert opinion.reason.startswith("weak")


def test_uptake_in_an_excreting_organ_is_physiologic_however_hot():
    (opinion,) = _judge(replace(LUNG, peak=90.0, above_liver_mm=-70.0, inside={"kidney": 0.9}))
    assert (opinion.verdict, opinion.organ) == ("physiologic", "kidney")


def test_a_metastasis_in_the_liver_is_more_than_the_livers_own_uptake():
    quiet, hot = _judge(
        replace(LUNG, peak=3.1, inside={"liver": 1.0}),
        replace(LUNG, peak=8.0, inside={"liver": 1.0}),
    )
    assert (quiet.verdict, hot.verdict) == ("physiologic", "lesion")


def test_the_same_organ_is_no_excuse_for_another_tracer():
    region = replace(LUNG, peak=9.0, inside={"heart": 1.0})
    assert _judge(region)[0].verdict == "physiologic"
    assert _judge(region, tracer="psma")[0].verdict == "lesion"


def test_uptake_near_the_kidney_is_its_outflow_but_near_the_heart_is_not():
    near = replace(
        LUNG, above_liver_mm=-70.0, near={"kidney": 0.8}, below_kidney_top_mm=40.0, core_ml=9.0
    )
    assert _judge(near)[0].organ == "kidney"
    adrenal = replace(near, below_kidney_top_mm=2.0)
    assert _judge(adrenal)[0].verdict == "lesion"
    assert _judge(replace(LUNG, near={"heart": 0.8}))[0].verdict == "lesion"


def test_what_hangs_on_a_hot_organ_is_part_of_it():
    heart = replace(LUNG, peak=12.0, inside={"heart": 1.0})
    rim = replace(LUNG, peak=9.0, saddle_frac=0.75, neighbour=0)
    assert _judge(heart, rim)[1].organ == "heart"
    apart = replace(rim, saddle_frac=0.3)
    assert _judge(heart, apart)[1].verdict == "lesion"


def test_what_hangs_on_a_lesion_is_a_lesion():
    mass = replace(LUNG, peak=12.0)
    part = replace(LUNG, peak=9.0, saddle_frac=0.75, neighbour=0)
    assert [o.verdict for o in _judge(mass, part)] == ["lesion", "lesion"]


def test_fat_on_the_ct_is_brown_fat_for_fdg_only():
    fat = replace(LUNG, fat_frac=0.9, above_liver_mm=300.0, lateral_mm=-70.0)
    assert _judge(fat)[0].organ == "brown_fat"
    assert _judge(fat, tracer="psma")[0].verdict == "lesion"
    assert _judge(replace(fat, above_liver_mm=-250.0, depth_frac=0.95))[0].verdict == "lesion"


def test_symmetric_neck_uptake_is_set_aside_and_one_sided_is_not():
    right = replace(
        LUNG,
        peak=5.0,
        contrast=3.0,
        above_liver_mm=370.0,
        lateral_mm=-48.0,
        position_mm=np.array([-48.0, 5.0, 370.0]),
    )
    left = replace(right, lateral_mm=46.0, position_mm=np.array([46.0, 8.0, 375.0]))
    assert [o.verdict for o in _judge(right, left)] == ["physiologic", "physiologic"]
    assert _judge(right)[0].verdict == "lesion"
    nodes = [replace(side, contrast=9.0) for side in (right, left)]
    assert [o.verdict for o in _judge(*nodes)] == ["lesion", "lesion"]
    assert {o.organ for o in _judge(*nodes, tracer="psma")} == {"salivary"}
    much_hotter = replace(left, peak=12.0)
    assert _judge(much_hotter, right)[0].verdict == "lesion"


def test_the_noisy_end_of_the_scan_is_undecided_unless_very_hot():
    end = replace(LUNG, to_end_mm=3.0, peak=5.0)
    assert _judge(end)[0].verdict == "undecided"
    assert _judge(replace(end, peak=20.0))[0].verdict == "lesion"


def test_an_organ_of_the_map_is_asked_before_the_end_of_the_scan():
    kidney = replace(LUNG, to_end_mm=0.0, above_liver_mm=-70.0, inside={"kidney": 1.0})
    assert _judge(kidney)[0].organ == "kidney"


def test_places_of_organs_that_the_tracer_does_not_mark_are_ignored():
    brain = replace(LUNG, above_liver_mm=500.0, lateral_mm=0.0, cluster_ml=600.0)
    assert _judge(brain)[0].organ == "brain"
    assert _judge(brain, tracer="dotatate")[0].verdict == "lesion"


@given(peak=st.floats(3.0, 60.0), more=st.floats(0.0, 20.0), contrast=st.floats(1.0, 20.0))
def test_more_uptake_never_makes_a_region_less_of_a_lesion(peak, more, contrast):
    def lesion_score(opinion):
        return opinion.score if opinion.verdict == "lesion" else 1.0 - opinion.score

    faint, strong = (
        _judge(replace(LUNG, peak=p, contrast=contrast))[0] for p in (peak, peak + more)
    )
    assert lesion_score(strong) >= lesion_score(faint) - 1e-12


@pytest.mark.parametrize("tracer", ["fdg", "psma", "dotatate", "fluciclovine", "flt", "unknown"])
def test_every_verdict_has_a_score_between_zero_and_one_and_a_reason(tracer):
    regions = [
        replace(LUNG, peak=float(p), contrast=float(c), to_end_mm=float(e))
        for p in (3, 9, 50)
        for c in (1, 5)
        for e in (0, 100)
    ]
    for opinion in _judge(*regions, tracer=tracer):
        assert 0.0 <= opinion.score <= 1.0
        assert opinion.reason


def test_the_outflow_of_a_kidney_is_known_by_its_distance():
    pelvis = replace(
        LUNG, above_liver_mm=-60.0, to_kidney_mm=15.0, below_kidney_top_mm=50.0, core_ml=2.0
    )
    assert _judge(pelvis)[0].organ == "kidney"
    for other in (
        replace(pelvis, below_kidney_top_mm=3.0, lateral_mm=-15.0),  # adrenal
        replace(pelvis, core_ml=30.0),  # a mass
        replace(pelvis, inside={"bowel": 0.9}, organ="duodenum"),
        replace(pelvis, organ="liver"),
    ):
        assert _judge(other)[0].verdict == "lesion"


def test_a_round_sharp_focus_among_quiet_bowel_is_a_lesion():
    loop = replace(
        LUNG, above_liver_mm=-100.0, lateral_mm=60.0, depth_frac=0.3, peak=4.0, elongation=2.2
    )
    loops = [replace(loop, peak=4.0 + 0.1 * k) for k in range(5)]
    focus = replace(loop, peak=5.0, elongation=1.1, contrast=8.0)
    verdicts = [o.verdict for o in _judge(focus, *loops)]
    assert verdicts == ["lesion"] + ["physiologic"] * 5


def test_a_focus_of_a_mapped_bowel_must_stand_out_from_it():
    scene = replace(SCENE, medians={**SCENE.medians, "bowel": 2.0}, detailed=True)
    loop = replace(LUNG, inside={"bowel": 0.9}, organ="colon", above_liver_mm=-100.0)

    def verdict(peak):
        region = replace(loop, peak=peak)
        return judge_all((region,), scene, rules_for("fdg"), threshold=3.0)[0].verdict

    assert verdict(4.5) == "physiologic"
    assert verdict(9.0) == "lesion"


def test_a_small_weak_region_may_be_noise():
    weak = replace(LUNG, peak=3.4, contrast=2.6, core_ml=2.0)
    assert _judge(weak)[0].verdict == "lesion"
    assert _judge(replace(weak, core_ml=0.3))[0].verdict == "undecided"


def test_a_rough_kidney_may_have_swallowed_the_adrenal_gland():
    gland = replace(
        LUNG, above_liver_mm=-12.0, inside={"kidney": 0.7}, elongation=1.1, below_kidney_top_mm=24.0
    )
    assert _judge(gland)[0].verdict == "lesion"
    assert _judge(replace(gland, above_liver_mm=-70.0))[0].organ == "kidney"
    assert _judge(replace(gland, elongation=1.6))[0].organ == "kidney"
    detailed = replace(SCENE, detailed=True)
    (opinion,) = judge_all((gland,), detailed, rules_for("fdg"), threshold=3.0)
    assert opinion.organ == "kidney"


def test_a_hot_spot_in_an_arm_is_doubtful():
    spot = replace(LUNG, lateral_mm=-195.0, contrast=20.0, core_ml=0.7, above_liver_mm=100.0)
    assert _judge(spot)[0].verdict == "undecided"
    assert _judge(replace(spot, core_ml=5.0))[0].verdict == "lesion"


def test_evenly_warm_marrow_is_stimulated_and_a_hot_bone_among_it_is_not():
    bone = replace(LUNG, inside={"marrow": 0.8}, organ="vertebrae_L2", peak=4.0, contrast=6.0)
    bones = [replace(bone, peak=4.0 + 0.05 * k) for k in range(7)]
    met = replace(bone, peak=9.0)
    opinions = _judge(met, *bones)
    assert [o.verdict for o in opinions] == ["lesion"] + ["physiologic"] * 7
    assert _judge(*bones[:3])[0].verdict == "lesion"
    many_mets = [replace(bone, peak=9.0 + 0.1 * k) for k in range(9)]
    assert {o.verdict for o in _judge(*many_mets)} == {"lesion"}
