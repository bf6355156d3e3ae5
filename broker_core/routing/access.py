"""Who may publish and subscribe what at a WebSocket server of this endpoint.

Neither C++ Broker's server nor Zeek's knows users: whoever reaches the port may do everything. Here a server can ask
for a bearer token, and each token has prefixes of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from broker_core.errors import ConfigurationError

__all__ = ["EVERYTHING", "WebAccess", "WebUser", "is_token"]

EVERYTHING = ("",)


def is_token(text: str) -> bool:
    """Whether an ``Authorization`` header can carry *text*: ASCII without blanks."""
    return bool(text) and text.isascii() and text.isprintable() and " " not in text


@dataclass(frozen=True, slots=True, kw_only=True)
class WebUser:
    """One kind of client, told by its token, and the prefixes of topics that are open to it."""

    name: str = "anyone"
    token: str | None = field(default=None, repr=False)
    """None: no token is asked for."""
    publish: tuple[str, ...] = EVERYTHING
    """It may publish on topics that start with one of these."""
    subscribe: tuple[str, ...] = EVERYTHING
    """It may subscribe to prefixes that start with one of these."""

    def __post_init__(self) -> None:
        if self.token is not None and not is_token(self.token):
            msg = f"the token of {self.name} is empty, or has characters that no HTTP header can carry"
            raise ConfigurationError(msg)

    def may_publish(self, topic: str) -> bool:
        """Whether *topic* is open to it."""
        return topic.startswith(self.publish)

    def may_subscribe(self, prefix: str) -> bool:
        """Whether everything under *prefix* is open to it."""
        return prefix.startswith(self.subscribe)


@dataclass(frozen=True, slots=True, kw_only=True)
class WebAccess:
    """The clients that a server takes. Without *users* everybody may do everything, as at the servers of C++."""

    users: tuple[WebUser, ...] = (WebUser(),)
    origins: tuple[str, ...] = ()
    """Web pages, such as ``https://dashboard.example``, whose scripts may connect; "*" is all of them.

    Browsers say where a page is from, and let any page connect to a server on the user's own machine. C++ takes all.
    """

    def __post_init__(self) -> None:
        tokens = [user.token for user in self.users]
        if not tokens or len(set(tokens)) < len(tokens):
            msg = "each user of a WebSocket server needs a token of its own, and there must be one at the least"
            raise ConfigurationError(msg)

    @property
    def asks_for_token(self) -> bool:
        """Whether nobody gets in without a token."""
        return all(user.token is not None for user in self.users)

    def admit(self, authorization: str | None) -> WebUser | None:
        """The user for an ``Authorization`` header, None when there is none. All tokens are compared, in equal time."""
        from hmac import compare_digest  # noqa: PLC0415  # it is slow to load, and most programs serve nobody

        scheme, _, given = (authorization or "").strip().partition(" ")
        offered = given.strip().encode("utf-8", "surrogateescape") if scheme.lower() == "bearer" else b""
        found = None
        for user in self.users:
            if user.token is not None and compare_digest(user.token.encode(), offered):
                found = user
        if found is None and authorization is None:
            found = next((user for user in self.users if user.token is None), None)
        return found

    def takes_origin(self, origin: str | None) -> bool:
        """Whether a connection with this ``Origin`` header is wanted; programs other than browsers send none."""
        return origin is None or "*" in self.origins or origin.lower() in {one.lower() for one in self.origins}
