"""The command `jiangsai`: gathers the command groups of all packages."""

from functools import partial
from typing import Any

import click

from webapp.config import SettingInvalid, Settings, environment, require_secrets
from webapp.core.errors import DomainError
from webapp.supervisor.cli import up
from webapp.supervisor.processes import StartFailed
from webapp.supervisor.services import reachable


class Commands(click.Group):
    """Loads the packages' commands only when one of them is asked for, so that `up` starts at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *self._found()})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return super().get_command(ctx, cmd_name) or self._found().get(cmd_name)

    def invoke(self, ctx: click.Context) -> Any:
        """Refusals are one clear line and exit status 1."""
        try:
            return super().invoke(ctx)
        except (DomainError, SettingInvalid, StartFailed) as error:
            raise click.ClickException(str(error)) from error
        except Exception as error:
            from sqlalchemy.exc import OperationalError  # noqa: PLC0415 - see _found

            if not isinstance(error, OperationalError):
                raise
            reason = str(error.orig).strip()
            raise click.ClickException(f"The database (DATABASE_URL) does not answer: {reason}") from error

    def _found(self) -> dict[str, click.Command]:
        # Imported late on purpose: `jiangsai up` must not wait for the whole application.
        from webapp.registry import commands  # noqa: PLC0415

        return {command.name or "": command for command in commands()}


@click.group(cls=Commands)
@click.version_option(package_name="jiangsai")
@click.pass_context
def main(ctx: click.Context) -> None:
    """Jiangsai 匠赛: contests in vocational skills, from registration to the posted list."""
    ctx.obj = _make_app


main.add_command(up)


def _make_app(on: dict[str, str] | None = None, **overrides: Any) -> Any:
    """The Flask app for a command: on the servers of the environment, of the running `jiangsai up`,
    or on our own, started for as long as the command takes. on: an environment that names other ones."""
    from webapp.app import create_app  # noqa: PLC0415 - see Commands._found

    environ = on if on is not None else _reachable_environment()
    settings = Settings.from_env(environ)
    require_secrets(settings)
    app = create_app(settings, **overrides)
    app.extensions["environ"] = environ
    return app


def _reachable_environment() -> dict[str, str]:
    say = partial(click.echo, err=True)
    return click.get_current_context().with_resource(reachable(environment(), Settings.from_env().var, say))


if __name__ == "__main__":
    main()
