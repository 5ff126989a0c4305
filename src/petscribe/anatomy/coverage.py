"""Which regions of the closed list lie inside the field of view.

A region counts as seen when at least four fifths of its height lie within the slices that show the
patient, by the frame's levels; a label map that holds the organ counts too. Regions without a fixed
place (`muscle`, `bone`, `bone_marrow`, `other`) count as seen when anything is.
"""

from petscribe.anatomy.frame import BodyFrame
from petscribe.core.volume import Mask
from petscribe.terms.anatomy import ORGANS, REGIONS

_SPANS: dict[str, tuple[float, float]] = {
    "brain": (-5.0, 0.3),
    "head_neck": (0.5, 6.0),
    "tonsil": (1.5, 3.0),
    "thyroid": (6.2, 8.0),
    "neck_nodes": (2.0, 7.0),
    "supraclavicular": (7.0, 8.5),
    "lung": (8.8, 18.2),
    "pleura": (8.8, 18.6),
    "hilum": (11.5, 14.5),
    "mediastinum": (9.0, 17.0),
    "heart": (13.2, 16.8),
    "esophagus": (8.0, 18.2),
    "breast": (11.0, 15.5),
    "axilla": (9.0, 12.5),
    "liver": (17.0, 20.8),
    "gallbladder": (19.8, 21.8),
    "spleen": (17.2, 20.0),
    "pancreas": (19.6, 21.6),
    "adrenal": (18.4, 20.0),
    "kidney": (19.3, 22.3),
    "bladder": (28.0, 30.2),
    "stomach": (17.5, 20.8),
    "small_bowel": (20.8, 26.0),
    "colon": (19.8, 28.0),
    "mesentery": (20.8, 24.0),
    "peritoneum": (18.0, 27.0),
    "retroperitoneum": (19.0, 24.2),
    "pelvis_nodes": (23.6, 29.0),
    "groin": (29.0, 31.5),
    "prostate": (29.4, 30.8),
    "bone_spine": (3.0, 24.0),
    "bone_rib": (9.0, 18.5),
    "bone_pelvis": (23.2, 30.5),
}
_ANYWHERE = frozenset({"muscle", "bone", "bone_marrow", "other"})
_ENOUGH = 0.8


def coverage(frame: BodyFrame, organs: Mask) -> tuple[str, ...]:
    """Return the regions inside the field of view, in the order of the closed list.

    A frame whose levels are unsure (quality below 0.3) gives only regions of labelled organs.
    """
    labelled = {
        ORGANS[name].region for name in organs.names.values() if name in ORGANS and _whole(name)
    }
    seen: list[str] = []
    for region in REGIONS:
        if region in _ANYWHERE:
            inside = frame.present[1] > frame.present[0]
        elif region == "prostate" and frame.sex == "F":
            inside = False
        elif frame.quality_z >= 0.3:
            inside = frame.sees(*_SPANS[region]) >= _ENOUGH
        else:
            inside = region in labelled
        if inside:
            seen.append(region)
    return tuple(seen)


def _whole(name: str) -> bool:
    """Whether an organ stands for its whole region."""
    return ORGANS[name].kind == "organ" and not name.startswith(("kidney_cyst", "duodenum"))
