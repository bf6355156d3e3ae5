"""The columns of logs that Zeek writes by default, for what does not say them itself: JSON.

Taken from the headers of TSV logs that Zeek 8.2.2 wrote with its policy ``local``. Other releases, and packages, have
more columns or fewer; what a JSON log has besides is known by its name, or taken for what it looks like.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from .columns import column_of
from .schema import LogSchema

if TYPE_CHECKING:
    from broker_core.messages.zeek_logs import LogField

__all__ = ["KNOWN_PATHS", "known_column", "known_schema"]

_CONN_ID = "id.orig_h:addr id.orig_p:port id.resp_h:addr id.resp_p:port"
_KNOWN = {
    "conn": (
        f"ts:time uid:string {_CONN_ID} proto:enum service:string duration:interval orig_bytes:count resp_bytes:count "
        "conn_state:string local_orig:bool local_resp:bool missed_bytes:count history:string orig_pkts:count "
        "orig_ip_bytes:count resp_pkts:count resp_ip_bytes:count tunnel_parents:set[string] ip_proto:count "
    ),
    "dhcp": (
        "ts:time uids:set[string] client_addr:addr server_addr:addr mac:string host_name:string "
        "client_fqdn:string domain:string requested_addr:addr assigned_addr:addr lease_time:interval "
        "client_message:string server_message:string msg_types:vector[string] duration:interval "
    ),
    "dns": (
        f"ts:time uid:string {_CONN_ID} proto:enum trans_id:count rtt:interval query:string qclass:count "
        "qclass_name:string qtype:count qtype_name:string rcode:count rcode_name:string AA:bool TC:bool RD:bool "
        "RA:bool Z:count answers:vector[string] TTLs:vector[interval] rejected:bool opcode:count "
        "opcode_name:string "
    ),
    "files": (
        f"ts:time fuid:string uid:string {_CONN_ID} source:string depth:count analyzers:set[string] mime_type:string "
        "filename:string duration:interval local_orig:bool is_orig:bool seen_bytes:count total_bytes:count "
        "missing_bytes:count overflow_bytes:count timedout:bool parent_fuid:string md5:string sha1:string "
        "sha256:string extracted:string extracted_cutoff:bool extracted_size:count "
    ),
    "ftp": (
        f"ts:time uid:string {_CONN_ID} user:string password:string command:string arg:string mime_type:string "
        "file_size:count reply_code:count reply_msg:string data_channel.passive:bool data_channel.orig_h:addr "
        "data_channel.resp_h:addr data_channel.resp_p:port fuid:string "
    ),
    "http": (
        f"ts:time uid:string {_CONN_ID} trans_depth:count method:string host:string uri:string referrer:string "
        "version:string user_agent:string origin:string request_body_len:count response_body_len:count "
        "status_code:count status_msg:string info_code:count info_msg:string tags:set[enum] username:string "
        "password:string proxied:set[string] orig_fuids:vector[string] orig_filenames:vector[string] "
        "orig_mime_types:vector[string] resp_fuids:vector[string] resp_filenames:vector[string] "
        "resp_mime_types:vector[string] "
    ),
    "ssh": (
        f"ts:time uid:string {_CONN_ID} version:count auth_success:bool auth_attempts:count direction:enum "
        "client:string server:string cipher_alg:string mac_alg:string compression_alg:string kex_alg:string "
        "host_key_alg:string host_key_fingerprint:string remote_location.country_code:string "
        "remote_location.region:string remote_location.city:string remote_location.latitude:double "
        "remote_location.longitude:double "
    ),
    "ssl": (
        f"ts:time uid:string {_CONN_ID} version:string cipher:string curve:string server_name:string resumed:bool "
        "last_alert:string next_protocol:string established:bool ssl_history:string cert_chain_fps:vector[string] "
        "client_cert_chain_fps:vector[string] sni_matches_cert:bool validation_status:string "
    ),
    "x509": (
        "ts:time fingerprint:string certificate.version:count certificate.serial:string "
        "certificate.subject:string certificate.issuer:string certificate.not_valid_before:time "
        "certificate.not_valid_after:time certificate.key_alg:string certificate.sig_alg:string "
        "certificate.key_type:string certificate.key_length:count certificate.exponent:string "
        "certificate.curve:string san.dns:vector[string] san.uri:vector[string] san.email:vector[string] "
        "san.ip:vector[addr] basic_constraints.ca:bool basic_constraints.path_len:count host_cert:bool "
        "client_cert:bool "
    ),
}

KNOWN_PATHS = tuple(_KNOWN)
"""The logs that are known."""


@cache
def known_schema(path: str) -> LogSchema | None:
    """The schema of the log *path*, None when it is none of :data:`KNOWN_PATHS`."""
    text = _KNOWN.get(path)
    if text is None:
        return None
    pairs = [pair.split(":") for pair in text.split()]
    return LogSchema.from_header(path, [name for name, _ in pairs], [kind for _, kind in pairs])


@cache
def _by_name() -> dict[str, LogField | None]:
    """Columns that have one type in all known logs; None for names that have several."""
    found: dict[str, LogField | None] = {}
    for path in KNOWN_PATHS:
        schema = known_schema(path)
        for column in schema.columns if schema else ():
            known = found.setdefault(column.name, column)
            if known is not None and known.type_name != column.type_name:
                found[column.name] = None
    return found


def known_column(name: str) -> LogField | None:
    """The column *name* as the known logs have it, or as its last part says by Zeek's habit; None when neither does.

    ``orig_h`` and ``resp_h`` are always addresses, ``orig_p`` and ``resp_p`` ports, and ``ts`` is a time.
    """
    column = _by_name().get(name)
    if column is None and (kind := _HABITS.get(name.rpartition(".")[2])):
        return column_of(name, kind)
    return column


_HABITS = {"orig_h": "addr", "resp_h": "addr", "orig_p": "port", "resp_p": "port", "ts": "time"}
