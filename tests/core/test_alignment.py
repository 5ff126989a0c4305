"""How two grids lie to each other."""

import numpy as np
import pytest

from petscribe.core.alignment import overlap, parallel, relative, require_together, uid_tail
from petscribe.core.errors import GeometryError
from petscribe.core.volume import Grid


def grid_of(origin=(0.0, 0.0, 0.0), **more):
    base = {"shape": (4, 5, 6), "spacing_mm": (3.0, 2.0, 1.0)}
    return Grid(**{**base, **more}, origin_mm=origin)


def test_a_target_voxel_is_found_in_the_source():
    source, target = grid_of(), grid_of((1.0, 2.0, 3.0), spacing_mm=(1.0, 1.0, 1.0))
    found = parallel(source, target)
    assert found is not None
    index = np.array([2.0, 1.0, 3.0])
    want = source.to_index(target.to_world(index))
    got = np.array(found.steps) * index + np.array(found.offsets)
    assert got == pytest.approx(want[list(found.order)])


def test_flipped_and_permuted_axes_are_parallel():
    turned = grid_of(axes=((1.0, 0.0, 0.0), (0.0, 0.0, -1.0), (0.0, 1.0, 0.0)))
    found = parallel(grid_of(), turned)
    assert found is not None
    assert found.order == (2, 0, 1)
    assert found.steps == pytest.approx((3.0, -2.0 / 3.0, 0.5))


def test_a_turned_grid_is_not_parallel():
    c, s = float(np.cos(0.1)), float(np.sin(0.1))
    assert parallel(grid_of(), grid_of(axes=((0.0, -s, c), (0.0, c, s), (1.0, 0.0, 0.0)))) is None


def test_a_tilt_below_a_twentieth_voxel_counts_as_parallel():
    tilt = 1e-3
    c, s = float(np.cos(tilt)), float(np.sin(tilt))
    assert parallel(grid_of(), grid_of(axes=((0.0, -s, c), (0.0, c, s), (1.0, 0.0, 0.0))))


def test_relative_maps_indices():
    source, target = grid_of(), grid_of((4.0, 1.0, -3.0), spacing_mm=(1.5, 1.0, 2.0))
    matrix, offset = relative(source, target)
    index = np.array([1.0, 2.0, 3.0])
    assert matrix @ index + offset == pytest.approx(source.to_index(target.to_world(index)))


@pytest.mark.parametrize(
    ("z", "touches"), [(12.1, False), (11.9, True), (-11.9, True), (-12.1, False)]
)
def test_boxes_overlap_by_their_voxels_edges(z, touches):
    assert overlap(grid_of(), grid_of((0.0, 0.0, z))) is touches


def test_grids_of_one_frame_that_overlap_pass():
    require_together(grid_of(frame_uid="1.2"), grid_of(frame_uid="1.2"))
    require_together(grid_of(frame_uid=None), grid_of(frame_uid="1.2"))


@pytest.mark.parametrize(
    ("other", "code"),
    [
        (grid_of(frame_uid="1.3"), "frame-mismatch"),
        (grid_of((500.0, 0.0, 0.0), frame_uid="1.2"), "no-overlap"),
    ],
)
def test_grids_that_do_not_belong_together_are_refused(other, code):
    with pytest.raises(GeometryError) as fault:
        require_together(grid_of(frame_uid="1.2"), other)
    assert fault.value.code == code


def test_messages_show_the_end_of_a_uid_and_nothing_else():
    assert uid_tail("1.2.840.113619.2.55") == "...619.2.55"
    assert uid_tail("Secret^Name 1.5") == "...1.5"
    assert uid_tail(None) == "..."
