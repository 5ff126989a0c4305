"""Addresses and institutions."""

import pytest

from petscribe.mining.deid.places import placed


def found(text: str) -> set[str]:
    return {text[sign.start : sign.end] for sign in placed(text)}


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("lives at 12 Main Street, Boston, MA 02115.", "12 Main Street, Boston, MA 02115"),
        ("lives at 7 Old Mill Rd", "7 Old Mill Rd"),
        ("from Boston, MA 02115", "Boston, MA 02115"),
        ("ở số 12 đường Lê Lợi, quận 3, TP. Hồ Chí Minh.",
         "số 12 đường Lê Lợi, quận 3, TP. Hồ Chí Minh"),
        ("huyện Đông Anh", "huyện Đông Anh"),
        ("seen at Massachusetts General Hospital", "Massachusetts General Hospital"),
        ("University of Wisconsin Hospital", "University of Wisconsin Hospital"),
        ("tại Bệnh viện Bạch Mai", "Bạch Mai"),
        ("chuyển từ BV Trung ương Quân đội 108", "Trung ương Quân đội 108"),
    ],
)  # fmt: skip
def test_places_are_found(text: str, place: str):
    assert place in found(text)


@pytest.mark.parametrize(
    "text",
    ["đường kính 3 mm", "đường mật không giãn", "phường", "12 mm Right lung", "Lung Institute",
     "hospital stay", "bệnh viện", "thực quản đoạn 3", "xã", "3 Right Axillary nodes"],
)  # fmt: skip
def test_what_is_no_place_stays(text: str):
    assert found(text) == set()
