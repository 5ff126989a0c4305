"""Head and neck: sizes and neighbours."""

import numpy as np
import pytest

from petscribe.phantom.drawing.tissues import TISSUES


def ml(body, *names):
    return body.labels.named(*names).sum() * body.labels.grid.voxel_volume_ml


def centre(body, name):
    return body.labels.grid.to_world(np.argwhere(body.labels.named(name)).mean(axis=0))


def test_the_brain_has_the_volume_of_a_brain(man):
    assert 1050 < ml(man, "brain") < 1650


def test_the_cortex_lies_outside_the_white_matter(man):
    grey = np.argwhere(man.canvas.tissues == TISSUES["grey_matter"])
    white = np.argwhere(man.canvas.tissues == TISSUES["white_matter"])
    middle = white.mean(axis=0)
    assert (
        np.linalg.norm(grey - middle, axis=1).mean() > np.linalg.norm(white - middle, axis=1).mean()
    )


def test_glands_lie_on_their_sides(man):
    for name in ("parotid_gland", "submandibular_gland", "tonsil"):
        assert centre(man, f"{name}_left")[0] > 5
        assert centre(man, f"{name}_right")[0] < -5


def test_from_the_head_down_come_parotid_submandibular_thyroid(man):
    names = ("brain", "parotid_gland_left", "submandibular_gland_left", "thyroid_gland")
    heights = [centre(man, name)[2] for name in names]
    assert heights == sorted(heights, reverse=True)


def test_the_thyroid_weighs_what_a_thyroid_weighs(man):
    assert ml(man, "thyroid_gland") == pytest.approx(16, abs=10)
