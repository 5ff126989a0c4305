"""Checks of an installation, offline and in seconds: does it compute what it must?

Each check is small and whole: library versions, SUV of a known dose, volume and peak of a known
blob, a file there and back, a phantom exam from DICOM to its lesions. `petscribe doctor` prints
them.
"""

import importlib.metadata
import importlib.util
import math
import platform
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from petscribe.core.errors import PetscribeError
from petscribe.core.files import write_text
from petscribe.core.volume import Grid, Mask, Volume

LIBRARIES = ("numpy", "scipy", "pydicom", "nibabel", "SimpleITK", "connected-components-3d")
SUV_CUT = 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """One check: what was looked at, whether it holds, and the numbers seen."""

    name: str
    ok: bool
    detail: str

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {"name": self.name, "ok": self.ok, "detail": self.detail}


def examine() -> tuple[CheckResult, ...]:
    """Run every check; one that fails never stops the next."""
    checks: tuple[tuple[str, Callable[[Path], tuple[bool, str]]], ...] = (
        ("libraries", _libraries),
        ("no torchvision", _no_torchvision),
        ("SUV of a known dose", _suv),
        ("lesion of known size", _quantities),
        ("writing files", _files),
        ("phantom exam there and back", _phantom),
    )
    results: list[CheckResult] = []
    with tempfile.TemporaryDirectory(prefix="petscribe-doctor-") as folder:
        for name, check in checks:
            try:
                ok, detail = check(Path(folder))
            except (PetscribeError, ImportError, OSError) as fault:
                ok, detail = False, f"{type(fault).__name__}: {fault}"
            results.append(CheckResult(name=name, ok=ok, detail=detail))
    return tuple(results)


def _libraries(_: Path) -> tuple[bool, str]:
    versions = [f"{name} {importlib.metadata.version(name)}" for name in LIBRARIES]
    return True, f"Python {platform.python_version()}, " + ", ".join(versions)


def _no_torchvision(_: Path) -> tuple[bool, str]:
    found = importlib.util.find_spec("torchvision") is not None
    return not found, "installed: it breaks model libraries, remove it" if found else "absent"


def _suv(_: Path) -> tuple[bool, str]:
    from petscribe.io.suv.body_size import lean_body_mass_kg

    mass = lean_body_mass_kg(75.0, 185.0, "M", formula="janmahasatian")
    ok = mass is not None and math.isclose(mass, 60.91533588651974, rel_tol=1e-12)
    return ok, f"lean body mass of a man of 75 kg and 185 cm: {mass:.4f} kg (60.9153)"


def _quantities(_: Path) -> tuple[bool, str]:
    """Measure 1 + 11 exp(-d^2 / 128) (d in mm) above SUV 4: 189 voxels, SUVpeak 10.179712."""
    from petscribe.quant.suv_metrics import suv_peak

    grid = Grid(shape=(55, 41, 41), spacing_mm=(3.0, 4.0728, 4.0728), origin_mm=(0.0, 0.0, 0.0))
    index = np.indices(grid.shape).reshape(3, -1).T
    offset = grid.to_world(index) - grid.to_world(np.array([27, 20, 20]))
    suv = (1.0 + 11.0 * np.exp(-np.sum(offset**2, axis=1) / 128.0)).reshape(grid.shape)
    pet = Volume(array=suv.astype(np.float32), grid=grid, unit="g/ml")
    mask = Mask(labels=(suv >= SUV_CUT).astype(np.uint8), grid=grid)
    voxels = int(mask.labels.sum())
    peak = suv_peak(pet, mask)[1]
    ok = voxels == 189 and math.isclose(peak, 10.179712, rel_tol=1e-4)
    return ok, f"{voxels} voxels (189), SUVpeak {peak:.4f} (10.1797)"


def _files(folder: Path) -> tuple[bool, str]:
    write_text(folder / "there" / "and.txt", "back")
    return (folder / "there" / "and.txt").read_text() == "back", f"atomic, in {folder.parent}"


def _phantom(folder: Path) -> tuple[bool, str]:
    from petscribe.io.dicom.exam import read_exam
    from petscribe.pipeline import measure_exam
    from petscribe.truth import write_phantom

    start = time.perf_counter()
    truth = write_phantom(1, folder / "phantom", light=True)
    reading = measure_exam(read_exam(folder / "phantom" / "dicom"))
    found = len(reading.measured.lesions)
    seconds = time.perf_counter() - start
    detail = f"{found} lesions proposed, {len(truth['lesions'])} drawn, {seconds:.1f} s"
    return reading.exam.has_suv and reading.exam.ct is not None, detail
