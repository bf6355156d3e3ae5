"""Completion scripts for bash, zsh and fish.

They hold the whole command tree, so Tab starts the program only for what is known when it is pressed: profiles, and
the topics, stores and peers of the last connections (``broker __complete``).
"""

from .for_bash import bash
from .for_fish import fish
from .for_zsh import zsh

__all__ = ["bash", "fish", "zsh"]
