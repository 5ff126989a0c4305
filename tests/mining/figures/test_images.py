"""Series and image numbers."""

import pytest


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("(4/132)", [(4, 132, None)]),
        ("image 88 of 267", [(None, 88, None)]),
        ("image 88/267", [(None, 88, None)]),
        ("series 3 image 12", [(3, 12, None)]),
        ("(series 3, iamge 78)", [(3, 78, None)]),
        ("axial slice 88", [(None, 88, None)]),
        ("images 88-92", [(None, 88, 92)]),
        ("images 88 and 92", [(None, 88, None), (None, 92, None)]),
        ("im 88", [(None, 88, None)]),
        ("coronal image 40", []),
        ("slice thickness 3", []),
        ("Deauville 4/5", []),
    ],
)
def test_references_are_read(values, text: str, wanted: list[tuple[int | None, ...]]):
    found = values("imageval", text)
    assert [(r.series, r.image, r.image_end) for r in found] == wanted


def test_vietnamese_slices_are_read(values):
    assert [r.image for r in values("imageval", "lát cắt số 210", "vi")] == [210]
