"""``broker store``: a group of commands, which are in modules of their own and loaded when they are needed."""

__all__ = ["EPILOG", "store"]

EPILOG = """\b
Examples:
  broker store get -p :9999 db counter       from a master at a peer
  broker store put db 192.0.2.7 T --ttl 1h   -p can be set as BROKER_PEER
  broker store export --file zeek.sqlite     from the file of a Zeek

\b
NAME is the name of the store at the peer. A file holds one store, so with
--file there is no NAME. Files can be read while Zeek uses them.
Exit codes: 3 no such key, 4 not synchronized in time, 7 other type stored,
8 no master, or the database cannot."""


def store() -> None:
    """Read and change data stores, at a peer or in a file."""
