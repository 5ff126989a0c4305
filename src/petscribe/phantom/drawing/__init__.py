"""How a body is drawn: solids, the grid they are drawn on, what tissues weigh, the body's measures.

Knows no organ by its shape. Reading order: `shapes` (solids), `tissues` (numbers and names),
`canvas` (drawing solids on a grid), `layout` (measures of the reference body), `wobble` (how bodies
differ).
"""
