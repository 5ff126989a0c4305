"""Answers already given, on disk, by the content of the question: a stopped run goes on for free.

One small file per answer, written atomically, so that several processes may share a folder and a
kill leaves no half answer. Holds answers and hashes, no passage of a report.
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from petscribe.core.files import write_text

_LONGEST: Final = 2**20


class AnswerCache:
    """A folder of answers; without one, every question is new."""

    def __init__(self, folder: Path | None) -> None:
        """Keep answers in `folder`, which need not exist yet."""
        self._folder: Final = folder

    def get(self, request: Mapping[str, Any]) -> str | None:
        """Return the answer to this very request, None when there is none or it is damaged."""
        path = self._path(request)
        try:
            if path is None or path.stat().st_size > _LONGEST:
                return None
            answer = json.loads(path.read_text("utf-8"))["answer"]
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return None
        return answer if isinstance(answer, str) else None

    def put(self, request: Mapping[str, Any], answer: str) -> None:
        """Keep an answer.

        Raises:
            OutputError: the folder cannot be written (code `cannot-write`).
        """
        path = self._path(request)
        if path is not None:
            write_text(path, json.dumps({"answer": answer}))

    def _path(self, request: Mapping[str, Any]) -> Path | None:
        if self._folder is None:
            return None
        content = json.dumps(request, sort_keys=True).encode("utf-8")
        name = hashlib.sha256(content).hexdigest()
        return self._folder / name[:2] / f"{name}.json"
