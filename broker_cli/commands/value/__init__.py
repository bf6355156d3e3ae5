"""``broker value``: a group of commands, which are in modules of their own and loaded when they are needed."""

__all__ = ["EPILOG", "value"]

EPILOG = """\b
Examples:
  broker value parse 22/tcp 5 +5 '{10.0.0.0/8 -> 5min}'   what do they mean?
  broker value show 0e03020000000000000001               what do bytes mean?
  broker value convert --to text < events.ndjson         from form to form

\b
None of them needs a network. broker help literals explains how values are
written. Exit codes: 2 a literal is none, 7 a file holds no value."""


def value() -> None:
    """Explain literals, show what bytes hold, convert forms."""
