"""How an endpoint is made: ``Endpoint(Configuration(BrokerOptions()))``, as in the C++ bindings.

What they have and this library does not need is accepted without effect, and so said.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING

from broker_core import DEFAULT_LIMITS, ConfigurationError, EndpointOptions, Limits, TlsCredentials

if TYPE_CHECKING:
    from broker_core import CurveKeys, Overflow

__all__ = ["BrokerOptions", "Configuration"]


@dataclass(slots=True)
class BrokerOptions:
    """Options of an endpoint, to be set before it is made."""

    disable_ssl: bool = False
    """Plain TCP both ways. Else it listens with Broker's certificate-less TLS, and dials as the peer wants it."""
    forward: bool = True
    """Pass messages on from peer to peer (manual 2.2.2)."""
    ttl: int = 20
    """Hops that a message may take (manual 2.2.2)."""
    ignore_broker_conf: bool = False
    """Without effect: there is no configuration file that could be read."""
    use_real_time: bool = True
    """Without effect: time is always that of the clock."""
    api_version: int = 1
    """Behave as the manual and the bindings 1.x (1), or as those of Broker 2.x (2), where these differ.

    With 2, status subscribers see ``SC.EndpointDiscovered`` before ``SC.PeerAdded``, and ``SC.EndpointUnreachable``
    after the loss; and :meth:`Endpoint.peer` with a peer that there is already returns True, not False.
    """
    peer_overflow: Overflow = "block"
    """What happens to a message for a peer whose queue is full."""
    curve: CurveKeys | None = field(default=None, repr=False)
    """The keys of a ZeroMQ cluster that encrypts."""
    limits: Limits = field(default=DEFAULT_LIMITS)
    """All bounds and timeouts."""


class Configuration:
    """The *options* as they are now; later changes of them have no effect.

    ``openssl_certificate``, ``openssl_key`` and one of ``openssl_cafile`` and ``openssl_capath`` name PEM files;
    ``openssl_passphrase`` is for an encrypted key. With any of them both sides of every connection show certificates.
    ``max_threads`` is without effect.
    """

    def __init__(self, options: BrokerOptions | None = None) -> None:
        if options is not None and not isinstance(options, BrokerOptions):
            msg = f"a Configuration is made from BrokerOptions, not from {type(options).__name__}"
            raise TypeError(msg)
        given = options or BrokerOptions()
        self.options = BrokerOptions(**{one.name: getattr(given, one.name) for one in fields(given)})
        self.max_threads = 0
        self.openssl_cafile = ""
        self.openssl_capath = ""
        self.openssl_certificate = ""
        self.openssl_key = ""
        self.openssl_passphrase = ""

    def endpoint_options(self) -> EndpointOptions:
        """The options of the endpoint in the portal. Raises :class:`ConfigurationError`."""
        options = self.options
        if options.api_version not in {1, 2}:
            msg = f"api_version is 1 or 2, not {options.api_version!r}"
            raise ConfigurationError(msg)
        return EndpointOptions(
            forward=options.forward,
            ttl=options.ttl,
            tls="off" if options.disable_ssl else "auto",
            credentials=self._credentials(),
            peer_overflow=options.peer_overflow,
            curve=options.curve,
            limits=options.limits,
        )

    def _credentials(self) -> TlsCredentials | None:
        credentials = TlsCredentials(
            certificate=self.openssl_certificate or None,
            key=self.openssl_key or None,
            passphrase=self.openssl_passphrase or None,
            ca_file=self.openssl_cafile or None,
            ca_dir=self.openssl_capath or None,
        )
        return credentials if credentials.wanted else None
