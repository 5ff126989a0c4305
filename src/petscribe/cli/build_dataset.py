"""`petscribe build-dataset`: exams and reports, or a published data set, to a store for training.

Knows options, not data: the work is `petscribe.dataset.building`'s.
"""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from petscribe.cli.exam_options import PathArgument
from petscribe.core.errors import InputError

if TYPE_CHECKING:
    from petscribe.dataset.building.run import Summary
    from petscribe.dataset.building.work import Plan

_SOURCES = ("exams", "petarseg", "autopet", "vimed")


@click.command("build-dataset")
@click.option("-o", "--out", type=PathArgument, required=True, help="Folder of the store.")
@click.option("--exams", type=PathArgument, help="Folder with one folder per exam.")
@click.option("--reports", type=PathArgument, help="With --exams: file or folder of report texts.")
@click.option("--petarseg", type=PathArgument, help="CSV of findings with PET, CT and mask files.")
@click.option("--autopet", type=PathArgument, help="Folder of patients with studies inside.")
@click.option("--vimed", type=PathArgument, help="CSV of studies with .npz arrays and reports.")
@click.option(
    "--phantom", type=click.IntRange(min=1), help="Instead: this many phantoms with their texts."
)
@click.option(
    "--first-seed", type=click.IntRange(min=0), default=0, show_default=True, help="Of --phantom."
)
@click.option(
    "--mapping",
    type=PathArgument,
    help="With --exams: CSV with report, exam, patient. Else: JSON that names the columns.",
)
@click.option("--tracer", help="Tracer of NIfTI exams, which do not say it: fdg, psma, ...")
@click.option("--review", type=PathArgument, help="Decisions saved by the review sheet.")
@click.option(
    "--mask-method",
    type=click.Choice(["jentzen", "percent"]),
    default="jentzen",
    show_default=True,
    help="How lesions are outlined where no segmentation is given.",
)
@click.option("--pet-mm", type=click.FloatRange(min=0.5), help="Working grid; default: as it is.")
@click.option("--ct-mm", type=click.FloatRange(min=0.5), help="CT voxels; default: as they are.")
@click.option("--workers", type=click.IntRange(min=1), default=1, show_default=True)
@click.option("--ray", is_flag=True, help="Work on a Ray cluster instead of in processes.")
@click.option("--json", "as_json", is_flag=True, help="Print the manifest on stdout.")
def build_dataset(out: Path, as_json: bool, **options: Any) -> None:
    """Build a case store for training; a build that was stopped goes on where it was."""
    if options["phantom"] is not None:
        _build_phantoms(out, options, as_json=as_json)
        return
    from petscribe.dataset.auditing.card import write_card
    from petscribe.dataset.building.run import build
    from petscribe.dataset.reviewing.decisions import read_decisions
    from petscribe.dataset.reviewing.sheet import write_sheet

    plan = _plan(options)
    review = options["review"]
    summary = build(
        plan,
        out,
        settings=_settings(options),
        decisions=read_decisions(review) if review is not None else None,
        workers=(options["workers"], "ray" if options["ray"] else "processes"),
        step=_teller(len(plan.work)),
    )
    paths = (write_card(out), write_sheet(out))
    if as_json:
        print(json.dumps(summary.manifest, ensure_ascii=False, indent=2))
    else:
        _tell(summary, paths)
    for problem in summary.problems:
        said = f"{problem.code}: {problem.key}: {problem.message}"
        print(f"petscribe: warning: {said}", file=sys.stderr)
    if summary.problems:
        sys.exit(1)


def _build_phantoms(out: Path, options: dict[str, Any], *, as_json: bool) -> None:
    from petscribe.dataset.phantoms.build import build_phantom_corpus

    if any(options[name] is not None for name in _SOURCES):
        raise InputError("option-mismatch", "--phantom needs no other source")
    if options["ray"]:
        raise InputError("option-mismatch", "phantoms are made in processes: use --workers")
    first, count = options["first_seed"], options["phantom"]
    summary = build_phantom_corpus(
        out, range(first, first + count), workers=options["workers"], step=_teller(count)
    )
    if as_json:
        print(json.dumps(summary.manifest, ensure_ascii=False, indent=2))
    else:
        print(f"{summary.made} phantoms made, {summary.there} there already")
    for seed, code in summary.failed.items():
        print(f"petscribe: warning: {code}: phantom {seed}", file=sys.stderr)
    if summary.failed:
        sys.exit(1)


def _plan(options: dict[str, Any]) -> "Plan":
    given = [name for name in _SOURCES if options[name] is not None]
    if len(given) != 1:
        wanted = ", ".join(f"--{name}" for name in (*_SOURCES, "phantom"))
        raise InputError("option-mismatch", f"give exactly one of {wanted}")
    source, mapping = options[given[0]], options["mapping"]
    if (given[0] == "exams") != (options["reports"] is not None):
        raise InputError("option-mismatch", "--exams and --reports go together")
    if given[0] == "exams":
        from petscribe.dataset.building import joining

        return joining.plan_of(source, options["reports"], mapping, tracer=options["tracer"])
    if given[0] == "petarseg":
        from petscribe.dataset.importing import petarseg

        return petarseg.plan_of(source, mapping)
    if given[0] == "autopet":
        from petscribe.dataset.importing import autopet

        return autopet.plan_of(source, tracer=options["tracer"] or "fdg")
    from petscribe.dataset.importing import vimed

    if mapping is None:
        raise InputError("option-mismatch", "--vimed needs --mapping: spacing and unit are there")
    return vimed.plan_of(source, mapping)


def _settings(options: dict[str, Any]) -> Any:
    from petscribe.dataset.building.case import CaseSettings
    from petscribe.dataset.building.grounding import GroundingSettings
    from petscribe.dataset.linking.link import LinkSettings

    link = LinkSettings(method=options["mask_method"])
    return CaseSettings(
        grounding=GroundingSettings(link=link), pet_mm=options["pet_mm"], ct_mm=options["ct_mm"]
    )


def _teller(total: int) -> Any:
    """Return what tells of each finished case: a line on a terminal, else nothing."""
    if not sys.stderr.isatty():
        return lambda _: None
    done = iter(range(1, total + 1))
    return lambda key: print(f"\r{next(done)}/{total} {key}", end="", file=sys.stderr, flush=True)


def _tell(summary: "Summary", paths: tuple[Path, ...]) -> None:
    built = summary.manifest["builder"]
    print(f"{summary.made} cases made, {summary.there} there already, by split {built['splits']}")
    for stage, count in built["funnel"].items():
        print(f"  {stage:32} {count}")
    for path in paths:
        print(path)
