"""The review sheet: each open question beside its candidates, and a sample of pairs to check.

One self-contained HTML file, made from the store: sentence, reason, three planes and the maximum
projection of every candidate; accept, reject or fix; decisions are kept in the browser and saved as
a file (`decisions`). Questions come first, in the order of the keys; then pairs, the least sure
first. Report text is shown as text, whatever it holds. Knows the store; decides nothing.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np

from petscribe.core.codec import decode
from petscribe.core.files import write_text
from petscribe.core.volume import Grid, Triple
from petscribe.dataset.reviewing.pictures import draw_views
from petscribe.io.store import CaseStore

MOST_ITEMS: Final = 150
_CANDIDATES: Final = 3
_TEMPLATES: Final = Path(__file__).parent / "templates"


def review_sheet(folder: Path, *, most: int = MOST_ITEMS) -> str:
    """Return the sheet of a store as HTML."""
    import jinja2

    store = CaseStore.open(folder)
    questions, pairs = _listed(store)
    chosen = [*questions, *sorted(pairs, key=lambda p: p[1].get("confidence", 1.0))][:most]
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
    )
    items = [_item(store, key, entry) for key, entry in chosen]
    return environment.get_template("review.html").render(
        items=items,
        questions=len(questions),
        pairs=len(pairs),
        shown=len(items),
        store=str(store.manifest.get("store_hash", ""))[:12],
    )


def write_sheet(folder: Path, *, most: int = MOST_ITEMS) -> Path:
    """Write `review.html` into the store."""
    path = folder / "review.html"
    write_text(path, review_sheet(folder, most=most))
    return path


def _listed(
    store: CaseStore,
) -> tuple[list[tuple[str, dict[str, Any]]], list[tuple[str, dict[str, Any]]]]:
    questions, pairs = [], []
    for key in store.keys():  # noqa: SIM118 - a store is no mapping
        record = store.record(key)
        questions += [(key, entry) for entry in record.get("questions", ())]
        pairs += [(key, entry) for entry in record.get("pairs", ()) if not entry.get("reviewed")]
    return questions, pairs


def _item(store: CaseStore, key: str, entry: Mapping[str, Any]) -> dict[str, Any]:
    record = store.record(key)
    grid = decode(Grid, record["pet_grid"])
    pet = store.array(key, "pet").astype(np.float32)
    shown = list(_places(store, key, record, entry))
    return {
        "id": entry["id"],
        "case": key,
        "text": entry["text"],
        "reason": entry.get("reason"),
        "confidence": entry.get("confidence"),
        "candidates": [
            {
                "point": point,
                "words": words,
                "maximum": f"{maximum:.1f}",
                "views": draw_views(pet, own, grid, point),
            }
            for point, words, maximum, own in shown
        ],
    }


def _places(
    store: CaseStore, key: str, record: Mapping[str, Any], entry: Mapping[str, Any]
) -> Iterator[tuple[Triple, str, float, "np.ndarray | None"]]:
    if "candidates" in entry:
        for candidate in entry["candidates"][:_CANDIDATES]:
            yield (
                _triple(candidate["hottest_lps_mm"]),
                candidate["words"].get("en", ""),
                candidate["maximum"],
                None,
            )
        return
    lesion = next(x for x in record["lesions"] if x["id"] == entry["lesion"])
    own = store.array(key, "lesions") == entry["lesion"]
    maximum = lesion["suv_max"] if lesion["suv_max"] is not None else lesion["relative_max"]
    words = lesion["location"]["words"].get("en", "")
    yield _triple(lesion["hottest_lps_mm"]), words, maximum, own


def _triple(point: list[float]) -> Triple:
    x, y, z = (float(v) for v in point)
    return x, y, z
