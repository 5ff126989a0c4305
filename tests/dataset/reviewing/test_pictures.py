"""Pictures show the place: the spot is dark and marked, the patient's right on the left."""

import base64
from io import BytesIO

import numpy as np
from PIL import Image

from petscribe.core.volume import Grid
from petscribe.dataset.reviewing.pictures import draw_views

GRID = Grid(shape=(60, 50, 50), spacing_mm=(4.0, 4.0, 4.0), origin_mm=(0.0, 0.0, 0.0))


def pixels(url: str) -> np.ndarray:
    data = base64.b64decode(url.removeprefix("data:image/png;base64,"))
    return np.array(Image.open(BytesIO(data)).convert("RGB")).astype(int)


def scene() -> np.ndarray:
    pet = np.full(GRID.shape, 0.5, np.float32)
    pet[40:43, 20:23, 9:12] = 8.0
    return pet


def reds(picture: np.ndarray) -> np.ndarray:
    return np.argwhere((picture[..., 0] > 180) & (picture[..., 1] < 80))


def test_planes_are_centred_on_the_point_and_dark_there():
    views = draw_views(scene(), None, GRID, (40.0, 84.0, 164.0))
    for url in (views.axial, views.coronal, views.sagittal):
        picture = pixels(url)
        row, column = picture.shape[0] // 2, picture.shape[1] // 2
        assert picture[row, column].max() < 60
        centre = reds(picture).mean(axis=0)
        assert np.abs(centre - [row, column]).max() < 3


def test_the_maximum_projection_has_the_head_on_top_and_the_right_on_the_left():
    picture = pixels(draw_views(scene(), None, GRID, (40.0, 84.0, 164.0)).mip)
    dark = np.argwhere(picture.max(axis=2) < 100)
    row, column = dark.mean(axis=0) / picture.shape[:2]
    assert row < 0.5
    assert column < 0.5


def test_a_mask_is_outlined_instead_of_the_cross():
    own = scene() > 4.0
    picture = pixels(draw_views(scene(), own, GRID, (40.0, 84.0, 164.0)).axial)
    found = reds(picture)
    middle = np.array(picture.shape[:2]) // 2
    assert len(found)
    assert np.abs(found - middle).max() <= 8 * 150 / 160 + 3


def test_a_point_outside_the_image_is_no_fault():
    assert draw_views(scene(), None, GRID, (-500.0, 9999.0, 0.0)).axial.startswith("data:")
