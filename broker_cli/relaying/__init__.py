"""Carrying messages between two networks that do not become one."""
