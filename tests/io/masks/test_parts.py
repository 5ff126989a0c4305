"""Parts are plain records."""

import numpy as np

from petscribe.core.volume import Grid, Mask
from petscribe.io.masks.parts import Drawing, Part


def test_a_drawing_holds_its_parts():
    grid = Grid(shape=(1, 1, 1), spacing_mm=(1.0,) * 3, origin_mm=(0.0,) * 3)
    part = Part(number=3, name=None, mask=Mask(labels=np.ones((1, 1, 1), bool), grid=grid))
    drawing = Drawing(parts=(part,))
    assert drawing.parts[0].mask.ids == [1]
    assert (drawing.empty, drawing.warnings) == ((), ())
