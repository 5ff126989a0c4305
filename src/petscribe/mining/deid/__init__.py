"""Report text without the people in it: names, ids, places gone, dates shifted.

Knows how reports in English and Vietnamese name people, places and days (`identity.tsv` of the term
base). Knows no files and sends nothing. Patterns find what is labelled, titled or shaped like an
identifier; a bare name without any cue can stay, so every text comes with an account of its own.

Reading order: `deidentify` (the main path); `alphabet` (what a name looks like), `labels`
("Patient name: ..."), `names`, `codes` (numbers, phones, mail), `places`, `dates`.
"""
