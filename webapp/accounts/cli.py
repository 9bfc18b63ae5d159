"""`jiangsai admin`: the first administrator of an empty system."""

import click

from webapp.access.permissions import Role, ScopeKind
from webapp.accounts.rules import documents, names, passwords, phones
from webapp.accounts.rules.documents import DocumentKind
from webapp.accounts.service import administrators
from webapp.core import clock
from webapp.core.errors import DomainError
from webapp.core.transaction import transaction


@click.group()
def admin() -> None:
    """Administrators of the platform."""


@admin.command()
@click.option("--name", prompt="Name, as on the document")
@click.option(
    "--document-kind",
    type=click.Choice([kind.value for kind in DocumentKind]),
    default=DocumentKind.RESIDENT_ID.value,
    show_default=True,
)
@click.option(
    "--document-number", prompt="Document number", hide_input=True, envvar="JIANGSAI_ADMIN_DOCUMENT"
)
@click.option("--phone", prompt="Phone")
@click.option(
    "--password",
    prompt="Password (10 or more characters of three kinds)",
    hide_input=True,
    confirmation_prompt=True,
    envvar="JIANGSAI_ADMIN_PASSWORD",
)
@click.pass_context
def create(
    ctx: click.Context, name: str, document_kind: str, document_number: str, phone: str, password: str
) -> None:
    """Make an administrator. A person who has a record already is made one, and keeps the password."""
    with ctx.obj().app_context():
        now = clock.now()
        try:
            document = documents.parse(
                DocumentKind(document_kind), document_number, now.astimezone(clock.SHANGHAI).date()
            )
            phone = phones.clean(phone)
            passwords.check(password, staff=True, personal=[document.number, phone])
            with transaction():
                is_new = administrators.make_administrator(
                    names.clean(name), document, phone, password, now=now
                )
        except DomainError as error:
            raise click.ClickException(str(error)) from error
    made = "made with this password" if is_new else "had a record and keeps that password"
    click.echo(f"{document.mask} is {Role.ADMINISTRATOR.value} of {ScopeKind.EVERYTHING.value}; {made}.")
    click.echo("Sign in at /sign-in with the phone or document number.")


commands = (admin,)
