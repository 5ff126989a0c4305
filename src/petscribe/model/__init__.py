"""The model family: a 3D mask-aware vision-language model for PET/CT.

Knows tensors, views, prompts and weights. Does not know files of exams, organs, quantities or
reports: it is handed an exam, lesion masks and scalar facts, and answers with text and heads.

Reading order: `batch` (what goes in and comes out), `vlm` (assembly, a dozen lines of forward),
then the parts: `vision` (patch embedding, trunks, mask, fusion of PET and CT, focal with body view,
projector, facts, heads), `language` (tokenizer, language model), `inputs` (the only preprocessing),
`decoding` (generation), `storage` (checkpoints). Presets are functions in `petscribe.recipes`.
"""
