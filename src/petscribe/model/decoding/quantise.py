"""Eight-bit weights for a processor: half the memory traffic, the same words but for rounding.

torch's dynamic quantisation of every linear layer of the language model; vision stays as it is.
LoRA is merged first. Embeddings stay in 32 bits. Knows layers only; such a model is for use, it is
not saved.
"""

import copy
import warnings
from dataclasses import replace

import torch
from torch import nn

from petscribe.model.language.causal import CausalLanguageModel
from petscribe.model.vlm import PetVlm


def quantised(model: PetVlm) -> PetVlm:
    """Return a copy whose language model has 8-bit weights, in 32-bit arithmetic elsewhere.

    Raises:
        ValueError: the model does not lie on a processor.
    """
    if any(parameter.device.type != "cpu" for parameter in model.parameters()):
        raise ValueError("8-bit dynamic quantisation works on a processor; move the model there")
    smaller = copy.deepcopy(model).eval()
    merge_adapters(smaller.language)
    smaller.float()
    with warnings.catch_warnings():
        # torch announces the successor of its own module on every use
        warnings.filterwarnings("ignore", "torch.ao.quantization", DeprecationWarning)
        warnings.filterwarnings("ignore", "torch.quantize_per_tensor", UserWarning)
        torch.ao.quantization.quantize_dynamic(  # type: ignore[no-untyped-call]
            smaller.language, {nn.Linear}, dtype=torch.qint8, inplace=True
        )
    return smaller


def merge_adapters(language: CausalLanguageModel) -> None:
    """Add LoRA's products to the weights they adapt and drop the adapters; without LoRA nothing."""
    if language.config.lora is None:
        return
    language.model = language.model.merge_and_unload()
    language.config = replace(language.config, lora=None)
