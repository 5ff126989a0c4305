"""The parts of the body as drawings, one module per region, in reference millimetres.

Each module draws on a canvas what it names and knows nothing of the others' organs; `phantom.body`
knows the order. Reading order: `soft_tissue`, `thorax`, `skeleton`, `head_neck`, `abdomen`,
`vessels`, `nodes`.
"""
