"""The options that say where an exam, its lesions and its organs lie, shared by the commands.

`ExamInput` reads what they name. Knows which reader fits which option, nothing of what is read.
"""

import functools
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from petscribe.core.errors import InputError

if TYPE_CHECKING:
    from petscribe.core.exam import Exam, SeriesInfo
    from petscribe.core.volume import Mask

PathArgument = click.Path(path_type=Path)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamInput:
    """Where the exam lies, as the options say it."""

    exam: Path | None
    pet: Path | None
    ct: Path | None
    pet_unit: Literal["suvbw", "bqml"] | None
    weight_kg: float | None
    height_cm: float | None
    sex: str | None
    dose_mbq: float | None
    uptake_min: float | None
    nuclide: str | None
    tracer: str | None
    mask: Path | None
    segment: tuple[int, ...]
    organs: Path | None
    segmenter: Path | None

    def inspect(self) -> tuple[tuple["SeriesInfo", ...], tuple[str, ...]]:
        """Return the series of the exam, used or not, and the warnings about them."""
        if self.exam is None or self.pet is not None:
            exam = self._exam()
            return exam.series, (*exam.warnings, *exam.suv.warnings)
        self._refuse_nifti_options()
        from petscribe.io.dicom.exam import inspect_folder

        inspection = inspect_folder(self.exam)
        return inspection.series, inspection.warnings

    def read(self) -> tuple["Exam", "Mask | None"]:
        """Read the exam, and the lesion mask onto its PET grid when one is given."""
        exam = self._exam()
        if self.mask is None:
            return exam, None
        from petscribe.io.masks.reading import mask_reading

        found = mask_reading(
            self.mask,
            exam.pet.grid,
            sop_uids=exam.pet_sop_uids,
            exam_uids=(exam.study_uid, exam.pet_series_uid),
            segments=self.segment or None,
        )
        return replace(exam, warnings=(*exam.warnings, *found.warnings)), found.mask

    def _exam(self) -> "Exam":
        if self.exam is not None and self.pet is None:
            self._refuse_nifti_options()
            from petscribe.io.dicom.exam import read_exam

            return read_exam(self.exam)
        if self.pet is None or self.exam is not None:
            raise InputError("no-exam", "give a DICOM folder, or --pet with a NIfTI file, not both")
        from petscribe.io.nifti.exam import NiftiFacts, read_exam_pair

        facts = NiftiFacts(
            pet_unit=self.pet_unit,
            weight_kg=self.weight_kg,
            height_cm=self.height_cm,
            sex=self.sex,
            injected_activity_bq=self.dose_mbq * 1e6 if self.dose_mbq is not None else None,
            uptake_time_s=self.uptake_min * 60.0 if self.uptake_min is not None else None,
            radionuclide=self.nuclide,
            tracer=self.tracer,
        )
        return read_exam_pair(self.pet, self.ct, facts)

    def read_organs(self, exam: "Exam") -> "Mask | None":
        """Read the organ label map, or have an installed TotalSegmentator make it."""
        from petscribe.io.nifti.exam import read_labels, write_volume

        if self.organs is not None and self.segmenter is not None:
            raise InputError("option-mismatch", "give --organs or --segmenter, not both")
        if self.organs is not None:
            return read_labels(self.organs)
        if self.segmenter is None:
            return None
        from petscribe.anatomy.external import ExternalSegmenter

        program = ExternalSegmenter(
            program=self.segmenter, write_volume=write_volume, read_labels=read_labels
        )
        return program.labels(exam.ct)

    def _refuse_nifti_options(self) -> None:
        for name in ("ct", "pet_unit"):
            if getattr(self, name) is not None:
                option = name.replace("_", "-")
                raise InputError("option-mismatch", f"--{option} goes with --pet, not with DICOM")


def _options(*decorators: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def apply(function: Any) -> Any:
        for decorate in reversed(decorators):
            function = decorate(function)
        return function

    return apply


EXAM_OPTIONS = _options(
    click.argument("exam", required=False, type=PathArgument),
    click.option("--pet", type=PathArgument, help="PET as NIfTI, instead of a DICOM folder."),
    click.option("--ct", type=PathArgument, help="CT as NIfTI (HU), with --pet."),
    click.option(
        "--pet-unit", type=click.Choice(["suvbw", "bqml"]), help="Unit of --pet's voxels; required."
    ),
    click.option("--weight-kg", type=float, help="Body weight, for --pet-unit bqml."),
    click.option("--height-cm", type=float, help="Body height."),
    click.option("--sex", type=click.Choice(["M", "F", "O"]), help="Sex, for lean-body SUV."),
    click.option("--dose-mbq", type=float, help="Injected activity, for --pet-unit bqml."),
    click.option("--uptake-min", type=float, help="Minutes from injection to the voxels' time."),
    click.option("--nuclide", help="Radionuclide such as F-18 or Ga-68."),
    click.option("--tracer", help="fdg, psma, dotatate, fluciclovine, flt."),
)
MASK_OPTIONS = _options(
    click.option(
        "--mask", type=PathArgument, help="Lesions: NIfTI label map, DICOM SEG or RTSTRUCT."
    ),
    click.option("--segment", type=int, multiple=True, help="Only this label; may be repeated."),
    click.option(
        "--organs", type=PathArgument, help="NIfTI label map with TotalSegmentator's numbering."
    ),
    click.option(
        "--segmenter", type=PathArgument, help="Path of an installed TotalSegmentator to run."
    ),
)
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON on stdout.")
LANGUAGE = click.option(
    "--lang", type=click.Choice(["en", "vi"]), default="en", show_default=True, help="Language."
)


def with_exam(function: Callable[..., None]) -> Callable[..., None]:
    """Hand the command one `ExamInput` in place of its dozen options."""
    names = [f.name for f in fields(ExamInput)]
    defaults: dict[str, Any] = {"segment": ()}

    @functools.wraps(function)
    def command(**options: Any) -> None:
        where = ExamInput(**{n: options.pop(n, defaults.get(n)) for n in names})
        function(where, **options)

    return command
