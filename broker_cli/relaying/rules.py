"""Which topics a relay carries, in which direction, and under which name they arrive.

Names of topics are those of the side where a message comes from. Renaming replaces a prefix on the way from A to B,
and puts it back on the way from B to A.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

from broker_cli.parsing import refuse
from broker_core import InvalidValue
from broker_core.model.topics import check_topic, minimal_filter

__all__ = ["MAX_REMEMBERED", "Rules", "Side", "Topics", "parse_map", "parse_prefix"]

Side = Literal["a", "b"]

MAX_REMEMBERED = 4096
"""Topics of a direction whose new name is remembered."""


class _Map(NamedTuple):
    """A prefix, and what takes its place."""

    source: str
    target: str


def parse_prefix(option: str, text: str) -> str:
    """A prefix of topics. "" is all of them."""
    try:
        return check_topic(text, empty=True)
    except InvalidValue as error:
        refuse(f"{option}: {error}")


def parse_map(text: str) -> tuple[str, str]:
    """The two prefixes of ``--map A=B``."""
    source, equals, target = text.partition("=")
    if not equals or source == target:
        refuse(f"--map: '{text}' is not A=B", "such as zeek/=site-1/zeek/: what a topic starts with at A, and at B")
    return parse_prefix("--map", source), parse_prefix("--map", target)


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What was asked for. Raises a usage error when it does not go together."""

    both: tuple[str, ...] = ()
    """Prefixes at A for both directions; on the way back the names are those at B."""
    from_a: tuple[str, ...] = ()
    from_b: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    maps: tuple[tuple[str, str], ...] = ()
    one_way: bool = False

    def __post_init__(self) -> None:
        if not (self.both or self.from_a or self.from_b):
            refuse("no topics given", "--topic PREFIX carries both ways, --from-a and --from-b one way; '' is all")
        if self.one_way and self.from_b:
            refuse("--one-way is from A to B, so that --from-b cannot be")
        if self.one_way and not (self.both or self.from_a):
            refuse("--one-way needs --topic or --from-a")
        for at, what in ((0, "A"), (1, "B")):
            prefixes = [pair[at] for pair in self.maps]
            for prefix in prefixes:
                if prefixes.count(prefix) > 1:
                    refuse(f"--map: '{prefix}' is there twice for {what}")
        targets = [target for _, target in self.maps]
        for target in targets:
            longer = [other for other in targets if other != target and other.startswith(target)]
            if longer and not self.one_way:
                text = f"--map: '{longer[0]}' starts with '{target}', so that the way back is not clear"
                refuse(text, "with --one-way there is none")

    def topics(self, side: Side) -> Topics:
        """The rules for what comes from *side*."""
        forth = tuple(_Map(*pair) for pair in self.maps)
        back = tuple(_Map(target, source) for source, target in forth)
        if side == "a":
            wanted, way_back = (*self.both, *self.from_a), None if self.one_way else back
            return Topics(wanted, exclude=self.exclude, maps=forth, way_back=way_back)
        if self.one_way:
            return Topics()
        images = tuple(image for prefix in self.both for image in _images(prefix, forth))
        return Topics(
            self.from_b, wanted_there=self.both, exclude=self.exclude, maps=back, way_back=forth, images=images
        )


def _images(prefix: str, maps: tuple[_Map, ...]) -> list[str]:
    """The prefixes that the topics under *prefix* have on the other side."""
    around = max((one for one in maps if prefix.startswith(one.source)), key=_length, default=None)
    inside = [one.target for one in maps if one.source.startswith(prefix) and one is not around]
    if around is not None:
        return [around.target + prefix[len(around.source) :], *inside]
    return [prefix, *inside]


def _length(one: _Map) -> int:
    return len(one.source)


class Topics:
    """The topics of one direction: what to subscribe to, and the new name of each."""

    def __init__(
        self,
        wanted: tuple[str, ...] = (),
        *,
        wanted_there: tuple[str, ...] = (),
        exclude: tuple[str, ...] = (),
        maps: tuple[_Map, ...] = (),
        way_back: tuple[_Map, ...] | None = None,
        images: tuple[str, ...] = (),
    ) -> None:
        self.wanted = minimal_filter((*wanted, *images))
        """Prefixes to subscribe to; empty when nothing goes in this direction."""
        self._wanted = wanted
        self._wanted_there = wanted_there
        """Prefixes of the new names; *images* is what these are called here."""
        self._exclude = exclude
        self._maps = sorted(maps, key=_length, reverse=True)
        self._way_back = None if way_back is None else sorted(way_back, key=_length, reverse=True)
        self._known: dict[str, str | None] = {}

    def renamed(self, topic: str) -> str | None:
        """The name of *topic* on the other side; None when it is not to be carried."""
        try:
            return self._known[topic]
        except KeyError:
            if len(self._known) >= MAX_REMEMBERED:
                self._known.clear()
            name = self._known[topic] = self._find(topic)
            return name

    def _find(self, topic: str) -> str | None:
        name = _mapped(topic, self._maps)
        if topic.startswith(self._exclude):
            return None
        if not (topic.startswith(self._wanted) or name.startswith(self._wanted_there)):
            return None
        if self._way_back is not None and _mapped(name, self._way_back) != topic:
            return None  # at the other side this name belongs to a topic that is called differently here
        try:
            return check_topic(name)
        except InvalidValue:  # nothing is left of it, or it became too long
            return None


def _mapped(topic: str, maps: list[_Map]) -> str:
    """*topic* with another prefix; *maps* has the longest first."""
    for source, target in maps:
        if topic.startswith(source):
            return target + topic[len(source) :]
    return topic
