"""`petscribe ask` as a user runs it."""

import json

import pytest


@pytest.fixture(scope="module")
def table(petscribe, phantom, tmp_path_factory):
    """The phantom's table as `measure` writes it."""
    path = tmp_path_factory.mktemp("ask") / "measured.json"
    outcome = petscribe(
        "measure",
        phantom / "dicom",
        "--mask",
        phantom / "nifti" / "lesions.nii.gz",
        "--organs",
        phantom / "nifti" / "labels.nii.gz",
        "--json",
    )
    path.write_text(outcome.out, "utf-8")
    return path


def test_a_question_about_an_exam_is_answered_as_json(petscribe, phantom, truth):
    mask = phantom / "nifti" / "lesions.nii.gz"
    outcome = petscribe(
        "ask", phantom / "dicom", "How many lesions are there?", "--mask", mask,
        "--model", "none", "--json",
    )  # fmt: skip
    assert outcome.code == 0, outcome.err
    assert outcome.json["type"] == "count"
    assert outcome.json["value"] == len(truth["lesions"])
    assert outcome.json["evidence"] == [x["id"] for x in truth["lesions"]]


def test_people_get_one_sentence(petscribe, table):
    outcome = petscribe("ask", "--measured", table, "Which lesion is the hottest?")
    assert outcome.code == 0, outcome.err
    assert outcome.out.startswith("The hottest is lesion ")
    assert len(outcome.out.strip().splitlines()) == 1


def test_the_answer_is_in_the_language_of_the_question(petscribe, table):
    outcome = petscribe("ask", "--measured", table, "Tổn thương nào lớn nhất?")
    assert outcome.out.startswith("Lớn nhất là tổn thương")


def test_a_nifti_exam_takes_the_question_alone(petscribe, phantom):
    nifti = phantom / "nifti"
    outcome = petscribe(
        "ask", "How old is the patient?", "--pet", nifti / "pet.nii.gz", "--pet-unit", "suvbw",
        "--mask", nifti / "lesions.nii.gz", "--model", "none", "--json",
    )  # fmt: skip
    assert outcome.code == 0, outcome.err
    assert outcome.json["type"] == "unanswerable"
    assert outcome.json["value"] is None


def test_without_a_question_nothing_is_read(refuses, phantom):
    refuses("no-question", "ask", phantom / "dicom")
    refuses("no-question", "ask", phantom / "dicom", "   ")


def test_a_table_and_an_exam_are_too_much(refuses, phantom, table):
    refuses("option-mismatch", "ask", phantom / "dicom", "Where?", "--measured", table)


def test_an_unknown_model_is_refused(refuses, phantom):
    refuses("model-unavailable", "ask", phantom / "dicom", "Where?", "--model", "nobody")


def test_without_a_model_no_torch_is_imported(petscribe, table):
    outcome = petscribe(
        "ask", "--measured", table, "Where is lesion 1?", "--json", PYTHONPROFILEIMPORTTIME="1"
    )
    assert json.loads(outcome.out)["type"] == "site"
    assert "torch" not in outcome.err
