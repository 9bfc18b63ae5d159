"""The command `jiangsai`: gathers the command groups of all packages."""

from typing import Any

import click

from webapp.supervisor.cli import up


class Commands(click.Group):
    """Loads the packages' commands only when one of them is asked for, so that `up` starts at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *self._found()})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return super().get_command(ctx, cmd_name) or self._found().get(cmd_name)

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


def _make_app(**overrides: Any) -> Any:
    """The Flask app for a command, with the settings of the environment."""
    from webapp.app import create_app  # noqa: PLC0415 - see Commands._found
    from webapp.config import Settings, require_secrets  # noqa: PLC0415

    settings = Settings.from_env()
    require_secrets(settings)
    return create_app(settings, **overrides)


if __name__ == "__main__":
    main()
