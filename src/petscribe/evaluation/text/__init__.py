"""How alike a text is to its references: the usual metrics, exactly, in English and Vietnamese.

Knows strings and tokens; not what they mean (`clinical` does) and no file, network or weight of its
own (`learned` takes them from outside). `scores.SIGNATURES` says of every figure which tokens and
which formula it stands for. Reading order: `scores` (all of them at once), then `normal` (one
spelling), `ptb` and `tokens` (words), `grams` (counts of n-grams of many documents at once), and
the metrics: `bleu`, `rouge`, `cider`, `chrf`, `meteor` with its `alignment`, `meteor_tables`,
`porter` and `snowball` (stemmers).
"""
