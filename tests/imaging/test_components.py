"""Connected pieces: what touches is one, by faces, edges or corners."""

import time

import numpy as np
import pytest

from petscribe.core.volume import Grid, Mask
from petscribe.imaging.components import at_least, connected, label_boxes, label_sizes


def grid_of(shape):
    return Grid(shape=shape, spacing_mm=(3.0, 4.0, 4.0), origin_mm=(0.0, 0.0, 0.0))


@pytest.mark.parametrize(("connectivity", "pieces"), [(6, 3), (18, 2), (26, 1)])
def test_neighbourhoods_join_faces_edges_or_corners(connectivity, pieces):
    voxels = np.zeros((5, 5, 5), dtype=bool)
    voxels[1, 1, 1] = voxels[1, 2, 2] = voxels[2, 3, 3] = True
    assert len(connected(voxels, grid_of((5, 5, 5)), connectivity).ids) == pieces


def test_nothing_has_no_pieces():
    assert connected(np.zeros((4, 4, 4), dtype=bool), grid_of((4, 4, 4))).ids == []


def test_pieces_agree_with_scipy():
    from scipy import ndimage

    voxels = np.random.default_rng(1).random((12, 30, 30)) < 0.1
    mask = connected(voxels, grid_of(voxels.shape), 26)
    want, count = ndimage.label(voxels, structure=np.ones((3, 3, 3)))
    assert len(mask.ids) == count
    pairs = {(int(a), int(b)) for a, b in zip(mask.labels.ravel(), want.ravel(), strict=True)}
    assert len(pairs) == count + 1


def test_sizes_count_voxels_and_small_pieces_go():
    labels = np.zeros((4, 4, 4), np.uint16)
    labels[0, 0, :3] = 5
    labels[2, 2, 2] = 9
    mask = Mask(labels=labels, grid=grid_of((4, 4, 4)))
    assert label_sizes(mask) == {5: 3, 9: 1}
    assert at_least(mask, 2).ids == [5]
    assert at_least(mask, 1).ids == [5, 9]


def test_hundreds_of_pieces_take_a_moment_only():
    voxels = np.zeros((100, 128, 128), dtype=bool)
    voxels[::10, ::16, ::16] = True
    started = time.process_time()
    mask = connected(voxels, grid_of(voxels.shape))
    boxes, sizes = label_boxes(mask), label_sizes(mask)
    assert time.process_time() - started < 1.0
    assert len(boxes) == len(sizes) == 640
