"""Offline building of training data: from exams and reports, or from phantoms, to a case store.

Knows reports (through `mining`), lesions (through `quant` and `anatomy`) and the store
(`io.store`); knows no model and no training: they meet only in the store. Reading order: `linking`
(which lesion a sentence speaks of, and its mask), `building` (exams with their reports to a store),
`importing` (published data sets into the same builder), `auditing` (duplicates, leaks, the data
card), `reviewing` (open questions for a person); then the corpus made from phantoms: `wording`
(many ways to say a finding, numbers as slots), `questions` (typed questions with answers),
`phantoms`.
"""
