"""The words that options take, for completions."""

from __future__ import annotations

from broker_cli import config

__all__ = ["OPTION_VALUES"]

OPTION_VALUES: dict[str, tuple[str, ...]] = {
    "--output": config.FORMATS,
    "subscribe --output": (*config.FORMATS, "tsv"),
    "listen --output": (*config.FORMATS, "tsv"),
    "check peer --output": ("nagios", "ndjson", "prometheus"),
    "check topic --output": ("nagios", "ndjson", "prometheus"),
    "check store --output": ("nagios", "ndjson", "prometheus"),
    "--color": ("auto", "always", "never"),
    "--errors": ("text", "json"),
    "--ts": config.STAMPS,
    "--big-ints": ("number", "string"),
    "--tls": ("auto", "off", "anon", "verify"),
    "--tls-a": ("auto", "off", "anon", "verify"),
    "--tls-b": ("auto", "off", "anon", "verify"),
    "--loop-guard": ("auto", "on", "off"),
    "--shape": ("event", "conn", "string"),
    "--op": ("put", "get", "incr"),
    "--ws-style": ("broker", "zeek"),
    "--ws-tls": ("auto", "off", "anon", "verify"),
    "--ws-overflow": ("disconnect", "drop-old", "drop-new", "block"),
    "--in": ("ndjson", "plain", "text", "lines", "zeek"),
    "value show --in": ("hex", "json", "binary", "base64", "msgpack", "text"),
    "value convert --from": ("text", "ndjson", "json", "hex", "base64", "binary", "msgpack", "plain"),
    "value convert --to": ("text", "ndjson", "json", "hex", "base64", "binary", "msgpack", "plain", "broker"),
    "--pace": ("recorded",),
    "--unset": ("refuse", "nil", "empty"),
    "--on-overflow": ("block", "drop-old", "drop-new", "exit"),
    "--mode": ("merge", "skip", "replace"),
    "--sort": ("rate", "bytes", "total", "last", "name"),
    "--by": ("event", "topic"),
}
"""The words that an option takes, for completions; with a command in front for one where they are others."""
