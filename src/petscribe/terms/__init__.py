"""The bilingual term base: what sites are called, and how a finding is put into a sentence.

Knows English and Vietnamese words, regions, organs, levels, node stations and every phrase that a
user reads; knows no voxels, no files of users and no measuring. Every word lies in `lexicon/`
(tab-separated tables, JSON phrase books); code holds none.

Reading order: `anatomy` (regions and organs), `places` (a place in words), `words` (synonyms and
cues that mining compiles), `phrasebook` (phrases by language), `figures` (how numbers are printed),
`claims` (a measured lesion as a finding), `sentences` (a finding as a sentence; the exact inverse
of `mining.rules`), `statements` (technique, normal and physiologic statements, impression),
`phrasing` (all of the last five under one name).
"""
