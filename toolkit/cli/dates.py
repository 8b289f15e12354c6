"""The date that a command writes into its files."""

from datetime import UTC, datetime

import click

date_option = click.option(
    "--date",
    type=click.DateTime(["%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d"]),
    default=lambda: datetime.now(UTC),
    help="Date to write into the files, in UTC; now by default.",
)
