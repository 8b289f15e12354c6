"""What `bilingual translate --explain` tells: the terms of each unit and why it was edited."""

import click

from toolkit.bitext import Bitext, Unit
from toolkit.terminology import find_rendering


def explain_edits(bitext: Bitext) -> None:
    """Print to stderr where each unit comes from, each change, what a memory offers, the terms."""
    for unit in bitext.units:
        if unit.terms or unit.edits or unit.proposals or unit.origin != "machine":
            _explain(unit)


def _explain(unit: Unit) -> None:
    click.echo(f"{unit.source.id} {unit.source.text}", err=True)
    author = "model" if unit.origin == "machine" else unit.origin
    click.echo(f"  {author}: {unit.raw}", err=True)
    for edit in unit.edits:
        click.echo(f"  {edit.step}: {edit.after} ({edit.reason})", err=True)
    for one in unit.proposals:
        similarity = f"{int(100 * one.similarity + 1e-9)} %"  # rounded down, as CAT tools do
        click.echo(f"  {similarity} {one.origin}: {one.target} ({one.source})", err=True)
    for term in unit.terms:
        rendering = find_rendering(term.concept, unit.target)
        outcome = f"{rendering.kind} “{rendering.term}”" if rendering else "missing"
        if term.left:
            outcome += f" (left because {term.left})"
        click.echo(f"  term: {term.reason} → {outcome}", err=True)
