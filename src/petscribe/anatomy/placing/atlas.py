"""Where in the frame each organ usually lies: for what no label shows.

A table of boxes in body coordinates with soft edges. Knows the average adult on the back; sizes
grow with the trunk's width. Measures: textbook topography (levels of organs against the spine,
distances from the midline), rounded; no patient's data.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from petscribe.anatomy.frame import Place
from petscribe.anatomy.levels import number_of

_USUAL_HALF_WIDTH_MM = 170.0
_LATERAL_SOFT_MM = 9.0
_DEPTH_SOFT = 0.06
_BEHIND_SOFT_MM = 11.0
_LEVEL_SOFT = 0.55


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One organ's usual box; paired ones are given for the positive side."""

    organ: str
    """Key of `terms.anatomy`; paired ones without their side."""
    paired: bool
    lateral: tuple[float, float]
    """mm from the midline for a trunk of usual width; left positive for unpaired ones."""
    depth: tuple[float, float] | None
    """Between front (0) and back (1)."""
    behind: tuple[float, float] | None
    """mm behind the vertebral body's centre; instead of `depth` for what lies by the spine."""
    levels: tuple[float, float]
    """From above to below."""
    weight: float
    """How often an unlabelled finding there is of this organ rather than of its neighbours."""
    kind: str
    """`organ`, `node`, `bone` or `muscle`."""
    sex: str | None = None


_TABLE = """
# organ                    pair lateral    depth|b behind    levels      weight kind sex
brain                        0  -70   70   d  .05  .95       -6    -.4   1.0  organ
cerebellum                   0  -45   45   d  .62  .95       -.9    .6   0.5  organ
orbit                        1   20   42   d  .06  .26       -2.0  -.8   0.6  organ
maxillary_sinus              1   14   40   d  .10  .30       -.9    .9   0.5  organ
nasal_cavity                 0  -12   12   d  .05  .32       -1.2   .8   0.5  organ
nasopharynx                  0  -18   18   b  -38  -10        .0   1.4   1.0  organ
oropharynx                   0   -9    9   b  -42  -14       1.5   3.5   0.7  organ
tonsil                       1    9   24   b  -44  -18       1.2   3.2   1.4  organ
oral_cavity                  0  -26   26   d  .06  .26       1.2   3.0   0.5  organ
tongue_base                  0  -14   14   b  -62  -34       2.2   3.7   0.7  organ
hypopharynx                  0  -16   16   b  -36  -12       3.5   5.4   0.7  organ
larynx                       0  -15   15   b  -62  -24       4.0   6.2   0.8  organ
thyroid_gland                0  -28   28   b  -48  -16       6.0   8.2   1.3  organ
parotid_gland                1   42   70   b  -24   14        .5   3.2   1.2  organ
submandibular_gland          1   18   40   b  -66  -28       2.4   4.0   1.1  organ
lymph_node_level_IB          1    6   34   b  -84  -42       2.9   4.5   1.3  node
lymph_node_level_IA          0   -9    9   b  -96  -62       3.0   4.4   0.4  node
lymph_node_level_II          1   27   48   b  -24   12       1.4   3.6   1.1  node
lymph_node_level_III         1   26   48   b  -32   10       3.5   5.4   1.2  node
lymph_node_level_IV          1   27   48   b  -42    4       5.3   7.2   1.2  node
lymph_node_level_V           1   36   68   b  -10   34       3.2   6.9   0.9  node
lymph_node_level_VI          0  -15   15   b  -74  -42       6.0   8.6   1.1  node
lymph_node_supraclavicular   1   34   92   b  -70  -20       7.0   8.9   1.3  node
brown_fat                    1   60  120   d  .50  .70       6.0   8.0   0.2  organ
lymph_node_axillary          1  105  170   d  .30  .66       8.8  12.6   1.3  node
lymph_node_subpectoral       1   70  115   d  .14  .34       8.8  10.9   0.6  node
lymph_node_internal_mammary  1   18   38   d  .08  .22      10.2  15.0   0.8  node
breast                       1   40  130   d -.05  .17      10.5  15.8   0.8  organ F
esophagus                    0   -8   16   b  -40  -12       8.0  16.4   0.8  organ
esophagus                    0    2   36   b  -54  -14      16.2  18.6   1.0  organ
chest_wall                   1   90  175   d  .05  .80      10.0  18.5   0.35 muscle
lymph_node_retrocrural       0  -20   22   b  -34   -8      17.4  19.6   0.9  node
adrenal_gland                1   22   49   b  -30    8      18.2  19.7   1.2  organ
stomach                      0   26   95   d  .18  .52      17.4  20.8   0.9  organ
pancreas                     0  -42   75   b  -76  -34      19.5  21.7   1.3  organ
gallbladder                  0  -82  -40   d  .16  .42      19.8  22.2   0.8  organ
duodenum                     0  -52    8   b  -74  -36      20.3  22.6   0.6  organ
lymph_node_celiac            0  -14   14   b  -54  -38      19.0  20.4   0.5  node
lymph_node_porta_hepatis     0  -48  -26   b  -68  -44      18.5  19.6   1.3  node
lymph_node_paraaortic_left   0    9   38   b  -46  -10      19.6  24.0   1.0  node
lymph_node_paraaortic_right  0  -34   -9   b  -34   -8      19.6  24.0   0.5  node
lymph_node_aortocaval        0   -9    7   b  -50  -18      19.8  24.0   0.8  node
lymph_node_mesenteric        0  -38   48   b -108  -56      20.8  24.0   0.7  node
small_bowel                  0  -75   75   d  .12  .46      20.8  26.0   0.9  organ
ascending_colon              0 -138  -84   d  .32  .66      20.8  24.4   0.9  organ
descending_colon             0   88  142   d  .40  .74      20.0  24.8   0.9  organ
transverse_colon             0  -95   95   d  .04  .28      19.6  22.8   0.6  organ
cecum                        0 -118  -66   d  .26  .56      23.6  25.6   0.8  organ
sigmoid_colon                0  -20   75   d  .30  .66      25.2  27.8   0.8  organ
rectum                       0  -20   20   d  .58  .82      27.1  30.2   1.1  organ
anus                         0  -14   14   d  .62  .88      30.2  31.8   0.8  organ
peritoneum                   1    0  130   d  .02  .17      20.2  25.5   0.7  organ
lymph_node_mesorectal        1   10   34   d  .58  .80      26.6  28.6   0.4  node
lymph_node_gastrohepatic     0    8   34   b  -88  -58      18.0  19.4   1.0  node
lymph_node_paracaval         0  -46  -22   b  -46  -14      20.0  23.8   0.7  node
tongue                       0  -22   22   b -100  -44       1.6   3.2   0.8  organ
lymph_node_common_iliac      1   20   50   b  -46   -8      23.4  25.2   1.1  node
lymph_node_external_iliac    1   48   80   d  .26  .50      25.6  28.6   1.1  node
lymph_node_internal_iliac    1   34   66   d  .50  .70      25.4  28.2   1.0  node
lymph_node_obturator         1   36   58   d  .40  .56      27.6  29.8   0.8  node
lymph_node_presacral         0  -18   18   d  .60  .80      25.0  26.8   1.1  node
lymph_node_inguinal          1   44   98   d  .04  .28      28.8  32.2   1.3  node
urinary_bladder              0  -38   38   d  .20  .52      27.8  30.4   0.6  organ
prostate                     0  -26   26   d  .34  .62      29.2  31.0   1.2  organ M
seminal_vesicle              1    6   30   d  .52  .64      28.8  29.6   0.4  organ M
uterus                       0  -32   32   d  .34  .62      26.6  29.0   0.9  organ F
cervix_uteri                 0  -18   18   d  .44  .62      28.6  29.9   0.7  organ F
ovary                        1   28   64   d  .34  .58      26.0  27.8   0.7  organ F
vagina                       0  -16   16   d  .46  .62      29.8  31.2   0.5  organ F
penis                        0  -20   20   d -.10  .26      31.2  34.0   0.6  organ M
testis                       1    6   34   d -.05  .34      32.0  34.6   0.6  organ M
gluteus_maximus              1   45  130   d  .68 1.02      25.0  30.5   0.6  muscle
gluteus_medius               1   95  150   d  .34  .72      24.4  28.5   0.5  muscle
iliopsoas                    1   26   60   b  -24   18      20.6  23.4   0.6  muscle
iliopsoas                    1   44   92   b  -56    6      23.4  27.0   0.6  muscle
autochthon                   1   16   64   b   34   78       3.0  24.5   0.6  muscle
muscle                       1   30  150   d  .10  .90      31.0  60.0   0.4  muscle
muscle                       1  150  260   d  .00 1.00       7.0  24.0   0.4  muscle
abdominal_wall               1   70  165   d  .02  .60      19.5  26.0   0.25 muscle
vertebrae                    0  -16   16   b  -12   46       1.0  24.5   1.0  bone
sacrum                       0  -46   46   b  -20   40      24.5  29.0   1.0  bone
hip                          1   60  125   d  .34  .78      23.0  28.5   0.9  bone
acetabulum                   1   74  108   d  .36  .66      28.0  30.2   0.8  bone
pubis                        1    6   44   d  .14  .34      29.4  31.4   0.7  bone
ischium                      1   44   74   d  .56  .80      29.8  32.0   0.8  bone
femur                        1   76  120   d  .30  .62      27.6  60.0   0.9  bone
rib                          1  110  160   d  .12  .88       9.5  19.5   0.7  bone
rib                          1   36  110   d  .76  .92       8.5  19.5   0.6  bone
rib                          1   70  125   d  .06  .30      10.4  17.5   0.5  bone
sternum                      0  -22   22   d  .02  .16       9.8  16.5   0.9  bone
scapula                      1   85  155   d  .70  .98       8.2  14.5   0.8  bone
clavicula                    1   12  125   d  .01  .40       7.6  10.0   0.9  bone
humerus                      1  150  230   d  .25  .80       7.4  17.0   0.8  bone
mandible                     1   18   56   d  .06  .44       2.4   3.9   0.5  bone
skull                        0  -85   85   d  .00 1.00       -7   -5.4   0.5  bone
liver                        0 -125   10   d  .12  .82      16.6  21.4   0.7  organ
liver                        0    0   70   d  .10  .42      16.8  19.8   0.6  organ
spleen                       0   76  145   d  .52  .90      16.8  20.4   0.7  organ
kidney                       1   34   84   b  -40   34      19.2  22.8   0.8  organ
heart                        0  -30   75   d  .10  .50      13.2  17.2   0.7  organ
lung                         1   28  130   d  .10  .92       8.6  18.2   0.5  organ
"""


@cache
def sites() -> tuple[Site, ...]:
    """Return the table."""
    rows: list[Site] = []
    for line in _TABLE.strip().splitlines():
        if line.startswith("#"):
            continue
        cells = line.split()
        numbers = [float(v) for v in (*cells[2:4], *cells[5:9])]
        by_depth = cells[4] == "d"
        rows.append(
            Site(
                organ=cells[0],
                paired=cells[1] == "1",
                lateral=(numbers[0], numbers[1]),
                depth=(numbers[2], numbers[3]) if by_depth else None,
                behind=None if by_depth else (numbers[2], numbers[3]),
                levels=(numbers[4], numbers[5]),
                weight=float(cells[9]),
                kind=cells[10],
                sex=cells[11] if len(cells) > 11 else None,
            )
        )
    return tuple(rows)


def chances(
    place: Place, *, level_doubt: float, sex: str | None, has_bone_labels: bool
) -> Mapping[str, float]:
    """Return how well each organ of the table fits a place; keys without side, best value wins.

    Args:
        place: in body coordinates.
        level_doubt: spread of the frame's levels, in vertebrae.
        sex: `M`, `F` or unknown; organs of the other sex are left out.
        has_bone_labels: bones are labelled, so what has no bone label is rarely bone.
    """
    found: dict[str, float] = {}
    for site in sites():
        if site.sex is not None and sex in {"M", "F"} and site.sex != sex:
            continue
        value = site.weight * math.exp(-0.5 * _misfit(site, place, level_doubt))
        if site.kind == "bone" and has_bone_labels:
            value *= 0.25
        key = f"{site.organ}|{'p' if site.paired else 'u'}"
        found[key] = max(found.get(key, 0.0), value)
    return found


def _misfit(site: Site, place: Place, level_doubt: float) -> float:
    stretch = 1.0
    if place.level > number_of("T2"):
        # fat widens the trunk more than it moves the organs
        wider = place.half_width_mm / _USUAL_HALF_WIDTH_MM - 1.0
        stretch = 1.0 + min(max(0.45 * wider, -0.12), 0.2)
    lateral = abs(place.lateral_mm) if site.paired else place.lateral_mm
    low, high = site.lateral
    total = _off(lateral, low * stretch, high * stretch, _LATERAL_SOFT_MM)
    total += _off(place.level, *site.levels, math.hypot(_LEVEL_SOFT, level_doubt))
    if site.depth is not None:
        total += _off(place.depth_frac, *site.depth, _DEPTH_SOFT)
    if site.behind is not None:
        total += _off(place.behind_mm, *site.behind, _BEHIND_SOFT_MM)
    return total


def _off(value: float, low: float, high: float, soft: float) -> float:
    """Squared distance outside the range in units of `soft`, with a slight pull to its middle."""
    outside = max(low - value, value - high, 0.0) / soft
    half = max((high - low) / 2.0, 1e-6)
    return outside**2 + 0.3 * min(abs(value - (low + high) / 2.0) / half, 1.0) ** 2
