"""The command line as a user runs it: real processes on a small phantom exam."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest


@dataclass(frozen=True)
class Outcome:
    """What a process left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The JSON on stdout."""
        return json.loads(self.out)

    @property
    def error_code(self) -> str:
        """The code in `petscribe: error[code]: ...`; empty when there is none."""
        _, _, rest = self.err.partition("petscribe: error[")
        return rest.partition("]")[0]


Run = Callable[..., Outcome]


@pytest.fixture(scope="session")
def petscribe() -> Run:
    """Return a function that runs `petscribe` with arguments as its own process."""

    def run(*arguments: object, timeout_s: float = 120.0, **environment: str) -> Outcome:
        process = subprocess.run(
            [sys.executable, "-m", "petscribe", *map(str, arguments)],
            capture_output=True,
            text=True,
            timeout=timeout_s,
            check=False,
            env={**os.environ, **environment},
        )
        return Outcome(code=process.returncode, out=process.stdout, err=process.stderr)

    return run


@pytest.fixture(scope="session")
def phantom(petscribe: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a light phantom exam written by the command itself."""
    folder = tmp_path_factory.mktemp("phantom exam of Đặng") / "seed 3"
    outcome = petscribe("phantom", "--seed", 3, "-o", folder, "--light")
    assert outcome.code == 0, outcome.err
    return folder


@pytest.fixture(scope="session")
def truth(phantom: Path) -> Any:
    """Return the phantom's truth."""
    return json.loads((phantom / "truth.json").read_text("utf-8"))


@pytest.fixture
def refuses(petscribe: Run) -> Callable[..., Outcome]:
    """Return a check that a command line is refused with one clear line and the given code."""

    def check(code: str, *arguments: object) -> Outcome:
        outcome = petscribe(*arguments)
        assert outcome.code == 2, outcome
        assert outcome.error_code == code, outcome.err
        assert len(outcome.err.strip().splitlines()) == 1
        assert outcome.out == ""
        return outcome

    return check
