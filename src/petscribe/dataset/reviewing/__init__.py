"""What a person decides about sentences and lesions: the sheet that asks, the file that answers.

Knows the store and the decisions that linking honours; decides nothing itself. Reading order:
`decisions` (the file), `pictures` (a place in an exam, small), `sheet` (one HTML file with every
open question and a sample of pairs).
"""
