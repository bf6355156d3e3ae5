"""Every bound and default of the library, each with a name.

The numbers that C++ Broker uses are given where they differ (spec native-protocol.md sections 10, 13, 14).
"""

from __future__ import annotations

from dataclasses import dataclass, fields

__all__ = ["DEFAULT_LIMITS", "Limits"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds on what a peer can make this side hold or wait for. All are positive; times are in seconds."""

    max_frame: int = 128 * 1024 * 1024
    """Longest frame after the handshake, in bytes (C++: 2**31 - 5)."""
    max_handshake_frame: int = 1024 * 1024
    """Longest frame during the handshake, in bytes (C++: none)."""
    max_depth: int = 128
    """Deepest nesting of containers in a value that is decoded (C++: none)."""
    max_topic: int = 65535
    """Longest topic in bytes: what the wire can express."""
    max_filter_entries: int = 65536
    """Most subscriptions that a peer may announce."""
    max_handshakes: int = 128
    """Most accepted connections that have not finished their handshake; further ones are closed."""
    max_peers: int = 512
    """Most peers that others made a connection for; further connections are closed (C++: none)."""
    peer_queue_messages: int = 8192
    """Messages queued for one peer before its overflow policy acts (C++: 2048, Zeek: 8192)."""
    peer_queue_bytes: int = 64 * 1024 * 1024
    """Bytes queued for one peer before its overflow policy acts (C++: none)."""
    peer_queue_control: int = 1024
    """Pongs and the like queued for one peer beyond its messages; a peer that makes more is disconnected."""
    subscriber_queue: int = 2048
    """Messages queued for one subscriber before its overflow policy acts (C++: 64)."""
    subscriber_queue_bytes: int = 64 * 1024 * 1024
    """Bytes of long messages from peers queued for one subscriber before its overflow policy acts (C++: none)."""
    status_queue: int = 1024
    """Status and error messages kept for one status subscriber; the oldest go first."""
    topic_cache: int = 4096
    """Topics whose receivers and header bytes are remembered."""
    block_timeout: float = 30.0
    """How long a full queue with policy "block" may stop its source."""
    connect_timeout: float = 5.0
    """For name resolution and the TCP connection (C++: 1)."""
    handshake_timeout: float = 10.0
    """For TLS and the Broker handshake together (C++: none)."""
    bye_timeout: float = 3.0
    """How long a leaving endpoint waits for the answer to its BYE (as C++)."""
    drain_timeout: float = 10.0
    """How long a leaving endpoint waits for a peer that takes no bytes at all before it gives up."""
    retry_max: float = 30.0
    """Longest pause between two attempts; each pause doubles the one before."""
    store_queue: int = 8192
    """Operations that may wait for the backend of one store; whoever asks for more waits, or is told so."""
    store_batch: int = 1024
    """Most operations that one transaction of a backend holds."""
    store_buffer: int = 65536
    """Actions that one store keeps to send them again, and actions that came too early and wait for earlier ones."""
    store_clones: int = 1024
    """Most clones, and most writers, that a master serves."""
    store_get_delay: float = 5.0
    """How long a read at a clone waits for its first synchronization (as C++)."""
    store_busy_timeout: float = 5.0
    """How long a backend waits while another program has its file locked (C++: none)."""
    store_request_timeout: float = 10.0
    """How long an operation on a store waits for its confirmation (as C++)."""
    web_message: int = 16 * 1024 * 1024
    """Longest WebSocket message, in bytes (C++: 2**31 - 1)."""
    web_request: int = 8192
    """Longest head of an HTTP request or answer, in bytes (C++: 2048)."""
    web_clients: int = 512
    """Most WebSocket clients of one listener at a time (C++: none)."""
    web_client_queue: int = 512
    """Messages queued for one WebSocket client before its overflow policy acts (as C++)."""
    web_client_topics: int = 1024
    """Most topics that one WebSocket client may subscribe to."""
    web_ping_interval: float = 5.0
    """Silence after which a WebSocket connection is asked whether it is alive; it has as long again (as Zeek)."""
    http_connections: int = 64
    """Most connections that the HTTP status server serves at a time."""
    http_timeout: float = 5.0
    """For one HTTP request, and for its answer to be taken."""
    status_topics: int = 64 * 1024
    """Characters of the subscriptions (or node ids) of one peer or subscriber that the HTTP status document lists."""
    zmq_send_hwm: int = 1000
    """Messages that libzmq takes for the central broker of a ZeroMQ cluster before it has sent them (as Zeek)."""
    zmq_receive_hwm: int = 16384
    """Messages that libzmq keeps before it stops reading, which slows a whole cluster down (Zeek: 1000)."""
    zmq_receive_queue: int = 16384
    """Messages of a ZeroMQ cluster that wait for subscribers; beyond that they are dropped (Zeek: 10000)."""
    zmq_log_queue: int = 1000
    """Batches of log records that wait in a sink for logs, and again as many in libzmq (as Zeek)."""
    zmq_heartbeat: float = 10.0
    """Silence after which the other end of a ZeroMQ connection is asked whether it is there; it has as long again."""
    outbox: int = 8192
    """Messages of a blocking endpoint that its thread has not taken yet; whoever publishes more waits."""
    exit_timeout: float = 5.0
    """How long all blocking endpoints of a process have to say goodbye when the interpreter exits (C++: none)."""

    def __post_init__(self) -> None:
        for field in fields(self):
            number = getattr(self, field.name)
            if not number > 0:
                msg = f"limits.{field.name} must be above 0, not {number!r}"
                raise ValueError(msg)


DEFAULT_LIMITS = Limits()
