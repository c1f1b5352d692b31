"""``ocrtool completion``."""

from __future__ import annotations

import click

from ocrtool.errors import ExitCode


@click.command(short_help="Print the script that completes commands in a shell.")
@click.argument("shell", metavar="bash|zsh|fish", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> ExitCode:
    """Print the script by which bash, zsh or fish complete commands, options, formats, languages and files.

    \b
    bash  ocrtool completion bash > ~/.local/share/bash-completion/completions/ocrtool
    zsh   ocrtool completion zsh > a folder of $fpath, as _ocrtool
    fish  ocrtool completion fish > ~/.config/fish/completions/ocrtool.fish
    """
    from ocrtool.cli.main import complete

    return ExitCode(complete(f"{shell}_source"))
