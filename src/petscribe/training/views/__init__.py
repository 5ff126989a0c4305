"""Exams of a case store to samples: views made once, read many times.

Knows the store, the model's views and prompts; does not know who built the store or what a sentence
means. Reading order: `prepare` (store of exams to store of views), `augment` (what may change in
training and what never does), `rows` (records to requests), `samples` (what the feeder reads).
"""
