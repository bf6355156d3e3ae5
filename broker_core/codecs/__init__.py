"""Values in and out of bytes and text: ``binary``, ``text``, ``json``, ``msgpack``, and ``cpp`` for printing only.

Every module has ``encode(value)`` and ``decode(data, limits)`` with the same meaning: strict values in and out, types
included; :class:`~broker_core.errors.EncodeError` for what is no value, :class:`~broker_core.errors.DecodeError` and
nothing else for what holds none, in time and memory that the input's length bounds.
"""
