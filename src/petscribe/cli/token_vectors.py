"""Token vectors of a local Hugging Face encoder, for `evaluation.learned.bertscore`.

Stands here because `evaluation` may know no torch. Local files and safetensors only: nothing is
fetched, no code from the folder is run. Special tokens are left out; texts longer than the encoder
reads are refused rather than cut, since half a report has no score.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from petscribe.core.errors import InputError
from petscribe.evaluation.learned.bertscore import Encoded, Encoder

_BATCH = 16


def local_encoder(folder: Path, *, layer: int = -1) -> Encoder:
    """Return an encoder from a folder with config.json, tokenizer.json and model.safetensors.

    Args:
        folder: the model; roberta-large and bert-base-multilingual-cased are the usual ones.
        layer: the hidden layer whose vectors are used (17 of roberta-large, 9 of multilingual
            BERT in BERTScore's defaults); -1 is the last.

    Raises:
        InputError: the folder holds no such model (code `bad-encoder`), or has not that layer (code
            `no-such-layer`).
    """
    from transformers import AutoModel, AutoTokenizer

    how = {"local_files_only": True, "trust_remote_code": False}
    try:
        tokenizer = AutoTokenizer.from_pretrained(folder, **how)
        model = AutoModel.from_pretrained(folder, use_safetensors=True, **how)
    except (OSError, ValueError, KeyError) as fault:
        raise InputError(
            "bad-encoder",
            f"{folder.name}: no local encoder with config.json, tokenizer.json, model.safetensors",
        ) from fault
    model.eval()
    layers = int(model.config.num_hidden_layers)
    if not -layers - 1 <= layer <= layers:
        raise InputError("no-such-layer", f"{folder.name}: layer {layer} of {layers}")

    def encode(texts: Sequence[str]) -> list[Encoded]:
        return [x for batch in _batches(texts) for x in _encode(batch, tokenizer, model, layer)]

    return encode


def _batches(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(texts), _BATCH):
        yield texts[start : start + _BATCH]


def _encode(texts: Sequence[str], tokenizer: Any, model: Any, layer: int) -> Iterator[Encoded]:
    import torch

    inputs = tokenizer(
        list(texts), padding=True, return_tensors="pt", return_special_tokens_mask=True
    )
    special = inputs.pop("special_tokens_mask").bool() | (inputs["attention_mask"] == 0)
    longest, limit = inputs["input_ids"].shape[1], int(tokenizer.model_max_length)
    if longest > limit:
        raise InputError(
            "text-too-long", f"a text of {longest} tokens; this encoder reads at most {limit}"
        )
    with torch.inference_mode():
        states = model(**inputs, output_hidden_states=True).hidden_states[layer]
    for ids, vectors, left_out in zip(inputs["input_ids"], states, special, strict=True):
        kept = ~left_out
        yield Encoded(
            tokens=tuple(tokenizer.convert_ids_to_tokens(ids[kept])),
            vectors=vectors[kept].float().numpy().astype("float64"),
        )
