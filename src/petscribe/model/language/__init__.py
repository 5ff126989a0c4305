"""Text on the model's side: tokens, special tokens, the language model.

Knows a tokenizer's and a causal language model's folder; does not know findings or images.
Reading order: `tokens` (special tokens, the small tokenizer), `causal` (the language model).
"""
