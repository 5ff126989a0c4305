"""`petscribe mine`: report texts to finding records, with a second opinion where one is asked for.

Knows options, files of results and the environment (`PETSCRIBE_LLM_KEY`, `PETSCRIBE_DEID_KEY`); the
rules and everything about language models are `petscribe.mining`'s. Sends nothing anywhere unless
`--llm` names an endpoint.
"""

import json
import os
import secrets
import sys
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from petscribe.cli.exam_options import PathArgument
from petscribe.core.errors import InputError, OutputError, PetscribeError

if TYPE_CHECKING:
    from petscribe.core.finding import MinedText
    from petscribe.io.texts import SourceText
    from petscribe.mining.deid.deidentify import Deidentified
    from petscribe.mining.llm.opinion import SecondReader

_MOST_LISTED: Final = 20
"""Unread texts that are named one by one; all are counted."""

_OPTIONS: Final = (
    click.option("--text-column", multiple=True, help="Column or key of the text; may repeat."),
    click.option("--id-column", help="Column of the id.  [default: id]"),
    click.option("--lang-column", help="Column of the language.  [default: lang]"),
    click.option("--patient-column", help="Column that tells patients apart.  [default: patient]"),
    click.option(
        "--identifier-column", multiple=True, help="Column of a name or number to take out."
    ),
    click.option("--encoding", default="utf-8", show_default=True, help="Encoding of the texts."),
    click.option("--deid", is_flag=True, help="Write records of de-identified text."),
    click.option("--llm", metavar="URL", help="Ask language models at this endpoint as well."),
    click.option(
        "--llm-model", multiple=True, metavar="NAME", help="Model to ask; of several, a majority."
    ),
    click.option(
        "--llm-cache", type=PathArgument, help="Folder of answers.  [default: OUT.llm-cache]"
    ),
    click.option("--llm-workers", type=click.IntRange(1, 256), default=4, show_default=True),
    click.option("--llm-timeout", type=click.FloatRange(0.1), default=120.0, show_default=True),
)


def _with_options(command: Callable[..., None]) -> Callable[..., None]:
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@click.command()
@click.argument("reports", type=PathArgument)
@click.option("-o", "--out", type=PathArgument, help="File for the records (JSON Lines).")
@click.option("--lang", type=click.Choice(["en", "vi"]), help="Language; guessed if not given.")
@click.option("--json", "as_json", is_flag=True, help="Print the records on stdout.")
@_with_options
def mine(reports: Path, out: Path | None, as_json: bool, **options: Any) -> None:
    """Turn report texts into finding records.

    REPORTS: .txt, .csv, .tsv, .parquet, .jsonl, FHIR .json or .ndjson, DICOM SR, or a folder.
    """
    run = _Run()
    if options["llm_cache"] is None and out is not None:
        options["llm_cache"] = out.with_name(f"{out.name}.llm-cache")
    with ExitStack() as stack:
        reader = stack.enter_context(_second_reader(options))
        records = _records(run, _read(run, reports, options), reader, options)
        file = None
        if out is not None:
            from petscribe.core.files import atomic_write

            file = stack.enter_context(atomic_write(out))
        for record in records:
            line = json.dumps(record, ensure_ascii=False)
            if file is not None:
                file.write(f"{line}\n".encode())
            if file is None or as_json:
                print(line)
    run.report()


@dataclass(slots=True)
class _Run:
    """What a run meets besides records."""

    unread: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)
    rejected: Counter[str] = field(default_factory=Counter)
    read: int = 0

    def report(self) -> None:
        """List counts on stderr; exit 1 when something could not be done."""
        for said, counts in (
            ("texts not read", self.unread),
            ("questions without an answer", self.failed),
            ("values of answers not in the text", self.rejected),
        ):
            if counts:
                listed = ", ".join(f"{code} {count}" for code, count in sorted(counts.items()))
                _warn(f"{said}: {listed}")
        if self.unread or self.failed:
            sys.exit(1)


def _read(run: _Run, reports: Path, options: dict[str, Any]) -> Iterator["SourceText"]:
    """Yield the texts; one that cannot be read is named, counted and passed over."""
    from petscribe.io.reports.columns import Columns
    from petscribe.io.reports.reading import read_reports
    from petscribe.io.texts import BadText

    columns = Columns(
        text=options["text_column"] or ("text",),
        id=options["id_column"],
        lang=options["lang_column"],
        patient=options["patient_column"],
        identifiers=options["identifier_column"],
    )
    bad: list[PetscribeError] = []
    for item in read_reports(reports, columns=columns, encoding=options["encoding"]):
        if isinstance(item, BadText):
            run.unread[item.fault.code] += 1
            bad = [*bad, item.fault][:_MOST_LISTED]
        else:
            run.read += 1
            yield item
    if bad and not run.read:
        raise bad[0]  # nothing at all could be read
    for fault in bad:
        _warn(f"{fault.code}: {fault.message}")


def _records(
    run: _Run,
    sources: Iterable["SourceText"],
    reader: "SecondReader | None",
    options: dict[str, Any],
) -> Iterator[dict[str, Any]]:
    """Yield the records as JSON objects, in the order of the texts."""
    from petscribe.core.codec import encode
    from petscribe.mining.rules import mine_text

    if not (options["deid"] or options["llm"]):
        for source in sources:
            lang = source.lang or options["lang"]
            yield encode(mine_text(source.text, lang=lang, id=source.id))
        return
    accounts: deque[dict[str, Any]] = deque()
    mined = _deidentified(sources, accounts, options)
    if reader is None:
        for record, _ in mined:
            yield {**encode(record), "deidentified": accounts.popleft()}
        return
    for record, opinion in reader.read(mined):
        run.failed.update(opinion.failed)
        run.rejected.update(opinion.rejected)
        yield {
            **encode(record),
            "deidentified": accounts.popleft(),
            "second_opinion": encode(opinion),
        }


def _deidentified(
    sources: Iterable["SourceText"], accounts: deque[dict[str, Any]], options: dict[str, Any]
) -> Iterator[tuple["MinedText", "Deidentified"]]:
    """Yield mined texts with what may be sent of them; `accounts` gets the report on each."""
    from petscribe.mining.deid.deidentify import Deidentified, days_of, deidentify
    from petscribe.mining.rules import mine_text

    secret = _secret(options["llm_cache"] if options["llm"] else None)
    for source in sources:
        lang = source.lang or options["lang"]
        people = deidentify(
            source.text,
            days=days_of(source.patient or source.id, secret),
            lang=lang,
            identifiers=source.identifiers,
        )
        accounts.append(people.account())
        text = source.text
        if options["deid"]:
            text = people.text
            people = Deidentified(original=text, text=text, signs=())
        yield mine_text(text, lang=lang, id=source.id), people


@contextmanager
def _second_reader(options: dict[str, Any]) -> Iterator["SecondReader | None"]:
    """Open what asks the language models, if any."""
    url, models = options["llm"], options["llm_model"]
    if url is None and not models:
        yield None
        return
    if url is None or not models or len(set(models)) < len(models):
        raise InputError("option-mismatch", "--llm and --llm-model go together, each model once")
    from petscribe.mining.llm.opinion import SecondReader
    from petscribe.mining.llm.talking.cache import AnswerCache
    from petscribe.mining.llm.talking.endpoint import Endpoint, EndpointConfig

    config = EndpointConfig(
        url=url, key=os.environ.get("PETSCRIBE_LLM_KEY") or None, timeout_s=options["llm_timeout"]
    )
    with closing(Endpoint(config)) as endpoint:
        cache = AnswerCache(options["llm_cache"])
        yield SecondReader(endpoint, models, cache=cache, workers=options["llm_workers"])


def _secret(folder: Path | None) -> bytes:
    """Return what dates are moved by: the site's own, or one kept beside the answers."""
    given = os.environ.get("PETSCRIBE_DEID_KEY")
    if given:
        return given.encode()
    if folder is None:
        return secrets.token_bytes(32)
    path = folder / "deid.key"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
                file.write(secrets.token_bytes(32))
        return path.read_bytes()
    except OSError as fault:
        raise OutputError("cannot-write", f"cannot write {path}: {fault.strerror}") from fault


def _warn(text: str) -> None:
    print(f"petscribe: warning: {text}", file=sys.stderr)
