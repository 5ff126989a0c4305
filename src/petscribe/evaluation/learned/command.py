"""Any other metric as a program in its own environment: pairs in, one number per pair out.

RaTEScore, GREEN, RadGraph, BARTScore and their like pin versions that exclude each other, so each
runs where it is installed. The program gets a file of JSON lines `{"prediction", "references"}` on
standard input and must write one JSON line `{"score": NUMBER}` per line, in order. It runs without
a shell, with only a PATH and the variables given, and with the hub switched off (`HF_HUB_OFFLINE`),
so that no text and no download leaves the machine unnoticed. What it prints is data.
"""

import json
import math
import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from jaxtyping import Float

from petscribe.core.errors import ExtractionError, InputError

_OFFLINE = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"}


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandMetric:
    """A metric's program and the texts it was made for."""

    name: str
    command: tuple[str, ...]
    """The program's path and its arguments."""
    domain: str
    """Printed beside the figure, like the entries of `domains.DOMAINS`."""
    limit_s: float = 3600.0
    environment: Mapping[str, str] = field(default_factory=dict)

    def scores(
        self, predictions: Sequence[str], references: Sequence[Sequence[str]]
    ) -> Float[np.ndarray, " n"]:
        """Return the program's score of every case.

        Raises:
            InputError: the program is not there (code `metric-missing`), failed or ran out of time
                (code `metric-failed`).
            ExtractionError: it did not write one finite number per pair (code `bad-metric-output`).
        """
        program = Path(self.command[0])
        if not (program.is_file() and os.access(program, os.X_OK)):
            raise InputError(
                "metric-missing", f"{self.name}: {program} is not a program that can be run"
            )
        lines = [
            json.dumps({"prediction": text, "references": list(refs)})
            for text, refs in zip(predictions, references, strict=True)
        ]
        return self._read(self._run("\n".join(lines) + "\n"), len(lines))

    def _run(self, pairs: str) -> str:
        path = os.pathsep.join((str(Path(self.command[0]).parent), "/usr/local/bin:/usr/bin:/bin"))
        try:
            done = subprocess.run(  # noqa: S603 - the user names the program
                list(self.command),
                input=pairs,
                capture_output=True,
                encoding="utf-8",
                timeout=self.limit_s,
                env={"PATH": path, "LC_ALL": "C.UTF-8", **_OFFLINE, **self.environment},
                check=False,
            )
        except (subprocess.TimeoutExpired, OSError, UnicodeDecodeError) as fault:
            raise InputError(
                "metric-failed", f"{self.name}: {type(fault).__name__} in {self.command[0]}"
            ) from fault
        if done.returncode:
            last = (done.stderr.strip().splitlines() or ["no message"])[-1][:200]
            raise InputError(
                "metric-failed", f"{self.name}: ended with status {done.returncode}: {last}"
            )
        return done.stdout

    def _read(self, output: str, count: int) -> Float[np.ndarray, " n"]:
        rows = [line for line in output.splitlines() if line.strip()]
        if len(rows) != count:
            raise ExtractionError(
                "bad-metric-output", f"{self.name}: {len(rows)} lines for {count} pairs"
            )
        values = np.array([self._number(i, row) for i, row in enumerate(rows, start=1)])
        return values.astype(np.float64)

    def _number(self, line: int, row: str) -> float:
        try:
            value = float(json.loads(row)["score"])
        except (ValueError, TypeError, KeyError) as fault:
            raise ExtractionError(
                "bad-metric-output", f'{self.name} line {line}: expected {{"score": NUMBER}}'
            ) from fault
        if not math.isfinite(value):
            raise ExtractionError(
                "bad-metric-output", f"{self.name} line {line}: {value} is no score"
            )
        return value
