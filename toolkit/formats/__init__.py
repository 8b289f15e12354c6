"""The files that bitexts and glossaries are exchanged in: `read_x` and `write_x` for each."""
