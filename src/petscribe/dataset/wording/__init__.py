"""Wordings: the many ways in which one lesion, one region or one exam may be described.

Knows English and Vietnamese grammars (JSON beside the code) and the finding that a text must be
read back as; numbers are slots of `terms.slots`. Every text handed out has been read back by
`mining.rules` and said what it should. Knows no voxels and no store.

Reading order: `grammar` (rules and their expansion), `places` (a place in several wordings),
`findings` (one lesion), `structures` (anatomy questions), `reports` (a section, a whole report).
"""
