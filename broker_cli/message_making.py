"""The message of ``publish`` and ``request`` from the words of the command line: made once, or anew each time."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any

from .argument_templates import ArgumentTemplate, Filling
from .arguments import event_arguments, signature_of
from .parsing import literal, metadata_key, refuse

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from broker_core.declarations import Declarations, Signature

    from .context import Context

__all__ = ["EventMaker", "ValueMaker", "make_event_maker"]


def _filling(number: int) -> Filling:
    from broker_core import now
    from broker_core.codecs import text

    return Filling(number, text.encode(now()))


class ValueMaker:
    """Makes the value of *text*, which *what* names in errors; with *environ* it is a template."""

    def __init__(self, what: str, text: str, environ: Mapping[str, str] | None = None) -> None:
        self._what = what
        self._numbers = count(1)
        self._template = None if environ is None else ArgumentTemplate(what, text, environ)
        self._value = literal(what, text) if self._template is None else self._filled(_filling(1))

    def _filled(self, filling: Filling) -> Any:
        assert self._template is not None  # noqa: S101  # the callers looked
        return literal(self._what, self._template.render(filling))

    def make(self) -> Any:
        """The value for the next message."""
        return self._value if self._template is None else self._filled(_filling(next(self._numbers)))


class EventMaker:
    """Makes the event *name* with what *words* say, as *declarations* declare it; with *environ* they are templates."""

    def __init__(
        self,
        name: str,
        words: Sequence[str],
        declarations: Declarations | None,
        *,
        meta: Sequence[str] = (),
        environ: Mapping[str, str] | None = None,
    ) -> None:
        self._name = name
        self._declarations = declarations
        self._numbers = count(1)
        entries = [metadata_key(text) for text in meta]
        self._fixed = {key: None if text == "now" and key == 1 else literal("--meta", text) for key, text in entries}
        self._templates: list[ArgumentTemplate] | None = None
        self._values: list[Any] = []
        if environ is None:
            self._values = event_arguments(name, words, declarations)
        else:
            signature = None if declarations is None else signature_of(name, declarations)
            self._templates = [
                ArgumentTemplate(f"argument {at + 1} of {name}", word, environ, verbatim=_is_string(signature, at))
                for at, word in enumerate(words)
            ]

    def check(self) -> None:
        """Raise a usage error if no event can be made of it; the message that is tried counts for none."""
        self._event(_filling(1))

    def make(self) -> Any:
        """The value of the next event."""
        return self._event(None if self._templates is None else _filling(next(self._numbers)))

    def _event(self, filling: Filling | None) -> Any:
        from broker_core import Event, InvalidValue, now

        values = self._values
        if self._templates is not None and filling is not None:
            words = [template.render(filling) for template in self._templates]
            values = event_arguments(self._name, words, self._declarations)
        metadata = {key: now() if value is None else value for key, value in self._fixed.items()}
        try:
            return Event(self._name, *values, metadata=metadata or None).value
        except InvalidValue as error:
            refuse(str(error))


def _is_string(signature: Signature | None, at: int) -> bool:
    if signature is None or at >= len(signature.parameters):
        return False
    return getattr(signature.parameters[at].type, "kind", "") in {"string", "file"}


def make_event_maker(
    context: Context,
    name: str,
    words: Sequence[str],
    declarations: Declarations | None,
    *,
    meta: Sequence[str] = (),
    environ: Mapping[str, str] | None = None,
) -> EventMaker:
    """An :class:`EventMaker` that can make the event. What cannot be checked is told."""
    maker = EventMaker(name, words, declarations, meta=meta, environ=environ)
    maker.check()
    signature = None if declarations is None else declarations.event(name)
    if signature is not None and (unknown := signature.unknown()):
        context.progress(f"not checked for want of a declaration: what is of type {', '.join(unknown)}")
    return maker
