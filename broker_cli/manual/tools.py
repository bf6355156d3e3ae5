"""What the manual says about relay, bench and value."""

from __future__ import annotations

from .parts import Section

__all__ = ["FORMS", "MEASURING", "RELAYING", "STORE_MEASURING"]

RELAYING = (
    Section(
        "RULES",
        (
            (
                "Names of topics are those of the side where a message comes from. --topic carries both ways, "
                "--from-a and "
                "--from-b one way; nothing is subscribed to at a side from which nothing is carried. --exclude comes "
                "before them."
            ),
            (
                "--map X=Y calls what starts with X at A by Y at B, and puts X back on the way from B to A; the "
                "longest "
                "prefix counts. With --topic X the subscription at B is to Y then. What B itself calls X... is not "
                "carried, since at A that is something else."
            ),
            (
                "--event carries only events whose names match, of all that Zeek sends: no logs, no batches. Data "
                "stores "
                "are not relayed, and what is published on local topics neither."
            ),
        ),
    ),
    Section(
        "VALUES",
        (
            (
                "From native to native a value passes as the bytes that it is, even if nobody could read it; so do log "
                "writes and batches, and the metadata of events. Over WebSocket it passes as JSON, without loss where "
                "the server does not lose anything itself. What JSON cannot express is told and counted, and so is "
                "what "
                "a server refuses: Zeek takes only events there that it knows."
            ),
        ),
    ),
    Section(
        "LOSSES",
        (
            (
                "A slow side slows the other one: nothing more is read from there while --max-queue messages wait. A "
                "C++"
                " Broker or a WebSocket server gives up a peer that reads too slowly, and drops what it had for it. "
                "--on-overflow drops here instead, and counts. While a side is away, what comes from the other waits."
            ),
            (
                "A connection that ends is made again, without end unless --reconnect=N says otherwise. What was "
                "published "
                "at that side meanwhile did not reach the relay; what was on its way there and not confirmed is told in"
                " numbers. A signal ends the relay after it carried what it had received, as far as a second allows. A "
                "relay that is killed loses what it held: no more than --max-queue messages of each direction and what "
                "was not confirmed."
            ),
        ),
    ),
    Section(
        "LOOPS",
        (
            (
                "An endpoint never gets back what it published itself. But with another way between the two networks, "
                "such as a second relay, a message would go round for ever. The relay remembers for --loop-window "
                "what it"
                " carried. When much of that comes from the other side within that time (more than 16 different "
                "messages, or 100), it says so and carries the same only once within the time, until nothing comes "
                "back "
                "any more. So each message still arrives in each network, perhaps more than once, and no storm begins."
            ),
            (
                "The same is the same topic and value, to the last bit: while there is a loop, a heartbeat without "
                "arguments is carried once in a while only. --loop-guard on does so from the start, for relays that "
                "are "
                "side by side on purpose, and for rings in one direction, which do not show otherwise. off carries "
                "everything; then only the TTL of native messages ends a loop, if no C++ Broker since 2.8 is in it, "
                "which sets it anew."
            ),
        ),
    ),
    Section(
        "SIDES",
        (
            (
                "Options for TLS, tokens and connecting are for both sides; --tls-a and --tls-b say which of them "
                "speaks TLS how (off with zmq:// is without CURVE keys). To relay between topics of one endpoint give "
                "it twice, by two addresses or with --map."
            ),
            (
                "Zeek's topics have slashes on Broker and dots on ZeroMQ. --map zeek/cluster/=zeek.cluster. is for "
                "those of manager, worker, proxy and logger, --map zeek/cluster/node/NAME/=zeek.cluster.node.NAME. for "
                "one node. Messages of a ZeroMQ cluster in other formats than Broker's are not carried, but counted "
                "(unfit)."
            ),
        ),
    ),
)

MEASURING = (
    Section(
        "WHAT IS MEASURED",
        (
            (
                "Each client is a process with a connection of its own, and so is the other end when there is no -p: "
                "on "
                "this machine over loopback, with TLS unless --tls off. Nothing is encoded in advance; each message is "
                "made, encoded and sent as a program would."
            ),
            (
                "Published is what the peer has confirmed. A peer confirms what has reached its subscribers' queues, "
                "so "
                "that the numbers of the receiver, where it belongs to the measurement, can be a little later. Times "
                "are "
                "from the first message to the last confirmation."
            ),
            (
                "Messages hold the number of their client, their own, and the time. So a receiver sees what is "
                "missing, "
                "and how long each was on its way. At full speed most of that time is spent in queues: --rate shows "
                "the "
                "way itself. Between machines it is as good as their clocks agree."
            ),
        ),
    ),
    Section(
        "SHAPES",
        (
            (
                (
                    "event",
                    "An event of 4 arguments: two counts, a time and a string that is as long as --size asks for.",
                ),
                ("conn", "An event of 12 arguments of ten types, as Zeek's own are."),
                ("string", "One string, no event. A Zeek would not take it."),
            ),
        ),
    ),
)

STORE_MEASURING = (
    Section(
        "WHAT IS MEASURED",
        (
            (
                "Each client attaches a clone and does its share of the operations, --window at a time, each timed "
                "until "
                "the master has confirmed it. A get is answered by the clone itself, in no time. The keys start with "
                "broker-bench/ and the id of the client; they are removed in the end, which is not timed."
            ),
        ),
    ),
)

FORMS = (
    Section(
        "FORMS",
        (
            (
                ("text", "A literal a line. Without loss."),
                ("ndjson", "Typed JSON, a value a line; of a message, its value. Without loss."),
                ("json", "The same, each over several lines, one behind the other. Without loss."),
                ("hex", "Broker's bytes as hexadecimal digits, a value a line. Without loss."),
                ("base64", "The same in base64. Without loss."),
                ("binary", "Broker's bytes, one value behind the other. Without loss."),
                ("msgpack", "MessagePack as in recordings and RocksDB, likewise. Without loss."),
                (
                    "plain",
                    (
                        "JSON without types, a value a line, as for -o plain. When it is read, whole numbers are "
                        "counts "
                        "(below zero integers), others reals, arrays vectors and objects tables."
                    ),
                ),
                ("broker", "What C++ Broker prints. It cannot be read."),
            ),
            (
                "A bad line ends the conversion with exit status 7, after what stands before it was written. With "
                "--keep-going it is left out, and the exit status is 9. Behind a bad value in a form without lines "
                "nothing can be found."
            ),
        ),
    ),
)
