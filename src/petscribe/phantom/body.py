"""A whole body drawn on a grid, in the order in which things cover each other.

Knows the order only; each part is drawn in its own module. Source of the order: outside to inside,
bone over flesh, organs over fat, vessels over organs.
"""

from dataclasses import dataclass

from petscribe.core.volume import Grid, Mask
from petscribe.phantom.drawing.canvas import BodyMap, Canvas
from petscribe.phantom.drawing.tissues import LABELS
from petscribe.phantom.drawing.wobble import Wobble
from petscribe.phantom.parts.abdomen import draw_gut, draw_pelvis, draw_solid_organs
from petscribe.phantom.parts.head_neck import draw_brain, draw_brown_fat, draw_face, draw_throat
from petscribe.phantom.parts.nodes import draw_nodes
from petscribe.phantom.parts.skeleton import draw_skeleton
from petscribe.phantom.parts.soft_tissue import draw_named_muscles, draw_outline
from petscribe.phantom.parts.thorax import (
    draw_airways,
    draw_breast_glands,
    draw_chest,
    draw_esophagus,
    draw_heart,
)
from petscribe.phantom.parts.vessels import draw_vessels
from petscribe.phantom.person import Person, stream


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """A finished body: structures and tissues on one grid, and how it maps to the reference."""

    canvas: Canvas
    person: Person
    body_map: BodyMap

    @property
    def labels(self) -> Mask:
        """The structures as a label map with names."""
        names = {i: name for name, i in LABELS.items() if name}
        return Mask(labels=self.canvas.labels, grid=self.canvas.grid, names=names)


def draw_body(person: Person, grid: Grid, seed: int) -> Body:
    """Return the body of a person on a grid; the same for the same arguments."""
    body_map = BodyMap(scale=person.scale, bend_mm=person.scoliosis_mm)
    canvas = Canvas(grid, body_map)
    wobble = Wobble(stream(seed, "organs"))
    draw_outline(canvas, person)
    draw_named_muscles(canvas)
    draw_chest(canvas, person, stream(seed, "lungs"))
    draw_brown_fat(canvas)
    draw_skeleton(canvas, person)
    draw_brain(canvas)
    draw_face(canvas, wobble)
    draw_heart(canvas, wobble)
    draw_airways(canvas)
    draw_esophagus(canvas, wobble)
    draw_throat(canvas, wobble)
    draw_breast_glands(canvas, person, wobble)
    draw_solid_organs(canvas, person, wobble)
    draw_gut(canvas, wobble, stream(seed, "gut"))
    draw_pelvis(canvas, person, wobble)
    draw_vessels(canvas, wobble)
    draw_nodes(canvas, stream(seed, "nodes"))
    return Body(canvas=canvas, person=person, body_map=body_map)
