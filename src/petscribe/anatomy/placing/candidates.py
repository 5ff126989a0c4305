"""Which organs a lesion may belong to, and how likely each is.

Three sources are added up: labels that fill or surround the lesion (each as plausible as the atlas
finds the organ there), the stations and hila of the chest, and the atlas for what has no label.
Without a label map of the user's the sum is weighed against what phantoms taught (`learnt`).
Chances are weights, not probabilities; `localise` compares them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from petscribe.anatomy.frame import BodyFrame
from petscribe.anatomy.levels import name_of
from petscribe.anatomy.placing import atlas, nodes
from petscribe.anatomy.placing.chest_places import at_the_wall, in_chest
from petscribe.anatomy.placing.evidence import Around
from petscribe.anatomy.placing.guess import Guess, Scene, level_of, of_organ, sided_key
from petscribe.anatomy.placing.learnt import learnt_place, of_other_sex
from petscribe.terms.anatomy import ORGANS, organ_key

_SOFT = frozenset({"mediastinum", "muscle", "soft_tissue", "neck", "pelvis", "skin"})
_LARGE = [
    "liver",
    "spleen",
    "kidney",
    "brain",
    "heart",
    "lung",
    "stomach",
    "colon",
    "small_bowel",
    "urinary_bladder",
    "skull",
]
"""Organs that hold their lesions whole; others are often smaller than the lesion on them."""
_TRUST: Mapping[str, float] = {
    "liver": 0.85,
    "spleen": 0.75,
    "kidney": 0.7,
    "urinary_bladder": 0.6,
    "heart": 0.75,
    "brain": 0.95,
    "lung": 0.9,
}
"""Of the built-in's organs; its bones have 0.9."""
_REGION_OF_BASE = {"vertebrae": "bone_spine", "rib": "bone_rib", "lung": "lung"}
_COMPACT = (
    "adrenal_gland|p",
    "prostate|u",
    "lymph_node_porta_hepatis|u",
    "lymph_node_gastrohepatic|u",
)
_LEARNT_SHARE, _LEARNT_SHARE_PET = 0.6, 0.75
"""Weight of what was learnt from phantoms, with and without CT; the rest is for labels and rules,
which know less without it."""
_NEVER_LEARNT = frozenset({"heart", "urinary_bladder", "gallbladder", "aorta", "brown_fat"})
"""Organs that phantoms put no lesion into."""
_MIN_FREE = 0.12
_SMALL_NODE_MM = 28.0
"""Lesions up to this size at the lung's edge are rather nodes."""


def candidates(around: Around, frame: BodyFrame, known: frozenset[str]) -> list[Guess]:
    """Return candidates with their weights, one per organ, best first."""
    scene = Scene(
        around=around,
        frame=frame,
        known=known,
        fit=atlas.chances(
            around.place,
            level_doubt=3.0 * (1.0 - frame.quality_z),
            sex=frame.sex,
            has_bone_labels=any(name.startswith(("vertebrae_", "rib_")) for name in known),
        ),
        height_mm=nodes.above_carina_mm(frame, float(around.centre[0])),
    )
    scene = replace(scene, compact=_compact_fit(scene))
    found = list(_from_labels(scene))
    free = max(1.0 - sum(g.chance for g in found), _MIN_FREE)
    found += in_chest(scene, free)
    found += _from_atlas(scene, free)
    if not scene.by_labels:
        found = _with_learnt(scene, found)
    return sorted(_merged(found), key=lambda g: -g.chance)


def _with_learnt(scene: Scene, ruled: list[Guess]) -> list[Guess]:
    """Weigh what rules say against what was learnt; without images the rules stand alone.

    Where the rules see an organ that was never learnt (the heart), the learnt has no say.
    """
    learnt = learnt_place(scene.around, scene.frame)
    if learnt is None:
        return ruled
    total = max(sum(g.chance for g in ruled), 1e-9)
    told = sum(g.chance for g in ruled if _is_learnt(g.organ)) / total
    most = _LEARNT_SHARE if learnt.with_ct else _LEARNT_SHARE_PET
    share = most * learnt.trust * told
    found = [replace(g, chance=(1.0 - share) * g.chance / total) for g in ruled]
    for base, chance in learnt.chances.items():
        guess = _learnt_guess(scene, base, share * chance)
        if guess is not None and not of_other_sex(base, scene.frame.sex):
            found.append(guess)
    return found


def _is_learnt(organ: str | None) -> bool:
    """Whether an organ is one of those learnt, or lies where these are told apart."""
    return organ is None or ORGANS[organ].base not in _NEVER_LEARNT


def _learnt_guess(scene: Scene, base: str, chance: float) -> Guess | None:
    if base == "vertebrae":
        organ, level = _organ_of(scene, base, paired=False)
        return Guess(organ=organ, region="bone_spine", chance=chance, level=level)
    key = sided_key(base, scene.side)
    return of_organ(key, chance) if key else None


def _merged(guesses: list[Guess]) -> list[Guess]:
    best: dict[tuple[str | None, str], Guess] = {}
    for guess in guesses:
        key = (guess.organ, guess.region)
        before = best.get(key)
        best[key] = Guess(
            organ=guess.organ,
            region=guess.region,
            chance=guess.chance + (before.chance if before else 0.0),
            level=guess.level or (before.level if before else None),
        )
    return list(best.values())


def _from_labels(scene: Scene) -> Iterator[Guess]:
    """Yield organs that fill the lesion or surround it."""
    around = scene.around
    for name in {**around.shell, **around.inside}:
        if name not in ORGANS or name in _SOFT or ORGANS[name].kind == "vessel":
            continue
        weight = _label_weight(scene, name)
        if weight > 0.0:
            yield of_organ(name, weight * _plausible(scene, name) * _trust(scene, name))


def _label_weight(scene: Scene, name: str) -> float:
    around = scene.around
    inside, shell = around.inside.get(name, 0.0), around.shell.get(name, 0.0)
    kind = ORGANS[name].kind
    if name.startswith("lung_"):
        return _lung_weight(scene, inside, shell)
    if name.startswith(tuple(_LARGE)):
        enclosed = (1.0 - inside) * shell if shell > 0.6 else 0.0
        return inside + enclosed
    if kind == "bone":
        return min(1.0, 1.5 * inside + (0.6 * shell if shell > 0.12 else 0.0))
    if kind == "muscle":
        return 0.7 * inside
    if kind == "node" and inside + shell > 0.0:
        return min(1.0, 0.5 * (inside > 0.0) + 2.5 * inside + shell)
    return min(1.0, 2.5 * inside + shell)


def _lung_weight(scene: Scene, inside: float, shell: float) -> float:
    """Weigh a lobe: a loose outline takes in lung around a lesion that lies beside it."""
    around = scene.around
    near = around.near("lung_")
    weight = inside * (0.35 + 0.65 * min(1.0, near / 0.6))
    if near > 0.4:
        lesion_share = max(0.0, 1.0 - around.share("lung_"))
        weight += lesion_share * shell * (0.5 if at_the_wall(scene) else 1.0)
    if around.size_mm < _SMALL_NODE_MM and not scene.has_stations and _at_nodes(scene):
        weight *= 0.45
    return weight


def _at_nodes(scene: Scene) -> bool:
    """Whether the lung's edge at this place is where lymph nodes lie."""
    place, height = scene.around.place, scene.height_mm
    return (
        nodes.in_hilum(place, height)
        or nodes.at_station(place, height)
        or nodes.anterior(place, height) is not None
    )


def _plausible(scene: Scene, name: str) -> float:
    """Return 0.35 to 1 by how well the atlas finds the organ here.

    1 for bones, which their density shows, and for what the atlas does not list.
    """
    if ORGANS[name].kind == "bone":
        return 1.0
    base = ORGANS[name].base
    fits = [scene.fit[k] for k in (f"{base}|p", f"{base}|u", f"{name}|u") if k in scene.fit]
    return 0.35 + 0.65 * min(1.0, max(fits) / 0.4) if fits else 1.0


def _compact_fit(scene: Scene) -> float:
    """Return how well the place fits an adrenal gland, the prostate or the nodes at the liver.

    Lesions are far denser there than in the corners of liver, kidney and bladder beside them.
    """
    if scene.by_labels or scene.around.size_mm > 55.0:
        return 0.0
    return min(1.0, max(scene.fit.get(key, 0.0) for key in _COMPACT))


def _trust(scene: Scene, name: str) -> float:
    if scene.by_labels:
        return 1.0
    trust = next((v for start, v in _TRUST.items() if name.startswith(start)), 0.9)
    return trust * _yielding(scene, name)


def _yielding(scene: Scene, name: str) -> float:
    """Return the factor by which a large organ gives way where a small one lies in its label.

    A kidney stands out in its fat, so its label is exact; liver and bladder run into their
    neighbours.
    """
    if not name.startswith(tuple(_LARGE)):
        return 1.0
    return 1.0 - (0.25 if name.startswith("kidney") else 0.75) * scene.compact


def _from_atlas(scene: Scene, free: float) -> list[Guess]:
    """Return the atlas's organs, those that have a label but not here weighed down."""
    found: list[Guess] = []
    for key, value in scene.fit.items():
        base, pair = key.split("|")
        organ, level = _organ_of(scene, base, paired=pair == "p")
        if value < 0.01 or (base in _REGION_OF_BASE and _is_labelled(scene, base)):
            continue
        region = ORGANS[organ].region if organ else _REGION_OF_BASE[base]
        missed = 4.0 if base == "rib" and _has_ribs(scene) else 1.0
        chance = 0.8 * free * value * missed * _elsewhere(scene, organ)
        found.append(Guess(organ=organ, region=region, chance=chance, level=level))
    return found or [Guess(organ=None, region="other", chance=0.02)]


def _has_ribs(scene: Scene) -> bool:
    """Whether ribs are labelled, though so coarsely that this one may be missed."""
    return scene.coarse and any(name.startswith("rib_") for name in scene.known)


def _is_labelled(scene: Scene, base: str) -> bool:
    if base == "rib" and scene.coarse:
        return False
    return any(name.startswith(f"{base}_") for name in scene.known)


def _elsewhere(scene: Scene, organ: str | None) -> float:
    """Return the factor for an organ that is labelled but does not touch the lesion."""
    if organ is None or organ not in scene.known or ORGANS[organ].kind == "node":
        return 1.0
    if scene.around.share(organ) + scene.around.near(organ) > 0.02:
        return _yielding(scene, organ)
    return 0.05 if organ.startswith(tuple(_LARGE)) else 0.25


def _organ_of(scene: Scene, base: str, *, paired: bool) -> tuple[str | None, str | None]:
    """Return the organ's key on this side and the level that goes with it."""
    if base == "vertebrae":
        name = name_of(scene.around.place.level)
        key = f"vertebrae_{name}"
        return (key, name) if key in ORGANS else (None, None)
    if base == "rib":
        return None, None
    key = (None if paired else organ_key(base, None)) or organ_key(base, scene.side) or base
    return (key, level_of(key)) if key in ORGANS else (None, None)
