"""A model on disk: what was saved comes back; whatever does not fit is named."""

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from model.made import noise, opened, tiny
from petscribe.core.errors import InputError
from petscribe.model.checkpoint import fill, load_model, load_tokenizer, save_model
from petscribe.model.language.tokens import Speech


@pytest.mark.parametrize("shard_bytes", [10**9, 20_000])
def test_what_was_saved_comes_back(tmp_path: Path, speech: Speech, shard_bytes: int) -> None:
    model = opened(tiny())
    save_model(model, tmp_path, speech=speech, shard_bytes=shard_bytes)
    read = load_model(tmp_path)
    batch = noise(model)
    assert read.config == model.config
    assert torch.equal(read(batch).logits, model(batch).logits)
    assert load_tokenizer(tmp_path).words("<size> T12") == speech.words("<size> T12")
    assert (tmp_path / "model.safetensors.index.json").exists() == (shard_bytes < 10**9)


def test_a_model_is_read_in_another_precision(tmp_path: Path) -> None:
    save_model(tiny(), tmp_path)
    read = load_model(tmp_path, dtype=torch.bfloat16)
    assert {p.dtype for p in read.parameters()} == {torch.bfloat16}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda t: t.pop("projector.first.weight"), "weights-missing"),
        (lambda t: t.update(extra=torch.zeros(1)), "weights-surplus"),
        (lambda t: t.update({"projector.first.bias": torch.zeros(3)}), "weights-shape"),
    ],
)
def test_weights_that_do_not_fit_are_named(tmp_path: Path, change: object, code: str) -> None:
    save_model(tiny(), tmp_path)
    weights = load_file(tmp_path / "model.safetensors")
    change(weights)  # type: ignore[operator]
    with pytest.raises(InputError, check=lambda fault: fault.code == code) as caught:
        fill(tiny(), weights, "here")
    assert any(word in str(caught.value) for word in ("projector.first", "extra"))


def test_a_changed_or_cut_file_is_refused(tmp_path: Path) -> None:
    save_model(tiny(), tmp_path)
    path = tmp_path / "model.safetensors"
    whole = path.read_bytes()
    path.write_bytes(whole[:-10])
    with pytest.raises(InputError, check=lambda fault: fault.code == "model-changed"):
        load_model(tmp_path)
    with pytest.raises(InputError, check=lambda fault: fault.code == "weights-truncated"):
        load_model(tmp_path, check_hashes=False)


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, check=lambda fault: fault.code == "not-a-model"):
        load_model(tmp_path)
    save_file({"a": torch.zeros(1)}, tmp_path / "model.safetensors")
    (tmp_path / "config.json").write_text("{")
    with pytest.raises(InputError, check=lambda fault: fault.code == "not-a-model"):
        load_model(tmp_path)


def test_the_manifest_names_every_file(tmp_path: Path, speech: Speech) -> None:
    save_model(tiny(), tmp_path, speech=speech, manifest={"recipe": "tiny"})
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    assert manifest["recipe"] == "tiny"
    files = {p.name for p in tmp_path.iterdir()} - {"manifest.json"}
    assert set(manifest["sha256"]) == files
