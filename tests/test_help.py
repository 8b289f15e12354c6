"""What `--help` shows of every command."""

from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from toolkit.cli import main


def commands(group: click.Group, *path: str) -> Iterator[tuple[str, ...]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        yield (*path, name)
        if isinstance(command, click.Group):
            yield from commands(command, *path, name)


@pytest.mark.parametrize("command", list(commands(main)), ids=" ".join)
def test_help_shows_an_example_as_it_is_typed(command: tuple[str, ...]) -> None:
    shown = CliRunner().invoke(main, [*command, "--help"]).output
    assert "\\b" not in shown
    assert f"bilingual {' '.join(command)}" in shown.split("Example", 1)[1]
