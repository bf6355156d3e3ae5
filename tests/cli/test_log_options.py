"""``publish --in zeek`` and ``subscribe --logs``, from the command line to what comes out."""

from __future__ import annotations

import gzip
import signal

import pytest
import trio

from broker_cli.log_options import UNSET
from broker_core import Event, LogCreate
from broker_core.logs import UNSET_WAYS
from log_samples import NAMES, SAMPLES, log_messages, sample

CONN = str(SAMPLES / "tsv" / "conn.log")
DRY = ("publish", "/t", "seen", "--dry-run", "-o", "text", "--in", "zeek", "--from")


# -- publish --in zeek ----------------------------------------------------------------------------------------------


async def test_a_record_is_one_argument(run):
    result = await run(*DRY, CONN)
    assert (result.code, result.err) == (0, "")
    lines = result.out.splitlines()
    assert len(lines) == 34
    assert lines[0].startswith(
        '/t seen((2011-03-18T19:06:07.096535Z, "CIyeayd93jyc31ucl", '
        '(141.142.220.202, 5353/udp, 224.0.0.251, 5353/udp), enum:udp, "dns", nil, nil, nil, "S0", '
    )


@pytest.mark.parametrize("name", NAMES)
async def test_json_from_stdin_is_the_same_as_tsv_from_a_file(run, name):
    """Which log it is shows in the keys; ids and what TSV rounds differ."""
    tsv = await run(*DRY, str(SAMPLES / "tsv" / f"{name}.log"), "--fields", "ts", "--unset", "nil")
    json = await run(*DRY, "-", "--fields", "ts", "--unset", "nil", stdin=b"\n".join(sample("json", name)))
    assert (tsv.code, json.code) == (0, 0)
    assert sorted(tsv.out.splitlines()) == sorted(json.out.splitlines())
    whole = await run(*DRY, "-", stdin=b"\n".join(sample("json", name)))
    assert (whole.code, whole.err) == (0, "")


async def test_chosen_fields(run):
    result = await run(*DRY, CONN, "--fields", "uid, id.orig_h,resp_p")
    assert result.out.splitlines()[0] == '/t seen("CIyeayd93jyc31ucl", 141.142.220.202, 5353/udp)'


async def test_an_argument_that_is_not_set(run):
    args = (*DRY, CONN, "--fields", "uid,duration")
    result = await run(*args)
    assert result.code == 7
    assert result.err.startswith(
        f"broker: {CONN}:9: duration is not set, and an argument of an event has to be (--unset empty, or nil)"
    )
    assert (await run(*args, "--unset", "empty")).out.splitlines()[0].endswith(", 0s)")
    assert (await run(*args, "--unset", "nil")).out.splitlines()[0].endswith(", nil)")
    result = await run(*args, "--keep-going")
    assert result.code == 9
    assert 0 < len(result.out.splitlines()) < 34


async def test_parameters_of_a_declaration_name_the_columns(run):
    result = await run(*DRY, CONN, "--sig", "seen(uid: string, orig_h: addr, id_resp_p: port)")
    assert result.out.splitlines()[0] == '/t seen("CIyeayd93jyc31ucl", 141.142.220.202, 5353/udp)'
    result = await run(*DRY, CONN, "--sig", "seen(uid: count)")
    assert result.code == 7
    assert ":9: argument 1 (uid: count) of seen: expected count, found string" in result.err
    result = await run(*DRY, CONN, "--types", "string")
    assert (result.code, result.err.splitlines()[0]) == (
        2,
        "broker: the parameters of seen(string) have no names, so they name no columns (exit 2)",
    )
    assert (await run(*DRY, CONN, "--types", "string", "--fields", "uid")).code == 0


async def test_fields_of_a_declared_record_are_found_by_name(run, tmp_path):
    script = tmp_path / "x.zeek"
    script.write_text(
        "type Id: record { orig_h: addr; proto: count &optional; };\n"
        "type C: record { uid: string; id: Id; duration: interval &optional; };\n"
        "global seen: event(c: C);\n"
    )
    result = await run(*DRY, CONN, "--event-file", str(script))
    assert result.out.splitlines()[0] == '/t seen(("CIyeayd93jyc31ucl", (141.142.220.202, nil), nil))'


async def test_the_time_of_a_record_as_that_of_the_event(run):
    result = await run(*DRY, CONN, "--fields", "uid", "--meta", "network-timestamp=ts")
    assert result.out.splitlines()[0].endswith(" @ ((1, 2011-03-18T19:06:07.096535Z))")


async def test_a_compressed_log(run, tmp_path):
    (tmp_path / "conn.14:00:00-15:00:00.log.gz").write_bytes(
        gzip.compress((SAMPLES / "json" / "conn.log").read_bytes())
    )
    result = await run(*DRY, str(tmp_path / "conn.14:00:00-15:00:00.log.gz"))
    assert (result.code, len(result.out.splitlines())) == (0, 34)


async def test_a_bad_line_is_told_with_its_column(run, tmp_path):
    lines = sample("tsv", "conn")
    lines[20] = lines[20].replace(b"\t53\t", b"\t99999\t")
    (tmp_path / "conn.log").write_bytes(b"\n".join(lines))
    result = await run(*DRY, str(tmp_path / "conn.log"))
    assert result.code == 7
    assert len(result.out.splitlines()) == 12
    assert f"{tmp_path}/conn.log:21: column id.resp_p: '99999' is no port (0 .. 65535)" in result.err


async def test_records_at_the_pace_of_their_times(run, hub, tmp_path):
    (tmp_path / "x.log").write_text("#fields\tts\tn\n#types\ttime\tcount\n1.0\t1\n1.05\t2\n-\t3\n")
    result = await run(
        "publish", "/t", "e", "--from", str(tmp_path / "x.log"), "--in", "zeek", "-p", "x", "--pace", "x"
    )
    assert result.code == 2
    async with hub() as here:
        args = (
            "publish",
            "-p",
            here.peer,
            "/t",
            "e",
            "--from",
            str(tmp_path / "x.log"),
            "--in",
            "zeek",
            "--fields",
            "n",
        )
        result = await run(*args, "--pace", "recorded")
        assert result.code == 7
        assert "x.log:5: no ts: the line does not say when it was recorded behind 2 good messages" in result.err


async def test_published_for_real(run, hub):
    async with hub() as here:
        subscriber = here.endpoint.make_subscriber(["/t"])
        result = await run("publish", "-p", here.peer, "/t", "seen", "--from", CONN, "--in", "zeek", "--fields", "uid")
        assert (result.code, result.err) == (0, "")
        with trio.fail_after(10):
            found = [await subscriber.get() for _ in range(34)]
    assert found[0].value == Event("seen", "CIyeayd93jyc31ucl").value


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ("publish /t --from x --in zeek --dry-run", "--in zeek needs an EVENT"),
        ("publish /t a::b::  --from x --in zeek --dry-run", "no name of an event"),
        ("publish --from x --in zeek --dry-run", "--in zeek needs a TOPIC and an EVENT"),
        ("publish /t e --from x --in zeek --dry-run --fields a,,b", "--fields: 'a,,b' has an empty name in it"),
        ("publish /t e --from x --in zeek --dry-run --unset x", "--unset: 'x' is none of refuse, nil, empty"),
        ("publish /t e --from x --in lines --fields a --dry-run", "--fields and --unset go with --in zeek"),
        ("publish /t e --from x --in zeek --meta 200=1 --dry-run", "--meta, --count and --template do not go with"),
        ("subscribe zeek/ -p :1 --logs -o raw", "--output: this command prints human or ndjson or tsv, not raw"),
        ("subscribe zeek/ -p :1 -o tsv", "not tsv"),
        ("subscribe zeek/ -p :1 --logs --event x", "--event is for messages, and --logs shows records"),
        ("subscribe zeek/ -p :1 --logs --exec cat", "--exec is for messages"),
        ("subscribe zeek/ -p :1 --logs --ts wall -o human", "--ts is for messages"),
        ("subscribe zeek/ -p :1 --logs --format {topic}", "--logs prints records in a form of its own"),
        ("subscribe zeek/ -p :1 --log-dir x -o human", "--output: this command prints ndjson or tsv, not human"),
    ],
)
async def test_what_cannot_be_meant(run, args, message):
    result = await run(*args.split())
    assert result.code == 2
    assert message in result.err.splitlines()[0]


async def test_a_topic_that_is_none(run):
    result = await run("publish", "", "seen", "--from", CONN, "--in", "zeek", "--dry-run")
    assert result.code == 2


def test_the_ways_of_unset_fields_are_those_of_the_library():
    assert UNSET == UNSET_WAYS


# -- subscribe --logs -----------------------------------------------------------------------------------------------


async def publish_logs(hub, topic: str = "zeek/logs/") -> None:
    with trio.fail_after(20):
        await hub.endpoint.wait_for_subscribers(topic)
        await hub.endpoint.publish_batch(*log_messages())


REC = (
    'T\t-42\t{}\t3.25\t1700000000.123456\t90.000000\ta\\x09b\\xff"z"\tRec::GREEN\t443\t192.168.1.1\t2001:db8::1\t'
    "10.0.0.0/8\t2001:db8::/32\tp,q\t1,2,3\t-\t1\tbee\t-7\t(empty)"
)


async def test_what_zeek_would_have_logged(run, hub):
    async with hub() as here, trio.open_nursery() as nursery:
        nursery.start_soon(publish_logs, here)
        result = await run("subscribe", "-p", here.peer, "zeek/logs/", "--logs", "-o", "tsv", "-n", "4")
    assert (result.code, result.err) == (0, "")
    lines = result.out.splitlines()
    assert [line for line in lines if not line.startswith("#")][1:] == [REC.format(number) for number in (1, 2, 3)]
    assert [line for line in lines if line.startswith("#path")] == ["#path\tbroker", "#path\trec"]


async def test_records_as_json(run, hub):
    async with hub() as here, trio.open_nursery() as nursery:
        nursery.start_soon(publish_logs, here)
        result = await run("sub", "-p", here.peer, "zeek/logs/", "--logs", "-n", "3")
    assert [(thing["_path"], thing.get("c")) for thing in result.objects] == [("broker", None), ("rec", 1), ("rec", 2)]
    assert result.objects[1]["s"] == 'a\tb\\xff"z"'


async def test_records_come_back_as_events(run, hub):
    async with hub() as here, trio.open_nursery() as nursery:
        nursery.start_soon(publish_logs, here, "zeek/logs/Rec::LOG")
        result = await run("sub", "-p", here.peer, "zeek/logs/Rec::LOG", "--logs", "-n", "1", "-o", "tsv")
    back = await run(*DRY, "-", "--fields", "i,a6,inner", stdin=result.out.encode("utf-8", "surrogateescape"))
    assert back.out == '/t seen(-42, 2001:db8::1, (1, "bee", -7))\n'


async def test_fewer_records_than_asked_for(run, hub):
    async with hub() as here, trio.open_nursery() as nursery:
        nursery.start_soon(publish_logs, here)
        result = await run("sub", "-p", here.peer, "zeek/logs/", "--logs", "-n", "9", "--idle", "100ms")
    assert result.code == 4
    assert "timed out: 4 of 9" in result.err


async def test_a_terminal_gets_lines_for_people(run, hub):
    async with hub() as here, trio.open_nursery() as nursery:
        nursery.start_soon(publish_logs, here)
        args = ("sub", "-p", here.peer, "zeek/logs/", "--logs", "-n", "1", "--color", "never")
        result = await run(*args, terminal=True)
    assert result.out.startswith("broker ts=2026-11-22T14:35:17.590096Z ty=Broker::STATUS")
    assert result.err.endswith("received 1 record\n")


def holds(path, text: str) -> bool:
    return path.exists() and text in path.read_text()


async def test_files_of_a_run_that_a_signal_ends(start, hub, tmp_path):
    folder = tmp_path / "logs"
    async with hub() as here:
        args = ("sub", "-p", here.peer, "zeek/logs/", "--log-dir", str(folder), "-v")
        async with start(*args) as program:
            await program.says("subscribed to")
            await publish_logs(here)
            with trio.fail_after(20):
                while not holds(folder / "rec.log", REC.format(3)):
                    await trio.lowlevel.checkpoint()
            program.process.send_signal(signal.SIGTERM)
            assert await program.ends() == -signal.SIGTERM
            assert program.out == b""
            assert f"received 4 records, which are in {folder}".encode() in program.err
    lines = (folder / "rec.log").read_text().splitlines()
    assert [line for line in lines if not line.startswith("#")] == [REC.format(number) for number in (1, 2, 3)]
    assert lines[-1].startswith("#close\t")


async def test_other_messages_are_left_out(run, hub):
    async with hub() as here, trio.open_nursery() as nursery:
        nursery.start_soon(here.publish, "zeek/logs/", Event("ping").value, LogCreate("A::LOG", "W", "a", []).value)
        result = await run("sub", "-p", here.peer, "zeek/logs/", "--logs", "--idle", "200ms", "-v")
    assert result.out == ""
    assert "received 0 records, 1 other message left out" in result.err
