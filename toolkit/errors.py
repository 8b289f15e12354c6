"""The exceptions of the toolkit. Library code raises them; only the command line prints them.

ToolkitError
├── DocumentError   a source article cannot be read
├── GlossaryError   a glossary cannot be read or contradicts itself
├── EngineError     a model package is missing, damaged or of the wrong pair
├── FormatError     a bitext, memory or rule file cannot be read or written
└── OutputError     an output folder or file cannot be written, or holds reviewed work

Every message is one sentence that names the file (and line, where there is one) and says what
to do next.
"""


class ToolkitError(Exception):
    """Something the user can put right."""


class DocumentError(ToolkitError):
    """A source article cannot be read."""


class GlossaryError(ToolkitError):
    """A glossary cannot be read or contradicts itself."""


class EngineError(ToolkitError):
    """A model package is missing, damaged or of the wrong language pair."""


class FormatError(ToolkitError):
    """A bitext, memory or rule file cannot be read or written."""


class OutputError(ToolkitError):
    """An output cannot be written, or holds reviewed work that must not be overwritten."""
