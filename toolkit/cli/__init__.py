"""The command line: `bilingual COMMAND …`.

Each command lives in a module of this package named as the command, and is imported only when
it is called, so that `bilingual --help` answers at once.
"""

import importlib

import click

from toolkit.errors import ToolkitError

COMMANDS = {
    "translate": "Translate articles into aligned TMX, text and PO files.",
    "check": "Check bitexts as a reviser would.",
    "merge": "Take reviewed work back into the translations.",
    "diff": "Show what a reviewer changed, and how much.",
    "tm": "Fill, search and tidy a translation memory.",
    "omegat-project": "Make an OmegaT project of translations.",
    "align": "Make a bitext of a text and its existing translation.",
    "convert": "Convert a bitext to another format.",
    "model": "List, inspect, install and remove Argos model packages.",
    "glossary": "Check, convert, search and extend glossaries.",
    "evaluate": "Measure translations against references, and how the terms fared.",
    "srx": "Export the segmentation rules for CAT tools.",
}
NO_MEMORY = "the memory does not suffice; close other programs, or give smaller files"


class LazyGroup(click.Group):
    """A group that imports a command's module when the command is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the commands in the order of the work."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command's module, or describe the command where only help is wanted."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        name = cmd_name.replace("-", "_")
        command: click.Command = getattr(importlib.import_module(f"toolkit.cli.{name}"), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; a problem that the user can put right ends in one sentence."""
        try:
            return super().invoke(ctx)
        except ToolkitError as error:
            raise click.ClickException(str(error)) from error
        except MemoryError as error:
            raise click.ClickException(NO_MEMORY) from error


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="bilingual-toolkit", prog_name="bilingual")
def main() -> None:
    """Translate Russian diplomatic texts offline, with a curated glossary, into aligned TMX.

    Example:

        bilingual translate article.txt -o translations
    """
