"""Small sets of predictions and references."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from petscribe.evaluation.run.cases import Case
from petscribe.evaluation.run.evaluate import Evaluation, Settings, evaluate

SITES = ("right upper lobe", "left axilla", "liver", "left adrenal gland", "T8 vertebra", "spleen")


def reference(number: int) -> str:
    site = SITES[number % len(SITES)]
    return (
        f"FDG-avid lesion in the {site} measuring {10 + number} mm, SUVmax {4 + number / 10:.1f}."
    )


@pytest.fixture(scope="session")
def cases() -> tuple[Case, ...]:
    """Return two dozen cases of eight patients; every third prediction has the wrong SUVmax."""
    return tuple(
        Case(
            id=f"c{i}",
            patient=f"p{i % 8}",
            lang="en",
            prediction=reference(i).replace("SUVmax ", "SUVmax 9") if i % 3 == 0 else reference(i),
            reference=reference(i),
        )
        for i in range(24)
    )


Write = Callable[[str, Sequence[Mapping[str, Any]]], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Return a function that writes lines as a JSON Lines file."""

    def run(name: str, lines: Sequence[Mapping[str, Any]]) -> Path:
        path = tmp_path / name
        path.write_text("".join(json.dumps(x, ensure_ascii=False) + "\n" for x in lines), "utf-8")
        return path

    return run


@pytest.fixture(scope="session")
def questions() -> tuple[Case, ...]:
    """Return typed questions of six patients with their answers."""
    asked = [
        ("presence", "Yes", "Yes"),
        ("presence", "No", "Yes"),
        ("side", "left", "left"),
        ("measure", "8.4", "8.5"),
        ("size_class", "small", "large"),
        ("poem", "Roses are red", "Roses are red"),
    ]
    return tuple(
        Case(
            id=f"q{i}", patient=f"p{i}", lang="en", prediction=said, reference=right,
            more={"type": kind},
        )
        for i, (kind, right, said) in enumerate(asked)
    )  # fmt: skip


@pytest.fixture(scope="session")
def evaluation(cases) -> Evaluation:
    """Return the two dozen cases, evaluated."""
    return evaluate(cases, Settings(task="finding", resamples=50))


@pytest.fixture(scope="session")
def questioned(questions) -> Evaluation:
    """Return the questions, evaluated."""
    return evaluate(questions, Settings(task="vqa", resamples=50))
