"""Lesions: volumes as drawn, clipped to their organ, uptake in range, necrosis inside."""

from dataclasses import replace

import numpy as np
import pytest

from petscribe.phantom.lesions import PhantomLesion, draw_lesions, finding_type, occupancy_of
from petscribe.phantom.person import stream
from petscribe.phantom.places import location_of
from petscribe.phantom.sites import Site
from petscribe.phantom.uptake import draw_uptake

UPTAKE = draw_uptake("fdg", stream(1, "uptake"))


def lesion(body, **changes):
    site, centre = Site(group="liver", organ="liver"), (-75.0, 0.0, 215.0)
    facts = {
        "id": 1,
        "site": site,
        "centre_mm": centre,
        "diameter_mm": 30.0,
        "uptake": 9.0,
        "look": "solid",
        "benign": False,
        "type": "lesion",
        "location": location_of(body, site, centre),
        "hu": 40.0,
        "bumps_seed": 3,
        "stretch": (1.0, 1.0, 1.0),
    }
    return PhantomLesion(**{**facts, **changes})


def test_a_free_lesion_has_about_the_volume_of_its_ball(man):
    found = occupancy_of(lesion(man), man)
    volume = found.filled.sum() * man.canvas.grid.voxel_volume_ml
    assert volume == pytest.approx(np.pi / 6 * 3.0**3, rel=0.2)


def test_a_liver_lesion_stays_in_the_liver(man):
    found = occupancy_of(lesion(man, centre_mm=(-75.0, 0.0, 280.0)), man)
    inside = man.labels.named("liver")[found.span]
    assert found.filled[~inside].sum() == 0


def test_a_node_spares_bone_and_airway(man):
    node = lesion(
        man,
        site=Site(group="chest_node", organ="lymph_node_7"),
        centre_mm=(0.0, 31.0, 390.0),
        diameter_mm=40.0,
    )
    found = occupancy_of(node, man)
    from petscribe.phantom.drawing.tissues import TISSUES

    spared = np.isin(man.canvas.tissues[found.span], [TISSUES["cortex"], TISSUES["airway"]])
    assert spared.any()
    assert found.filled[spared].sum() == 0


def test_necrosis_lies_inside_and_never_exceeds_the_lesion(man):
    found = occupancy_of(lesion(man, look="necrotic"), man)
    assert 0.05 < found.dead.sum() / found.filled.sum() < 0.5
    assert (found.dead <= found.filled + 1e-6).all()


def test_a_lesion_off_the_grid_leaves_nothing(man):
    assert occupancy_of(lesion(man, centre_mm=(0.0, 0.0, 5000.0)), man) is None


def test_the_same_seed_draws_the_same_lesions(man):
    one, two = (draw_lesions(man, UPTAKE, seed=8, count=5) for _ in range(2))
    assert one == two
    assert len(one) == 5


def test_count_zero_draws_none(man):
    assert draw_lesions(man, UPTAKE, seed=8, count=0) == ()


def test_sizes_and_uptake_span_what_is_promised(man):
    many = [made for seed in range(25) for made in draw_lesions(man, UPTAKE, seed=seed, count=10)]
    uptakes = np.array([m.uptake for m in many])
    sizes = np.array([m.diameter_mm for m in many])
    assert uptakes.min() < UPTAKE.of("blood")
    assert 20 < uptakes.max() <= 40
    assert sizes.min() < 9
    assert sizes.max() > 45
    assert {"solid", "lytic", "sclerotic", "inflammatory", "no_uptake"} <= {m.look for m in many}
    assert all(m.uptake < 8 for m in many if m.benign)


def test_lesions_are_called_what_reports_call_them():
    assert finding_type(Site(group="lung", organ="lung_upper_lobe_left"), 12.0) == "nodule"
    assert finding_type(Site(group="lung", organ="lung_upper_lobe_left"), 42.0) == "mass"
    assert finding_type(Site(group="chest_node", organ="lymph_node_7"), 12.0) == "node"
    assert finding_type(Site(group="liver", organ="liver"), 42.0) == "lesion"


def test_the_truth_is_plain_json(man):
    assert lesion(man).to_dict()["uptake"] == 9.0
    assert replace(lesion(man), id=4).to_dict()["type"] == "lesion"
