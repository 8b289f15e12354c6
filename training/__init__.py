"""Train the bundled Russian-English model; see README.md in this folder."""
