"""Metrics that need weights or a judge: their arithmetic, fed from outside, marked by domain.

Knows numbers, entities and a judge's written analysis; loads no weights, imports no torch and opens
no connection. Whoever has a model locally hands it in as a function. Most of these metrics were
tuned on chest radiographs, where SUV, node stations and uptake do not occur: every one says so in
`DOMAINS` (`domains`) and none decides anything here. Reading order: `domains`, `bertscore` (token
embeddings), `radgraph` (entities and relations), `green` and `crimson` (a language model's
judgement), `radcliq` (a mixture), `command` (any other metric, as a program in its own
environment).
"""
