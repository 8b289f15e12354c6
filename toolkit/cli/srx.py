"""`bilingual srx`: the segmentation rules, for CAT tools."""

from pathlib import Path

import click

from toolkit.files import write_atomically
from toolkit.segmentation import read_bundled_srx


@click.group()
def srx() -> None:
    """Export the segmentation rules for CAT tools.

    Example:

        bilingual srx export -o bilingual.srx
    """


@srx.command()
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path, allow_dash=True),
    help="The file to write; - is standard output.",
)
def export(output: Path) -> None:
    """Write the SRX 2.0 file with the rules for Russian and English.

    Example:

        bilingual srx export -o bilingual.srx

    A CAT tool that applies the rules in their order, as OmegaT does, cuts a text into the same
    segments as the toolkit.
    """
    if output == Path("-"):
        click.echo(read_bundled_srx(), nl=False)
    else:
        write_atomically(output, read_bundled_srx())
