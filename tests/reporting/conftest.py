"""A measured exam with believable numbers, and claims about it, built by hand."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

from petscribe.core.finding import Finding, MinedText, SuvClaim
from petscribe.core.lesion import Lesion, Location, Measurement
from petscribe.core.report import Measured, Problem, ReferenceRegion, Report, Totals
from petscribe.core.volume import Grid, Mask, Volume
from petscribe.reporting.assemble import draft

MANIFEST = {"software": "petscribe", "version": "0.0.0", "lesions_from": "proposals"}

COVERAGE = (
    "head_neck",
    "thyroid",
    "tonsil",
    "neck_nodes",
    "supraclavicular",
    "lung",
    "hilum",
    "mediastinum",
    "axilla",
    "liver",
    "spleen",
    "adrenal",
    "kidney",
    "bladder",
    "colon",
    "bone_spine",
    "bone_rib",
    "bone_pelvis",
)

SECTIONS = {
    "hilum": "chest",
    "axilla": "chest",
    "lung": "chest",
    "adrenal": "abdomen_pelvis",
    "liver": "abdomen_pelvis",
    "bladder": "abdomen_pelvis",
    "bone_spine": "musculoskeletal",
    "brain": "head_neck",
    "tonsil": "head_neck",
}


@dataclass(frozen=True, kw_only=True)
class Scan:
    """What pictures are drawn from."""

    pet: Volume
    ct: Volume
    mask: Mask
    report: Report


def build_lesion(
    number: int,
    region: str,
    suv_max: float | None,
    *,
    side: str | None = None,
    words: dict[str, str] | None = None,
    axes: tuple[float, float] = (20.0, 12.0),
    mtv_ml: float = 4.0,
    slice_pet: int = 50,
    **more: Any,
) -> Lesion:
    """Return a lesion whose secondary numbers follow from its SUVmax and size."""
    place = {"organ": None, "level": None, "confidence": 0.9, "source": "labels"}
    place |= {k: more.pop(k) for k in list(more) if k in {*place, "approximate"}}
    return Lesion(
        id=number,
        measurement=Measurement(
            voxels=int(mtv_ml * 20),
            mtv_ml=mtv_ml,
            long_axis_mm=axes[0],
            short_axis_mm=axes[1],
            axis_3d_mm=axes[0] * 1.1,
            centroid_lps_mm=(0.0, 0.0, 100.0 - 3.0 * slice_pet),
            hottest_lps_mm=(
                {"right": -40.0, "left": 40.0}.get(side or "", 0.0),
                0.0,
                100.0 - 3.0 * slice_pet,
            ),
            slice_pet=slice_pet,
            slice_ct=slice_pet + 40,
            suv_max=suv_max,
            suv_mean=None if suv_max is None else suv_max * 0.55,
            suv_peak=None if suv_max is None else suv_max * 0.8,
            suv_peak_global=None if suv_max is None else suv_max * 0.82,
            tlg_g=None if suv_max is None else suv_max * 0.55 * mtv_ml,
            relative_max=None if suv_max is not None else 5000.0,
            relative_mean=None if suv_max is not None else 2500.0,
            ratio_liver=None if suv_max is None else suv_max / 2.1,
            ratio_blood_pool=None if suv_max is None else suv_max / 1.6,
        ),
        location=Location(
            section=SECTIONS[region],
            region=region,
            laterality=side,
            words=words or {"en": f"{side} {region}" if side else region, "vi": region},
            **place,
        ),
        **more,
    )


def build_measured(
    lesions: tuple[Lesion, ...],
    physiologic: tuple[Lesion, ...] = (),
    **exam: Any,
) -> Measured:
    """Return the table of an exam from neck to thighs."""
    return Measured(
        exam={
            "unit": "g/ml",
            "tracer": "fdg",
            "radionuclide": "F-18",
            "study_date": "2024-05-17",
            "injected_activity_bq": 3.45e8,
            "uptake_time_s": 3780.0,
            "glucose_mmol_l": 5.6,
            "weight_kg": 71.0,
            "pet_shape": [263, 192, 192],
            "pet_spacing_mm": [3.27, 3.65, 3.65],
            "ct_shape": [263, 512, 512],
            "ct_spacing_mm": [3.27, 0.98, 0.98],
            "suv": {"factor_bw": 0.00042, "method": "bqml-start", "warnings": [], "refused": None},
            **exam,
        },
        lesions=lesions,
        physiologic=physiologic,
        reference_regions={
            "liver": ReferenceRegion(
                organ="liver",
                suv_mean=2.1,
                suv_sd=0.25,
                voxels=300,
                volume_ml=14.1,
                centre_lps_mm=(-70.0, 0.0, -200.0),
                method="3 cm sphere, right lobe",
                quality=0.9,
            )
        },
        totals=Totals(
            lesions=len(lesions),
            mtv_ml=sum(x.measurement.mtv_ml for x in lesions),
            tlg_g=sum(x.measurement.tlg_g or 0.0 for x in lesions),
            suv_max=max((x.measurement.suv_max or 0.0 for x in lesions), default=None),
            dmax_mm=312.0,
        ),
        coverage=COVERAGE,
    )


HILUM = build_lesion(
    1,
    "hilum",
    42.217,
    side="right",
    words={"en": "right hilum", "vi": "rốn phổi phải"},
    axes=(64.3, 41.2),
    mtv_ml=183.09,
    slice_pet=88,
    organ="hilum_right",
)
ADRENAL = build_lesion(
    2,
    "adrenal",
    12.64,
    side="left",
    words={"en": "left adrenal gland", "vi": "tuyến thượng thận trái"},
    axes=(24.4, 15.8),
    mtv_ml=5.82,
    slice_pet=131,
    organ="adrenal_gland_left",
)
SPINE = build_lesion(
    3,
    "bone_spine",
    9.38,
    side="midline",
    words={"en": "T8 vertebra", "vi": "đốt sống D8"},
    axes=(17.2, 11.0),
    mtv_ml=2.11,
    slice_pet=112,
    organ="vertebrae_T8",
    level="T8",
)
AXILLA = build_lesion(
    4,
    "axilla",
    5.14,
    side="right",
    words={"en": "right axilla", "vi": "hố nách phải"},
    axes=(11.8, 8.3),
    mtv_ml=0.72,
    slice_pet=70,
    organ="axilla_right",
    flags=("small-for-psf",),
)
LIVER = build_lesion(
    5,
    "liver",
    8.06,
    words={"en": "liver", "vi": "gan"},
    axes=(31.0, 26.4),
    mtv_ml=14.9,
    slice_pet=140,
    organ="liver",
)
BLADDER = build_lesion(6, "bladder", 31.2, verdict="physiologic", slice_pet=220, mtv_ml=90.0)
TONSIL = build_lesion(
    7,
    "tonsil",
    4.4,
    side="right",
    verdict="undecided",
    slice_pet=20,
    words={"en": "right tonsil", "vi": "amidan phải"},
)


@pytest.fixture
def make_lesion() -> Callable[..., Lesion]:
    return build_lesion


@pytest.fixture
def make_measured() -> Callable[..., Measured]:
    return build_measured


@pytest.fixture
def measured() -> Measured:
    """Five lesions, one normal and one undecided uptake."""
    return build_measured((HILUM, ADRENAL, SPINE, AXILLA, LIVER), (BLADDER, TONSIL))


@pytest.fixture
def make_claim() -> Callable[..., Finding]:
    """Return a function from a place and an SUVmax to an intense finding."""

    def claim(region: str, suv: float | None = None, **more: Any) -> Finding:
        values = {"anatomy": region, "uptake": "intense", "type": "lesion"} | more
        values.setdefault("suv", () if suv is None else (SuvClaim(stat="max", value=suv),))
        return Finding(region=region, **values)

    return claim


@pytest.fixture
def make_text() -> Callable[..., MinedText]:
    """Return a function from (sentence, findings) pairs to a mined text with spans."""

    def text(*pairs: tuple[str, tuple[Finding, ...] | Finding]) -> MinedText:
        whole, findings = "", []
        for sentence, claims in pairs:
            start = len(whole)
            whole += sentence + " "
            for one in claims if isinstance(claims, tuple) else (claims,):
                findings.append(replace(one, span=(start, start + len(sentence))))
        return MinedText(id="t", text=whole, lang="en", findings=tuple(findings))

    return text


@pytest.fixture
def report(measured) -> Report:
    """The drafted report of the measured exam, in English, unverified."""
    return draft(measured, "en", manifest=MANIFEST)


@pytest.fixture
def verified(report) -> Report:
    """The same report with every sentence verified but one."""
    return verified_but_one(report)


def verified_but_one(report: Report) -> Report:
    problem = Problem(
        kind="laterality",
        quote="right",
        span=(0, 5),
        lesion=1,
        message="the text says left, measured right hilum",
    )
    findings = [replace(s, verified=True) for s in report.findings]
    findings[0] = replace(findings[0], verified=False, problems=(problem,))
    impression = tuple(replace(s, verified=True) for s in report.impression)
    return replace(report, findings=tuple(findings), impression=impression)


@pytest.fixture
def scan() -> Scan:
    """A small body with two hot lesions and a spine, PET and CT on different grids."""
    return build_scan()


def build_scan() -> Scan:
    """Return a body 300 mm wide and 600 mm tall; lesion 1 right and high, 2 left and low."""
    pet_grid = Grid(
        shape=(60, 40, 50), spacing_mm=(10.0, 8.0, 8.0), origin_mm=(-196.0, -156.0, 0.0)
    )
    z, y, x = np.meshgrid(*[np.arange(n) for n in pet_grid.shape], indexing="ij")
    world_x, world_y, world_z = -196.0 + 8.0 * x, -156.0 + 8.0 * y, 10.0 * z
    body = (np.abs(world_x) < 150) & (np.abs(world_y) < 90)
    pet = np.where(body, 1.0, 0.01).astype(np.float32)
    labels = np.zeros(pet_grid.shape, np.uint8)
    for number, (cx, cy, cz), suv in ((1, (-76.0, 4.0, 450.0), 12.0), (2, (76.0, 4.0, 150.0), 8.0)):
        ball = (world_x - cx) ** 2 + (world_y - cy) ** 2 + (world_z - cz) ** 2 < 25.0**2
        pet[ball] = suv
        labels[ball] = number
    ct_grid = Grid(
        shape=(120, 80, 100), spacing_mm=(5.0, 4.0, 4.0), origin_mm=(-198.0, -158.0, -2.0)
    )
    ct = np.full(ct_grid.shape, -1000, np.int16)
    ct[:, 18:62, 12:88] = 40
    ct[:, 50:60, 45:55] = 500
    lesions = tuple(
        replace(lesion, measurement=replace(lesion.measurement, hottest_lps_mm=spot))
        for lesion, spot in (
            (build_lesion(1, "hilum", 12.0, side="right"), (-76.0, 4.0, 450.0)),
            (build_lesion(2, "adrenal", 8.0, side="left"), (76.0, 4.0, 150.0)),
        )
    )
    return Scan(
        pet=Volume(array=pet, grid=pet_grid, unit="g/ml"),
        ct=Volume(array=ct, grid=ct_grid, unit="HU"),
        mask=Mask(labels=labels, grid=pet_grid),
        report=draft(build_measured(lesions), "en", manifest=MANIFEST),
    )
