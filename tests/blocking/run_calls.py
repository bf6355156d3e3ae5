"""Makes calls on one Python API of Broker and prints what comes of each, for ``test_comparison.py``.

::

    python3 run_calls.py broker calls/*.txt                     # the C++ bindings, with the Python they are for
    python run_calls.py broker_core.blocking calls/*.txt

Each line of a file is a statement or an expression. A line with three dashes starts a new process for what follows. A
call that ends its process, or hangs, is reported, and the others are made again without it. Prints JSON: for each
file a list of pairs of a line and what the expression gave, or which exception. Ids, ports and what else differs from
run to run are made the same.
"""

from __future__ import annotations

import datetime as dt
import importlib
import ipaddress
import json
import os
import re
import select
import signal
import sys
import time
from pathlib import Path

LONGEST = 10  # seconds that one process may take

VARYING = [
    (re.compile(r"[0-9A-F]{40}#\d+|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"), "ID"),
    (re.compile(r"(127\.0\.0\.1:)\d+"), r"\1PORT"),
    (re.compile(r"<(?:[\w.]+\.)?(\w+) object at 0x[0-9a-f]+>"), r"<\1>"),
    (re.compile(r"(broker\._broker|broker_core\.[\w.]+|broker)\.(?=[A-Z])"), ""),
]


def shown(thing):
    """Its class and its text, alike in every process; sets and tables in order."""
    kind = type(thing)
    if kind is tuple:
        return f"({', '.join(map(shown, thing))})"
    if kind is list:
        return f"[{', '.join(map(shown, thing))}]"
    if kind is set:
        return f"{{{', '.join(sorted(map(shown, thing)))}}}"
    if kind is dict:
        return f"{{{', '.join(sorted(f'{shown(key)}: {shown(thing[key])}' for key in thing))}}}"
    if isinstance(thing, type):
        return f"class {thing.__name__}"
    try:
        text = repr(thing)
    except Exception as error:  # noqa: BLE001  # that is the outcome
        text = f"repr raises {type(error).__name__}"
    for pattern, same in VARYING:
        text = pattern.sub(same, text)
    return f"{kind.__name__} {text}".encode("utf-8", "backslashreplace").decode()


def timed(seconds, call):
    """What *call* returns, and whether that took so many *seconds*, or at most one more."""
    start = time.monotonic()
    result = call()
    return result, seconds - 0.01 <= time.monotonic() - start <= seconds + 1


def readable(descriptor, seconds=0):
    """Whether the descriptor is readable within so many seconds."""
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(seconds * 1000))


def until(condition):
    """Wait until *condition* holds."""
    while not condition():
        select.select([], [], [], 0.01)
    return True


def run(module, lines, names, report):
    """Run *lines* with, and into, *names*, and report each outcome."""
    broker = importlib.import_module(module)
    names |= {"broker": broker, "D": broker.Data, "to_py": broker.Data.to_py}
    names |= {"timed": timed, "readable": readable, "until": until}
    names |= {"timedelta": dt.timedelta, "datetime": dt.datetime, "timezone": dt.timezone}
    names |= {name: getattr(ipaddress, name) for name in dir(ipaddress) if name.startswith("IPv")}
    for line in lines:
        try:
            try:
                code = compile(line, "calls", "eval")
            except SyntaxError:
                exec(compile(line, "calls", "exec"), names)
                outcome = "done"
            else:
                outcome = shown(eval(code, names))
        except Exception as error:  # noqa: BLE001  # that is the outcome
            kinds = [kind.__name__ for kind in type(error).__mro__ if kind.__module__ == "builtins"]
            outcome = f"raises {' '.join(kinds[: kinds.index('Exception')] or ['Exception'])}"
        report(line, outcome)


def run_process(module, lines):
    """What *lines* came to in a process of their own, up to one that ended it, and how that did."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        signal.alarm(LONGEST)
        names = {}  # outlive the calls: the end of an endpoint may take long
        try:
            with os.fdopen(writing, "w", buffering=1) as pipe:
                run(module, lines, names, lambda line, outcome: pipe.write(json.dumps([line, outcome]) + "\n"))
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        outcomes = [json.loads(line) for line in pipe]
    end = os.WTERMSIG(os.waitpid(child, 0)[1])
    return outcomes, "hangs" if end == signal.SIGALRM else "ends the process"


def run_all(module, lines):
    """What *lines* came to, those included that ended a process."""
    outcomes, end = run_process(module, lines)
    if len(outcomes) == len(lines):
        return outcomes
    fatal = len(outcomes)
    others = run_all(module, lines[:fatal] + lines[fatal + 1 :])
    return [*others[:fatal], [lines[fatal], end], *others[fatal:]]


def main(module, *paths):
    """Run all files and print the outcomes, one to a line."""
    files = []
    for path in map(Path, paths):
        parts = path.read_text(encoding="utf-8").split("\n---\n")
        calls = [[line for line in part.splitlines() if line and line[0] != "#"] for part in parts]
        outcomes = [outcome for part in calls for outcome in run_all(module, part)]
        lines = ",\n".join(json.dumps(outcome, ensure_ascii=False) for outcome in outcomes)
        files.append(f'"{path.stem}": [\n{lines}\n]')
    sys.stdout.buffer.write(("{\n" + ",\n".join(files) + "\n}\n").encode())


if __name__ == "__main__":
    main(*sys.argv[1:])
