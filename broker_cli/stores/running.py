"""Runs a command on data stores: connects and attaches, or opens files; then hands them over as sources."""

from __future__ import annotations

import errno
import os
import stat
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING

import trio

from broker_cli.exit_codes import ExitCode, Failure
from broker_cli.feeding import Feed
from broker_cli.session import Session, run_session
from broker_cli.signals import run_until_stopped
from broker_core import StoreFile
from broker_core.model.topics import MASTER_SUFFIX, join_topics, store_of

from .lines import EntryReader
from .sources import ExportSource, FileSource, LiveSource

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from broker_cli.config import Settings
    from broker_cli.context import Context
    from broker_cli.output.entries import Entry
    from broker_cli.signals import Stop

    from .sources import Entries, Source
    from .target import Job, Target

__all__ = ["attach", "run_on_source", "run_on_two", "use_source"]


def run_on_source(job: Job, body: Callable[[Source], Awaitable[None]]) -> None:
    """Run *body* with the store that *job* is about."""
    trio.run(use_source, job, body)


async def use_source(job: Job, body: Callable[[Source], Awaitable[None]]) -> None:
    """As :func:`run_on_source`, for a program that runs already."""
    target = job.target

    async def online(session: Session) -> None:
        await session.connect()
        await body(await attach(session, target))

    async def offline(files: ExitStack) -> None:
        await body(FileSource(await _open(job.context, target, files)))

    await _use(job.context, job.settings, online if target.name else None, offline)


def run_on_two(
    context: Context, settings: Settings, targets: Sequence[Target], body: Callable[[Entries, Entries], Awaitable[None]]
) -> None:
    """Run *body* with what two *targets* name; files may be exports."""

    async def entries_of(target: Target, session: Session | None, files: ExitStack) -> Entries:
        if session is not None and target.name:
            return await attach(session, target)
        if await trio.to_thread.run_sync(_is_export, target.path):
            return await _read_export(context, target.path)
        return FileSource(await _open(context, target, files))

    async def both(session: Session | None, files: ExitStack) -> None:
        first, second = [await entries_of(target, session, files) for target in targets]
        await body(first, second)

    async def online(session: Session) -> None:
        await session.connect()
        with ExitStack() as files:
            await both(session, files)

    trio.run(_use, context, settings, online if any(target.name for target in targets) else None, partial(both, None))


async def _use(
    context: Context,
    settings: Settings,
    online: Callable[[Session], Awaitable[None]] | None,
    offline: Callable[[ExitStack], Awaitable[None]],
) -> None:
    if online is not None:
        await run_session(context, settings, online)
        return

    async def with_files(stop: Stop) -> None:
        with stop.scope, ExitStack() as files:
            await offline(files)

    await run_until_stopped(context, with_files)


async def attach(session: Session, target: Target) -> LiveSource:
    """A synchronized clone. Raises :class:`Failure` at once when no peer has the master, unless told to wait."""
    name = target.name
    if all(address.transport != "broker" for address in session.settings.peers):
        message = f"data stores cannot be reached over {session.settings.peers[0].transport}://"
        raise Failure(message, ExitCode.USAGE, "they need Broker's own protocol: -p HOST:PORT")
    where = ", ".join(str(address) for address in session.settings.peers)
    if target.timeout is None and not session.receivers(join_topics(name, MASTER_SUFFIX)):
        found = {store for peer in session.endpoint.peers() for topic in peer.filter if (store := store_of(topic))}
        masters = ", ".join(sorted(store for store, role in found if role == "master")) or "none"
        message = f"there is no master of store {name} at {where}"
        raise Failure(message, ExitCode.REFUSED, f"masters there: {masters}; --timeout DUR waits for one")
    clone = await session.endpoint.attach_clone(name)
    await clone.wait_synchronized(target.timeout)
    return LiveSource(clone, where, target.timeout)


async def _open(context: Context, target: Target, files: ExitStack) -> StoreFile:
    if not await trio.Path(target.path).exists():
        raise _cannot_open(target.path, os.strerror(errno.ENOENT))
    opener = partial(StoreFile.open, target.path, writable=target.writable)
    file = await trio.to_thread.run_sync(opener, abandon_on_cancel=not target.writable)
    files.callback(file.close)
    if file.era == "CAF":
        then = "it becomes one of 2.8.0" if target.writable else "its values read the same"
        context.warn(f"{target.path} is a file of Broker {file.version}, from before Zeek 5.0; {then}")
    return file


def _is_export(path: str) -> bool:
    """Whether *path* is stdin, a pipe, or a file that starts like ndjson."""
    if path == "-":
        return True
    try:
        mode = os.stat(path).st_mode  # noqa: PTH116  # no pathlib for one question
        if not stat.S_ISREG(mode):
            return not stat.S_ISDIR(mode)
        with open(path, "rb") as file:  # noqa: PTH123  # as above
            return file.read(64).lstrip()[:1] in {b"{", b""}
    except OSError as error:
        raise _cannot_open(path, error.strerror) from error


def _cannot_open(path: str, reason: str | None) -> Failure:
    return Failure(f"cannot open {path}: {(reason or 'no reason known').lower()}", ExitCode.USAGE)


async def _read_export(context: Context, path: str) -> ExportSource:
    feed: Feed[Entry] = Feed(context, path, EntryReader(), "entries", keep_going=False)
    entries: list[Entry] = []
    try:
        while found := await feed.next():
            entries += found
    finally:
        feed.close()
    return ExportSource(path, entries)
