"""The data card: what a store holds, where it came from, how it was made, what is wrong with it.

Everything is counted from the store and its manifest. Knows records; judges nothing.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from petscribe.core.files import write_text
from petscribe.io.store import SPLITS, CaseStore

_LIMITS = """\
## Limits

- Sentences are linked to lesions by rules; what was ambiguous is not a pair (see the funnel), so
  the pairs lean towards findings that state an SUV or an image, as every such data set does.
- Masks come from thresholds unless a segmentation was given; small lesions are the least sure.
- A number in a text is a slot only where it is the measured one; texts with other numbers say so
  (`unbound`).
- De-identification is by rules. Look at a sample before the data goes anywhere.
- Research use only.
"""


def data_card(folder: Path) -> str:
    """Return the card of a finished store as Markdown."""
    store = CaseStore.open(folder)
    manifest = store.manifest
    built = manifest.get("builder", {})
    records = {key: store.record(key) for key in store.keys()}  # noqa: SIM118 - no mapping
    return "\n".join(
        [
            "# Data card",
            "",
            f"Made by petscribe {built.get('version', '?')} from"
            f" {_words(built.get('source', {}))}. Store hash `{manifest.get('store_hash', '')}`.",
            "",
            _splits(store, records),
            _counted("Tracers (exams)", (r.get("tracer", "unknown") for r in records.values())),
            _counted("Languages (pairs)", _each(records, "pairs", "lang")),
            _counted("Regions (pairs)", _regions(records)),
            _counted("How masks were drawn (pairs)", _each(records, "pairs", "mask_method")),
            _table("The funnel of findings", built.get("funnel", {})),
            _table("Warnings (exams)", built.get("warnings", {})),
            _table("What could not be used", built.get("problems", {})),
            _audit(built.get("audit", {})),
            _table("Settings", _flat(built.get("settings", {}))),
            _LIMITS,
        ]
    )


def write_card(folder: Path) -> Path:
    """Write `README.md` into the store."""
    path = folder / "README.md"
    write_text(path, data_card(folder))
    return path


def _splits(store: CaseStore, records: Mapping[str, Mapping[str, Any]]) -> str:
    lines = [
        "## Splits",
        "",
        "| split | exams | patients | lesions | pairs |",
        "|---|---|---|---|---|",
    ]
    for split in SPLITS:
        own = [records[key] for key in store.keys(split)]
        patients = {record["patient"] for record in own}
        lesions = sum(len(record["lesions"]) for record in own)
        pairs = sum(len(record["pairs"]) for record in own)
        lines.append(f"| {split} | {len(own)} | {len(patients)} | {lesions} | {pairs} |")
    return "\n".join([*lines, ""])


def _each(records: Mapping[str, Mapping[str, Any]], name: str, key: str) -> Iterable[str]:
    return (str(item[key]) for record in records.values() for item in record[name])


def _regions(records: Mapping[str, Mapping[str, Any]]) -> Iterable[str]:
    return (
        pair["finding"]["region"]
        for record in records.values()
        for pair in record["pairs"]
        if pair["finding"] is not None
    )


def _counted(title: str, values: Iterable[str]) -> str:
    return _table(title, dict(Counter(values).most_common()))


def _table(title: str, values: Mapping[str, Any]) -> str:
    rows = [f"| {key} | {value} |" for key, value in values.items()] or ["| nothing | |"]
    return "\n".join([f"## {title}", "", "| | |", "|---|---|", *rows, ""])


def _audit(found: Mapping[str, Any]) -> str:
    names = ("texts", "same_images", "same_reports", "similar_reports", "leaks")
    counts = {
        name.replace("_", " "): found[name] if name == "texts" else len(found[name])
        for name in names
        if name in found
    }
    return _table("Duplicates, and leaks over a split", counts)


def _words(source: Mapping[str, Any]) -> str:
    rest = ", ".join(f"{value} {key}" for key, value in source.items() if key != "kind")
    return f"{source.get('kind', 'an unknown source')} ({rest})"


def _flat(settings: Mapping[str, Any], before: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in settings.items():
        name = f"{before}{key}"
        flat |= _flat(value, f"{name}.") if isinstance(value, Mapping) else {name: value}
    return flat
