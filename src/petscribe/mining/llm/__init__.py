"""A second opinion on what a text says, by language models at an endpoint that the user names.

Nothing is sent unless an endpoint is given, and only de-identified text is. The text of a report is
data: whatever it asks for, an answer counts only as far as its figures, sides and sites stand in
the passage.

Reading order: `opinion` (the main path); `units` (a text into passages); `talking` (questions and
answers); `weighing` (what the answers are worth).
"""
