"""`bilingual model`: the Argos packages that translations can use."""

from pathlib import Path

import click

from toolkit.packages import (
    ModelPackage,
    bundled_package,
    find_package,
    install_from_index,
    install_package,
    installed_packages,
    named_package,
    remove_package,
)


@click.group()
def model() -> None:
    """List, inspect, install and remove Argos model packages.

    Example:

        bilingual model list
    """


@model.command("list")
def list_models() -> None:
    """List the bundled and the installed packages.

    Example:

        bilingual model list
    """
    click.echo(_row(bundled_package()))
    for found in installed_packages():
        click.echo(_row(found) if isinstance(found, ModelPackage) else f"damaged: {found}")


def _row(package: ModelPackage) -> str:
    langs = f"{package.source_lang} → {package.target_lang}"
    return f"{langs:10} {package.name:28} {package.version:8} {package.origin}"


@model.command()
@click.argument("name", required=False)
def info(name: str | None) -> None:
    """Describe a package: an installed name, a file or a folder; the default one if none is named.

    Example:

        bilingual model info translate-ru_en-1_9.argosmodel
    """
    package = named_package(name) if name else find_package("ru", "en")
    for label, value in (
        ("name", package.name),
        ("version", package.version),
        ("languages", f"{package.source_lang} → {package.target_lang}"),
        ("origin", package.origin),
        ("location", package.location),
        ("sha256", package.sha256),
    ):
        click.echo(f"{label + ':':11} {value}")
    click.echo("\n" + (package.read_text("README.md") or "The package has no card."))


@model.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option(
    "--from-index",
    nargs=2,
    metavar="SOURCE TARGET",
    help="Download the package of a language pair from Argos' public index.",
)
def install(file: Path | None, from_index: tuple[str, str] | None) -> None:
    """Check a .argosmodel file and install it for all programs that use Argos packages.

    \b
    Examples:
      bilingual model install translate-ru_en-1_9.argosmodel
      bilingual model install --from-index ru en
    """
    if (file is None) == (from_index is None):
        raise click.UsageError("name either a .argosmodel file or --from-index SOURCE TARGET")
    package = install_package(file) if file else install_from_index(*(from_index or ()))
    click.echo(f"installed {package.label}: {package.source_lang} → {package.target_lang}")


@model.command()
@click.argument("name")
def remove(name: str) -> None:
    """Delete an installed package.

    Example:

        bilingual model remove translate-ru_en-1_9
    """
    remove_package(name)
    click.echo(f"removed {name}")
