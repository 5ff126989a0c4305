"""The chest: lung volumes, lobes where fissures put them, heart to the left."""

import numpy as np

from petscribe.phantom.drawing.tissues import TISSUES

RIGHT = ("lung_upper_lobe_right", "lung_middle_lobe_right", "lung_lower_lobe_right")
LEFT = ("lung_upper_lobe_left", "lung_lower_lobe_left")


def ml(body, *names):
    return body.labels.named(*names).sum() * body.labels.grid.voxel_volume_ml


def centre(body, *names):
    return body.labels.grid.to_world(np.argwhere(body.labels.named(*names)).mean(axis=0))


def test_lungs_hold_what_lungs_hold(man):
    assert 3000 < ml(man, *RIGHT, *LEFT) < 6500
    assert ml(man, *RIGHT) > ml(man, *LEFT)


def test_upper_lobes_lie_above_and_before_lower_lobes(man):
    for side in ("left", "right"):
        upper, lower = (centre(man, f"lung_{k}_lobe_{side}") for k in ("upper", "lower"))
        assert upper[2] > lower[2] + 30
        assert upper[1] < lower[1] - 20


def test_the_middle_lobe_is_the_smallest_and_lies_in_front(man):
    assert ml(man, "lung_middle_lobe_right") < ml(man, "lung_upper_lobe_right")
    assert centre(man, "lung_middle_lobe_right")[1] < -20


def test_the_heart_lies_left_of_the_midline_and_weighs_as_one(man):
    assert 5 < centre(man, "heart")[0] < 40
    assert 350 < ml(man, "heart", "atrial_appendage_left") < 900


def test_the_left_ventricle_has_a_wall_around_blood(man):
    wall = (man.canvas.tissues == TISSUES["myocardium"]).sum() * man.labels.grid.voxel_volume_ml
    assert 70 < wall < 220


def test_the_trachea_forks_at_t4_to_t5(man):
    lowest = np.argwhere(man.labels.named("trachea"))[:, 0].min()
    z = man.labels.grid.to_world(np.array([float(lowest), 0.0, 0.0]))[2]
    assert 375 < z < 425


def test_an_effusion_lies_at_the_back_of_its_side(woman):
    fluid = centre(woman, "pleura_left")
    assert fluid[0] > 20
    assert fluid[1] > 30


def test_the_esophagus_lies_behind_the_trachea(man):
    assert centre(man, "esophagus")[1] > centre(man, "trachea")[1]
