"""The `rankcollapse` command: commands are imported when asked for, so that help answers at once.

Exit codes: 0 as expected · 1 a verdict differs · 2 bad usage or input, one line on standard error ·
130 on Ctrl-C · 141 when the reader of standard output went away.
"""

import importlib
import io
import os
import shlex
import sys
from collections.abc import Sequence
from typing import Any, Final

import click

from rankcollapse import __version__
from theory.errors import RankCollapseError

BAD_USAGE: Final = 2
INTERRUPTED: Final = 130
READER_GONE: Final = 141

COMMANDS: Final = ("claims", "verify", "predict", "bench")
"""Each is `command` in the module of that name."""


class CommandGroup(click.Group):
    """Commands by name, loaded lazily; every refusal is one line. Commands return their exit code."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order of `COMMANDS`."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command."""
        if cmd_name not in COMMANDS:
            return None
        return importlib.import_module(f"{__name__}.{cmd_name}").command

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; a closed pipe ends it quietly."""
        try:
            code = super().invoke(ctx)
            sys.stdout.flush()
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return READER_GONE
        return code

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **extra: Any,
    ) -> Any:
        """Parse, run and exit with the command's code; without arguments, print help."""
        arguments = list(sys.argv[1:] if args is None else args) or ["--help"]
        extra.setdefault("obj", shlex.join(["rankcollapse", *arguments]))
        for name in ("stdout", "stderr"):  # closed by the caller: nobody reads, everything still runs
            if getattr(sys, name) is None:
                setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(errors="replace")  # a terminal without Greek still gets an answer
        try:
            code = super().main(
                arguments,
                "rankcollapse",
                complete_var,
                standalone_mode=False,
                windows_expand_args=windows_expand_args,
                **extra,
            )
        except click.ClickException as error:
            code = _refuse(error.format_message())
        except RankCollapseError as error:
            code = _refuse(str(error))
        except click.Abort:
            code = INTERRUPTED
        except OSError as error:
            code = _refuse(f"{error.strerror or error}: the output or a file cannot be written or read")
        sys.exit(code or 0)


def _refuse(message: str) -> int:
    click.echo(f"error: {' '.join(message.split())}", err=True)
    return BAD_USAGE


@click.group(cls=CommandGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="rankcollapse", message="%(prog)s %(version)s")
def main() -> None:
    """Theorems on neural collapse and low-rank bias: stated, computed, judged."""
