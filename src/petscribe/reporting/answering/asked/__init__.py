"""What a question asks: words in, a `Question` out.

Knows question words and lesion numbers of both languages; knows no exam, and finds no sites (they
are handed over).

Reading order: `question` (the record), `references` (lesions named by number), `understanding`
(the rules).
"""
