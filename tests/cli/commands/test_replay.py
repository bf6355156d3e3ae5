"""``broker replay``: what can be said."""

from __future__ import annotations

import pytest

from broker_cli.commands.replay import moment, topic_rule
from broker_cli.exit_codes import Failure
from broker_cli.recorded import Bound

SECOND = 1_000_000_000


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ("", "missing argument 'FILE"),
        ("f", "no peer given"),
        ("f -p :1 --speed fast", "--speed: 'fast' is no speed"),
        ("f -p :1 --speed 0", "--speed: '0' is no speed"),
        ("f -p :1 --topic-map x", "--topic-map: 'x' is not OLD=NEW"),
        ("f -p :1 --topic-map =", "--topic-map: '=' is not OLD=NEW"),
        ("f -p :1 -n x", "--count: 'x'"),
        ("f -p :1 --loop=0", "--loop: '0'"),
        ("f -p :1 --start soon", "--start: 'soon' is no duration"),
        ("f -p :1 --end 2024-99-01T00:00:00Z", "--end:"),
        ("f -p :1 --max-gap 5m", "--max-gap: '5m' could be"),
        ("f -p :1 --wait-subscriber=0", "--wait-subscriber: '0'"),
        ("f -p :1 --timeout x", "--timeout: 'x'"),
        ("f -p :1 --format {topic}", "go with --dry-run"),
        ("f -p :1 --topics-only", "go with --dry-run"),
        ("f --dry-run --rate", "--rate is for what comes"),
        ("f --dry-run --exact", "--exact goes with --topic"),
        ("- - -p :1", "stdin can be read once only"),
        ("- -p :1 --loop", "stdin can be read once only"),
        ("f --dry-run -o xml", "--output: 'xml'"),
        ("none.rec --dry-run", "none.rec: no such file or directory"),
    ],
)
async def test_what_cannot_be_meant_is_refused(run, args, message):
    result = await run("replay", *args.split())
    assert result.code == 2
    assert message in result.err.splitlines()[0]


@pytest.mark.parametrize(
    ("text", "rule"),
    [("/a=/b", ("/a", "/b")), ("/a=", ("/a", "")), ("=/b", ("", "/b")), ("/a=/b=/c", ("/a", "/b=/c"))],
)
def test_topic_rules(text, rule):
    assert topic_rule(text) == rule


@pytest.mark.parametrize(
    ("text", "bound"),
    [
        ("90s", Bound(90 * SECOND, is_date=False)),
        ("1.5", Bound(1_500_000_000, is_date=False)),
        ("1970-01-01T00:01:00Z", Bound(60 * SECOND, is_date=True)),
        ("1970-01-01T01:01:00.5+01:00", Bound(60_500_000_000, is_date=True)),
        ("1970-01-01T00:01:00", Bound(60 * SECOND, is_date=True)),
    ],
)
def test_times(text, bound):
    assert moment("--start", text) == bound


@pytest.mark.parametrize("text", ["", "-5s", "T", "2024-01-01", "5-6", "nil"])
def test_what_is_no_time(text):
    with pytest.raises(Failure, match="--start"):
        moment("--start", text)
