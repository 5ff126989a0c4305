"""What the figures of a sentence mean: SUV, size, volume, image, count, score.

Knows marks and numbers, no sites. Reading order: `numbers` (all of it, left to right), `reading`
(its state), `figures` (numerals as written), `lengths`, `images`, `times` (now, prior, delayed).
"""
