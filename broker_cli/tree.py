"""The tree of commands: their names, where each is found, and what it does in a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["ALIASES", "COMMANDS", "HEADINGS", "CommandEntry", "with_options_behind"]


class CommandEntry(NamedTuple):
    """A command as the list of commands shows it. *summary* is the first sentence of the command's own help."""

    module: str
    summary: str
    commands: Mapping[str, CommandEntry] = {}
    """What a group holds."""


_STORE_COMMANDS = {
    "get": CommandEntry("store.read", "Print the values of keys."),
    "exists": CommandEntry("store.read", "Tell whether keys exist."),
    "keys": CommandEntry("store.read", "Print the keys."),
    "put": CommandEntry("store.write", "Store a value at a key."),
    "del": CommandEntry("store.write", "Remove keys."),
    "clear": CommandEntry("store.write", "Remove all keys."),
    "incr": CommandEntry("store.change", "Add to a number or a time."),
    "decr": CommandEntry("store.change", "Subtract from a number or a time."),
    "append": CommandEntry("store.change", "Add text at the end of a string."),
    "push": CommandEntry("store.change", "Add values at the end of a vector."),
    "pop": CommandEntry("store.change", "Remove the last value of a vector."),
    "insert": CommandEntry("store.change", "Add to a set, or with VALUE to a table."),
    "remove": CommandEntry("store.change", "Remove from a set or a table."),
    "watch": CommandEntry("store.observe", "Print changes as they happen."),
    "export": CommandEntry("store.bulk", "Print all keys with their values."),
    "import": CommandEntry("store.bulk", "Store what export printed."),
    "info": CommandEntry("store.observe", "Tell what a store is and in which state."),
    "stats": CommandEntry("store.observe", "Count entries by type and find the biggest."),
    "diff": CommandEntry("store.bulk", "Compare two stores, store files or exports."),
}

_TLS_COMMANDS = {
    "init": CommandEntry("tls.init", "Make a CA and certificates of nodes."),
    "show": CommandEntry("tls.show", "Print what certificates say."),
    "curve": CommandEntry("tls.curve", "Make the keys of a ZeroMQ cluster (CURVE)."),
}

_BENCH_COMMANDS = {
    "pub": CommandEntry("bench.pub", "Measure publishing: messages a second that a peer confirms."),
    "sub": CommandEntry("bench.sub", "Measure receiving: messages a second that come to subscribers."),
    "store": CommandEntry("bench.store", "Measure a data store: confirmed operations a second, and their latency."),
}

_VALUE_COMMANDS = {
    "parse": CommandEntry("value.parse", "Explain literals: type, bytes, JSON, and how each was understood."),
    "show": CommandEntry(
        "value.show", "Show what a file or some bytes hold: the value, and the Zeek message that it is."
    ),
    "convert": CommandEntry("value.convert", "Convert values from one form to another, line by line."),
}

_PROFILE_COMMANDS = {
    "list": CommandEntry("profile.look", "List the profiles, and which one is in use."),
    "show": CommandEntry("profile.look", "Show what a profile says, or where each setting comes from."),
    "add": CommandEntry("profile.change", "Keep the given options under a name."),
    "use": CommandEntry("profile.change", "Choose the profile that is used when nothing else is said."),
    "edit": CommandEntry("profile.change", "Open the file with the profiles in an editor."),
    "rm": CommandEntry("profile.change", "Remove a profile."),
    "validate": CommandEntry("profile.validate", "Check what profiles say, and the files they name."),
}

_CHECK_COMMANDS = {
    "peer": CommandEntry("check.peer", "Check that an endpoint is there and answers."),
    "topic": CommandEntry("check.topic", "Check that something comes on a topic."),
    "store": CommandEntry("check.store", "Check that a data store can be read, and what it holds."),
}

COMMANDS = {
    "publish": CommandEntry("publish", "Publish an event, a value, or what a file holds."),
    "subscribe": CommandEntry("subscribe", 'Show messages on topics that start with TOPIC ("" is all).'),
    "top": CommandEntry("top", "Watch topics and events by rate, with their last values."),
    "listen": CommandEntry("listen", "Accept peers, and show what they publish."),
    "request": CommandEntry("request", "Publish an event, and print the events that answer it."),
    "record": CommandEntry("record", "Write what is published to a file, with times."),
    "replay": CommandEntry("replay", "Publish what was recorded, or print it."),
    "info": CommandEntry("info", "Tell what is in recordings, and whether they are whole."),
    "relay": CommandEntry("relay", "Carry messages between two networks, over any two transports."),
    "peer": CommandEntry("peer", "Connect to an endpoint and show its id, subscriptions and stores."),
    "status": CommandEntry("status", "Tell which endpoints can be reached, and what they are."),
    "doctor": CommandEntry("doctor", "Find out why there is no connection, and what helps."),
    "ping": CommandEntry("ping", "Measure the round trip to whoever answers pings on TOPIC."),
    "pong": CommandEntry("pong", "Answer the pings of others on TOPIC."),
    "bench": CommandEntry("bench", "Measure messages and store operations a second.", _BENCH_COMMANDS),
    "check": CommandEntry("check", "Check a peer, topic or store, as plugins of Nagios do.", _CHECK_COMMANDS),
    "store": CommandEntry("store", "Read and change data stores, at a peer or in a file.", _STORE_COMMANDS),
    "value": CommandEntry("value", "Explain literals, show what bytes hold, convert forms.", _VALUE_COMMANDS),
    "profile": CommandEntry("profile", "Keep presets for options under names.", _PROFILE_COMMANDS),
    "tls": CommandEntry("tls", "Make and look at certificates for TLS, and make CURVE keys.", _TLS_COMMANDS),
    "help": CommandEntry("help", "Explain literals, topics, formats, Zeek and more."),
}
HEADINGS = {"publish": "Messages", "peer": "Peers", "store": "Stores, values and setup"}
"""What stands above a command in the list of commands, and is for those behind it, too."""
ALIASES = {"pub": "publish", "sub": "subscribe", "req": "request"}


def with_options_behind(args: list[str]) -> list[str]:
    """*args* with the options in front of the command put behind it: they are the same wherever they stand.

    Unchanged when there is no command, and for the options that are the program's own.
    """
    own = {"-h", "--help", "--version"}
    if not args or not args[0].startswith("-") or args[0] in own:
        return args
    from .profiles.keys import KEYS

    with_value = {"-p", "-o", "--profile", "--errors"}
    with_value |= {f"--{name}" for name, key in KEYS.items() if key.form not in {"switch", "attempts"}}
    at = 0
    while at < len(args) and args[at].startswith("-") and args[at] not in own:
        at += 2 if args[at] in with_value else 1
    entries: Mapping[str, CommandEntry] = COMMANDS
    end = at
    while end < len(args) and (name := ALIASES.get(args[end], args[end]) if end == at else args[end]) in entries:
        entries = entries[name].commands
        end += 1
    return args if end == at else [*args[at:end], *args[:at], *args[end:]]
