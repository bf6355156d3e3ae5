"""The parts of the manual on Zeek's logs: log files as input, log writes as output."""

from __future__ import annotations

from .parts import Code, Section

__all__ = ["LOG_INPUT", "LOG_OUTPUT", "LOG_SINK"]

LOG_INPUT = Section(
    "ZEEK LOGS",
    (
        (
            "--in zeek reads a log of Zeek, TSV or JSON, and publishes an event for each line; TOPIC and EVENT are "
            "needed. A file whose name ends with .gz is unpacked. Logs that were rotated and put together are read as "
            "one. Of a log that still grows, tail -n +1 -F FILE passes the header, too."
        ),
        (
            "Without more being said the event has one argument, the record: a vector of all fields in order, nil "
            "where one is not set, and with columns such as id.orig_h and id.orig_p in a vector of their own. A Zeek "
            "takes that for a record type which was declared with just these fields. Its own types (Conn::Info, "
            "conn_id) have others, so mostly you will want one of these:"
        ),
        (
            (
                "--fields uid,id.orig_h,id.resp_p",
                "These columns are the arguments, in this order. id alone is the vector of all id. columns.",
            ),
            (
                "--sig 'seen(uid: string, orig_h: addr)'",
                "The names of the parameters are the columns: id.orig_h, id_orig_h, or orig_h if only one ends so.",
            ),
            (
                "--event-file seen.zeek",
                (
                    "The same for declarations in a Zeek script. A parameter that is a record takes the columns with "
                    "the names of its fields, in the order of its declaration; &optional fields may be missing."
                ),
            ),
        ),
        Code(
            (
                "broker publish -p zeek:9999 zeek/conn conn_seen --from conn.log --in zeek \\",
                "  --sig 'conn_seen(uid: string, orig_h: addr, resp_h: addr, resp_p: port)'",
            )
        ),
        (
            "Arguments of events cannot be unset, as fields of records can. --unset says what becomes of one whose "
            "column is: refuse (an error, so --keep-going leaves out the line), nil (for receivers other than Zeek), "
            "or empty (no text, 0, F; addresses and enums have no empty value)."
        ),
        (
            "Ports have no protocol in logs. It is that of the column proto or transport, tcp for http, ftp, ssh and "
            "ssl (udp for DTLS), and unknown otherwise."
        ),
        (
            "JSON logs do not say their types. Those of conn, dhcp, dns, files, ftp, http, ssh, ssl and x509 are known "
            "as Zeek 8.2 writes them; the log is named by the key _path, by the file, or recognized by its keys. Other "
            "fields are of the type that their name has in those logs, or that the JSON looks like: whole numbers are "
            "counts, negative ones ints. With fields that are not known --fields has to name what is sent. Times may "
            "be seconds, milliseconds or ISO 8601."
        ),
        (
            "--meta network-timestamp=ts gives each event the time of its record (ts, or the first time), and --pace "
            "recorded sends them at the pace of these times."
        ),
    ),
)

LOG_OUTPUT = Section(
    "ZEEK LOGS",
    (
        (
            "--logs shows the records in the log writes of a Zeek, which come on zeek/logs/STREAM, as its log files "
            "would hold them; other messages are left out. -n counts records."
        ),
        (
            ("-o ndjson", "Lines of a JSON log, without type and v; the key _path in front is the name of the log."),
            (
                "-o tsv",
                "Lines of a TSV log. A header stands before the first, and again when another log follows.",
            ),
            ("-o human", "The name of the log, and the fields that are set."),
            (
                "--log-dir DIR",
                (
                    "Nothing is printed: each log is appended to DIR/NAME.log, as TSV, or with -o ndjson as JSON "
                    "(without _path)."
                ),
            ),
        ),
        (
            "Zeek sends logs only with Log::enable_remote_logging=T and the cluster backend Broker (with ZeroMQ: "
            "broker subscribe --log-sink), and tells the columns of each log to every peer when it connects. Log "
            "writes whose columns were not seen, since they came by way of another endpoint or because messages were "
            "dropped, are counted and told of."
        ),
    ),
)

LOG_SINK = Section(
    "LOGS OF A ZEROMQ CLUSTER",
    (
        (
            "Nodes of a cluster with the backend ZeroMQ (the default of zeekctl since Zeek 8.1) do not publish their "
            "logs; they push them to loggers. --log-sink [ADDR:]PORT listens as a logger does, and shows what comes "
            "as --logs does. It needs no TOPIC and no peers, and without TOPIC it takes none from a profile or from "
            "BROKER_PEER; with TOPIC it shows the log writes of peers, too."
        ),
        Code(
            (
                "broker subscribe --log-sink '*:27764' --log-dir logs",
                "",
                "# in local.zeek, or on the command line of each node:",
                'redef Cluster::Backend::ZeroMQ::connect_log_endpoints += { "tcp://HOST:27764" };',
            )
        ),
        (
            "A node gives each batch of records to one of its loggers in turn. So a further sink gets a share and no "
            "copy, and the other loggers do not get what it has taken. To see all, be the only one."
        ),
        (
            "Nobody confirms batches. What waits here for a slow output is bounded by --max-queue (1000 batches), and "
            "as many wait in libzmq. Then nothing more is read (--on-overflow block, the default here even on a "
            "terminal): nodes keep some batches (Cluster::Backend::ZeroMQ::log_sndhwm), give them to other loggers, or "
            "complain and drop them. Batches that were taken and not shown when the command ends are counted."
        ),
        (
            "Messages that are no batch of logs are skipped, told of and counted, and so are batches that cannot be "
            "read. --ready-file gets ADDR:PORT, the real port when PORT is 0."
        ),
        (
            "With the keys of a cluster that encrypts (--curve-dir, or Zeek's variables for them) only its nodes get "
            "in. Keep this in mind: a node of Zeek 8.2 ends itself when it cannot get in at one of its loggers, be "
            "it for other keys or because only one side has any. What was refused is told and counted."
        ),
    ),
)
