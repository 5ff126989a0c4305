"""Which phrases of a sentence speak of one lesion, and the finding each group makes.

Knows marks, sites and claims of one sentence. Reading order: `chunks` (a sentence in phrases),
`folding` with `groups`, `statements`, `denials`, `shared` (phrases to groups), `attributes` (what a
group says), `assemble` (groups to findings).
"""
