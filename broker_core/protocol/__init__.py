"""The wire protocol without sockets: bytes and the time go in, bytes and events come out."""
