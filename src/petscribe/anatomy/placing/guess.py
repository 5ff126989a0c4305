"""A candidate place of a lesion, and everything its sources look at.

Knows keys of organs; decides nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from petscribe.anatomy.frame import BodyFrame
from petscribe.anatomy.placing.evidence import Around
from petscribe.terms.anatomy import ORGANS, organ_key

_COARSE_MM = 6.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """A candidate place: an organ (with its side where it has one), and its weight."""

    organ: str | None
    region: str
    chance: float
    level: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Everything the sources look at."""

    around: Around
    frame: BodyFrame
    known: frozenset[str]
    """Names of all labels of the map."""
    fit: Mapping[str, float]
    """How well each organ of the atlas fits here, by key without side."""
    height_mm: float
    """Above the carina."""
    compact: float = 0.0
    """0-1: how well the place fits a small organ that lies in a rough label of a large one."""

    @property
    def side(self) -> str:
        """The side on which the lesion's centre lies, however near the midline."""
        return "left" if self.around.place.lateral_mm > 0 else "right"

    @property
    def has_stations(self) -> bool:
        """Whether the map itself labels lymph-node stations: then it decides what is one."""
        return any(name.startswith("lymph_node_") for name in self.known)

    @property
    def coarse(self) -> bool:
        """Whether voxels are so large that the built-in's bone threshold misses thin bones."""
        return not self.by_labels and max(self.frame.grid.spacing_mm[1:]) > _COARSE_MM

    @property
    def by_labels(self) -> bool:
        """Whether a segmentation that may be trusted gave the labels."""
        return self.frame.source == "labels"


def of_organ(name: str, chance: float) -> Guess:
    """Return the guess of an organ key."""
    return Guess(organ=name, region=ORGANS[name].region, chance=chance, level=level_of(name))


def level_of(name: str) -> str | None:
    """Return the level that an organ's name carries: vertebra, rib, lobe, segment or station."""
    if name.startswith("vertebrae_"):
        return name.removeprefix("vertebrae_")
    if name.startswith("lymph_node_level_"):
        return name.removeprefix("lymph_node_level_").rsplit("_", 1)[0]
    if name.startswith("lymph_node_") and name[11:12].isdigit():
        return name.removeprefix("lymph_node_")
    return name if name.startswith(("rib_", "liver_segment_", "lung_segment_")) else None


def sided_key(base: str, side: str) -> str | None:
    """Return the organ's key with the side where it belongs: `rib_left_4` of `rib_4`.

    None where there is no such organ on that side: the left lung has no middle lobe.
    """
    key = base if base in ORGANS else organ_key(base, side) or f"{base}_{side}"
    return key if key in ORGANS else None
