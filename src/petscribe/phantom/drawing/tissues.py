"""Tissues and structures by number: what they weigh on CT, and what the label map calls them.

Tissue values are typical of unenhanced CT at 120 kVp (means within the ranges of standard radiology
teaching; lung, fat, muscle and bone agree with the ACRIN exam beside the checkout). Structure names
are TotalSegmentator's classes in its own order, then those of `terms.anatomy` that PET needs and
that list lacks, then the tissues between organs. Knows no shapes and no uptake.
"""

from collections.abc import Iterable, Mapping
from typing import Final

import numpy as np
from jaxtyping import Bool, Float

from petscribe.terms.anatomy import TOTALSEGMENTATOR

_TABLE: Final = """
air             -1000   0   0
skin               20   5   0
fat              -102   8   0
muscle             52   8  10
lung             -862  45   0
lung_dense       -700  60   0
airway           -990   0   0
airway_wall        10   5   5
blood              42   2 120
myocardium         48   4  60
vessel             40   5 110
liver              58   4  50
spleen             50   4  60
kidney             34   5 110
renal_pelvis        8   2  20
urine               6   2   0
pancreas           38   9  45
adrenal            20   5  40
bile                8   2   0
stomach_wall       40   6  40
stomach_fluid      18   6   0
bowel_wall         38   8  40
bowel_content      25  14   0
colon_wall         35   8  30
stool              20  60   0
gas              -950  20   0
bladder_wall       30   5  25
prostate           38   6  25
uterus             45   6  40
ovary              30   8  25
testis             38   3  10
breast_gland       25  18  15
grey_matter        38   2   2
white_matter       29   2   1
csf                 8   2   0
eye                12   3   0
pituitary          45   2  15
parotid           -12  14  25
submandibular      45   6  30
sublingual         40   6  20
lacrimal           40   5  20
tonsil             52   5  30
mucosa             45   5  25
larynx_tissue      60  20  15
thyroid           105   6  60
esophagus_wall     38   5  20
marrow            175  45   5
yellow_marrow      -30  25   0
cortex            780 120   0
skull_bone        950  90   0
tooth            1700 150   0
cartilage         110  35   0
areolar           -15  30  25
disc               80   8   0
cord               35   3   0
node               38   8  20
effusion            8   4   0
atelectasis        40   8  50
brown_fat         -85  10   0
cyst                4   2   0
metal            6000   0   0
injection          40   5   0
"""

_ROWS: Final = [line.split() for line in _TABLE.split("\n") if line]
TISSUES: Final[Mapping[str, int]] = {row[0]: i for i, row in enumerate(_ROWS)}
"""Number of each tissue; air is 0."""
HU: Final[Float[np.ndarray, " tissues"]] = np.array([float(r[1]) for r in _ROWS], np.float32)
"""Mean CT number, unenhanced."""
TEXTURE_HU: Final[Float[np.ndarray, " tissues"]] = np.array(
    [float(r[2]) for r in _ROWS], np.float32
)
"""Standard deviation of the tissue's own structure, before scanner noise."""
ENHANCEMENT_HU: Final[Float[np.ndarray, " tissues"]] = np.array(
    [float(r[3]) for r in _ROWS], np.float32
)
"""What iodine contrast adds in the portal-venous phase."""

_SIDED: Final = [
    "tonsil",
    "parotid_gland",
    "submandibular_gland",
    "sublingual_gland",
    "lacrimal_gland",
    "breast",
    "pleura",
    "ovary",
    "testis",
    "seminal_vesicle",
    "ureter",
    "lymph_node_axillary",
    "lymph_node_supraclavicular",
    "lymph_node_internal_mammary",
    "lymph_node_cardiophrenic",
    "lymph_node_level_I",
    "lymph_node_level_II",
    "lymph_node_level_III",
    "lymph_node_level_IV",
    "lymph_node_level_V",
    "lymph_node_paraaortic",
    "lymph_node_common_iliac",
    "lymph_node_external_iliac",
    "lymph_node_internal_iliac",
    "lymph_node_obturator",
    "lymph_node_inguinal",
]
_SINGLE: Final = [
    "peritoneum",
    "larynx",
    "tongue",
    "nasopharynx",
    "oropharynx",
    "mandible",
    "maxilla",
    "pituitary_gland",
    "uterus",
    "vagina",
    "penis",
    "rectum",
    "coccyx",
    "lymph_node_level_VI",
    "lymph_node_level_VII",
    "lymph_node_1R",
    "lymph_node_1L",
    "lymph_node_2R",
    "lymph_node_2L",
    "lymph_node_3A",
    "lymph_node_3P",
    "lymph_node_4R",
    "lymph_node_4L",
    "lymph_node_5",
    "lymph_node_6",
    "lymph_node_7",
    "lymph_node_8",
    "lymph_node_9R",
    "lymph_node_9L",
    "lymph_node_10R",
    "lymph_node_10L",
    "lymph_node_11R",
    "lymph_node_11L",
    "lymph_node_12R",
    "lymph_node_12L",
    "lymph_node_retrocrural",
    "lymph_node_celiac",
    "lymph_node_porta_hepatis",
    "lymph_node_gastrohepatic",
    "lymph_node_aortocaval",
    "lymph_node_paracaval",
    "lymph_node_mesenteric",
    "lymph_node_presacral",
    "lymph_node_mesorectal",
]
_BETWEEN: Final = [
    "skin",
    "subcutaneous_fat",
    "skeletal_muscle",
    "mediastinal_fat",
    "visceral_fat",
    "eye_left",
    "eye_right",
    "intervertebral_disc",
    "other_bone",
]

STRUCTURES: Final[tuple[str, ...]] = (
    *TOTALSEGMENTATOR,
    *(f"{name}_{side}" for name in _SIDED for side in ("left", "right")),
    *_SINGLE,
    *_BETWEEN,
)
"""Every structure that may be drawn."""
LABELS: Final[Mapping[str, int]] = {"": 0, **{n: i for i, n in enumerate(STRUCTURES, start=1)}}

"""Label of each structure: its position + 1; the empty name is no structure, label 0."""


def only(names: Iterable[str]) -> Bool[np.ndarray, " tissues"]:
    """Return a look-up table that is true for the tissues named."""
    table: Bool[np.ndarray, " tissues"] = np.zeros(len(TISSUES), np.bool_)
    table[[TISSUES[name] for name in names]] = True
    return table


def all_but(names: Iterable[str]) -> Bool[np.ndarray, " tissues"]:
    """Return a look-up table that is true for every tissue not named."""
    table: Bool[np.ndarray, " tissues"] = ~only(names)
    return table
