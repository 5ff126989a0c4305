"""Runs an installed TotalSegmentator as a program of its own and reads the files it leaves.

The program lives in its own environment: it is called by its path, gets no Python paths of ours, a
time limit for itself and its children, and a temporary folder that is removed. Knows its command
line (`-i ct.nii.gz -o FOLDER`) and both layouts it writes: one file per class, or one file with all
labels. Knows no NIfTI: reading and writing are given from outside, as this room touches no files of
images. Source: TotalSegmentator's README (github.com/wasserth/TotalSegmentator).
"""

import contextlib
import os
import signal
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from petscribe.anatomy.organs import Anatomy, LabelMapSegmenter
from petscribe.core.errors import InputError
from petscribe.core.exam import Exam
from petscribe.core.volume import Mask, Volume
from petscribe.terms.anatomy import TOTALSEGMENTATOR

_TAIL_BYTES = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class ExternalSegmenter:
    """TotalSegmentator (or a program with its command line) as an organ segmenter."""

    program: Path
    write_volume: Callable[[Volume, Path], None]
    """Writes NIfTI, like `io.nifti.exam.write_volume`."""
    read_labels: Callable[[Path], Mask]
    """Reads a NIfTI label map, like `io.nifti.exam.read_labels`."""
    limit_s: float = 1800.0
    options: tuple[str, ...] = ()
    """More words of its command line, like `--fast`."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """Variables the program needs (its home, a device); nothing else is passed on but a PATH."""

    def segment(self, exam: Exam, ct_on_pet: Volume | None = None) -> Anatomy:
        """Return the program's organs on the PET grid, with the frame they give.

        Raises:
            InputError: the exam has no CT (code `segmenter-needs-ct`), the program is not there
                (code `segmenter-missing`), it failed, ran out of time or left no labels (code
                `segmenter-failed`).
        """
        return LabelMapSegmenter(self.labels(exam.ct)).segment(exam, ct_on_pet)

    def labels(self, ct: Volume | None) -> Mask:
        """Return the program's label map of a CT, on the CT's grid; raises as `segment` does."""
        if ct is None:
            raise InputError(
                "segmenter-needs-ct", f"{self.program.name} needs a CT and the exam has none"
            )
        if not (self.program.is_file() and os.access(self.program, os.X_OK)):
            raise InputError(
                "segmenter-missing",
                f"{self.program} is not a program that can be run; install TotalSegmentator in "
                "an environment of its own and give its path",
            )
        with tempfile.TemporaryDirectory(prefix="petscribe-") as name:
            folder = Path(name)
            image, result = folder / "ct.nii.gz", folder / "organs"
            self.write_volume(ct, image)
            self._run(image, result, folder / "log.txt")
            return self._collect(result)

    def _run(self, image: Path, result: Path, log: Path) -> None:
        command = [str(self.program), "-i", str(image), "-o", str(result), *self.options]
        path = os.pathsep.join((str(self.program.parent), "/usr/local/bin", "/usr/bin", "/bin"))
        with log.open("wb") as output:
            process = subprocess.Popen(  # noqa: S603 - the user names the program
                command,
                env={"PATH": path, "LC_ALL": "C.UTF-8", **self.environment},
                cwd=log.parent,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            try:
                code = process.wait(timeout=self.limit_s)
            except subprocess.TimeoutExpired as fault:
                raise self._failed(
                    f"took longer than {self.limit_s:g} s and was stopped"
                ) from fault
            finally:
                _stop(process)
        if code != 0:
            raise self._failed(f"ended with exit code {code}: {_last_line(log)}")

    def _collect(self, result: Path) -> Mask:
        """Read whichever layout is there; labels get TotalSegmentator's numbers."""
        for whole in (result, result.with_suffix(".nii.gz"), result.with_suffix(".nii")):
            if whole.is_file():
                return self.read_labels(whole)
        files = sorted(result.glob("*.nii*")) if result.is_dir() else []
        named = {_class_of(path): path for path in files}
        classes = [name for name in TOTALSEGMENTATOR if name in named]
        if not classes and len(files) == 1:
            return self.read_labels(files[0])
        if not classes:
            raise self._failed("left no label files")
        return self._combined({name: named[name] for name in classes})

    def _combined(self, files: Mapping[str, Path]) -> Mask:
        combined: Mask | None = None
        for name, path in files.items():
            part = self.read_labels(path)
            if combined is None:
                empty = np.zeros(part.labels.shape, dtype=np.uint8)
                names = {TOTALSEGMENTATOR.index(n) + 1: n for n in files}
                combined = Mask(labels=empty, grid=part.grid, names=names)
            if not part.grid.matches(combined.grid):
                raise self._failed(f"wrote {path.name} on another grid than the others")
            combined.labels[part.labels > 0] = TOTALSEGMENTATOR.index(name) + 1
        assert combined is not None
        return combined

    def _failed(self, reason: str) -> InputError:
        return InputError("segmenter-failed", f"{self.program.name} {reason}")


def _stop(process: "subprocess.Popen[bytes]") -> None:
    """End the program and its children, if any still run."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _class_of(path: Path) -> str:
    return path.name.removesuffix(".gz").removesuffix(".nii")


def _last_line(log: Path) -> str:
    """Return the last line of the program's output, shortened."""
    text = log.read_bytes()[-_TAIL_BYTES:].decode("utf-8", "replace")
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][:160] if lines else "no output"
