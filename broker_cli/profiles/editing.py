"""A person edits the file with an editor of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broker_cli.parsing import refuse

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["run_editor"]


def run_editor(environ: Mapping[str, str], path: str) -> None:
    """Open *path* in the editor that the user has chosen, and wait for its end. Raises a usage error when it fails."""
    import subprocess

    editor = environ.get("VISUAL") or environ.get("EDITOR") or "vi"
    # The shell takes it apart, since it may have options. Ctrl-C is for the editor, and ends neither shell nor program.
    script = f'trap : INT; {editor} "$1"'
    with subprocess.Popen(["/bin/sh", "-c", script, "editor", path]) as process:  # noqa: S603  # the user's own editor
        while True:
            try:
                code = process.wait()
                break
            except KeyboardInterrupt:
                continue
    if code:
        refuse(f"the editor '{editor}' failed (exit {code})", "VISUAL or EDITOR names another one")
