"""Scores that cannot be fooled: text, facts, places, answers and masks, with floors and intervals.

Knows texts, finding records, answers, label arrays and readers' marks that it is handed; not how a
prediction was made (no model, no imaging, no network). Reading order: `stats` (intervals, paired
tests, agreement, correlation; everything below is summed up there), `text` (how alike two texts
are), `learned` (the same with weights, which are handed in), `clinical` (whether two texts say the
same about the patient), `grounding` (whether a text belongs to its lesion), `answers` and `vqa`
(answers read and scored by type), `segmentation` (masks and lesions), `floors` (what a system
without an image would score), `run` (predictions and references to a table and a page), `study`
(readers' judgement).
"""
