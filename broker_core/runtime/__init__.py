"""Sockets, tasks and clocks: the only floor that knows them, besides what stands above it."""
