"""One reader's page: self-contained, offline, blinded; its answers are a file it lets one save.

The page holds pictures, texts and letters, and neither ids nor sources. It loads nothing, sends
nothing and keeps answers in the browser's own storage until they are saved as JSON.
"""

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from jinja2 import DictLoader, Environment, StrictUndefined, Template
from markupsafe import Markup

from petscribe.core.codec import encode
from petscribe.core.files import staged_folder, write_json, write_text
from petscribe.evaluation.study.design import (
    ERROR_TAGS,
    LETTERS,
    POINTS,
    SCALES,
    Plan,
    StudyCase,
    without_numbers,
)

KEY_FILE: Final = "key.json"
_MEDIA: Final[Mapping[str, str]] = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
    ".svg": "image/svg+xml",
}


def write_study(
    cases: Sequence[StudyCase], plan: Plan, folder: Path, out: Path
) -> tuple[Path, ...]:
    """Write one page per reader and the key, and return their paths.

    Args:
        cases: of `read_study`.
        plan: of `make_plan`.
        folder: where the pictures lie.
        out: where to write.
    """
    known = {case.id: case for case in cases}
    names = [f"reader-{number}.html" for number in range(1, len(plan.readers) + 1)]
    with staged_folder(out) as stage:
        for reader, name in enumerate(names):
            write_text(stage / name, worksheet(known, plan, reader, folder))
        write_json(stage / KEY_FILE, encode(plan))
    return (*(out / name for name in names), out / KEY_FILE)


def worksheet(cases: Mapping[str, StudyCase], plan: Plan, reader: int, folder: Path) -> str:
    """Return the page of one reader (counted from 0)."""
    shown = [
        _shown(cases[placed.case], placed.sources, plan, folder) for placed in plan.readers[reader]
    ]
    setup = {
        "study": plan.study,
        "worksheet": reader + 1,
        "scales": list(SCALES),
        "letters": [list(LETTERS[: len(case["texts"])]) for case in shown],
    }
    style, script = _asset("worksheet.css"), _asset("worksheet.js")
    data = json.dumps(setup).replace("<", "\\u003c")
    return _template().render(
        cases=shown,
        lang=next(iter(cases.values())).lang,
        setup=setup,
        scales=SCALES,
        points=POINTS,
        tags=ERROR_TAGS,
        hidden=plan.numbers_hidden,
        data=Markup(data),  # noqa: S704 - escaped above, for a script of type JSON
        style=Markup(style),  # noqa: S704 - ours, without a value in it
        script=Markup(script),  # noqa: S704 - ours, without a value in it
        policy=f"default-src 'none'; img-src data:; style-src {_digest(style)}; "
        f"script-src {_digest(script)}; base-uri 'none'; form-action 'none'",
    )


def _shown(case: StudyCase, sources: Sequence[str], plan: Plan, folder: Path) -> dict[str, Any]:
    texts = [case.texts[source] for source in sources]
    if plan.numbers_hidden:
        texts = [without_numbers(text) for text in texts]
    return {
        "pictures": [_picture(folder / name) for name in case.pictures],
        "texts": [{"letter": x, "text": y} for x, y in zip(LETTERS, texts, strict=False)],
    }


def _picture(path: Path) -> str:
    data = base64.b64encode(path.read_bytes()).decode("ascii")
    return f"data:{_MEDIA[path.suffix.lower()]};base64,{data}"


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


@cache
def _template() -> Template:
    environment = Environment(
        loader=DictLoader({"page": _asset("worksheet.html")}),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
    )
    return environment.get_template("page")


@cache
def _asset(name: str) -> str:
    return (files("petscribe.evaluation.study") / "templates" / name).read_text("utf-8")
