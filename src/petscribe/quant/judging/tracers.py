"""What each tracer marks normally, and from which uptake on a region is worth explaining.

A threshold is never carried silently from one tracer to another: FDG's is PERCIST's measurable
uptake of the liver; a tracer whose liver is hot itself is judged against the blood pool or a fixed
SUV, so stated. An unknown tracer is judged like FDG, and every reason says so.

Organs are grouped into classes of normal uptake. A limit of infinity means that no uptake in that
organ is taken for a lesion (excretion, brain); a number means that a region up to that many times
the organ's own median is normal there.

Does not know voxels. Sources: SNMMI/EANM procedure guidelines for FDG (2.0), PSMA (2.0), DOTATATE
and fluciclovine: normal distribution sections; Wahl 2009.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from petscribe.core.report import ReferenceRegion
from petscribe.quant.reference import percist_threshold, percist_threshold_blood

ANY = float("inf")
_MAX_BLOOD_VARIATION = 0.25
"""A blood pool that varies more is noisy or badly placed: its SD would drown every lesion."""
_MOST_SUV = 4.0
"""FDG above this SUV is explained in any case, however hot or noisy the liver."""
_FLANK_MM = 70.0

_PREFIXES = {
    "heart": "heart",
    "atrial_appendage": "heart",
    "kidney": "kidney",
    "renal_pelvis": "kidney",
    "ureter": "ureter",
    "urinary_bladder": "bladder",
    "urethra": "bladder",
    "brain": "brain",
    "cerebellum": "brain",
    "liver": "liver",
    "spleen": "spleen",
    "gallbladder": "gallbladder",
    "bile_duct": "gallbladder",
    "pancreas": "pancreas",
    "stomach": "stomach",
    "duodenum": "bowel",
    "small_bowel": "bowel",
    "jejunum": "bowel",
    "ileum": "bowel",
    "colon": "bowel",
    "ascending_colon": "bowel",
    "transverse_colon": "bowel",
    "descending_colon": "bowel",
    "sigmoid_colon": "bowel",
    "cecum": "bowel",
    "rectum": "bowel",
    "esophagus": "esophagus",
    "parotid_gland": "salivary",
    "submandibular_gland": "salivary",
    "sublingual_gland": "salivary",
    "lacrimal_gland": "lacrimal",
    "pituitary_gland": "pituitary",
    "tonsil": "tonsil",
    "tongue": "pharynx",
    "larynx": "pharynx",
    "nasopharynx": "pharynx",
    "oropharynx": "pharynx",
    "thyroid_gland": "thyroid",
    "adrenal_gland": "adrenal",
    "testis": "testis",
    "uterus": "uterus",
    "brown_fat": "brown_fat",
    "bone_marrow": "marrow",
    "vertebrae": "marrow",
    "sacrum": "marrow",
    "hip_left": "marrow",
    "hip_right": "marrow",
    "femur": "marrow",
    "sternum": "marrow",
    "humerus": "marrow",
    "scapula": "marrow",
    "clavicula": "marrow",
    "autochthon": "muscle",
    "gluteus": "muscle",
    "iliopsoas": "muscle",
    "muscle": "muscle",
}


_KEYS = {
    "bladder": "urinary_bladder",
    "thyroid": "thyroid_gland",
    "pituitary": "pituitary_gland",
    "marrow": "bone_marrow",
    "kidney": "kidney_{side}",
    "ureter": "ureter_{side}",
    "adrenal": "adrenal_gland_{side}",
    "lacrimal": "lacrimal_gland_{side}",
    "tonsil": "tonsil_{side}",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TracerRules:
    """How regions of one tracer are judged."""

    tracer: str
    judged_as: str
    """The tracer whose rules apply: another one when the exam's own is not known."""
    reference: str
    """`liver`, `blood_pool` or `fixed`."""
    fixed_suv: float
    """Threshold where the reference region is missing (or `fixed`)."""
    normal: Mapping[str, float]
    """Limit of normal uptake by class, in multiples of the organ's own median."""


_FDG = {
    "brain": ANY,
    "heart": ANY,
    "kidney": ANY,
    "ureter": ANY,
    "bladder": ANY,
    "liver": 1.6,
    "spleen": 1.8,
    "stomach": 2.5,
    "bowel": 2.5,
    "esophagus": 2.0,
    "salivary": 2.2,
    "tonsil": 2.0,
    "pharynx": 2.0,
    "testis": 2.0,
    "uterus": 2.0,
    "thyroid": 2.0,
    "brown_fat": ANY,
    "marrow": 1.7,
    "muscle": 3.0,
}
_PSMA = {
    "kidney": ANY,
    "ureter": ANY,
    "bladder": ANY,
    "salivary": ANY,
    "lacrimal": ANY,
    "gallbladder": ANY,
    "bowel": ANY,
    "stomach": 3.0,
    "liver": 2.0,
    "spleen": 2.0,
    "pancreas": 2.0,
    "pharynx": 2.5,
    "thyroid": 2.0,
}
_DOTATATE = {
    "kidney": ANY,
    "ureter": ANY,
    "bladder": ANY,
    "spleen": ANY,
    "pituitary": ANY,
    "adrenal": ANY,
    "liver": 1.7,
    "bowel": 3.0,
    "stomach": 2.5,
    "pancreas": 2.5,
    "salivary": 2.5,
    "thyroid": 2.5,
    "uterus": 2.0,
    "gallbladder": ANY,
}
_FLUCICLOVINE = {
    "liver": 2.0,
    "pancreas": ANY,
    "bladder": ANY,
    "kidney": ANY,
    "ureter": ANY,
    "marrow": 1.8,
    "muscle": 2.5,
    "salivary": 2.5,
    "pituitary": ANY,
    "adrenal": 2.5,
    "bowel": 2.5,
    "spleen": 2.0,
    "heart": 2.0,
}
_FLT = {
    "liver": 1.8,
    "kidney": ANY,
    "ureter": ANY,
    "bladder": ANY,
    "bowel": ANY,
    "marrow": 1.8,
    "spleen": 2.0,
}

_RULES: Mapping[str, tuple[str, float, Mapping[str, float]]] = {
    "fdg": ("liver", 3.0, _FDG),
    "psma": ("blood_pool", 3.0, _PSMA),
    "dotatate": ("blood_pool", 4.0, _DOTATATE),
    "fluciclovine": ("blood_pool", 3.0, _FLUCICLOVINE),
    "flt": ("fixed", 3.0, _FLT),
}


def rules_for(tracer: str) -> TracerRules:
    """Return the rules of `tracer`; those of FDG, marked as such, for one without rules."""
    judged_as = tracer if tracer in _RULES else "fdg"
    reference, fixed_suv, normal = _RULES[judged_as]
    return TracerRules(
        tracer=tracer,
        judged_as=judged_as,
        reference=reference,
        fixed_suv=fixed_suv,
        normal=normal,
    )


def uptake_class(organ: str) -> str | None:
    """Return the class of normal uptake that an organ name belongs to; None for most organs."""
    for prefix, name in _PREFIXES.items():
        if organ == prefix or organ.startswith(f"{prefix}_"):
            return name
    return None


def has_unlimited_uptake(organ: str, tracer: str) -> bool:
    """Tell whether an organ may take up any amount of a tracer and still be normal."""
    return rules_for(tracer).normal.get(uptake_class(organ) or "") == ANY


def organ_key(group: str, *, lateral_mm: float, organ: str | None = None) -> str:
    """Return the organ name for normal uptake of a class at a place.

    The map's own organ where it belongs to the class; else the class's usual organ with the side of
    the place; for bowel the colon at the flanks and the small bowel between them. Classes that are
    no single organ (`salivary`, `pharynx`, `testis`) keep their class name.
    """
    if organ is not None and uptake_class(organ) == group and group not in {"marrow", "muscle"}:
        return organ
    if group == "bowel":
        return "colon" if abs(lateral_mm) > _FLANK_MM else "small_bowel"
    return _KEYS.get(group, group).format(side="left" if lateral_mm > 0 else "right")


def seed_threshold(
    rules: TracerRules, references: Mapping[str, ReferenceRegion], *, has_suv: bool
) -> tuple[float, str] | None:
    """Return the uptake from which a region is explained, and in words where it comes from.

    None: the exam has neither SUV nor a reference region, so no uptake can be called high.
    """
    region = references.get(rules.reference)
    if region is not None and rules.reference == "liver":
        found = percist_threshold(region)
        if not has_suv or found <= _MOST_SUV:
            return found, "1.5 times the liver's mean plus two SD"
        return _MOST_SUV, f"SUV {_MOST_SUV:g}: the liver is too hot or too noisy to judge by"
    if region is not None:
        sd = min(region.suv_sd, _MAX_BLOOD_VARIATION * region.suv_mean)
        threshold = percist_threshold_blood(replace(region, suv_sd=sd))
        if has_suv:
            threshold = max(threshold, rules.fixed_suv)
        return threshold, "the larger of 2 times the blood pool's mean plus two SD and a fixed SUV"
    if has_suv:
        return rules.fixed_suv, f"a fixed SUV of {rules.fixed_suv:g}"
    liver = references.get("liver")
    if liver is not None:
        return percist_threshold(liver), "1.5 times the liver's mean plus two SD, relative units"
    return None
