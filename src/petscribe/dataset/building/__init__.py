"""From exams and reports to a case store that training reads: the offline builder.

Knows files of exams and reports, and how to go on after being killed; knows no model. Reading
order: `work` (one exam with its report, as `joining` and the importers hand it on), `joining`
(folders of exams and reports into work), `reading` (work into exam and masks), `grounding`
(sentences and their lesions), `binding` (digits of a text into slots), `samples` (what a model is
asked), `case` (arrays and a record), `run` (all of them, in several processes or, by `cluster`, on
Ray).
"""
