"""The measure contract and the report built on it."""

import json

import pytest

from petscribe.core.errors import InputError
from petscribe.core.report import Measured, Problem, ReferenceRegion, Report, Sentence, Totals

MEASURED = Measured(
    exam={"unit": "g/ml"},
    lesions=(),
    physiologic=(),
    reference_regions={
        "liver": ReferenceRegion(
            organ="liver",
            suv_mean=2.1,
            suv_sd=0.3,
            voxels=400,
            volume_ml=14.1,
            centre_lps_mm=(-80.0, 0.0, -400.0),
            method="3 cm sphere, right lobe",
            quality=0.9,
        )
    },
    totals=Totals(lesions=0, mtv_ml=0.0, tlg_g=0.0),
    coverage=("lung", "liver"),
)


def _report(*sentences: Sentence) -> Report:
    return Report(
        measured=MEASURED,
        language="en",
        technique="FDG PET/CT.",
        findings=sentences,
        impression=(),
        notice="Research use.",
        manifest={},
    )


def test_a_table_survives_json():
    assert Measured.from_dict(json.loads(json.dumps(MEASURED.to_dict()))) == MEASURED


def test_a_reference_region_without_its_keys_is_left_out_and_said():
    data = MEASURED.to_dict()
    data["reference_regions"]["blood_pool"] = {"suv_mean": 1.4}
    read = Measured.from_dict(data)
    assert set(read.reference_regions) == {"liver"}
    assert "reference-region-incomplete" in read.warnings


@pytest.mark.parametrize("data", [[], {"lesions": []}, {"exam": {}, "lesions": [1], "totals": {}}])
def test_something_else_is_refused(data: object):
    with pytest.raises(InputError) as fault:
        Measured.from_dict(data)
    assert fault.value.code == "bad-record"


def test_one_contradicted_sentence_leaves_the_report_unverified():
    sound = Sentence(lesion=1, section="chest", text="A.", verified=True)
    problem = Problem(kind="number", quote="7", span=(0, 1), lesion=1)
    wrong = Sentence(lesion=2, section="chest", text="B.", problems=(problem,))
    assert _report(sound).verified
    assert not _report(sound, wrong).verified


def test_sections_join_their_sentences_in_order():
    chest = [Sentence(lesion=k, section="chest", text=f"{k}.") for k in (2, 1)]
    neck = Sentence(lesion=3, section="head_neck", text="3.")
    data = _report(neck, *chest).to_dict()
    assert data["sections"] == {"head_neck": "3.", "chest": "2. 1."}
    assert data["schema_version"]
