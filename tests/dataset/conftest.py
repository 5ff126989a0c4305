"""One phantom exam with its truth, made once for all tests of the room."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from petscribe.phantom.exam import PhantomExam, make_exam
from petscribe.truth import truth_of, write_phantom

SEED = 60002


@dataclass(frozen=True)
class Known:
    """An exam and what is true about it."""

    phantom: PhantomExam
    lesions: list[dict[str, Any]]
    """Entries of the truth, the largest first."""

    def sentence(self, k: int, *, suv: float | None = None, image: int | None = None) -> str:
        """Return a sentence about lesion k, or with another SUV or image."""
        lesion = self.lesions[k]
        site = lesion["location"]["words"]["en"]
        said = lesion["suv_max"] if suv is None else suv
        number = lesion["slice_pet"] if image is None else image
        return f"FDG-avid lesion in the {site} with SUVmax {said:.1f} (image {number})."


@pytest.fixture(scope="session")
def known() -> Known:
    phantom = make_exam(SEED, light=True)
    lesions = sorted(truth_of(phantom)["lesions"], key=lambda x: -x["mtv_ml"])
    return Known(phantom=phantom, lesions=lesions)


@pytest.fixture(scope="session")
def phantom_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the phantom as NIfTI and DICOM; nobody writes into it."""
    folder = tmp_path_factory.mktemp("phantom")
    write_phantom(SEED, folder, light=True)
    return folder
