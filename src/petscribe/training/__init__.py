"""Training: samples and a recipe in, a trained model and its history out.

Knows batches, losses, optimiser, stages and checkpoints. Does not know what the model is made of
(parameters are chosen by name), who built the store, or any medicine.

Reading order: `stages` (a run as data), `run` (`train`, the main path: stage after stage), `loop`
(one stage, step by step), `rates` (which parameters learn and how fast), `published` (the
schedules of PETAR and ViPET, and ours); then `views` (a store to samples), `feeding` (samples to
batches), `losses` (batch and answer to numbers), `keeping` (checkpoints, averages, history),
`parallel` (several processes).
"""
