"""What other packages may ask of accounts."""

from webapp.accounts.service.people import NewPerson, find, give_consent, sign_up

__all__ = ["NewPerson", "find", "give_consent", "sign_up"]
