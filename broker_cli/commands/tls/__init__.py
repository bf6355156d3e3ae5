"""``broker tls``: a group of commands, which are in modules of their own and loaded when they are needed."""

__all__ = ["EPILOG", "tls"]

EPILOG = """\b
Examples:
  broker tls init pki manager=10.0.0.1 worker-1   a CA, and two nodes
  broker tls init pki worker-2                    another node, same CA
  broker tls show pki/*.crt                       who, for whom, how long
  broker tls curve keys                           for a cluster on ZeroMQ

\b
Certificates need the package cryptography: pip install 'broker-toolkit[tls]';
CURVE keys need pyzmq: pip install 'broker-toolkit[zeromq]'.
Exit codes: 2 they are not there, 3 a certificate has expired, 7 a file is in
the way, or cannot be read."""


def tls() -> None:
    """Make and look at certificates for TLS, and make CURVE keys."""
