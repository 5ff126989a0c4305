"""What a report says, under one name: findings, their sentences, places and every statement.

The parts live in `claims` (measured lesion -> finding), `sentences` (finding -> sentence),
`places`, `figures` and `statements`; this module only gathers them.
"""

from petscribe.terms.claims import (
    finding_of,
    finding_of_group,
    lesion_sentence,
    notes,
    uptake_degree,
)
from petscribe.terms.places import place_words
from petscribe.terms.sentences import sentence, tracer_name, with_article
from petscribe.terms.statements import (
    comparison,
    heading,
    label,
    normal_statement,
    nothing_found,
    outside_statement,
    physiologic_statement,
    research_notice,
    table_headers,
    technique,
    totals_statement,
    undecided_statement,
)

__all__ = [
    "comparison",
    "finding_of",
    "finding_of_group",
    "heading",
    "label",
    "lesion_sentence",
    "normal_statement",
    "notes",
    "nothing_found",
    "outside_statement",
    "physiologic_statement",
    "place_words",
    "research_notice",
    "sentence",
    "table_headers",
    "technique",
    "totals_statement",
    "tracer_name",
    "undecided_statement",
    "uptake_degree",
    "with_article",
]
