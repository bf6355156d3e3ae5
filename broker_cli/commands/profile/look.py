"""``broker profile list`` and ``show``: look, and change nothing."""

# Typer reads the annotations when the program runs, so they are not postponed here.
from typing import Annotated

from typer import Argument, Option
from typer import Context as TyperContext

from broker_cli.commandline import with_option_groups
from broker_cli.config import ENV_PROFILE
from broker_cli.context import Context
from broker_cli.exit_codes import ExitCode, Failure
from broker_cli.parsing import refuse
from broker_cli.profiles.files import ConfigFile, config_path, read_config
from broker_cli.profiles.resolving import use_profile

from .options import OwnDisplay, SharedOptions

__all__ = ["EPILOG", "USAGE", "list_", "show"]

USAGE = {"list": ("[OPTIONS]",), "show": ("[OPTIONS] [PROFILE]",)}

EPILOG = {
    "list": """\b
Examples:
  broker profile list
  broker profile list -o ndjson | jq -r 'select(.in_use).peers[]'

\b
A star marks the profile that commands use now: that of BROKER_PROFILE, else
the one that broker profile use has chosen.
Exit codes: 2 the file is no TOML, 3 there are no profiles.""",
    "show": """\b
Examples:
  broker profile show lab             what this profile says
  broker profile show --origin        every setting, and who says it
  broker profile show prod --origin -p other:9999 --tls off
  broker profile show --origin -o ndjson | jq 'select(.name=="tls")'

\b
With --origin the options are those of a command line that one could write;
-o is that of this command. What is never said has its default.
Exit codes: 2 no such profile, 3 no profile is in use.""",
}


@with_option_groups
def list_(ctx: TyperContext, *, display: OwnDisplay) -> None:
    """List the profiles, and which one is in use."""
    context: Context = ctx.obj
    settings = display.settings(context, ("human", "ndjson"))
    config = read_config(context.environ) or ConfigFile(config_path(context.environ))
    if not config.profiles:
        message = f"there are no profiles in {config.path}" if config.path else "there are no profiles"
        raise Failure(message, ExitCode.NO, "broker profile add NAME -p HOST:PORT --use makes one")
    used = display.profile or context.environ.get(ENV_PROFILE) or config.default
    if used and used not in config.profiles:
        context.warn(f"'{used}' is to be used, and there is no such profile")

    from broker_cli.profiles.listing import profile_lines, profile_rows

    rows = profile_rows(config, "" if display.no_profile else used)
    context.print(profile_lines(rows, config, human=settings.output == "human"))


@with_option_groups
def show(
    ctx: TyperContext,
    name: Annotated[
        str | None, Argument(metavar="PROFILE", show_default=False, help="Default: the one in use.")
    ] = None,
    origin: Annotated[bool, Option("--origin", help="All settings, each with who says it.")] = False,
    *,
    shared: SharedOptions,
    display: OwnDisplay,
) -> None:
    """Show what a profile says, or where each setting comes from."""
    context: Context = ctx.obj
    settings = display.settings(context, ("human", "ndjson"))
    if name and (display.profile or display.no_profile):
        refuse("give the profile either as an argument or as an option")
    flags = shared.flags()
    if not origin and any(value not in (None, ()) for value in flags.values()):
        refuse("options of other commands go with --origin", "which shows who says each setting")
    use_profile(context, name or display.profile, none=display.no_profile)

    from broker_cli.profiles.listing import setting_lines, settings_in, settings_of

    if context.profile is not None:
        context.progress(f"profile {context.profile.name} in {context.profile.file}")
    elif not origin:
        message = "no profile is in use"
        raise Failure(message, ExitCode.NO, "broker profile use NAME chooses one; --origin shows what applies now")
    found = settings_of(context, flags) if origin else settings_in(context.profile)
    context.print(setting_lines(found, human=settings.output == "human", origins=origin))
