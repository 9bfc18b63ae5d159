"""What may go wrong with organisations and roles."""

from webapp.core.errors import Conflict, DomainError
from webapp.core.words import N_


class OrganisationExists(Conflict):
    code = "organisation-exists"
    text = N_("There is already an organisation with this code or unified social credit code: %(name)s.")


class CreditCodeWrong(DomainError):
    code = "credit-code-wrong"
    text = N_(
        "The unified social credit code has 18 characters, and its last one must fit. Please compare it."
    )


class PlaceImpossible(DomainError):
    code = "place-impossible"
    text = N_("An organisation cannot stand below itself or below a unit.")


class OwnRole(DomainError):
    code = "own-role"
    status = 403
    text = N_("Nobody grants or takes away roles of their own. Please ask another administrator.")


class RoleHeld(Conflict):
    code = "role-held"
    text = N_("This person holds the role there already.")
