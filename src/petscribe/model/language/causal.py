"""The language model: any local Hugging Face causal model, or a small one from its configuration.

A model folder is read from disk only, never fetched, never with code of its own. LoRA comes from
peft. The small model for `nano` is a Llama of a few layers.

Knows vectors and token numbers; the tokenizer is `tokens`.
"""

import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from petscribe.core.errors import InputError


@dataclass(frozen=True, slots=True, kw_only=True)
class LoraConfig:
    """Low-rank adapters on every linear layer of the language model."""

    rank: int = 16
    alpha: int = 32
    dropout: float = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageConfig:
    """Which language model; `architecture` is a transformers configuration as JSON."""

    architecture: dict[str, Any] = field(default_factory=dict)
    """With its `model_type`; filled from `config.json` when a folder is given."""
    lora: LoraConfig | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What one call of the language model gives."""

    logits: Float[Tensor, "b t v"]
    cache: Any
    attention: tuple[Tensor, ...] | None


class CausalLanguageModel(nn.Module):
    """A transformers causal model behind a narrow door."""

    def __init__(self, config: LanguageConfig) -> None:
        """Make the model from its configuration, with fresh weights."""
        super().__init__()
        self.config = config
        self.model: Any = _built(config)
        # a slice of several rows is not contiguous, and its product would copy the whole head
        self.model.get_output_embeddings().register_forward_pre_hook(_in_one_piece)

    @property
    def width(self) -> int:
        """Width of the vectors that the model reads."""
        return int(self.model.get_input_embeddings().weight.shape[1])

    @property
    def vocabulary(self) -> int:
        """Number of tokens that the model knows."""
        return int(self.model.get_input_embeddings().weight.shape[0])

    def embed(self, tokens: Int[Tensor, "b t"]) -> Float[Tensor, "b t d"]:
        """Return the vectors of tokens."""
        vectors: Tensor = self.model.get_input_embeddings()(tokens)
        return vectors

    def forward(
        self,
        vectors: Float[Tensor, "b t d"],
        present: Bool[Tensor, "b all"],
        *,
        cache: Any = None,  # noqa: ANN401 - transformers' own cache type
        want_attention: bool = False,
        last_only: bool = False,
    ) -> Step:
        """Return the scores of the next tokens.

        Args:
            vectors: the new positions.
            present: which of all positions (cached ones first) hold something.
            cache: what an earlier call returned; None starts anew without keeping anything.
            want_attention: also return the attention of every layer (slower).
            last_only: scores of the last position alone.
        """
        places = (present.long().cumsum(dim=1) - 1).clamp(min=0)[:, -vectors.shape[1] :]
        self._attend_visibly(want_attention)
        out = self.model(
            inputs_embeds=vectors,
            attention_mask=present.long(),
            position_ids=places,
            past_key_values=cache,
            use_cache=cache is not None,
            output_attentions=want_attention,
            logits_to_keep=1 if last_only else 0,
        )
        return Step(
            logits=out.logits,
            cache=out.past_key_values if cache is not None else None,
            attention=out.attentions if want_attention else None,
        )

    def grow(self, vocabulary: int) -> None:
        """Make room for added tokens; new rows start as the mean of the old ones."""
        if vocabulary > self.vocabulary:
            self.model.resize_token_embeddings(vocabulary, mean_resizing=True)
            self.config.architecture["vocab_size"] = vocabulary

    def _attend_visibly(self, visible: bool) -> None:  # noqa: FBT001 - a private switch
        wanted = "eager" if visible else "sdpa"
        inner = self.model.base_model.model if self.config.lora else self.model
        if inner.config._attn_implementation != wanted:
            inner.set_attn_implementation(wanted)


def _in_one_piece(_: nn.Module, arguments: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    return (arguments[0].contiguous(), *arguments[1:])


def architecture_of(folder: Path) -> dict[str, Any]:
    """Return the configuration of a local language model.

    Raises:
        InputError: the folder holds no `config.json`, or one that wants code of its own (code
            `not-a-language-model`).
    """
    from transformers import AutoConfig

    if not (folder / "config.json").is_file():
        raise InputError("not-a-language-model", f"{folder}: no config.json; name a model folder")
    try:
        config = AutoConfig.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    except (ValueError, OSError, KeyError) as fault:
        line = str(fault).splitlines()[0]
        raise InputError("not-a-language-model", f"{folder}: {line}") from fault
    return dict(config.to_dict())


def small_llama(
    vocabulary: int, *, width: int, layers: int, heads: int, mlp_width: int, positions: int = 1024
) -> LanguageConfig:
    """Return the configuration of a small Llama with tied embeddings."""
    return LanguageConfig(
        architecture={
            "model_type": "llama",
            "vocab_size": vocabulary,
            "hidden_size": width,
            "intermediate_size": mlp_width,
            "num_hidden_layers": layers,
            "num_attention_heads": heads,
            "num_key_value_heads": heads,
            "max_position_embeddings": positions,
            "tie_word_embeddings": True,
            "rms_norm_eps": 1e-5,
            "pad_token_id": 0,
            "bos_token_id": 1,
            "eos_token_id": 2,
        }
    )


def _built(config: LanguageConfig) -> Any:  # noqa: ANN401 - transformers' own class
    from transformers import AutoConfig, AutoModelForCausalLM

    architecture = dict(config.architecture)
    kind = architecture.pop("model_type", None)
    if kind is None:
        raise InputError("not-a-language-model", "the language model's model_type is missing")
    made = AutoConfig.for_model(kind, **architecture)
    dtype = torch.get_default_dtype()
    model = AutoModelForCausalLM.from_config(  # type: ignore[no-untyped-call]
        made, attn_implementation="sdpa", dtype=dtype
    )
    if config.lora is None:
        return model
    from peft import LoraConfig as PeftLora
    from peft import get_peft_model

    adapters = PeftLora(
        r=config.lora.rank,
        lora_alpha=config.lora.alpha,
        lora_dropout=config.lora.dropout,
        target_modules="all-linear",
        bias="none",
        task_type="CAUSAL_LM",
    )
    with warnings.catch_warnings():
        # peft asks transformers for a name that transformers is about to change
        warnings.filterwarnings("ignore", "`is_gradient_checkpointing`", FutureWarning)
        return get_peft_model(model, adapters)
