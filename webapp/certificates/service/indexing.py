"""The index of a print file: which certificate stands on which page of which part."""

from collections.abc import Iterator
from pathlib import Path

from webapp.certificates.queries.prints import IndexRow, index_rows
from webapp.certificates.rules.printing import part_name
from webapp.core import clock
from webapp.core.i18n import gettext as _
from webapp.core.i18n import pick
from webapp.leaderboard.formats.workbook import Cell, workbook_file


def write_index(path: Path, print_id: int) -> None:
    """Write the index as .xlsx, names as they are printed; row by row, so that memory does not grow with it."""
    head = (
        _("Serial number"),
        _("Name"),
        _("Unit"),
        _("Contestant number"),
        _("Certificate"),
        _("Event"),
        _("Stage"),
        _("Rank"),
        _("File"),
        _("Page"),
        _("State"),
    )
    when = f"{clock.now().astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M}"
    notes = (when, _("The pages of each file follow this list, line by line."))
    workbook_file(path, _("Certificates to print"), notes, head, _cells(print_id))


def _cells(print_id: int) -> Iterator[list[Cell]]:
    return (_row(one) for one in index_rows(print_id))


def _row(one: IndexRow) -> list[Cell]:
    said = one.certificate.facts
    return [
        said.serial,
        said.name,
        said.unit,
        said.number,
        pick(said.award),
        pick(said.event),
        pick(said.stage),
        said.rank,
        part_name(one.part, one.event_code, one.stage_code, one.certificate.award_code),
        one.page,
        "" if one.certificate.is_valid else _("revoked: do not hand out"),
    ]
