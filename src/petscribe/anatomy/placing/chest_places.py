"""Candidates of the chest: hilum, mediastinal stations, esophagus, chains in front, pleura.

Knows where nodes lie against the lungs (`nodes`) and what surrounds the lesion; the weights say how
much more often a hot focus there is that than a lesion of the lung beside it.
"""

from petscribe.anatomy.placing import nodes
from petscribe.anatomy.placing.guess import Guess, Scene, of_organ
from petscribe.terms.anatomy import ORGANS

NODE_MM = 45.0
"""Beyond this a lesion in the hilum is a mass, not a node."""


def in_chest(scene: Scene, free: float) -> list[Guess]:
    """Return stations, hilum, the chains behind the breast bone, pleura.

    Args:
        scene: the lesion's surroundings.
        free: share of the lesion that no label explains.
    """
    around, place = scene.around, scene.around.place
    if not 8.0 < place.level < 18.2 or _decided_by_stations(scene):
        return []
    chain = nodes.anterior(place, scene.height_mm)
    if chain is not None and around.size_mm < 40.0:
        found = [of_organ(chain, 0.7 if around.near("lung_") < 0.9 else 0.3)]
    elif nodes.in_hilum(place, scene.height_mm) and _touches_chest(scene):
        found = _hilar(scene)
    else:
        found = _mediastinal(scene, free)
    if at_the_wall(scene):
        found.append(of_organ(f"pleura_{scene.side}", 0.55))
    return found


def _decided_by_stations(scene: Scene) -> bool:
    """Whether a map that labels stations shows lung here and no station."""
    around = scene.around
    touched = around.share("lymph_node_") + around.near("lymph_node_")
    return scene.has_stations and touched == 0.0 and around.share("lung_") > 0.5


def _touches_chest(scene: Scene) -> bool:
    return scene.around.near("lung_") + _between_lungs(scene) > 0.1


def _mediastinal(scene: Scene, free: float) -> list[Guess]:
    """Return the station between the lungs, or the esophagus where it runs before the spine."""
    around, place = scene.around, scene.around.place
    between = _between_lungs(scene)
    at_station = nodes.at_station(place, scene.height_mm)
    if at_station and around.near("lung_", "mediastinum") > 0.3 and around.size_mm < NODE_MM:
        # lung all around is no objection here
        between, free = max(between, 0.85), max(free, 0.8)
    if between <= 0.25 or _by_the_heart(scene):
        return []
    weight = 0.9 * between * max(free, 0.3)
    found: list[Guess] = []
    prevertebral = place.behind_mm > -24.0 and -6.0 < place.lateral_mm < 26.0
    if prevertebral and scene.height_mm < -8.0:
        found.append(of_organ("esophagus", 0.6 * weight))
        weight *= 0.5
    name = f"lymph_node_{nodes.station(place, scene.height_mm)}"
    if name in ORGANS:
        found.append(of_organ(name, weight))
    return found


def _between_lungs(scene: Scene) -> float:
    """Return 0-1: how much of the lesion lies between the lungs."""
    around, place = scene.around, scene.around.place
    if not scene.by_labels:
        vessels = ("mediastinum", "aorta", "trachea")
        return max(around.share(*vessels), 0.8 * around.near(*vessels))
    inside = abs(place.lateral_mm) < 50.0 and 12.0 < -place.behind_mm < 125.0
    if not (inside and place.depth_frac > 0.2 and place.level < 17.6):
        return 0.0
    return 1.0 - around.share("lung_", "heart")


def _by_the_heart(scene: Scene) -> bool:
    """Whether a place is so low and far in front that only the heart or the stomach is there."""
    return scene.height_mm < -48.0 and scene.around.place.behind_mm < -52.0


def _hilar(scene: Scene) -> list[Guess]:
    around = scene.around
    if around.size_mm > NODE_MM:
        touches = around.near("mediastinum", "heart", "pulmonary_vein") + around.share(
            "mediastinum"
        )
        weight = 0.9 if touches > 0.12 or scene.by_labels else 0.3
        return [of_organ(f"hilum_{scene.side}", weight)]
    name = f"lymph_node_{nodes.station(around.place, scene.height_mm)}"
    beside = around.share("mediastinum") + around.near("mediastinum")
    deep = around.size_mm > 28.0 and around.near("lung_") > 0.55 and beside < 0.1
    return [of_organ(name, 0.3 if deep else 0.8)] if name in ORGANS else []


def at_the_wall(scene: Scene) -> bool:
    """Whether the lesion lies half in the lung and half in the chest's wall, at the flank."""
    around = scene.around
    lung, wall = around.near("lung_"), 1.0 - around.near("lung_", "mediastinum", "liver", "spleen")
    at_flank = abs(around.place.lateral_mm) > 0.4 * around.place.half_width_mm
    small = around.size_mm < 40.0
    return at_flank and small and 0.25 < lung < 0.68 and wall > 0.2 and around.near("rib_") < 0.2
