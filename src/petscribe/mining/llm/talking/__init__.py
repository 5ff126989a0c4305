"""A question to a language model and what comes back.

Knows the OpenAI-compatible protocol, the words of the question and the schema of the answer; not
whether an answer is true. Reading order: `prompt`, `answers`, `endpoint`, `cache`.
"""
