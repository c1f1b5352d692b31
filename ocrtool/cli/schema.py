"""``ocrtool schema``."""

from __future__ import annotations

import json

import click

from ocrtool.cli.console import standard_output
from ocrtool.errors import ExitCode


@click.command(short_help="Print the JSON Schema of what read writes.")
@click.argument("name", metavar="[json|jsonl]", type=click.Choice(["json", "jsonl"]), default="json")
def schema(name: str) -> ExitCode:
    """Print the JSON Schema of the documents of `ocrtool read --format json`, or of each line of jsonl."""
    from ocrtool.export.schema import json_schema
    from ocrtool.files import utf8, write_stream

    text = json.dumps(json_schema(name), ensure_ascii=False, indent=1) + "\n"
    write_stream(utf8([text]), standard_output())
    return ExitCode.OK
