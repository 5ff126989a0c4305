"""From an exam to what the model reads: the only preprocessing, in training and in use.

Knows volumes, masks, scalar facts and prompts; does not know files, organs or how a lesion was
found. Reading order: `views` (where to look), `published` (the views of the released systems),
`channels` (grey values), `facts` (numbers), `prompts` (rows of text with their visual places),
`collate` (everything into one batch).
"""
