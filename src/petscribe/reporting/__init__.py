"""From measurements to a report that can be trusted: draft, check, draw, render.

Knows the shared records and the term base. Does not know files, voxels beyond two projections,
or how a text is parsed: claims come in as records.

Reading order: `assemble` (measurements to bound sentences); `verify` (problems of a text or of a
draft), which rests on `draft` (a text under check), `match` (which claim speaks of which lesion),
`agree` (does one claim fit one lesion), `places`, `groups` and `denials`; `pictures` (MIP and
thumbnails) on `projection`; `render` (JSON, text, HTML) on `tables` and `templates/`.
"""
