"""Reading existing reports: text in, findings of the schema out.

Knows English and Vietnamese report language: sections, sentences, numbers, sites with their sides,
negation, certainty, change. Knows no images and no measuring, and makes nothing up: every value
comes from a span of the text. Words and cues are data of `terms.lexicon`.

Reading order: `rules` (`mine_text`, the main path); `normalise`, `sections`, `sentences` (text into
sentences); `vocabulary` (words to marks); `figures` (figures to claims); `sites` (marks to places);
`context` (what is not of this exam); `groups` (phrases to findings); `scores`. Beside the rules:
`deid` (texts without the people in them), `llm` (a second opinion by language models).
"""
