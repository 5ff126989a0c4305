"""What the published systems' recipes share: they start from public weights that nobody ships.

A recipe file of the user's gives the three functions that know folders: the model with its bases
filled in (`model.storage.bases`), the samples, and how the result is saved.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from torch import nn

from petscribe.core.errors import InputError
from petscribe.training.feeding.samples import Samples
from petscribe.training.stages import Recipe, Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What a user's recipe file knows."""

    build: Callable[[], nn.Module] | None
    samples: Callable[[Path | None], Mapping[str, Samples]] | None
    save: Callable[[nn.Module, Path], None] | None
    max_tokens: int


def published_recipe(
    name: str, stages: tuple[Stage, ...], given: Published, *, seed: int
) -> Recipe:
    """Return the run of a published system.

    Raises:
        InputError: something is not given (code `no-base`).
    """
    if given.build is None or given.samples is None or given.save is None:
        raise InputError(
            "no-base",
            f"{name} starts from public weights; write a recipe file that calls {name}.recipe "
            "with build, samples and save",
        )
    return Recipe(
        name=name,
        stages=stages,
        build=given.build,
        samples=given.samples,
        save=given.save,
        seed=seed,
        max_tokens=given.max_tokens,
    )
