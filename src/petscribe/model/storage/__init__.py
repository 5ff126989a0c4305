"""Weights that come from elsewhere: models without drawn weights, public bases, conversion.

Knows names and shapes of weights; does not know exams, text or how a model is used. A model of our
own is read and written by `model.checkpoint`. Reading order: `blank` (a model in memory, nothing
drawn), `keymaps` (which weight of a public base is which of ours), `bases` (reading one strictly),
`conversion` (pickled weights to safetensors).
"""
