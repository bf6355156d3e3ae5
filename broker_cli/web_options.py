"""The options for what is served besides peers: WebSocket clients, a ZeroMQ cluster, the status over HTTP."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal, get_args

from typer import Option

from .config import Tls
from .parsing import central_address, choice, listen_address, refuse

if TYPE_CHECKING:
    from broker_core import WebAccess

    from .subscribing import Serving

__all__ = ["WS_OVERFLOW", "ServeOptions"]

_PANEL = "WebSocket clients"
_PORTS = {"zeek": "27759", "broker": "9997"}
"""The usual ports, by whose server it is like."""

_ZMQ_PORTS = {"zeek": "5555"}

WebStyle = Literal["broker", "zeek"]

WS_OVERFLOW = {"disconnect": "disconnect", "drop-old": "drop_oldest", "drop-new": "drop_newest", "block": "block"}
"""The words of ``--ws-overflow``, and the policies of the library."""


@dataclass(frozen=True)
class ServeOptions:
    """What to serve besides peers."""

    ws: Annotated[
        str | None, Option("--ws", metavar="[ADDR:]PORT", help="Serve WebSocket, too; zeek: 27759, broker: 9997.")
    ] = None
    ws_style: Annotated[
        str | None, Option("--ws-style", metavar="WHOSE", help="broker or zeek.", rich_help_panel=_PANEL)
    ] = None
    ws_tls: Annotated[
        str | None,
        Option(
            "--ws-tls",
            metavar="HOW",
            help="For --ws: auto (both), off, anon, verify (with --cert).",
            rich_help_panel=_PANEL,
        ),
    ] = None
    ws_publish: Annotated[
        list[str] | None,
        Option(
            "--ws-publish",
            metavar="TOPIC",
            help="Clients may publish on this prefix only; repeatable.",
            rich_help_panel=_PANEL,
        ),
    ] = None
    ws_subscribe: Annotated[
        list[str] | None,
        Option(
            "--ws-subscribe",
            metavar="TOPIC",
            help="They may subscribe to this prefix only; repeatable.",
            rich_help_panel=_PANEL,
        ),
    ] = None
    ws_rules: Annotated[
        str | None,
        Option("--ws-rules", metavar="FILE", help="Users with tokens and topics of their own.", rich_help_panel=_PANEL),
    ] = None
    ws_origin: Annotated[
        list[str] | None,
        Option(
            "--ws-origin",
            metavar="URL",
            help="Scripts of this web page may connect; '*' is all.",
            rich_help_panel=_PANEL,
        ),
    ] = None
    ws_overflow: Annotated[
        str | None,
        Option(
            "--ws-overflow",
            metavar="HOW",
            help="Slow clients: disconnect, drop-old, drop-new, block.",
            rich_help_panel=_PANEL,
        ),
    ] = None
    http: Annotated[str | None, Option("--http", metavar="[ADDR:]PORT", help="Serve status and metrics over HTTP.")] = (
        None
    )

    zmq: Annotated[
        str | None,
        Option("--zmq", metavar="[ADDR:]PORT[:PORT]", help="Run a ZeroMQ cluster: XPUB and XSUB; zeek: 5555."),
    ] = None

    @property
    def takes_token(self) -> bool:
        """Whether there are clients to be asked for the token that environment or profile have."""
        return self.ws is not None and not self.ws_rules

    def serving(self, token: str | None, *, certified: bool) -> "Serving | None":
        """What was asked for, None when nothing was. *certified*: there are certificates to use."""
        if self.ws is None and (token or self._web_words()):
            refuse(f"{'--token-file' if token else self._web_words()[0]} is for WebSocket clients", "add --ws PORT")
        if self.ws is None and self.http is None and self.zmq is None:
            return None
        from .subscribing import Serving, WebServing

        web = None
        if self.ws is not None:
            where = _PORTS.get(self.ws, self.ws)
            host, port = listen_address(where, "--ws")
            preset: WebStyle = "zeek" if str(port) == _PORTS["zeek"] else "broker"
            style: WebStyle = choice("--ws-style", self.ws_style or preset, get_args(WebStyle))
            tls: Tls = choice("--ws-tls", self.ws_tls or ("verify" if certified else "auto"), get_args(Tls))
            overflow = WS_OVERFLOW[choice("--ws-overflow", self.ws_overflow or "disconnect", tuple(WS_OVERFLOW))]
            web = WebServing(host=host, port=port, tls=tls, style=style, access=self._access(token), overflow=overflow)
        return Serving(
            web=web,
            http=None if self.http is None else listen_address(self.http, "--http"),
            zmq=None if self.zmq is None else central_address(_ZMQ_PORTS.get(self.zmq, self.zmq), "--zmq"),
        )

    def _web_words(self) -> list[str]:
        given = {
            "--ws-style": self.ws_style,
            "--ws-tls": self.ws_tls,
            "--ws-publish": self.ws_publish,
            "--ws-subscribe": self.ws_subscribe,
            "--ws-rules": self.ws_rules,
            "--ws-origin": self.ws_origin,
            "--ws-overflow": self.ws_overflow,
        }
        return [option for option, value in given.items() if value]

    def _access(self, token: str | None) -> "WebAccess":
        from broker_core import ConfigurationError, WebAccess, WebUser

        if self.ws_rules:
            if token or self.ws_publish or self.ws_subscribe or self.ws_origin:
                refuse("--ws-rules says it all", "leave out --token-file, --ws-publish, --ws-subscribe and --ws-origin")
            from .rules import read_rules

            return read_rules(self.ws_rules)
        everything = ("",)
        try:
            user = WebUser(
                token=token,
                publish=tuple(self.ws_publish) if self.ws_publish else everything,
                subscribe=tuple(self.ws_subscribe) if self.ws_subscribe else everything,
            )
        except ConfigurationError as error:
            refuse(f"--token-file: {error}")
        return WebAccess(users=(user,), origins=tuple(self.ws_origin or ()))
