"""Which model writes: one that ships, a folder, or none."""

from pathlib import Path

import pytest

from petscribe.cli.model_option import load_model
from petscribe.core.errors import InputError


def test_none_is_no_model():
    assert load_model("none") is None


def test_an_unknown_name_is_refused_by_name():
    with pytest.raises(InputError, match="no model 'nonsuch'") as fault:
        load_model("nonsuch")
    assert fault.value.code == "model-unavailable"


def test_a_folder_without_a_model_is_refused(tmp_path: Path):
    with pytest.raises(InputError) as fault:
        load_model(str(tmp_path))
    assert fault.value.code == "not-a-model"
