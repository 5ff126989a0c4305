"""A phantom exam on disk, with everything that is true about it.

Places, types and masks come from the phantom, by construction; quantities are measured from its
PET on its exact masks by `quant`, since noise and blur are part of the truth of an image.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

from petscribe.core.codec import encode
from petscribe.core.files import write_json
from petscribe.core.lesion import Lesion
from petscribe.core.report import Measured
from petscribe.imaging.resample import labels_to, resample_to
from petscribe.io.nifti.exam import write_labels, write_volume
from petscribe.phantom.dicom_writer import write_dicom
from petscribe.phantom.exam import PhantomExam, make_exam
from petscribe.quant.burden import totals
from petscribe.quant.lesions import lesion_flags, measure_lesions
from petscribe.quant.reference import reference_regions
from petscribe.terms.claims import finding_of
from petscribe.terms.phrasing import sentence

TracerName = Literal["fdg", "psma", "dotatate", "fluciclovine"]
Style = Literal["ge", "siemens", "philips"]


def write_phantom(
    seed: int,
    folder: Path,
    *,
    light: bool = False,
    tracer: TracerName = "fdg",
    style: Style = "ge",
) -> dict[str, Any]:
    """Write `dicom/`, `nifti/{pet,ct,lesions,labels}.nii.gz` and `truth.json`; return the truth.

    Raises:
        OutputError: the folder cannot be written (code `cannot-write`).
    """
    phantom = make_exam(seed, light=light, tracer=tracer, style=style)
    truth = truth_of(phantom)
    write_dicom(phantom, folder / "dicom")
    write_volume(phantom.pet, folder / "nifti" / "pet.nii.gz")
    if phantom.ct is not None:
        write_volume(phantom.ct, folder / "nifti" / "ct.nii.gz")
    write_labels(phantom.lesions, folder / "nifti" / "lesions.nii.gz")
    write_labels(phantom.labels, folder / "nifti" / "labels.nii.gz")
    write_json(folder / "truth.json", truth)
    return truth


def truth_of(phantom: PhantomExam) -> dict[str, Any]:
    """Return the `measure` contract of a phantom, and per lesion what its sentences must say."""
    exam = phantom.exam
    organs = labels_to(phantom.labels, phantom.pet.grid)
    references = reference_regions(exam, organs)
    ct_on_pet = resample_to(phantom.ct, phantom.pet.grid) if phantom.ct is not None else None
    measurements = measure_lesions(
        exam, phantom.lesions, references=references, ct_on_pet=ct_on_pet
    )
    flags = lesion_flags(phantom.lesions)
    lesions = tuple(
        replace(phantom.lesion(number, measured), flags=flags.get(number, ()))
        for number, measured in measurements.items()
    )
    measured = Measured(
        exam=exam.to_dict(),
        lesions=lesions,
        physiologic=(),
        reference_regions=references,
        totals=totals(measurements, exam.acquisition),
        coverage=(),
    ).to_dict()
    skeleton = phantom.truth_skeleton()
    made = skeleton["lesions"]
    for entry, lesion in zip(measured["lesions"], lesions, strict=True):
        entry.update(_statements(lesion, phantom, made[lesion.id]))
    return {**measured, "phantom": skeleton["phantom"]}


def _statements(lesion: Lesion, phantom: PhantomExam, made: dict[str, Any]) -> dict[str, Any]:
    kind = next(x.type for x in phantom.truth_lesions if x.id == lesion.id)
    findings = {
        lang: replace(finding_of(lesion, lang=lang, tracer=phantom.tracer), type=kind)
        for lang in ("en", "vi")
    }
    return {
        "type": kind,
        "uptake": findings["en"].uptake,
        "finding": encode(findings["en"]),
        "sentences": {
            lang: sentence(finding, lang, tracer=phantom.tracer)
            for lang, finding in findings.items()
        },
        "made": made,
    }
