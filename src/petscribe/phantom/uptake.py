"""How much of a tracer each tissue of one person holds, as SUV, drawn from normal ranges.

Ranges are SUVmean intervals that published normal-biodistribution studies agree on (FDG: liver 1.9
in 343 normals; PSMA-11 against PSMA-1007: kidney and bladder against liver and gallbladder;
DOTATATE: spleen hottest; fluciclovine: liver and pancreas). States that come and go (fed heart,
metformin bowel, brown fat, stimulated marrow, thyroiditis) are drawn by chance. Knows no shapes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from jaxtyping import Float

from petscribe.phantom.drawing.tissues import TISSUES

TracerName = Literal["fdg", "psma", "dotatate", "fluciclovine"]
State = Literal[
    "fed_heart",
    "metformin",
    "brown_fat",
    "stimulated_marrow",
    "thyroiditis",
    "gastritis",
    "psma_1007",
]

_COLUMNS: Final = ("fdg", "psma", "psma_1007", "dotatate", "fluciclovine")
_TABLE: Final = """
air             0         0         0         0         0
skin            .4-.7     .3-.5     .4-.6     .3-.5     .6-.9
fat             .2-.35    .2-.35    .25-.4    .2-.35    .3-.5
muscle          .55-1.1   .5-.8     .6-.9     .5-.9     1.3-2.2
lung            .3-.6     .3-.5     .4-.6     .3-.5     .5-.8
lung_dense      .6-.9     .5-.8     .6-.9     .5-.8     .7-1
airway          .1        .1        .1        .1        .1
airway_wall     .9-1.4    1-1.8     1-1.8     .8-1.2    1-1.5
blood           1.1-2     1.1-1.8   1.8-2.8   .9-1.5    1.3-1.9
myocardium      1.6-3.2   1.2-1.8   1.6-2.4   1.1-1.7   1.5-2.2
vessel          .7-1.1    .8-1.1    1-1.4     .7-1      .9-1.3
liver           1.7-2.9   4-6.5     9-14      5-8.5     7-11
spleen          1.4-2.3   6-10      7-12      17-30     2.6-4
kidney          2.1-3.4   36-55     14-22     10-16     3.4-5
renal_pelvis    5-22      30-60     6-12      12-22     1.5-3
urine           7-24      25-80     2-5       18-50     .8-3
pancreas        1.1-1.8   2-3.2     2.5-4     3-5.5     6-9.5
adrenal         .9-1.8    3-5       3.5-5.5   5-9       2.2-3.6
bile            .6-1.2    1.5-4     14-60     1-2.5     2-4
stomach_wall    1.4-2.8   2.5-4.5   2-3.5     2.5-4.5   2-3
stomach_fluid   .5-.9     .5-.8     .5-.8     .5-.8     .6-.9
bowel_wall      .9-1.9    5-11      4-9       2-4       2-3.2
bowel_content   .6-1.1    2-5       2-5       1-1.8     1-1.6
colon_wall      .9-2.2    1.2-2.2   1.2-2.2   1.4-2.6   1.5-2.2
stool           .6-1.6    .6-1.2    .6-1.2    .8-1.4    .8-1.2
gas             0         0         0         0         0
bladder_wall    1-1.5     1-2       1-2       1-2       1-1.6
prostate        1.2-2     2-3.5     2.5-4     1.5-2.6   2-3.2
uterus          1.4-2.8   1.4-2.2   1.6-2.4   1.6-2.8   1.8-2.6
ovary           1-2       1-1.6     1-1.6     1.2-1.8   1.2-1.8
testis          2-3.2     1-1.4     1-1.4     1-1.4     1.3-1.8
breast_gland    .7-1.3    .6-1      .7-1.1    .8-1.4    .8-1.4
grey_matter     5-12.5    .1-.2     .1-.2     .1-.25    .3-.5
white_matter    2.8-4.2   .1-.2     .1-.2     .1-.2     .2-.4
csf             .4-.9     .1-.2     .1-.2     .1-.2     .2-.4
eye             .6-1      .4-.6     .4-.6     .4-.6     .5-.8
pituitary       2-3.5     1-1.5     1-1.5     4-9       3-5
parotid         1.3-2.4   11-18     13-21     1.5-2.8   2-3
submandibular   1.4-2.4   11-18     13-20     1.6-2.8   2-3
sublingual      1.6-3     5-9       6-10      1-1.6     1.6-2.4
lacrimal        1-1.6     5-9       6-10      1-1.5     1-1.6
tonsil          2.2-4.2   1.4-2.4   1.6-2.4   1.6-2.6   2-3.2
mucosa          1.4-2.4   1.6-2.6   1.8-2.8   1.4-2.2   1.6-2.4
larynx_tissue   1.1-2     1-1.5     1-1.5     1-1.5     1.2-1.8
thyroid         1-1.7     1-1.6     1.2-1.8   1.6-3     1.2-1.8
esophagus_wall  1.3-2.1   1.2-1.8   1.2-1.8   1.1-1.7   1.4-2
marrow          1.2-2.3   .4-.8     .7-1.2    .6-1.1    2.2-3.6
yellow_marrow   .25-.45   .25-.4    .3-.5     .25-.4    .6-1
cortex          .5-.9     .3-.5     .4-.6     .3-.5     .5-.8
skull_bone      .6-1      .3-.5     .4-.7     .3-.5     .8-1.2
tooth           .2        .2        .2        .2        .2
cartilage       .4-.6     .4-.6     .4-.6     .4-.6     .6-.9
areolar         .7-1.1    .6-.9     .7-1      .6-.9     .8-1.1
disc            .5-.8     .4-.6     .4-.6     .4-.6     .6-.9
cord            1.2-2     .3-.5     .3-.5     .3-.5     .5-.8
node            .8-1.3    .8-1.2    .9-1.3    .8-1.2    1-1.5
effusion        .6-1.2    .6-1      .8-1.2    .6-1      .8-1.1
atelectasis     1-1.7     .9-1.4    1-1.5     .9-1.4    1.1-1.5
brown_fat       .25-.4    .2-.35    .25-.4    .2-.35    .3-.5
cyst            .2-.5     .3-.6     .3-.6     .3-.6     .3-.6
metal           .2        .2        .2        .2        .2
injection       8-60      8-60      8-60      8-60      8-60
"""

_RANGES: Final[Mapping[str, tuple[str, ...]]] = {
    row.split()[0]: tuple(row.split()[1:]) for row in _TABLE.split("\n") if row
}
_CHANCES: Final[tuple[tuple[State, float], ...]] = (
    ("fed_heart", 0.42),
    ("metformin", 0.1),
    ("brown_fat", 0.05),
    ("stimulated_marrow", 0.08),
    ("thyroiditis", 0.05),
    ("gastritis", 0.06),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Uptake:
    """The SUV of every tissue of one person, and the states that explain unusual ones."""

    tracer: TracerName
    suv: Float[np.ndarray, " tissues"]
    states: frozenset[State]

    def of(self, tissue: str) -> float:
        """Return the SUV of a tissue."""
        return float(self.suv[TISSUES[tissue]])


def draw_uptake(tracer: TracerName, rng: np.random.Generator) -> Uptake:
    """Return the normal uptake of one person.

    Tissues of one person move together: half of the spread is common to all.
    """
    states = {name for name, chance in _CHANCES if rng.random() < chance}
    column = tracer if tracer != "psma" or rng.random() < 0.5 else "psma_1007"
    if column == "psma_1007":
        states.add("psma_1007")
    common = float(np.clip(rng.normal(0.5, 0.2), 0.0, 1.0))
    suv = np.zeros(len(TISSUES), np.float32)
    for name, number in TISSUES.items():
        low, high = _range(_RANGES[name][_COLUMNS.index(column)])
        place = 0.5 * common + 0.5 * float(rng.uniform(0.0, 1.0))
        suv[number] = low + (high - low) * place
    if tracer == "fdg":
        _apply_states(suv, states, rng)
    else:
        states -= {"fed_heart", "metformin", "brown_fat", "stimulated_marrow", "gastritis"}
    if "thyroiditis" in states:
        suv[TISSUES["thyroid"]] *= float(rng.uniform(2.5, 5.0))
    return Uptake(tracer=tracer, suv=suv, states=frozenset(states))


def _apply_states(
    suv: Float[np.ndarray, " tissues"], states: set[State], rng: np.random.Generator
) -> None:
    """Raise the tissues that a state concerns; FDG only."""
    raised: dict[State, tuple[tuple[str, float, float], ...]] = {
        "fed_heart": (("myocardium", 5.0, 13.0),),
        "metformin": (("colon_wall", 4.0, 9.0), ("stool", 3.5, 8.0), ("bowel_wall", 2.0, 4.0)),
        "brown_fat": (("brown_fat", 2.5, 9.0),),
        "stimulated_marrow": (("marrow", 2.4, 4.0), ("spleen", 2.4, 3.8)),
        "gastritis": (("stomach_wall", 3.2, 5.0),),
    }
    for state, changes in raised.items():
        if state in states:
            for name, low, high in changes:
                suv[TISSUES[name]] = float(rng.uniform(low, high))


def _range(text: str) -> tuple[float, float]:
    low, _, high = text.partition("-")
    return float(low), float(high or low)
