"""Signs of the body coordinates."""

import numpy as np

from petscribe.anatomy.seen.axes import Axes, coordinates
from petscribe.anatomy.seen.body import find_body
from petscribe.anatomy.seen.view import view_of


def test_left_behind_and_below_are_positive(person):
    view, body = find_body(view_of(person.exam, None))
    num_z, num_y, num_x = view.pet.shape
    axes = Axes(
        middle=np.full(num_z, num_x / 2.0),
        spine=np.full(num_z, num_y / 2.0),
        level=np.linspace(30.0, 0.0, num_z),
    )
    where = coordinates(view, body, axes)
    assert where.lateral_mm[0, 0, -1] > 0 > where.lateral_mm[0, 0, 0]
    assert where.behind_mm[0, -1, 0] > 0 > where.behind_mm[0, 0, 0]
    assert where.level[0, 0, 0] > where.level[-1, 0, 0]
    assert where.depth.dtype == np.float32
