"""Connected components, and where each label lies.

Knows voxels and neighbourhoods; not what a component means. Components come from cc3d (union-find
on raster order), whose import costs milliseconds.
"""

from dataclasses import replace
from typing import Literal

import cc3d
import numpy as np
from jaxtyping import Bool

from petscribe.core.label_grids import label_boxes
from petscribe.core.volume import Grid, Mask, bounding_box

__all__ = ["Connectivity", "at_least", "connected", "label_boxes", "label_sizes"]

Connectivity = Literal[6, 18, 26]


def connected(
    voxels: Bool[np.ndarray, "z y x"], grid: Grid, connectivity: Connectivity = 26
) -> Mask:
    """Return one label per connected piece, numbered in raster order (feet first).

    Args:
        voxels: what to split.
        grid: where the voxels are.
        connectivity: 6 (faces), 18 (faces and edges) or 26 (faces, edges and corners).
    """
    box = bounding_box(voxels)
    labels = np.zeros(voxels.shape, np.uint32)
    if box is not None:
        part = cc3d.connected_components(
            np.ascontiguousarray(voxels[box]), connectivity=connectivity, out_dtype=np.uint32
        )
        labels[box] = part
    return Mask(labels=labels, grid=grid)


def label_sizes(mask: Mask) -> dict[int, int]:
    """Return the number of voxels of every label that occurs."""
    counts = np.bincount(mask.labels.ravel())
    return {int(i): int(counts[i]) for i in np.flatnonzero(counts) if i > 0}


def at_least(mask: Mask, voxels: int) -> Mask:
    """Return the mask without labels smaller than `voxels`; the others keep their number."""
    small = [i for i, n in label_sizes(mask).items() if n < voxels]
    keep = np.ones(int(mask.labels.max(initial=0)) + 1, dtype=mask.labels.dtype)
    keep[small] = 0
    return replace(mask, labels=mask.labels * keep[mask.labels.astype(np.intp)])
