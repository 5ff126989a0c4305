"""Results as tables for people on a terminal. Programs read the JSON instead."""

from collections.abc import Iterable

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from petscribe.core.exam import SeriesInfo
from petscribe.core.lesion import Lesion
from petscribe.core.report import Measured, Problem


def print_inspection(series: Iterable[SeriesInfo]) -> None:
    """Print what is used of a folder and why, then what is not and why."""
    console = Console(highlight=False)
    for item in sorted(series, key=lambda x: not x.used):
        mark = "[bold green]used   [/]" if item.used else "[dim]skipped[/]"
        name = escape(item.description or "no description")
        images = "image" if item.instances == 1 else "images"
        console.print(f"{mark} {item.modality} {name}, {item.instances} {images}", soft_wrap=True)
        for line in _reasons(item):
            console.print(f"        {escape(line)}", soft_wrap=True)


def print_lesions(measured: Measured) -> None:
    """Print the lesion table, the reference regions and the totals."""
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("id", justify="right", no_wrap=True)
    table.add_column("place", overflow="fold")
    for name in ("SUVmax", "SUVmean", "SUVpeak", "MTV ml", "TLG g", "size mm", "image"):
        table.add_column(name, justify="right", no_wrap=True)
    for lesion in measured.lesions:
        table.add_row(*_row(lesion))
    console = Console()
    console.print(table)
    for name, region in measured.reference_regions.items():
        value = f"SUVmean {region.suv_mean:.2f} SD {region.suv_sd:.2f}"
        console.print(f"{name}: {value} ({region.method})")
    totals = measured.totals
    tlg = "" if totals.tlg_g is None else f", TLG {totals.tlg_g:.1f} g"
    console.print(f"{totals.lesions} lesions, MTV {totals.mtv_ml:.1f} ml{tlg}")


def print_problems(problems: Iterable[Problem]) -> None:
    """Print each contradiction with the words it stands in, or that there is none."""
    console = Console()
    found = False
    for problem in problems:
        found = True
        console.print(f"[bold]{problem.kind}[/]: {escape(problem.message)}")
        if problem.quote:
            console.print(f'    "{escape(problem.quote)}"')
    if not found:
        console.print("The text agrees with the measurements.")


def _reasons(item: SeriesInfo) -> Iterable[str]:
    if item.skipped_because:
        yield item.skipped_because
    if item.shape and item.spacing_mm:
        shape, spacing = (" x ".join(f"{v:g}" for v in x) for x in (item.shape, item.spacing_mm))
        yield f"{shape} voxels of {spacing} mm (z, y, x)"
    if item.suv is None:
        return
    if item.suv.factor_bw is not None:
        yield f"SUVbw factor {item.suv.factor_bw:.6g} ({item.suv.method})"
    if item.suv.reference_time:
        yield f"dose decayed to {item.suv.reference_time.replace('T', ' ')}"
    if item.suv.warnings:
        yield f"warnings: {', '.join(item.suv.warnings)}"
    if item.suv.refused and item.suv.refused_message != item.skipped_because:
        yield f"no SUV: {item.suv.refused_message or item.suv.refused}"


def _row(lesion: Lesion) -> list[str]:
    measured = lesion.measurement
    return [
        str(lesion.id),
        escape(lesion.location.words.get("en", lesion.location.region)),
        _number(measured.suv_max),
        _number(measured.suv_mean),
        _number(measured.suv_peak),
        _number(measured.mtv_ml),
        _number(measured.tlg_g),
        f"{measured.long_axis_mm:.0f} x {measured.short_axis_mm:.0f}",
        str(measured.slice_pet),
    ]


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"
