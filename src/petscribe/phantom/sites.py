"""Where disease may sit: groups of sites, how often each tracer's diseases choose them, patterns.

A site is an organ key of `terms.anatomy`; how a lesion there looks is `lesions`' business, where
exactly it lies is `places`'. Weights are rough clinical frequencies, flat enough that a model
trained on phantoms sees every site. Knows no voxels.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from petscribe.phantom.parts.nodes import STATIONS
from petscribe.phantom.person import Person
from petscribe.phantom.uptake import TracerName

Group = Literal[
    "neck_node",
    "chest_node",
    "axillary_node",
    "abdominal_node",
    "pelvic_node",
    "lung",
    "pleura",
    "liver",
    "adrenal",
    "spine",
    "rib",
    "pelvic_bone",
    "long_bone",
    "flat_bone",
    "brain",
    "throat",
    "gland",
    "thyroid",
    "breast",
    "esophagus",
    "stomach",
    "bowel",
    "pancreas",
    "spleen",
    "kidney",
    "prostate",
    "uterus",
    "peritoneum",
    "muscle",
]
Pattern = Literal["scattered", "lung_cancer", "lymphoma", "head_neck", "metastases"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One place that disease may choose."""

    group: Group
    organ: str


def _both(*names: str) -> list[str]:
    return [f"{name}_{side}" for name in names for side in ("left", "right")]


def _nodes(*starts: str) -> list[str]:
    return [key for key in STATIONS if key.startswith(tuple(f"lymph_node_{s}" for s in starts))]


_ORGANS: Final[Mapping[Group, Sequence[str]]] = {
    "neck_node": _nodes("level_I", "level_V", "supraclavicular"),
    "chest_node": _nodes(
        "1", "2", "3", "4", "5", "6", "7", "8", "9", "internal_mammary", "cardiophrenic"
    ),
    "axillary_node": _nodes("axillary"),
    "abdominal_node": _nodes(
        "retrocrural",
        "celiac",
        "porta",
        "gastro",
        "aortocaval",
        "paracaval",
        "paraaortic",
        "mesenteric",
    ),
    "pelvic_node": _nodes(
        "common", "external", "internal_iliac", "obturator", "inguinal", "presacral", "mesorectal"
    ),
    "lung": [*_both("lung_upper_lobe", "lung_lower_lobe"), "lung_middle_lobe_right"],
    "pleura": _both("pleura"),
    "liver": ["liver"],
    "adrenal": _both("adrenal_gland"),
    "spine": [
        *(f"vertebrae_C{n}" for n in range(2, 8)),
        *(f"vertebrae_T{n}" for n in range(1, 13)),
        *(f"vertebrae_L{n}" for n in range(1, 6)),
    ],
    "rib": [f"rib_{side}_{n}" for side in ("left", "right") for n in range(1, 13)],
    "pelvic_bone": ["sacrum", *_both("hip")],
    "long_bone": _both("femur", "humerus"),
    "flat_bone": ["sternum", "skull", "mandible", *_both("scapula", "clavicula")],
    "brain": ["brain"],
    "throat": [*_both("tonsil"), "tongue", "nasopharynx", "larynx"],
    "gland": _both("parotid_gland", "submandibular_gland"),
    "thyroid": ["thyroid_gland"],
    "breast": _both("breast"),
    "esophagus": ["esophagus"],
    "stomach": ["stomach"],
    "bowel": ["colon", "colon", "small_bowel", "duodenum", "rectum"],
    "pancreas": ["pancreas"],
    "spleen": ["spleen"],
    "kidney": _both("kidney"),
    "prostate": ["prostate"],
    "uterus": ["uterus", *_both("ovary")],
    "peritoneum": ["peritoneum"],
    "muscle": _both("gluteus_maximus", "autochthon", "iliopsoas"),
}

_WEIGHTS: Final[Mapping[TracerName, Mapping[Group, float]]] = {
    "fdg": {
        **dict.fromkeys(("neck_node", "chest_node"), 10.0),
        **dict.fromkeys(("axillary_node", "pelvic_node"), 5.0),
        "abdominal_node": 7.0,
        "lung": 16.0,
        "pleura": 3.0,
        "liver": 8.0,
        "adrenal": 4.0,
        "spine": 7.0,
        "rib": 4.0,
        **dict.fromkeys(("pelvic_bone", "long_bone", "flat_bone"), 3.0),
        **dict.fromkeys(("throat", "bowel", "peritoneum", "muscle"), 3.0),
        **dict.fromkeys(
            ("brain", "gland", "thyroid", "breast", "esophagus", "stomach", "pancreas"), 2.0
        ),
        **dict.fromkeys(("spleen", "kidney", "prostate", "uterus"), 1.0),
    },
    "psma": {
        "prostate": 14.0,
        "pelvic_node": 22.0,
        "abdominal_node": 10.0,
        **dict.fromkeys(("neck_node", "chest_node"), 4.0),
        "spine": 14.0,
        "pelvic_bone": 12.0,
        "rib": 8.0,
        **dict.fromkeys(("long_bone", "flat_bone"), 4.0),
        **dict.fromkeys(("lung", "liver"), 2.0),
    },
    "dotatate": {
        "liver": 22.0,
        "abdominal_node": 16.0,
        "bowel": 8.0,
        "pancreas": 8.0,
        "spine": 8.0,
        "pelvic_bone": 6.0,
        "lung": 5.0,
        "chest_node": 5.0,
        "stomach": 3.0,
        "peritoneum": 4.0,
        "rib": 4.0,
    },
    "fluciclovine": {
        "prostate": 20.0,
        "pelvic_node": 24.0,
        "abdominal_node": 8.0,
        "spine": 8.0,
        "pelvic_bone": 8.0,
        "rib": 3.0,
    },
}
_PATTERNS: Final[Mapping[Pattern, Mapping[Group, float]]] = {
    "scattered": {},
    "lung_cancer": {"lung": 6.0, "chest_node": 7.0, "adrenal": 3.0, "brain": 3.0, "spine": 1.5},
    "lymphoma": {
        "neck_node": 6.0,
        "chest_node": 4.0,
        "axillary_node": 6.0,
        "abdominal_node": 5.0,
        "pelvic_node": 5.0,
        "spleen": 3.0,
        "lung": 0.1,
    },
    "head_neck": {"throat": 10.0, "neck_node": 6.0, "gland": 3.0, "lung": 0.6},
    "metastases": {"liver": 4.0, "spine": 4.0, "rib": 4.0, "pelvic_bone": 4.0, "flat_bone": 3.0},
}


def draw_pattern(tracer: TracerName, rng: np.random.Generator) -> Pattern:
    """Return which disease this is: for FDG one of several, otherwise scattered."""
    patterns: tuple[Pattern, ...] = tuple(_PATTERNS)
    if tracer != "fdg":
        return "scattered"
    return patterns[int(rng.choice(len(patterns), p=(0.4, 0.2, 0.15, 0.1, 0.15)))]


def draw_site(
    person: Person, tracer: TracerName, pattern: Pattern, rng: np.random.Generator
) -> Site:
    """Return one site: first the group by weight, then an organ of it that this person has."""
    weights = {
        group: weight * _PATTERNS[pattern].get(group, 1.0)
        for group, weight in _WEIGHTS[tracer].items()
        if _has(person, group)
    }
    groups = tuple(weights)
    share = np.asarray(list(weights.values())) / sum(weights.values())
    group = groups[int(rng.choice(len(groups), p=share))]
    organs = _ORGANS[group]
    return Site(group=group, organ=organs[int(rng.integers(len(organs)))])


def groups() -> Mapping[Group, Sequence[str]]:
    """Return every group with its organs."""
    return _ORGANS


def _has(person: Person, group: Group) -> bool:
    if group in {"breast", "uterus"}:
        return person.sex == "F"
    if group == "prostate":
        return person.sex == "M"
    return not (group == "spleen" and "splenectomy" in person.variants)
