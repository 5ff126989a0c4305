"""What a person or a program types.

Knows options, exit codes and tables for people; nothing of medicine, files or voxels. Reading
order: `commands` (each command, short), `exam_options` (where an exam lies), `tables` (results for
people).
"""
