"""What ``profile validate`` does: use profiles as a command would, and tell what is wrong with them.

A line of ndjson has ``name`` (null for the file as a whole), ``ok`` (true or false), ``problems`` (an array of texts)
and ``peers``: with ``--connect`` an array of objects with ``address`` and ``error`` (null if it can be reached).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from .config import Settings
from .context import escape
from .exit_codes import ExitCode, Failure
from .options import ConnectOptions, PeerOptions
from .profiles.files import DEFAULT_KEY, make_profile, read_config
from .profiles.keys import KEYS, check_preset

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from broker_core import TlsCredentials

    from .config import Profile
    from .context import Context
    from .profiles.files import ConfigFile

__all__ = ["run_validate"]


@dataclass(slots=True)
class _Finding:
    """What is known about one profile, or with no *name* about the file."""

    name: str
    problems: list[str] = field(default_factory=list)
    peers: dict[str, str | None] = field(default_factory=dict)
    """Address to what is wrong with it."""

    @property
    def ok(self) -> bool:
        return not self.problems and not any(self.peers.values())


def run_validate(context: Context, settings: Settings, *, path: str, names: Sequence[str], connect: bool) -> None:
    """Check the profiles *names*, or all with the file at *path* itself. With *connect* also their peers."""
    try:
        config = read_config(context.environ)
    except Failure as failure:
        raise Failure(failure.message, ExitCode.BAD_INPUT, failure.hint) from failure
    if config is None or not config.profiles:
        message = f"there are no profiles in {path}" if path else "there are no profiles"
        raise Failure(message, ExitCode.NO, "broker profile add NAME -p HOST:PORT makes one")
    findings = [] if names else list(_about_file(config))
    for name in names or config.profiles:
        if name not in config.profiles:
            make_profile(config, name)  # which says so
        findings.append(_about_profile(context, config, name, connect=connect))
    context.print(_lines(findings, config, human=settings.output == "human"))
    wrong = [finding for finding in findings if not finding.ok]
    if wrong:
        code = ExitCode.BAD_INPUT if any(finding.problems for finding in wrong) else ExitCode.CONNECT
        count = sum(bool(finding.name) for finding in wrong)
        message = f"{count} of {len(names or config.profiles)} profiles do not work" if count else f"{path} is wrong"
        raise Failure(message, code)


def _about_file(config: ConfigFile) -> Iterator[_Finding]:
    problems = [config.danger] if config.danger else []
    if config.default and config.default not in config.profiles:
        problems.append(f"{DEFAULT_KEY} is '{config.default}', and there is no such profile")
    if problems:
        yield _Finding("", problems)


def _about_profile(context: Context, config: ConfigFile, name: str, *, connect: bool) -> _Finding:
    finding = _Finding(name)
    try:
        profile = make_profile(config, name)
    except Failure as failure:
        finding.problems.append(_short(failure, config, name))
        return finding
    # With nothing from the environment, which could hide what the profile says.
    alone = replace(context, environ={}, profile=profile)
    finding.problems += _wrong_values(config, profile)
    if finding.problems:
        return finding
    try:
        peers = PeerOptions().addresses(alone)
        credentials = ConnectOptions().credentials(alone)
        settings = ConnectOptions().extend(Settings(), peers, alone)
        ConnectOptions().curve(alone)
    except Failure as failure:
        finding.problems.append(_short(failure, config, name))
        return finding
    finding.problems += _wrong_certificates(credentials)
    if connect and not finding.problems:
        finding.peers.update(_reached(alone, settings))
    return finding


def _short(failure: Failure, config: ConfigFile, name: str) -> str:
    return failure.message.removeprefix(f"{config.path}: profile {name}").lstrip(": ")


def _wrong_values(config: ConfigFile, profile: Profile) -> Iterator[str]:
    for word, preset in profile.values.items():
        try:
            check_preset(KEYS[word], preset, word)
        except Failure as failure:
            yield _short(failure, config, profile.name)
        kind = KEYS[word].path
        for path in map(Path, preset if isinstance(preset, tuple) else (str(preset),) if kind else ()):
            if kind == "file" and path.is_dir():
                yield f"{word}: {path}: is a directory"
            elif kind and not (path.parent if kind == "new" else path).exists():
                yield f"{word}: {path.parent if kind == 'new' else path}: no such file or directory"
            elif kind == "dir" and not path.is_dir():
                yield f"{word}: {path}: no directory"


def _wrong_certificates(credentials: TlsCredentials | None) -> Iterator[str]:
    if credentials is None:
        return
    import ssl

    empty = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if credentials.certificate:
        try:
            # A function, since OpenSSL would ask at the terminal for a passphrase that it does not get.
            empty.load_cert_chain(credentials.certificate, credentials.key, lambda: credentials.passphrase_bytes)
        except (OSError, ValueError) as error:
            yield f"cert: {credentials.certificate}: {_reason(error)}"
    elif credentials.key:
        yield "cert-key: it belongs to no cert"
    if credentials.ca_file:
        try:
            empty.load_verify_locations(credentials.ca_file)
        except (OSError, ValueError) as error:
            yield f"ca: {credentials.ca_file}: {_reason(error)}"


def _reason(error: Exception) -> str:
    """What OpenSSL says, without its own numbers."""
    text = getattr(error, "reason", None) or getattr(error, "strerror", None) or str(error)
    return str(text).lower().replace("_", " ")


def _reached(context: Context, settings: Settings) -> dict[str, str | None]:
    import trio

    from .probing import probe_peer

    found: dict[str, str | None] = {}

    async def one(address: object) -> None:
        facts = await probe_peer(context, settings, address)  # type: ignore[arg-type]  # one of its peers
        found[str(address)] = facts.get("error")

    async def program() -> None:
        async with trio.open_nursery() as nursery:
            for address in settings.peers:
                nursery.start_soon(one, address)

    trio.run(program)
    return {str(address): found[str(address)] for address in settings.peers}


def _lines(findings: Sequence[_Finding], config: ConfigFile, *, human: bool) -> list[str]:
    if not human:
        from .output.json_lines import json_line

        return [
            json_line(
                "profile-check",
                name=finding.name or None,
                ok=finding.ok,
                problems=finding.problems,
                peers=[{"address": address, "error": error} for address, error in finding.peers.items()],
            )
            for finding in findings
        ]
    lines = []
    for finding in findings:
        texts = [*finding.problems, *(f"{address}: {error or 'ok'}" for address, error in finding.peers.items())]
        lines += [escape(f"{finding.name or config.path}: {text}") for text in texts or ["ok"]]
    return lines
