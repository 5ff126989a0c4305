"""A blinded reader study: worksheets out, answers in, what readers think of which text.

Knows texts, pictures given as files and readers' answers; not how a text was made. Scales, error
tags and the order of everything are fixed before the first reader opens a page.

Reading order: `design` (cases, sources, who sees what in which order), `worksheet` (one reader's
page), `collect` (answers back to sources), `results` (means, agreement, preferences, correlations).
"""
