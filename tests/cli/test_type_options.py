"""--sig, --types and --event-file: what comes together, and what is wrong with it."""

from __future__ import annotations

import json
from ipaddress import ip_address

import pytest
import trio

from broker_cli.config import Profile, Settings
from broker_cli.context import Context
from broker_cli.exit_codes import ExitCode, Failure
from broker_cli.type_options import NamingOptions, TypeOptions
from broker_core import Endpoint, Event, Port
from broker_core.declarations import MAX_TEXT


def context(**values: tuple[str, ...]) -> Context:
    profile = Profile(name="lab", file="config.toml", values={"event-file": values["files"]}) if values else None
    return Context(environ={}, profile=profile)


@pytest.fixture
def script(tmp_path):
    path = tmp_path / "scan.zeek"
    path.write_text("module Scan; type Id: record { h: addr; }; global seen: event(id: Id);")
    return str(path)


def test_nothing_is_declared():
    assert NamingOptions().declarations(context()) is None
    settings = Settings()
    assert NamingOptions().extend(settings, context()) is settings
    assert TypeOptions().for_event(context(), "e") is None


def test_signatures_and_files(script):
    options = NamingOptions(sig=["e(id: Scan::Id)", "Scan::seen(other: count)"], event_file=[script])
    known = options.declarations(context())
    assert known is not None
    assert [str(signature) for signature in known.events.values()] == ["e(id: Scan::Id)", "Scan::seen(other: count)"]
    assert known.complete
    assert options.extend(Settings(), context()).declarations is not None


def test_types(script):
    known = TypeOptions(types="string,Scan::Id", event_file=[script]).for_event(context(), "e")
    assert known is not None
    assert str(known.event("e")) == "e(string, Scan::Id)"
    assert TypeOptions(event_file=[script]).for_event(context(), None).event("Scan::seen") is not None


def test_a_profile_knows_some_events(script):
    options = TypeOptions()
    known = options.for_event(context(files=(script,)), "e")
    assert known.event("Scan::seen") is not None
    assert not known.complete
    assert TypeOptions(types="count").for_event(context(files=(script,)), "e").complete
    assert NamingOptions(sig=["e()"]).declarations(context(files=(script,))).complete
    flag = NamingOptions(event_file=[script]).declarations(context(files=("no such file",)))
    assert flag.complete


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (TypeOptions(sig=["e("]), "--sig, column 3: expected the name of a parameter, found the end"),
        (TypeOptions(sig=["e(a: strng)"]), "--sig, column 6: unknown type 'strng'; did you mean string?"),
        (TypeOptions(types="strng"), "--types, column 1: unknown type 'strng'; did you mean string?"),
        (TypeOptions(types="string", sig=["e()"]), "--types and --sig exclude each other"),
        (TypeOptions(event_file=["no-such-file"]), "--event-file: no-such-file: no such file or directory"),
        (TypeOptions(event_file=["."]), "--event-file: .: is a directory"),
    ],
)
def test_what_is_wrong_is_a_usage_error(options, message):
    with pytest.raises(Failure) as caught:
        options.for_event(context(), "e")
    assert (caught.value.message, caught.value.code) == (message, ExitCode.USAGE)


def test_types_need_an_event():
    with pytest.raises(Failure, match="--types goes with an EVENT"):
        TypeOptions(types="string").for_event(context(), None)


def test_the_place_in_a_file(tmp_path):
    path = tmp_path / "bad.zeek"
    path.write_text("module X;\n\n  global e: event(a = 5);\n")
    with pytest.raises(Failure) as caught:
        NamingOptions(event_file=[str(path)]).declarations(context())
    assert caught.value.message == f"{path}:3:21: expected ':' behind the name of a parameter, found '='"


def test_files_have_a_longest_length(tmp_path):
    path = tmp_path / "long.zeek"
    path.write_bytes(b"#" * MAX_TEXT)
    NamingOptions(event_file=[str(path)]).declarations(context())
    path.write_bytes(b"#" * (MAX_TEXT + 1))
    with pytest.raises(Failure, match="longer than 4194304 characters"):
        NamingOptions(event_file=[str(path)]).declarations(context())


def test_comments_need_not_be_utf8(tmp_path):
    path = tmp_path / "latin.zeek"
    path.write_bytes(b'# caf\xe9\nconst x = "\xe9"; global e: event();')
    assert "e" in NamingOptions(event_file=[str(path)]).declarations(context()).events


@pytest.mark.parametrize(
    ("args", "out"),
    [
        (("-o", "human"), '/t ping(msg="hi", id=[h=::1, p=22/tcp])\n'),
        (("--format", "{msg} {args.id.p}"), "hi 22/tcp\n"),
        (("--where", "args.id.h == ::1", "-o", "text"), '/t ping("hi", (::1, 22/tcp))\n'),
    ],
)
async def test_the_parts_of_what_is_received_have_names(run, hub, args, out):
    sig = "ping(msg: string, id: record { h: addr; p: port; })"
    value = Event("ping", "hi", (ip_address("::1"), Port(22))).value
    async with hub() as here, trio.open_nursery() as nursery:
        nursery.start_soon(here.publish, "/t", value)
        result = await run("sub", "-p", here.peer, "/t", "-n", "1", "--sig", sig, *args)
        assert (result.code, result.out) == (0, out)


async def test_an_endpoint_that_listens_knows_the_names(hub, start):
    async with start("listen", "0", "--topic", "/t", "-n", "1", "--sig", "ping(msg: string)") as program:
        await program.prints("\n")
        port = json.loads(program.out)["port"]
        async with Endpoint() as endpoint:
            await endpoint.peer("127.0.0.1", port, tls="anon")
            await endpoint.wait_for_subscribers("/t")
            await endpoint.publish("/t", Event("ping", "hi"))
            assert await program.ends() == 0
    assert json.loads(program.out.splitlines()[-1])["named"] == {"msg": "hi"}
