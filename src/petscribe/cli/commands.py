"""The commands: what a person or a program types, and what comes back.

Results go to stdout (JSON with `--json`), progress and logs to stderr. Exit codes: 0 done, 1 done
with problems listed on stderr, 2 bad input with one line `petscribe: error[code]: ...` and nothing
written, 3 a fault of petscribe itself. Everything heavy is imported inside the command that needs
it, so that `petscribe --help` answers at once. Knows no medicine: the main path is
`petscribe.pipeline`.
"""

import json
import logging
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import petscribe
from petscribe.cli.ask import ask
from petscribe.cli.build_dataset import build_dataset
from petscribe.cli.convert_weights import convert_weights
from petscribe.cli.evaluate import evaluate
from petscribe.cli.exam_options import (
    AS_JSON,
    EXAM_OPTIONS,
    LANGUAGE,
    MASK_OPTIONS,
    ExamInput,
    PathArgument,
    with_exam,
)
from petscribe.cli.mine import mine
from petscribe.cli.model_option import MODEL, load_model
from petscribe.cli.study import study
from petscribe.cli.train import train
from petscribe.core.errors import InputError, PetscribeError

if TYPE_CHECKING:
    from petscribe.core.report import Measured
    from petscribe.pipeline import Reading
    from petscribe.truth import Style, TracerName

DONE_WITH_PROBLEMS, BAD_INPUT, OUR_FAULT = 1, 2, 3

PROBLEMS = frozenset(
    {"truncated-file", "deflate-bomb", "too-large", "cannot-read", "mask-partly-outside"}
    | {"mask-empty-segment", "mask-lost-segment", "mask-open-contours", "orientation-suspect"}
)
"""Warnings that mean a part of the input could not be used: the exit code says so."""


@click.group(
    help="PET/CT exam in, report out: every sentence points at a lesion, every number was "
    "measured. Research use only; not a medical device.",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(petscribe.__version__, prog_name="petscribe")
@click.option("-v", "--verbose", is_flag=True, help="Log what is done on stderr.")
def app(verbose: bool) -> None:
    """Set logging up; the library itself never does."""
    level = logging.INFO if verbose else logging.ERROR
    logging.basicConfig(level=level, stream=sys.stderr, format="petscribe: %(message)s")


@app.command()
@EXAM_OPTIONS
@AS_JSON
@with_exam
def inspect(where: ExamInput, as_json: bool) -> None:
    """Say what is in EXAM: series, roles, units, SUV factor and why, what was skipped and why."""
    series, warnings = where.inspect()
    if as_json:
        _print_json({"series": [x.to_dict() for x in series], "warnings": list(warnings)})
    else:
        from petscribe.cli.tables import print_inspection

        print_inspection(series)
    _warn(warnings)


@app.command()
@EXAM_OPTIONS
@MASK_OPTIONS
@AS_JSON
@with_exam
def measure(where: ExamInput, as_json: bool) -> None:
    """Measure and locate every lesion of EXAM; no report, no model."""
    reading = _measure(where)
    if as_json:
        _print_json(reading.measured.to_dict())
    else:
        from petscribe.cli.tables import print_lesions

        print_lesions(reading.measured)
    _finish(_list_problems(reading.measured))


@app.command()
@EXAM_OPTIONS
@MASK_OPTIONS
@click.option("-o", "--out", type=PathArgument, required=True, help="Folder for the report.")
@LANGUAGE
@MODEL
@AS_JSON
@with_exam
def report(where: ExamInput, out: Path, lang: str, model: str, as_json: bool) -> None:
    """Write a report on EXAM: report.html, report.txt, report.json, lesions.nii.gz."""
    from petscribe.pipeline import report_exam, write_report

    with _progress("report") as step:
        describer = load_model(model)
        step("model")
        exam, mask = where.read()
        step("read")
        written = report_exam(
            exam,
            mask,
            lang=lang,
            organs=where.read_organs(exam),
            describer=describer,
            step=step,
        )
        paths = write_report(written, out)
    if as_json:
        _print_json(written.report.to_dict())
    else:
        for path in paths:
            print(path)
    unverified = [
        f"unverified: {problem.message}"
        for sentence in (*written.report.findings, *written.report.impression)
        for problem in sentence.problems
    ]
    _warn(unverified)
    _finish(_list_problems(written.report.measured) or bool(unverified))


@app.command()
@click.argument("draft", type=PathArgument)
@EXAM_OPTIONS
@MASK_OPTIONS
@click.option("--measured", type=PathArgument, help="A file of `measure --json`, not an exam.")
@click.option("--lang", type=click.Choice(["en", "vi"]), help="Language of DRAFT; guessed if not.")
@AS_JSON
@with_exam
def check(
    where: ExamInput, draft: Path, measured: Path | None, lang: str | None, as_json: bool
) -> None:
    """Check the text in DRAFT against the measurements of EXAM; exit 1 when they disagree."""
    from petscribe.io.texts import read_text
    from petscribe.pipeline import check_draft, read_measured

    text = read_text(draft)
    if measured is not None:
        if where.exam is not None or where.pet is not None:
            raise InputError("option-mismatch", "give --measured or an exam, not both")
        table = read_measured(measured)
    else:
        table = _measure(where).measured
    problems = check_draft(text, table, lang=lang)
    if as_json:
        from petscribe.core.codec import encode

        _print_json({"ok": not problems, "problems": encode(problems)})
    else:
        from petscribe.cli.tables import print_problems

        print_problems(problems)
    _finish(bool(problems))


@app.command()
@click.option("--seed", type=click.IntRange(min=0), required=True, help="Same seed, same exam.")
@click.option("-o", "--out", type=PathArgument, required=True, help="Folder for the exam.")
@click.option("--light", is_flag=True, help="Coarse grids: quick, for tests and training.")
@click.option(
    "--tracer",
    type=click.Choice(["fdg", "psma", "dotatate", "fluciclovine"]),
    default="fdg",
    show_default=True,
    help="Tracer.",
)
@click.option(
    "--style",
    type=click.Choice(["ge", "siemens", "philips"]),
    default="ge",
    show_default=True,
    help="Whose DICOM habits to follow.",
)
@AS_JSON
def phantom(
    seed: int, out: Path, light: bool, tracer: "TracerName", style: "Style", as_json: bool
) -> None:
    """Write a digital PET/CT exam with exact truth: dicom/, nifti/, truth.json."""
    from petscribe.truth import write_phantom

    truth = write_phantom(seed, out, light=light, tracer=tracer, style=style)
    if as_json:
        _print_json(truth)
    else:
        print(f"{out}: phantom exam {seed} with {len(truth['lesions'])} lesions")


@app.command()
@click.option("-o", "--out", type=PathArgument, default=Path("demo"), show_default=True)
@LANGUAGE
@MODEL
def demo(out: Path, lang: str, model: str) -> None:
    """Write a phantom exam as DICOM, read it back, report on it, say where the report is."""
    from petscribe.io.dicom.exam import read_exam
    from petscribe.pipeline import report_exam, write_report
    from petscribe.truth import write_phantom

    with _progress("demo") as step:
        write_phantom(7, out / "exam", tracer="fdg", style="ge")
        step("phantom")
        exam = read_exam(out / "exam" / "dicom")
        step("read")
        written = report_exam(exam, lang=lang, describer=load_model(model), step=step)
        write_report(written, out / "report")
    print((out / "report" / "report.txt").read_text("utf-8"))
    print(f"The report: {(out / 'report' / 'report.html').resolve()}")


@app.command()
@AS_JSON
def doctor(as_json: bool) -> None:
    """Check this installation: libraries, arithmetic, files, a phantom there and back."""
    from petscribe.doctor import examine

    findings = examine()
    if as_json:
        _print_json({"ok": all(f.ok for f in findings), "checks": [f.to_dict() for f in findings]})
    else:
        for finding in findings:
            print(f"{'ok  ' if finding.ok else 'FAIL'}  {finding.name}: {finding.detail}")
    _finish(not all(f.ok for f in findings))


app.add_command(ask)
app.add_command(build_dataset)
app.add_command(evaluate)
app.add_command(mine)
app.add_command(study)
app.add_command(convert_weights)
app.add_command(train)


def _measure(where: ExamInput) -> "Reading":
    from petscribe.pipeline import measure_exam

    with _progress("measure") as step:
        exam, mask = where.read()
        step("read")
        return measure_exam(exam, mask, organs=where.read_organs(exam), step=step)


@contextmanager
def _progress(title: str) -> Iterator[Callable[[str], None]]:
    """Show the steps of a run on a terminal; elsewhere stay silent."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(title)
        yield lambda step: progress.update(task, description=f"{title}: {step}")


def _print_json(data: Any) -> None:
    print(json.dumps(data, ensure_ascii=False, indent=2, allow_nan=False))


def _warn(warnings: Iterable[str]) -> None:
    for warning in warnings:
        print(f"petscribe: warning: {warning}", file=sys.stderr)


def _list_problems(measured: "Measured") -> bool:
    """Print warnings and why there is no SUV on stderr; tell whether a part was not done."""
    _warn(measured.warnings)
    suv = measured.exam["suv"]
    if suv["refused"]:
        _warn([f"{suv['refused']}: {suv['refused_message']}; values are relative, not SUV"])
    return bool(suv["refused"]) or not PROBLEMS.isdisjoint(measured.warnings)


def _finish(has_problems: bool) -> None:
    if has_problems:
        sys.exit(DONE_WITH_PROBLEMS)


def main() -> None:
    """Run the command line; every fault becomes one line and an exit code."""
    try:
        app(prog_name="petscribe", standalone_mode=False)
    except PetscribeError as fault:
        _fail(fault.code, fault.message)
    except click.exceptions.Exit as ending:
        sys.exit(ending.exit_code)
    except click.UsageError as fault:
        _fail("usage", f"{fault.format_message()} (see petscribe --help)")
    except click.ClickException as fault:
        _fail("usage", fault.format_message())
    except (KeyboardInterrupt, click.Abort):
        _fail("interrupted", "stopped by the user; nothing half-written remains")
    except MemoryError:
        _fail("out-of-memory", "not enough memory for this exam")
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(BAD_INPUT)
    except Exception as fault:  # noqa: BLE001 - the last handler: nobody above could say it better
        _confess(fault)


def _confess(fault: Exception) -> None:
    """Say where petscribe itself failed; the fault's own words may hold patient data."""
    logging.getLogger(__name__).info("internal fault", exc_info=fault)
    last = traceback.extract_tb(fault.__traceback__)[-1]
    where = f"{type(fault).__name__} at {Path(last.filename).name}:{last.lineno}"
    message = f"a fault of petscribe, not of the input: {where}; -v shows more, please report it"
    print(f"petscribe: error[internal]: {message}", file=sys.stderr)
    sys.exit(OUR_FAULT)


def _fail(code: str, message: str) -> None:
    print(f"petscribe: error[{code}]: {message}", file=sys.stderr)
    sys.exit(BAD_INPUT)
