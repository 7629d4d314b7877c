"""The command line: one thin file a command, each loaded only when it is called."""

from __future__ import annotations

import os
import re
import sys
from difflib import get_close_matches
from importlib import import_module
from io import TextIOWrapper

import click

from matchsim import __version__

__all__ = ["main"]

# Command name -> module of this package that defines it under the module's name.
COMMANDS = {
    "run": "run",
    "report": "report",
    "chart": "chart",
    "init": "init",
    "study": "study",
    "replay": "replay",
    "check": "check",
    "explain": "explain",
    "schema": "schema",
    "list": "names",
    "solve": "solve",
    "verify": "verify",
    "why": "why",
    "convert": "convert",
    "eligibility": "eligibility",
    "advise": "advise",
    "validate": "validate",
    "calibrate": "calibrate",
}


class LazyGroup(click.Group):
    """A group whose commands are imported when asked for, so that ``--help`` starts at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """The commands, in the order in which a newcomer needs them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import the command called `cmd_name`; None when there is none."""
        if cmd_name not in COMMANDS:
            return None
        module = COMMANDS[cmd_name]
        command = getattr(import_module(f"matchsim.cli.{module}"), module)
        assert isinstance(command, click.Command)
        for one in (command, *getattr(command, "commands", {}).values()):
            one.epilog = _one_a_line(one.epilog or "")
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, with a suggestion for a mistyped command."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            near = get_close_matches(args[0], COMMANDS, n=1) if args else []
            if near and "Did you mean" not in error.message:
                told = f"{error.message} Did you mean {near[0]!r}?"
                raise click.UsageError(told, error.ctx) from None
            raise

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """The list of commands with their first sentences, without importing any of them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(SUMMARIES.items()))


def _one_a_line(examples: str) -> str:
    """Examples with two blanks or more between them, each on a line of its own that click does not wrap."""
    title, *commands = re.split(r"\s{2,}", examples.removeprefix("\b").strip())
    return "\n  ".join([f"\b\n{title}", *commands])


# Short enough for one line each on a terminal 80 wide.
SUMMARIES = {
    "run": "Simulate a season: tables, charts, a report, a verified match.",
    "report": "Make the report of a run or a study again.",
    "chart": "Draw charts of a run or a study as PNG, SVG or PDF.",
    "init": "Write a commented scenario to start from.",
    "study": "Compare arms and sweep over values, in many seasons.",
    "replay": "Simulate one season of a run or study again, in full.",
    "check": "Say whether a scenario is valid; nothing is run.",
    "explain": "Show every value of a scenario and where it comes from.",
    "schema": "Print the JSON Schema of files, for editors.",
    "list": "List scenarios, profiles, studies and what else goes by name.",
    "solve": "Match rank order lists from a folder, workbook or text.",
    "verify": "Check a matching for stability, independently of any solver.",
    "why": "Tell what happened to one applicant, program by program.",
    "convert": "Write a market as a folder of CSV files or as text.",
    "eligibility": "Say how one person stands before every gate to the match.",
    "advise": "Tell one person's chances, and what would change them.",
    "validate": "Hold a simulated season against published figures.",
    "calibrate": "Fit a few parameters of a scenario to published figures.",
}


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Start with:  matchsim run us-2025    Help on one:  matchsim run --help",
)
@click.version_option(__version__, prog_name="matchsim")
def cli() -> None:
    """Simulate the US residency match: applications, interviews, rank lists, the Match, SOAP."""


def main() -> None:
    """Run the command line and leave the process with one of the exit codes.

    0 done; 1 the run failed or a check did not hold; 2 usage or invalid input; 3 no stable matching
    found, where that was asked for; 130 interrupted. Errors become messages, never tracebacks.
    """
    from matchsim.cli.terminal import PlainStream

    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        # A name that the terminal's encoding lacks is shown by its code points, not by a traceback.
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
            setattr(sys, name, PlainStream(stream))
    sys.exit(_exit_code())


def _exit_code() -> int:  # noqa: PLR0911 - a table of ends
    from matchsim.errors import InputError, MatchsimError, system_told

    try:
        result = cli.main(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        return 130
    except InputError as error:
        for problem in error.problems:
            click.echo(str(problem), err=True)
        return error.exit_code
    except MatchsimError as error:
        click.echo(f"matchsim: {error}", err=True)
        return error.exit_code
    except BrokenPipeError:
        # Whoever read along has read enough, as `head` does; nothing may be said to it at the end either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        click.echo(f"matchsim: {place}{system_told(error)}", err=True)
        return 1
    except MemoryError:
        click.echo("matchsim: this does not fit into memory; give less at once", err=True)
        return 1
    return result if isinstance(result, int) else 0


if __name__ == "__main__":
    main()
