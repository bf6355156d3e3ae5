"""``broker profile add``, ``use``, ``edit`` and ``rm``: change the file."""

# Typer reads the annotations when the program runs, so they are not postponed here.
from functools import partial
from typing import Annotated

from typer import Argument, Option
from typer import Context as TyperContext

from broker_cli.commandline import with_option_groups
from broker_cli.context import Context
from broker_cli.parsing import refuse

from .options import KeptOptions, OwnDisplay

__all__ = ["EPILOG", "USAGE", "add", "edit", "rm", "use"]

USAGE = {
    "add": ("[OPTIONS] NAME",),
    "use": ("[OPTIONS] PROFILE", "[OPTIONS] --none"),
    "edit": ("[OPTIONS]",),
    "rm": ("[OPTIONS] PROFILE",),
}

EPILOG = {
    "add": """\b
Examples:
  broker profile add lab -p zeek.example:9999 --connect-timeout 2s --use
  broker profile add tls -p a:9999 -p b:9999 --ca ca.pem --cert me.pem
  broker profile add ws -p wss://zeek/ --token-command 'pass show zeek/ws'

\b
What is not given here is not in the profile, whatever the environment says.
Secrets never are: the file has the names of files, or commands.
Exit codes: 2 there is one of that name already, or a value is wrong.""",
    "use": """\b
Examples:
  broker profile use lab
  broker profile use --none

\b
It is for all shells, from now on. For one shell: export BROKER_PROFILE=lab;
for one command: --profile lab, or --no-profile.
Exit codes: 2 no such profile, or a wrong one.""",
    "edit": """\b
Examples:
  broker profile edit
  VISUAL='code --wait' broker profile edit

\b
The editor is that of VISUAL or EDITOR, else vi. When it ends, the file is
read as broker profile validate does.
Exit codes: 2 the editor failed, 7 something is wrong in the file.""",
    "rm": """\b
Examples:
  broker profile rm lab
  broker profile rm lab --yes

\b
The rest of the file stays as it is.
Exit codes: 2 no such profile, 3 not after all, 7 cannot be done line by line.""",
}


@with_option_groups
def add(
    ctx: TyperContext,
    name: Annotated[str, Argument(metavar="NAME", show_default=False, help="For --profile.")],
    use_it: Annotated[bool, Option("--use", help="Use it from now on, when nothing else is said.")] = False,
    force: Annotated[bool, Option("--force", help="Replace the profile of that name.")] = False,
    *,
    kept: KeptOptions,
) -> None:
    """Keep the given options under a name."""
    from broker_cli.profiles.changing import add_profile

    add_profile(ctx.obj, name, kept.values(), force=force, default=use_it)


@with_option_groups
def use(
    ctx: TyperContext,
    name: Annotated[str | None, Argument(metavar="PROFILE", show_default=False, help="The one to use.")] = None,
    none: Annotated[bool, Option("--none", help="Use none, unless told to.")] = False,
    *,
    display: OwnDisplay,
) -> None:
    """Choose the profile that is used when nothing else is said."""
    context: Context = ctx.obj
    display.settings(context)
    if (name is None) is not none:
        refuse("give the name of a profile, or --none")
    from broker_cli.profiles.changing import choose_profile

    choose_profile(context, name or "")


@with_option_groups
def edit(ctx: TyperContext, *, display: OwnDisplay) -> None:
    """Open the file with the profiles in an editor."""
    context: Context = ctx.obj
    settings = display.settings(context, ("human", "ndjson"))

    from broker_cli.profiles.changing import make_file, writable_path
    from broker_cli.profiles.editing import run_editor
    from broker_cli.validating import run_validate

    path = writable_path(context)
    make_file(path)
    run_editor(context.environ, path)
    run_validate(context, settings, path=path, names=(), connect=False)


@with_option_groups
def rm(
    ctx: TyperContext,
    name: Annotated[str, Argument(metavar="PROFILE", show_default=False, help="The one to remove.")],
    yes: Annotated[bool, Option("--yes", "-y", help="Do not ask.")] = False,
    *,
    display: OwnDisplay,
) -> None:
    """Remove a profile."""
    context: Context = ctx.obj
    display.settings(context)

    import trio

    from broker_cli.profiles.changing import remove_profile
    from broker_cli.stores.asking import check_consent, confirm

    def agree() -> None:
        deed = f"remove profile {name}"
        check_consent(context, deed, yes=yes)
        trio.run(partial(confirm, context, deed, yes=yes))

    remove_profile(context, name, agree)
