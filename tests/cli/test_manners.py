"""What every command owes its user: help with an example that fits, a way to be quiet, no colours."""

from __future__ import annotations

import re

import click
import pytest
from click.testing import CliRunner

from matchsim.cli import COMMANDS, SUMMARIES, cli
from matchsim.errors import InputError

every_command = pytest.mark.parametrize("name", COMMANDS)


def said(*arguments: str) -> str:
    result = CliRunner().invoke(cli, arguments, catch_exceptions=False, terminal_width=80)
    assert result.exit_code == 0
    return result.stdout


def test_help_fits_one_screen():
    lines = said("--help").splitlines()
    assert len(lines) <= 12 + len(COMMANDS) <= 40
    assert all(len(line) <= 80 for line in lines)
    for name, told in SUMMARIES.items():
        assert f"  {name:<12}{told}".split() in [line.split() for line in lines]


def test_every_command_has_a_summary():
    assert list(COMMANDS) == list(SUMMARIES)


@every_command
def test_help_has_an_example_of_the_command(name):
    text = said(name, "--help")
    examples = re.search(rf"Examples?:\n((?: +matchsim {name}\b.*\n)+)\Z", text)
    assert examples, text
    assert all(len(line) <= 80 for line in examples[1].splitlines())
    assert len(text.splitlines()) <= 40


@every_command
def test_examples_can_be_given(name):
    command = cli.get_command(click.Context(cli), name)
    _, _, examples = command.epilog.partition(":")
    for example in re.split(r"\s{2,}", examples.strip()):
        words = example.partition(" > ")[0].split()
        assert words[:2] == ["matchsim", name]
        command.make_context(name, words[2:])


@every_command
def test_there_is_a_way_to_say_less_or_to_say_it_to_programs(name):
    command = cli.get_command(click.Context(cli), name)
    if isinstance(command, click.Group):  # what does the work is one of its commands
        command = command.get_command(click.Context(command), "run")
    names = {option for parameter in command.params for option in parameter.opts}
    assert {"--quiet", "--json"} & names or name == "schema"  # which prints JSON
    assert ("-q" in names) == ("--quiet" in names)


def test_nothing_is_coloured(monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("FORCE_COLOR", "1")
    for arguments in (["--help"], ["list"], ["check", "small"]):
        assert "\x1b" not in CliRunner().invoke(cli, arguments, color=True).output


@pytest.mark.parametrize(
    ("given", "meant"), [("lst", "list"), ("verfy", "verify"), ("charts", "chart"), ("reports", "report")]
)
def test_mistyped_commands_are_recognised_once(given, meant):
    with pytest.raises(click.UsageError) as caught:
        cli.main([given], standalone_mode=False)
    assert str(caught.value).count(f"Did you mean '{meant}'?") == 1


def test_quiet_commands_say_nothing(tmp_path):
    market = tmp_path / "m.txt"
    market.write_text("r 0 0\np 0 1 0\n", encoding="utf-8")
    assert said("check", "small", "--quiet") == ""
    assert said("init", str(tmp_path / "a.yaml"), "-q") == ""
    assert (tmp_path / "a.yaml").exists()
    assert said("convert", str(market), str(tmp_path / "out"), "-q") == ""
    with pytest.raises(InputError):
        CliRunner().invoke(cli, ["check", "smal", "-q"], catch_exceptions=False)
