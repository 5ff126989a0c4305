"""Series and image numbers: "(4/132)", "image 88 of 267", "series 3, images 88-92".

Coronal and sagittal images and slice thickness are no references to an axial image.
"""

from collections.abc import Sequence

from petscribe.core.finding import ImageRef
from petscribe.mining.figures.figures import is_whole
from petscribe.mining.figures.reading import Reading, is_sign, put_claim, signs, unit_after
from petscribe.mining.vocabulary import Item


def take_slashed(state: Reading, k: int) -> int | None:
    """Read "(4/132)", series and image by convention; "image 88/267" is one image."""
    items = state.items
    if not (signs(items, k, ("slash",)) or signs(items, k, ("colon",))):
        return None
    first, second = items[k], items[k + 2]
    if not (is_whole(first.text) and is_whole(second.text)):
        return None
    own = state.mode in {"image", "deauville", "score"} and not state.used
    both = state.mode == "image" and any("series" in i.tags for i in state.out[-4:])
    if own and not both:
        if state.mode == "image":
            _image(state, k, int(first.text), None)
            return k + 3
        return None
    listed = state.last == "imageval" and bool(state.out) and _near(state.out, first)
    if not (opens_bracket(items, k) or both or listed) or len(first.text) > 3:
        return None
    state.used = True
    ref = ImageRef(series=int(first.text), image=int(second.text))
    put_claim(state, first, "imageval", ref, end=second)
    return k + 3


def _near(out: Sequence[Item], item: Item) -> bool:
    return item.i - out[-1].j <= 2


def opens_bracket(items: Sequence[Item], k: int) -> bool:
    """Whether the figure stands first in a bracket, but for words like "CT" or "series"."""
    if k == 0:
        return False
    before = items[k - 1]
    if before.tags.keys() & {"image", "series"} and k >= 2:
        before = items[k - 2]
    return is_sign(before, "open") and items[k].i - before.j <= 2


def _image(state: Reading, k: int, first: int, last: int | None) -> None:
    item = state.items[k]
    state.used = True
    if state.mode == "otherimage":
        state.last = "drop"
        return
    ref = ImageRef(series=state.series, image=first, image_end=last)
    state.series = None
    put_claim(state, item, "imageval", ref)


def take_series(state: Reading, k: int, number: int) -> None:
    """Keep the number for the image that follows, or complete the one just read."""
    state.used = True
    ahead = state.items[k + 1 : k + 4]
    before = [] if any("image" in item.tags for item in ahead) else state.out[-3:]
    for place, item in enumerate(reversed(before)):
        ref = item.tags.get("imageval")
        if isinstance(ref, ImageRef) and ref.series is None:
            whole = ImageRef(series=number, image=ref.image, image_end=ref.image_end)
            state.out[-1 - place] = item._replace(tags={"imageval": whole})
            return
    state.series = number


def take_images(state: Reading, k: int) -> int:
    """Read one image, "image 88 of 267" or "images 88-92", at `k`."""
    items = state.items
    item = items[k]
    first, end, last = int(item.text), k + 1, None
    if end < len(items) and "num" in items[end].tags and items[end].i == item.j + 1:
        if state.text[item.end : items[end].start].strip() == "of":
            end += 1  # "image 88 of 267"
    elif end + 1 < len(items) and "num" in items[end + 1].tags and is_whole(items[end + 1].text):
        between = items[end]
        later = int(items[end + 1].text)
        close = items[end + 1].i - item.j <= 2
        ranged = is_sign(between, "dash") or "to" in between.tags
        if close and ranged and later > first and not unit_after(items, end + 1):
            last, end = later, end + 2
        elif close and is_sign(between, "slash"):
            end += 2
    _image(state, k, first, last)
    return end
