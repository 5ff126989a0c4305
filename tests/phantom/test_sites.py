"""Sites of disease: all known, none of the wrong sex, tracers favour their diseases."""

from collections import Counter

import pytest

from petscribe.phantom.drawing.tissues import LABELS
from petscribe.phantom.person import draw_person, stream
from petscribe.phantom.sites import draw_pattern, draw_site, groups
from petscribe.terms.anatomy import ORGANS, REGIONS


def drawn(person, tracer, count=400):
    rng = stream(1, "sites")
    return [draw_site(person, tracer, "scattered", rng) for _ in range(count)]


def people(sex):
    return next(p for p in map(draw_person, range(100)) if p.sex == sex and not p.variants)


def test_every_site_is_known_to_the_term_base_and_to_the_label_map():
    for organs in groups().values():
        for organ in organs:
            assert organ in ORGANS
            assert organ in LABELS


def test_sites_reach_nearly_every_region():
    reached = {ORGANS[o].region for organs in groups().values() for o in organs}
    assert set(REGIONS) - reached <= {"heart", "gallbladder", "bladder", "bone_marrow", "other"}


def test_women_have_no_prostate_cancer_and_men_no_ovarian():
    assert "prostate" not in {s.group for s in drawn(people("F"), "fluciclovine")}
    assert "uterus" not in {s.group for s in drawn(people("M"), "fdg")}


def test_psma_finds_prostate_bone_and_pelvic_nodes():
    count = Counter(s.group for s in drawn(people("M"), "psma"))
    assert count["pelvic_node"] + count["prostate"] + count["spine"] > 0.3 * 400
    assert count["brain"] == 0


def test_only_fdg_has_patterns():
    assert draw_pattern("psma", stream(1, "p")) == "scattered"
    assert len({draw_pattern("fdg", stream(s, "p")) for s in range(60)}) == 5


@pytest.mark.parametrize("group", groups())
def test_a_group_holds_no_organ_of_another_kind(group):
    kinds = {ORGANS[o].kind for o in groups()[group]}
    assert ("node" in kinds) == group.endswith("_node")
