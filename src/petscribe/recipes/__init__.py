"""Runs as functions: each returns a whole configuration; deriving is calling another and replacing.

Recipes may use every room and are used by the command line alone. Reading order: `nano` (ships, two
cores), `base` (one GPU of 24 GB), `petar_4b` and `vipet_7b` (the published systems).
"""
