"""Who can reach an endpoint, and what it gives away: nothing beyond this machine unless asked, and no secret."""

from __future__ import annotations

import copy
import inspect
import pickle
import traceback
from pathlib import Path

import pytest
import trio

import broker_core
import broker_core.blocking
from broker_core import CentralBroker, Endpoint, EndpointOptions, PeeringError, TlsCredentials, WebAccess, WebUser
from pairs import options

SECRET = "correct-horse-battery"
LOOPBACK = {"0100007F", "0000000000000000FFFF00000100007F", "00000000000000000000000001000000"}
EVERYWHERE = {"00000000", "0" * 32}
LISTENS = "0A"


def listening(descriptors="/proc/self/fd") -> set[tuple[str, int]]:
    """The addresses, as the kernel writes them, and the ports that a process accepts connections on."""
    own = set()
    for entry in Path(descriptors).iterdir():
        try:
            own.add(str(entry.readlink()))
        except OSError:  # the one that lists them
            continue
    found = set()
    for table in ("tcp", "tcp6"):
        for line in Path("/proc/net", table).read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == LISTENS and f"socket:[{fields[9]}]" in own:
                address, port = fields[1].split(":")
                found.add((address, int(port, 16)))
    return found


# -- reach ------------------------------------------------------------------------------------------------------


async def test_every_way_to_listen_takes_this_machine_unless_told_otherwise():
    ways = {name for name, _ in inspect.getmembers(Endpoint) if name.startswith(("listen", "serve"))}
    known = {"listen", "listen_logs", "listen_web", "listen_zmq", "serve_status"}
    assert ways == known, "a new way to listen belongs into this test"
    before = listening()
    async with Endpoint(options()) as endpoint:
        opened = [await getattr(endpoint, way)() for way in ways]
        ports = {one.port for one in opened} | {one.send_port for one in opened if isinstance(one, CentralBroker)}
        found = listening() - before
        assert {port for _, port in found} == ports
        assert {address for address, _ in found} <= LOOPBACK
    assert listening() == before


@pytest.mark.parametrize("way", ["listen", "listen_logs", "listen_web", "listen_zmq", "serve_status"])
async def test_everywhere_is_only_where_asked(way):
    before = listening()
    async with Endpoint(options()) as endpoint:
        await getattr(endpoint, way)("")
        assert {address for address, _ in listening() - before} & EVERYWHERE


async def test_nothing_listens_that_was_not_told_to():
    before = listening()
    async with Endpoint(options()) as there, Endpoint(options()) as endpoint:
        listener = await there.listen()
        await endpoint.peer("127.0.0.1", listener.port)
        await endpoint.attach_master("db")
        endpoint.make_subscriber("/x")
        assert {port for _, port in listening() - before} == {listener.port}


def test_the_blocking_api_listens_as_the_bindings_do_whose_names_it_has():
    """``listen()`` of libbroker's bindings takes every interface, and so do programs that were written for it."""
    assert inspect.signature(broker_core.blocking.Endpoint.listen).parameters["address"].default == ""
    before = listening()
    with broker_core.blocking.Endpoint() as endpoint:
        port = endpoint.listen("127.0.0.1")
        assert listening() - before == {("0100007F", port)}


# -- secrets ----------------------------------------------------------------------------------------------------


def holders() -> list[object]:
    """Everything public that holds a secret."""
    credentials = TlsCredentials(certificate="c.pem", key="k.pem", passphrase=SECRET)
    access = WebAccess(users=(WebUser(name="one", token=SECRET), WebUser()))
    return [credentials, access, access.users[0], EndpointOptions(credentials=credentials, token=SECRET)]


@pytest.mark.parametrize("holder", holders(), ids=lambda holder: type(holder).__name__)
def test_what_holds_a_secret_does_not_show_it(holder):
    assert SECRET not in repr(holder)
    assert SECRET not in str(holder)
    assert SECRET not in f"{holder}"
    assert repr(copy.copy(holder)) == repr(holder)
    assert SECRET not in "".join(traceback.format_exception_only(ValueError(holder)))


def test_every_field_that_sounds_like_a_secret_is_hidden():
    for name in broker_core.__all__:
        thing = getattr(broker_core, name)
        for field in getattr(thing, "__dataclass_fields__", {}).values():
            if field.name in {"token", "passphrase", "password", "secret"}:
                assert not field.repr, f"{name}.{field.name} shows in its repr"


async def test_an_endpoint_with_secrets_tells_none():
    told = []
    settings = EndpointOptions(tls="off", token=SECRET, credentials=TlsCredentials(passphrase=SECRET))
    async with Endpoint(settings) as endpoint, Endpoint(EndpointOptions(tls="off", token="wrong")) as other:
        notices = endpoint.make_status_subscriber(receive_statuses=True)
        access = WebAccess(users=(WebUser(name="one", token=SECRET),))
        listener = await endpoint.listen_web(access=access)
        with trio.fail_after(10), pytest.raises(PeeringError) as refused:
            await other.peer(f"ws://127.0.0.1:{listener.port}")
        told += [repr(endpoint), repr(listener), repr(endpoint.statistics()), repr(refused.value), str(refused.value)]
        told += traceback.format_exception(refused.value)
        told.append(pickle.dumps(refused.value).decode("latin-1"))
        told += [str(notice) for notice in notices.poll()]
    assert SECRET not in "\n".join(told)


async def test_a_key_that_cannot_be_opened_does_not_name_its_passphrase(tmp_path):
    key = tmp_path / "key.pem"
    key.write_text("-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIB\n-----END ENCRYPTED PRIVATE KEY-----\n")
    credentials = TlsCredentials(certificate=str(key), key=str(key), passphrase=SECRET)
    async with Endpoint(EndpointOptions(tls="verify", credentials=credentials)) as endpoint:
        with pytest.raises(broker_core.BrokerError) as refused:
            await endpoint.listen()
    assert SECRET not in "".join(traceback.format_exception(refused.value))
