"""Token vectors of a tiny local encoder with random weights."""

import json
from pathlib import Path

import numpy as np
import pytest

from petscribe.cli.token_vectors import local_encoder
from petscribe.core.errors import InputError
from petscribe.evaluation.learned.bertscore import bert_scores

WORDS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "left", "right", "node", "mass", "no", "uptake")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a two-layer encoder over ten words."""
    import torch  # late: takes seconds, for these tests alone
    from transformers import BertConfig, BertModel, BertTokenizerFast

    path = tmp_path_factory.mktemp("encoder")
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(WORDS),
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=12,
    )
    BertModel(config).save_pretrained(path)
    (path / "vocab.txt").write_text("\n".join(WORDS), "utf-8")
    tokenizer = BertTokenizerFast(str(path / "vocab.txt"), model_max_length=12)
    tokenizer.save_pretrained(path)
    return path


def test_each_text_gives_its_words_without_special_tokens(folder: Path):
    one, other = local_encoder(folder)(["left node", "no uptake mass"])
    assert one.tokens == ("left", "node")
    assert other.tokens == ("no", "uptake", "mass")
    assert other.vectors.shape == (3, 16)


def test_padding_changes_nothing(folder: Path):
    encode = local_encoder(folder)
    alone, beside = encode(["left node"])[0], encode(["left node", "no uptake mass right"])[0]
    assert np.allclose(alone.vectors, beside.vectors, atol=1e-5)


def test_layers_differ_and_the_last_is_the_default(folder: Path):
    last, second = local_encoder(folder)(["left"])[0], local_encoder(folder, layer=2)(["left"])[0]
    first = local_encoder(folder, layer=1)(["left"])[0]
    assert np.allclose(last.vectors, second.vectors)
    assert not np.allclose(first.vectors, second.vectors)


def test_a_text_equals_itself_in_bertscore(folder: Path):
    scores = bert_scores(["left node", "mass"], [["left node"], ["node"]], local_encoder(folder))
    assert scores.f1[0] == pytest.approx(1.0, abs=1e-6)
    assert scores.f1[1] < 1.0


def test_a_text_longer_than_the_encoder_reads_is_refused(folder: Path):
    with pytest.raises(InputError) as fault:
        local_encoder(folder)(["node " * 20])
    assert fault.value.code == "text-too-long"


def test_a_layer_that_is_not_there_is_refused(folder: Path):
    with pytest.raises(InputError) as fault:
        local_encoder(folder, layer=3)
    assert fault.value.code == "no-such-layer"


def test_a_folder_without_a_model_is_refused(tmp_path: Path):
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "bert"}), "utf-8")
    with pytest.raises(InputError) as fault:
        local_encoder(tmp_path)
    assert fault.value.code == "bad-encoder"
