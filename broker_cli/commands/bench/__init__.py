"""``broker bench``: a group of commands, which are in modules of their own and loaded when they are needed."""

__all__ = ["EPILOG", "bench"]

EPILOG = """\b
Examples:
  broker bench pub                             on this machine, with both ends
  broker bench pub /x -p zeek:9999 --rate 100  to a peer, if it subscribes
  broker bench sub /x -p zeek:9999 -n 5000     from a peer, if one publishes
  broker bench store --op incr                 operations on a data store

\b
Each client is a process of its own. Without -p so is the other end, and
BROKER_PEER and profiles are not heeded then.
Exit codes: 4 timed out, 5 no connection, 6 not all was confirmed."""


def bench() -> None:
    """Measure messages and store operations a second."""
