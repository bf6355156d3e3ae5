"""What the manual says about profiles, and about the files of the program."""

from __future__ import annotations

from .parts import Code, Section

__all__ = ["FILES", "PROFILES"]

PROFILES = Section(
    "PROFILES",
    (
        (
            "A profile is a name for presets of options. A flag comes before the environment, that before the profile,"
            " and that before the default; broker profile show --origin tells who says what. The profile is that of "
            "--profile, else of BROKER_PROFILE, else default-profile in the file; --no-profile is none."
        ),
        Code(
            (
                'default-profile = "lab"          # broker profile use lab',
                "",
                "[profile.lab]",
                'peer = ["zeek.example:9999"]',
                'connect-timeout = "2s"',
                "",
                "[profile.prod]",
                'peer = "wss://zeek.example"',
                'ca = "pki/ca.crt"                # relative to this file',
                'token-command = "pass show zeek/ws"',
                "reconnect = true",
            )
        ),
        (
            (
                "peer, timeout, connect-timeout, retry, reconnect, output, color",
                (
                    "As the options. reconnect is true, false or a number; peer may be one string. Mind that a timeout "
                    "ends subscribe, too."
                ),
            ),
            (
                "tls, ca, ca-dir, cert, cert-key, tls-check-host, tls-key-log",
                "As the options. tls-check-host is true or false.",
            ),
            (
                "key-pass-file, key-pass-command, token-file, token-command",
                (
                    "Where secrets are: the first line of a file, or of what a command prints within a minute. The "
                    "secrets themselves have no place in the file, and commands of a file that others can write are "
                    "not run."
                ),
            ),
            ("curve-dir, ws-zone, event-file", "As the options."),
            ("topics", "For completion to offer, besides those that it has seen."),
        ),
        (
            "Other keys, and values of another type, are errors. Options that a profile turns on are turned off by "
            "--no-reconnect, --no-tls-check-host and --retry 0. With state = false on top of the file, nothing is "
            "remembered for completion."
        ),
    ),
)

FILES = Section(
    "FILES",
    (
        (
            (
                "~/.config/broker/config.toml",
                "Profiles. In $XDG_CONFIG_HOME/broker if that is set; BROKER_CONFIG names another file.",
            ),
            (
                "~/.local/state/broker/last.json",
                (
                    "Topics, stores and peers of the last connections, for completion; nobody else can read it, and "
                    "it can be removed at any time. In $XDG_STATE_HOME/broker if that is set; BROKER_STATE names "
                    "another file, or is off."
                ),
            ),
        ),
    ),
)
