"""``broker check``: a group of commands, which are in modules of their own and loaded when they are needed."""

__all__ = ["EPILOG", "check"]

EPILOG = """\b
Examples:
  broker check peer zeek:9999 -w 100ms -c 500ms
  broker check topic -p zeek:9999 zeek/logs/ --within 1min
  broker check store -p zeek:9999 known_hosts -c 1:

\b
One line on stdout, as the guidelines for Nagios plugins have it:
  BROKER OK - zeek:9999 answers after 0.213 ms, ... | rtt=0.213ms;100;500;0;
-o prometheus is for the textfile collector of node_exporter, -o ndjson for
programs. Environment and profile say how to connect, as everywhere.
Exit codes: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN, also for usage errors."""


def check() -> None:
    """Check a peer, topic or store, as plugins of Nagios do."""
