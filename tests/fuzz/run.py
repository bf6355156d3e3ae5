"""``python -m tests.fuzz.run TARGET... [--seconds N]``: look for inputs that break what a target promises.

With atheris, which is guided by the coverage of the code; without it, or with ``--engine random``, seeds and kept
inputs are damaged at random. Both begin with seeds stretched to a great length, since what takes the square of its
length does not show in short inputs. A finding is kept at once, as ``inputs/TARGET/crash-...`` (also ``timeout-`` and
``oom-``), so that the tests fail until it is repaired; give it a name then. The exit status is 1.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from .registry import Target

ROOT = Path(__file__).parents[2]
_STRETCHING = 0.1  # of the time
_SLOWER = "8"  # with coverage measured
_LONGEST = 4096


def main() -> None:
    """Run the targets that are named, or all, each in a process of its own."""
    sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
    from .registry import INPUTS, NAMES

    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.run", description="Fuzz, and say what was found.")
    parser.add_argument("target", nargs="*", metavar="TARGET", help=", ".join(NAMES))
    parser.add_argument("--seconds", type=float, default=60, help="time for each target (default: %(default)s)")
    parser.add_argument("--engine", choices=("atheris", "random"), help="default: atheris if it is installed")
    parser.add_argument("--seed", type=int, default=0, help="of all random choices (default: from the clock)")
    parser.add_argument("--findings", type=Path, default=INPUTS, help="directory for findings (default: %(default)s)")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    for name in options.target:
        if name not in NAMES:
            parser.error(f"there is no target {name!r}; there are {', '.join(NAMES)}")
    options.seed = options.seed or time.time_ns() % 2**31
    if options.inside:
        _fuzz(options.target[0], options)
    if options.engine is None and find_spec("atheris") is None:
        _say("fuzz: atheris is not installed (pip install atheris); inputs are damaged at random")
    failed = [name for name in options.target or NAMES if _start(name, options) != 0]
    if failed:
        sys.exit(f"fuzz: findings in {', '.join(failed)}: see {options.findings}")


def _start(name: str, options: argparse.Namespace) -> int:
    """Fuzz in a process of its own: a finding may be that the process dies, and libFuzzer ends it in any case."""
    engine = options.engine or ("atheris" if find_spec("atheris") else "random")
    _say(f"# {name}: {options.seconds:g} s with {engine}, seed {options.seed}")
    command = [sys.executable, "-m", "tests.fuzz.run", name, "--inside", "--engine", engine]
    command += ["--seconds", str(options.seconds), "--seed", str(options.seed), "--findings", str(options.findings)]
    slower = _SLOWER if engine == "atheris" else "1"
    environment = {"FUZZ_SLOWDOWN": slower, **os.environ}
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


def _fuzz(name: str, options: argparse.Namespace) -> NoReturn:
    options.findings.joinpath(name).mkdir(parents=True, exist_ok=True)
    if options.engine == "atheris":
        _with_atheris(name, options)
    from .registry import load

    target = load(name)
    dice = random.Random(options.seed)
    _stretch(target, options, dice)
    _damage(target, options, dice)
    sys.exit(0)


def _with_atheris(name: str, options: argparse.Namespace) -> NoReturn:
    import atheris  # type: ignore[import-not-found,import-untyped]  # it is optional

    with atheris.instrument_imports(include=["broker_core"]):
        from .bounds import measured
        from .registry import load  # what it imports is instrumented

        target = load(name)
    _stretch(target, options, random.Random(options.seed))
    with tempfile.TemporaryDirectory(prefix="broker-fuzz-") as corpus:
        for data in _starts(target):
            Path(corpus, hashlib.sha1(data, usedforsecurity=False).hexdigest()).write_bytes(data)
        longest = max(_LONGEST, *map(len, target.seeds))
        arguments = [
            f"-max_total_time={max(1, round(options.seconds * (1 - _STRETCHING)))}",
            f"-artifact_prefix={options.findings / name}/",
            f"-max_len={longest}",
            f"-seed={options.seed}",
            "-rss_limit_mb=4096",
            "-print_final_stats=1",
            "-verbosity=0",
            corpus,
        ]
        atheris.Setup([sys.argv[0], *arguments], lambda data: measured(target.accepts, data))
        atheris.Fuzz()
    sys.exit(0)


def _starts(target: Target) -> list[bytes]:
    from .registry import kept

    return target.seeds + kept(target.name)


def _stretch(target: Target, options: argparse.Namespace, dice: random.Random) -> None:
    from .damage import stretch

    starts = _starts(target)
    end = time.monotonic() + options.seconds * _STRETCHING
    count = 0
    while time.monotonic() < end:
        count += 1
        _try(target, stretch(dice.choice(starts), dice), options)
    _say(f"{target.name}: {count} stretched inputs")


def _damage(target: Target, options: argparse.Namespace, dice: random.Random) -> None:
    from .damage import damage

    starts = _starts(target)
    end = time.monotonic() + options.seconds * (1 - _STRETCHING)
    count = 0
    while time.monotonic() < end:
        for _ in range(100):
            count += 1
            _try(target, damage(dice.choice(starts), starts, dice), options)
    _say(f"{target.name}: {count} damaged inputs")


def _try(target: Target, data: bytes, options: argparse.Namespace) -> None:
    from .bounds import measured

    try:
        measured(target.accepts, data)
    except BaseException:
        digest = hashlib.sha1(data, usedforsecurity=False).hexdigest()
        path = options.findings / target.name / f"crash-{digest}"
        path.write_bytes(data)
        _say(f"{target.name}: a finding, written to {path}")
        raise


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
