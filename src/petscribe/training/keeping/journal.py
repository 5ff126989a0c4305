"""The history of a run: `metrics.jsonl`, one object per step, appended as it happens.

After a kill the file may hold steps that no checkpoint holds, and half a line: `cut` takes it back
to the checkpoint, so that a resumed run's history is that of an uninterrupted one.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from petscribe.core.errors import InputError, OutputError
from petscribe.core.files import write_text


class Journal:
    """Appends records; each line reaches the system before `add` returns."""

    def __init__(self, path: Path) -> None:
        """Write to `path`, which need not be there yet."""
        self.path = path

    def add(self, record: Mapping[str, Any]) -> None:
        """Append one record.

        Raises:
            OutputError: the disk is full or cannot be written (code `cannot-write`).
        """
        line = json.dumps(record, ensure_ascii=False, allow_nan=False) + "\n"
        try:
            with self.path.open("ab") as file:
                file.write(line.encode())
        except OSError as fault:
            reason = os.strerror(fault.errno) if fault.errno else type(fault).__name__
            raise OutputError("cannot-write", f"cannot write {self.path}: {reason}") from fault

    def cut(self, step: int) -> None:
        """Forget everything after total step `step`."""
        kept = [r for r in read_journal(self.path) if r["total_step"] <= step]
        lines = (json.dumps(r, ensure_ascii=False, allow_nan=False) + "\n" for r in kept)
        write_text(self.path, "".join(lines))


def read_journal(path: Path) -> list[dict[str, Any]]:
    """Return the records of a history; half a line at the end is left out.

    Raises:
        InputError: a line before the last is no record (code `bad-record`).
    """
    if not path.exists():
        return []
    lines = path.read_bytes().split(b"\n")
    records: list[dict[str, Any]] = []
    for number, line in enumerate(lines, start=1):
        if not line:
            continue
        try:
            record = json.loads(line)
            records.append({"total_step": int(record["total_step"]), **record})
        except (ValueError, KeyError, TypeError) as fault:
            if number == len(lines):
                break
            raise InputError("bad-record", f"{path}: line {number} is no step's record") from fault
    return records
