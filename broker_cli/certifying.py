"""What ``broker tls`` commands do: make files, and say how they are used; or read them, and say what they are."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from .certificates import Node, files_of, make_node, need_cryptography, open_authority, read
from .config import ENV_TLS_CA, ENV_TLS_CERT, ENV_TLS_KEY, ENV_TLS_KEY_PASS_FILE, ZEEK_CURVE_VARIABLES
from .context import escape
from .exit_codes import ExitCode, Failure
from .output.json_lines import json_line
from .parsing import refuse

if TYPE_CHECKING:
    from .certificates import Authority, Made, Seen
    from .config import Settings
    from .context import Context

__all__ = ["InitJob", "run_curve", "run_init", "run_show"]

_LONGEST_PASSPHRASE = 127  # bytes, of C++ Broker


@dataclass(frozen=True, slots=True, kw_only=True)
class InitJob:
    """What ``broker tls init`` was asked for."""

    directory: str
    nodes: tuple[str, ...]
    days: int
    passphrase: str | None = field(default=None, repr=False)
    passphrase_file: str = ""
    force: bool = False


def run_init(context: Context, settings: Settings, job: InitJob) -> None:
    """Make what is asked for, or nothing; then tell how it is used."""
    need_cryptography()
    nodes = [Node.parse(text) for text in job.nodes]
    names = [node.name.lower() for node in nodes]
    for name in names:
        if names.count(name) > 1:
            refuse(f"NODE: '{name}' is there twice")
    if len((job.passphrase or "").encode()) > _LONGEST_PASSPHRASE:
        refuse(f"--passphrase-file: Broker takes passphrases of up to {_LONGEST_PASSPHRASE} bytes")
    folder, now = Path(job.directory).absolute(), datetime.now(UTC).replace(microsecond=0)
    in_the_way = [file for node in nodes for file in files_of(folder, node) if file.exists()]
    if in_the_way and not job.force:
        message = f"{in_the_way[0]} is there already"
        raise Failure(message, ExitCode.BAD_INPUT, "--force replaces the certificates of nodes")
    authority = open_authority(folder, now)
    if not nodes and not authority.is_new:
        message = f"{folder} has a CA already"
        raise Failure(message, ExitCode.BAD_INPUT, "name the nodes that need certificates")
    made = [
        make_node(authority, node, days=job.days, passphrase=job.passphrase, replace=job.force, now=now)
        for node in nodes
    ]
    ndjson = settings.output == "ndjson"
    lines = _init_json(authority, made) if ndjson else _init_lines(authority, made, job)
    context.print(lines)


def _init_json(authority: Authority, made: list[Made]) -> list[str]:
    after = authority.certificate.not_valid_after_utc
    first = json_line("ca", certificate=str(authority.file), new=authority.is_new, not_after=_time(after))
    return [
        first,
        *(
            json_line(
                "node",
                name=one.node.name,
                certificate=str(one.certificate),
                key=str(one.key),
                encrypted=one.encrypted,
                hosts=one.node.hosts,
                not_after=_time(one.not_after),
            )
            for one in made
        ),
    ]


def _init_lines(authority: Authority, made: list[Made], job: InitJob) -> list[str]:
    after = f"until {authority.certificate.not_valid_after_utc:%Y-%m-%d}"
    lines = [f"# {'new' if authority.is_new else 'used the'} CA {authority.file}, {after}"]
    for one in made:
        hosts = ", ".join(one.node.hosts)
        lines += ["", f"# node {one.node.name} (for {hosts}), until {one.not_after:%Y-%m-%d}; in its local.zeek:"]
        lines += [
            _redef("Broker::ssl_cafile", authority.file),
            _redef("Broker::ssl_certificate", one.certificate),
            _redef("Broker::ssl_keyfile", one.key),
        ]
        environment = {ENV_TLS_CA: authority.file, ENV_TLS_CERT: one.certificate, ENV_TLS_KEY: one.key}
        options = f"--ca {_shell(authority.file)} --cert {_shell(one.certificate)} --cert-key {_shell(one.key)}"
        if one.encrypted:
            secret = Path(job.passphrase_file).absolute()
            lines.append(f'redef Broker::ssl_passphrase = "..."; # what {secret} holds')
            environment[ENV_TLS_KEY_PASS_FILE] = secret
            options += f" --key-pass-file {_shell(secret)}"
        lines += [f"# for broker in a shell; or as options: {options}"]
        lines += [f"export {name}={_shell(path)}" for name, path in environment.items()]
    if made:
        lines += [
            "",
            "# A node needs its own two files and ca.crt, and no other node's key. Keep ca.key away from all.",
        ]
    return [escape(line) for line in lines]


def _redef(name: str, value: Path | str) -> str:
    text = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'redef {name} = "{text}";'


def _shell(path: Path) -> str:
    return shlex.quote(str(path))


def _time(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def run_curve(context: Context, settings: Settings, directory: str) -> None:
    """Make the keys of a ZeroMQ cluster; then tell how they are used. No secret is printed."""
    from broker_core import ConfigurationError, CurveKeys

    try:
        keys = CurveKeys.generate()
    except ConfigurationError as error:
        refuse(str(error))
    folder = Path(directory).absolute()
    try:
        files = list(keys.save(folder).values())
    except ConfigurationError as error:
        raise Failure(str(error), ExitCode.BAD_INPUT, "take another directory") from error
    if settings.output == "ndjson":
        context.print([json_line("curve-keys", directory=str(folder), **{file.name: str(file) for file in files})])
    else:
        public = {f"{side}_publickey": getattr(keys, f"{side}_public") for side in ("server", "client")}
        context.print([escape(line) for line in _curve_lines(folder, files, public)])


def _curve_lines(folder: Path, files: list[Path], public: dict[str, str]) -> list[str]:
    module = "Cluster::Backend::ZeroMQ::curve"
    variables = {file: next(one for one in ZEEK_CURVE_VARIABLES if one.endswith(file.name.upper())) for file in files}
    return [
        f"# new CURVE keys in {folder}: {', '.join(file.name for file in files)}",
        "",
        "# zeekctl gives them to all nodes; in zeekctl.cfg:",
        f"cluster_backend_zeromq.curve_dir = {folder}",
        "cluster_backend_zeromq.use_curve_encryption = 1",
        "",
        "# Without zeekctl every Zeek takes them from its environment:",
        *(f'export {variables[file]}="$(cat {_shell(file)})"' for file in files),
        "# or from its local.zeek, but never from both:",
        *(
            _redef(f"{module}_{file.name}", public[file.name])
            if file.name in public
            else f'redef {module}_{file.name} = "..."; # what {file} holds'
            for file in files
        ),
        "",
        f"# for broker: --curve-dir {_shell(folder)}, or those variables",
        "# Whoever only connects needs no server_secretkey. Who has the keys may publish and read everything.",
    ]


def run_show(context: Context, settings: Settings, files: tuple[str, ...]) -> None:
    """Print what the certificates in *files* say; the answer is no when one of them is not valid now."""
    need_cryptography()
    now = datetime.now(UTC)
    found = [seen for file in files for seen in read(file, now)]
    lines: list[str] = []
    for seen in found:
        if settings.output == "ndjson":
            lines.append(_seen_json(seen))
        else:
            lines += [""] * bool(lines) + _seen_lines(seen)
    context.print(lines)
    bad = [seen for seen in found if seen.state != "valid"]
    if bad:
        message = f"{bad[0].file}: the certificate of {bad[0].subject} is {bad[0].state}"
        raise Failure(message, ExitCode.NO)


def _seen_json(seen: Seen) -> str:
    return json_line(
        "certificate",
        file=seen.file,
        subject=seen.subject,
        issuer=seen.issuer,
        hosts=seen.hosts,
        ca=seen.is_ca,
        not_before=_time(seen.not_before),
        not_after=_time(seen.not_after),
        days_left=seen.days_left,
        state=seen.state,
    )


def _seen_lines(seen: Seen) -> list[str]:
    left = f"{seen.days_left} days left" if seen.state == "valid" else seen.state
    rows = [
        ("file", seen.file),
        ("subject", seen.subject + (" (a CA)" if seen.is_ca else "")),
        ("issuer", "itself" if seen.issuer == seen.subject else seen.issuer),
        ("hosts", ", ".join(seen.hosts) or "none"),
        ("valid", f"{_time(seen.not_before)} to {_time(seen.not_after)} ({left})"),
    ]
    return [f"{name:<10}{escape(value)}" for name, value in rows]
