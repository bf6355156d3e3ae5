"""``broker profile``: a group of commands, which are in modules of their own and loaded when they are needed."""

__all__ = ["EPILOG", "profile"]

EPILOG = """\b
Examples:
  broker profile add lab -p zeek.example:9999 --retry 3 --use
  broker subscribe zeek/                       at zeek.example:9999
  broker subscribe zeek/ --profile prod        at another one, this time
  broker profile show --origin                 who says what

\b
A flag comes before the environment, that before the profile, and that before
the default. Profiles are in ~/.config/broker/config.toml, in the order and
with the comments that you give them there; see PROFILES in broker(1).
Exit codes: 2 no such profile, or a wrong one; 3 nothing to show; 7 the file
cannot be changed line by line, or validate found something."""


def profile() -> None:
    """Keep presets for options under names."""
