"""What may go wrong when looking after an installation."""

from webapp.core.errors import Conflict, DomainError, NotFound
from webapp.core.words import N_


class ToolFailed(DomainError):
    code = "tool-failed"
    status = 500
    text = N_("%(tool)s failed: %(said)s")


class FolderNotEmpty(Conflict):
    code = "folder-not-empty"
    text = N_("%(folder)s is not empty; name a new folder.")


class BackupDamaged(DomainError):
    code = "backup-damaged"
    text = N_("This backup cannot be used: %(what)s")


class TargetNotEmpty(Conflict):
    code = "target-not-empty"
    text = N_("This database holds data (%(tables)s). Add --replace to put the backup in its place.")


class DatabaseInUse(Conflict):
    code = "database-in-use"
    text = N_("%(count)s other connections use this database. Stop the site first, then restore.")


class KeysDiffer(Conflict):
    code = "keys-differ"
    text = N_(
        "This backup was made with another data key: give its key file with --keys, or set JIANGSAI_DATA_KEY."
    )


class NotDurable(DomainError):
    code = "not-durable"
    text = N_(
        "The database may lose answers shown as saved: %(settings)s must be on. Set them and start again."
    )


class WaiverNotFound(NotFound):
    code = "waiver-not-found"


class SamePerson(Conflict):
    code = "same-person"
    text = N_("Whoever asked cannot agree: a second person has to.")


class NeverAccepted(Conflict):
    code = "never-accepted"
    text = N_(
        "Nobody accepts this item: the contest file allows no exception. Its line says what can be done instead."
    )
