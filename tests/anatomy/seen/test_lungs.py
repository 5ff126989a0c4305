"""Lungs, carina, dome and lobes."""

import numpy as np
import pytest

from petscribe.anatomy.seen.lungs import lobes


def in_pet(seen, voxels):
    return seen.view.to_pet(voxels.astype(np.uint8)) > 0


@pytest.mark.parametrize("side", ["left", "right"])
def test_each_lung_is_on_its_side_and_whole(person, seen, side):
    found = in_pet(seen, getattr(seen.lungs, side))
    true = person.truth.named(f"lung_upper_lobe_{side}")
    assert (found & true).sum() / true.sum() > 0.9
    assert (found & true).sum() / found.sum() > 0.95


def test_the_carina_is_where_the_trachea_divides(person, seen):
    assert seen.lungs.carina == pytest.approx(person.index(0, 0, 12.2)[0], abs=5)


def test_the_right_dome_stands_where_it_was_drawn(person, seen):
    assert seen.lungs.dome_right == pytest.approx(person.index(0, 0, 16.5)[0], abs=4)


def test_bowel_gas_is_no_lung(person):
    from dataclasses import replace

    from petscribe.anatomy.landmarks import survey

    hu = person.ct.array.copy()
    z, y, x = person.index(0.0, -50.0, 22.0)
    hu[z - 8 : z + 8, y - 5 : y + 5, x - 14 : x + 14] = -900.0
    lungs = survey(person.exam, replace(person.ct, array=hu)).lungs
    assert lungs.base > z + 8


def test_lobes_share_out_the_lungs_without_overlap(seen):
    parts = lobes(seen.lungs, seen.body.front, seen.body.back)
    count = sum(p.astype(int) for p in parts.values())
    assert np.array_equal(count == 1, seen.lungs.right | seen.lungs.left)
    assert count.max() == 1
    assert len(parts) == 5


def test_the_lower_lobe_lies_behind_and_below_the_upper(seen):
    parts = lobes(seen.lungs, seen.body.front, seen.body.back)
    upper = np.argwhere(parts["lung_upper_lobe_left"]).mean(axis=0)
    lower = np.argwhere(parts["lung_lower_lobe_left"]).mean(axis=0)
    assert upper[0] > lower[0]
    assert upper[1] < lower[1]


def test_a_pelvis_has_no_lungs(person):
    from petscribe.anatomy.landmarks import survey

    part = person.cut(21.0, 31.0)
    assert survey(part.exam, part.ct).lungs is None
