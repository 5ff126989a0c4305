"""`petscribe convert-weights`: pickled weights of a public base to safetensors.

The only place where a pickle is opened, and only tensors come out of it. A command of its own, so
that no other has to trust such a file.
"""

from pathlib import Path

import click

from petscribe.core.errors import InputError


@click.command("convert-weights")
@click.argument("source", type=click.Path(path_type=Path))
@click.option(
    "-o", "--out", type=click.Path(path_type=Path), required=True, help="Folder to write."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON on stdout.")
def convert_weights(source: Path, out: Path, as_json: bool) -> None:
    """Write SOURCE (a .bin, .pt, .pth or .ckpt file, or a folder of them) as safetensors."""
    import json

    if not source.exists():
        raise InputError("not-found", f"there is no {source}")
    from petscribe.model.storage.conversion import convert

    counted = convert(source, out)
    if as_json:
        print(json.dumps({"out": str(out), **counted}))
    else:
        print(out)
