"""``broker store incr``, ``decr``, ``append``, ``push``, ``pop``, ``insert`` and ``remove``: parts of a value.

The master does them, so that changes by others meanwhile are not lost.
"""

# Typer reads the annotations when the program runs, so they are not postponed here.
from typer import Context as TyperContext

from broker_cli.commandline import with_option_groups
from broker_cli.context import Context
from broker_cli.parsing import literal, optional_duration, refuse

from .options import Ttl, Words, WriteOptions, named_keys

__all__ = ["EPILOG", "USAGE", "append", "decr", "incr", "insert", "pop", "push", "remove"]


def _usage(shape: str) -> tuple[str, ...]:
    return f"[OPTIONS] NAME {shape}", f"[OPTIONS] --file FILE --write {shape}"


USAGE = {
    "incr": _usage("KEY [BY]"),
    "decr": _usage("KEY [BY]"),
    "append": _usage("KEY TEXT"),
    "push": _usage("KEY VALUE..."),
    "pop": _usage("KEY"),
    "insert": _usage("KEY INDEX [VALUE]"),
    "remove": _usage("KEY INDEX..."),
}

_TTL_NOTE = "Without --ttl the entry stays, also when it would have expired."
_CODES = """Exit codes: 3 no such key, 4 not confirmed in time, 5 no connection, 7 not for
the type of the value, 8 no master, or its database cannot."""
_CODES_IF_ABSENT_IS_EMPTY = """Exit codes: 4 not confirmed in time, 5 no connection, 7 not for the type of
the value, 8 no master, or its database cannot."""

EPILOG = {
    "incr": f"""\b
Examples:
  broker store incr -p :9999 db counter         by 1 of the type of the value
  broker store incr db balance +5               an integer; 5 is a count
  broker store incr db last_seen 1.5hr          a time, or a timespan

\b
A key that is absent starts from zero, or for a timespan from 1970.
{_TTL_NOTE}
{_CODES_IF_ABSENT_IS_EMPTY}""",
    "decr": f"""\b
Examples:
  broker store decr -p :9999 db counter         by 1 of the type of the value
  broker store decr db balance +5               an integer; 5 is a count

\b
A count below zero starts again from 2**64.
{_TTL_NOTE}
{_CODES}""",
    "append": f"""\b
Examples:
  broker store append -p :9999 db log 'string:, and more'
  broker store append db log "string:$line"

\b
A key that is absent starts empty.
{_TTL_NOTE}
{_CODES_IF_ABSENT_IS_EMPTY}""",
    "push": f"""\b
Examples:
  broker store push -p :9999 db queue 10.0.0.1
  broker store push db queue a b c

\b
A key that is absent starts empty.
{_TTL_NOTE}
{_CODES_IF_ABSENT_IS_EMPTY}""",
    "pop": f"""\b
Examples:
  broker store get -p :9999 db queue --index 0
  broker store pop -p :9999 db queue

\b
An empty vector stays as it is. The value is not printed: Broker does not tell
which one it was.
{_TTL_NOTE}
{_CODES}""",
    "insert": f"""\b
Examples:
  broker store insert -p :9999 db hosts 10.0.0.1           a set
  broker store insert db ports 22/tcp ssh                  a table

\b
A key that is absent starts as an empty set, or with VALUE as an empty table.
{_TTL_NOTE}
{_CODES_IF_ABSENT_IS_EMPTY}""",
    "remove": f"""\b
Examples:
  broker store remove -p :9999 db hosts 10.0.0.1
  broker store remove db ports 22/tcp 80/tcp

\b
What is not in the set or table is no error. A vector loses its last value
(as in Broker), whatever INDEX is.
{_TTL_NOTE}
{_CODES}""",
}


@with_option_groups
def incr(ctx: TyperContext, words: Words = None, ttl: Ttl = None, *, where: WriteOptions) -> None:
    """Add to a number or a time."""
    _count(ctx.obj, "increment", words, ttl, where)


@with_option_groups
def decr(ctx: TyperContext, words: Words = None, ttl: Ttl = None, *, where: WriteOptions) -> None:
    """Subtract from a number or a time."""
    _count(ctx.obj, "decrement", words, ttl, where)


def _count(context: Context, operation: str, words: list[str] | None, ttl: str | None, where: WriteOptions) -> None:
    job, (key, *by) = where.change(context, words, "KEY [BY]")
    amounts = [literal("BY", text) for text in by]
    seconds = optional_duration("--ttl", ttl)
    (name,) = named_keys([key])

    from broker_cli.stores.writing import run_count

    run_count(job, operation, name, amounts, seconds)


@with_option_groups
def append(ctx: TyperContext, words: Words = None, ttl: Ttl = None, *, where: WriteOptions) -> None:
    """Add text at the end of a string."""
    _change(ctx.obj, "append", words, "KEY TEXT", ttl, where)


@with_option_groups
def push(ctx: TyperContext, words: Words = None, ttl: Ttl = None, *, where: WriteOptions) -> None:
    """Add values at the end of a vector."""
    _change(ctx.obj, "push", words, "KEY VALUE...", ttl, where)


@with_option_groups
def pop(ctx: TyperContext, words: Words = None, ttl: Ttl = None, *, where: WriteOptions) -> None:
    """Remove the last value of a vector."""
    _change(ctx.obj, "pop", words, "KEY", ttl, where)


@with_option_groups
def insert(ctx: TyperContext, words: Words = None, ttl: Ttl = None, *, where: WriteOptions) -> None:
    """Add to a set, or with VALUE to a table."""
    _change(ctx.obj, "insert_into", words, "KEY INDEX [VALUE]", ttl, where)


@with_option_groups
def remove(ctx: TyperContext, words: Words = None, ttl: Ttl = None, *, where: WriteOptions) -> None:
    """Remove from a set or a table."""
    _change(ctx.obj, "remove_from", words, "KEY INDEX...", ttl, where)


def _change(
    context: Context, operation: str, words: list[str] | None, shape: str, ttl: str | None, where: WriteOptions
) -> None:
    """*operation* with the values behind KEY: with all of them, or for ``...`` with each."""
    job, (key, *others) = where.change(context, words, shape)
    labels = [name.strip("[.]") for name in shape.split()[1:]]
    values = [literal(labels[min(at, len(labels) - 1)], text) for at, text in enumerate(others)]
    if operation == "append" and not isinstance(values[0], str | bytes):
        refuse(f"TEXT: '{others[0]}' is no string", f"as a string it is string:{others[0]}")
    changes = [(value,) for value in values] if shape.endswith("...") else [tuple(values)]
    seconds = optional_duration("--ttl", ttl)
    (name,) = named_keys([key])

    from broker_cli.stores.writing import run_change

    run_change(job, operation, name, changes, seconds)
