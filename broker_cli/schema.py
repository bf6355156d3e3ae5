"""The keys of every line of ndjson that the program prints, for the manual. A test compares them with the code."""

from __future__ import annotations

from .manual.parts import Section

__all__ = ["LINES", "SCHEMA"]

LINES: dict[str, tuple[str, str]] = {
    "data-message": (
        "a message",
        (
            "topic, @data-type, data (the typed value), seq (from 1), ts (arrival, seconds), from (endpoint: a UUID,"
            " or the id of a node on ZeroMQ), event (name); named (arguments by name, without types) if the event is"
            " declared"
        ),
    ),
    "foreign-message": (
        "a message of a ZeroMQ cluster in another format than Broker's",
        "topic, serializer (name of the format), payload (text) or payload_base64 (what is not UTF-8), seq, ts, from",
    ),
    "gap": ("subscribe --reconnect: messages may be missing here", "peer, lost (since then, seconds), ts"),
    "listening": ("listen and pong, when they are ready", "address, port, id, ws and http (URLs)"),
    "rates": (
        "top and subscribe --watch, once in an interval",
        "ts, interval, rate, byte_rate, messages, bytes, topics, events, dropped",
    ),
    "topic-rate": (
        "the same, for each row",
        "ts, interval, topic, kind and event (by event), rate, byte_rate, messages, bytes, average, last (typed value)",
    ),
    "recorded": ("record, at its end", "file, files, messages, bytes, dropped, left_out"),
    "recording": (
        "info, for each file",
        (
            "file, bytes, messages, value_bytes, first, last, duration, rate, sessions, unended, gaps, lost, damage,"
            " torn, topic_count, topics, event_count, events, sender_count, senders"
        ),
    ),
    "relay": (
        "relay, once in an interval",
        (
            "ts, uptime, interval, final, a and b (address, connected), a_to_b and b_to_a (received, relayed, bytes,"
            " rate, byte_rate, filtered, echoes, expired, unwanted, unfit, refused, dropped, lost, queued)"
        ),
    ),
    "bench": (
        "bench, for each client, for the other end and for all",
        (
            "bench, part, client, what, clients, messages, seconds, rate, bytes, byte_rate, unconfirmed, refused,"
            " missing, foreign, complete, latency (count, min, mean, p50, p90, p99, p99.9, max)"
        ),
    ),
    "peer": (
        "a peer, of peer and status",
        (
            "address, then error, code and hint, or id, transport, protocol, direction, tls, subscriptions, stores, rtt"
            " and rtt_min (seconds), name, version; of a cluster on ZeroMQ also node (our id), nodes (id, name, host,"
            " pid), final_dot (of node topics), send_high_water, receive_high_water, stalls, missed, dropped"
        ),
    ),
    "endpoint": ("status of an http:// URL", "address, document"),
    "status": ("peer --watch", "code, id, address, message"),
    "error": ("peer --watch", "code, id, address, message"),
    "diagnosis": (
        "doctor",
        (
            "address, cause (null: all is well), finding, remedy, warnings, id, protocol, tls, version, rtt,"
            " subscriptions, nodes (of a cluster on ZeroMQ: id, name, host, pid), certificate, steps (name, ok, text,"
            " seconds)"
        ),
    ),
    "ping": ("pong, for each ping", "id, topic, from, size"),
    "pong": ("ping, for each answer", "id, from, rtt (seconds), late and duplicate (true, where so)"),
    "lost": ("ping, for each that nobody answered", "id"),
    "ping-summary": (
        "ping, at its end",
        "topic, sent, answered, lost, late, duplicates, loss, seconds, rtt (min, avg, p50, p95, max)",
    ),
    "pong-summary": ("pong, at its end", "topic, answered"),
    "check": (
        "check",
        "check, target, status, code, message, seconds, metrics (by name: value, unit, warning, critical)",
    ),
    "store-entry": ("a key with its value", "key, value (typed), expiry (ISO time), index"),
    "store-key": ("a key", "key (typed), exists"),
    "store-event": ("store watch", "change, store, ts, ttl, publisher, key, old, new"),
    "store-diff": ("store diff", "change (added, removed or changed), key, old, new"),
    "store-info": ("store info", "what is known of the store, by name"),
    "store-stats": (
        "store stats",
        "entries, bytes, keys and values (by type), expiring, expired, next_expiry, biggest (key, bytes)",
    ),
    "value": (
        "value parse and show",
        "input, read, kind, literal, zeek, value (typed), hex, size, broker, message",
    ),
    "profile": ("profile list and show", "name, peers, tls, default, in_use, file, error"),
    "setting": ("profile show", "name, value, default, origin, source, file"),
    "profile-check": ("profile validate", "name, ok, problems, peers (address, error)"),
    "ca": ("tls init", "certificate, new, not_after"),
    "node": ("tls init, for each node", "name, certificate, key, encrypted, hosts, not_after"),
    "curve-keys": (
        "tls curve",
        "directory, server_publickey, server_secretkey, client_publickey and client_secretkey (files)",
    ),
    "certificate": (
        "tls show",
        "file, subject, issuer, hosts, ca, not_before, not_after, days_left, state",
    ),
    "failure": ("on standard error with --errors json", "code (word), exit, message, hint"),
    "warning": ("on standard error with --errors json", "message"),
}
"""For each type of line: when it is printed, and its keys besides type and v."""

SCHEMA = (
    Section(
        "LINES OF NDJSON",
        (
            (
                "Every line is a JSON object with type (what it is) and v (1, the version of its keys). Later versions "
                "of the program may add keys and types of lines; within a version none is changed or taken away. "
                "Times are seconds, sizes bytes. Typed values are those of Zeek's WebSocket interface: an object with "
                '@data-type and data; a string that is not UTF-8 has its bytes in base64 and "enc": "base64".'
            ),
            (
                "Records of subscribe --logs are the exception: they are lines of Zeek's own JSON logs, with _path (the"
                " log) in front, since their columns could have any name."
            ),
            tuple((kind, f"{when[:1].upper()}{when[1:]}: {keys}.") for kind, (when, keys) in LINES.items()),
        ),
    ),
)
