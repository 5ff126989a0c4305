"""Predictions and references in, every score with its floor and its interval out.

Knows files of texts, what is done with them and how it is shown; scores come from the other parts
of `evaluation`. Nothing is scored silently as zero: what cannot be compared is refused by name.

Reading order: `evaluate` (the main path), `cases` (files to cases), `scoring` (findings to numbers,
in parallel and remembered), `statistics` (numbers to scores), `controls` (the floors), `answers`
(questions), `strata` (by kind of case), `outputs` (table, summary, manifest) and `page` (the HTML
page, its plots in `plots`).
"""
