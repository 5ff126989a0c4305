"""Samples to batches: which samples, in which order, checked before they are learnt from.

Knows lengths, weights and positions; what a sample holds is the business of who collates it.

Reading order: `samples` (the Protocol a data set fulfils, and the checks), `sampler` (order and
mixing, with a position that can be kept), `feeder` (batches made ahead of time).
"""
