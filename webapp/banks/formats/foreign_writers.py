"""Banks in the formats of other systems, with what these could not hold."""

from collections.abc import Mapping

from webapp.banks.formats.export import Export, ExportFormat
from webapp.banks.formats.losses import as_problems, losses
from webapp.banks.formats.pictures import Picture
from webapp.banks.formats.qti_losses import qti_losses
from webapp.banks.formats.write_aiken import write_aiken
from webapp.banks.formats.write_gift import write_gift
from webapp.banks.formats.write_moodle import write_moodle
from webapp.banks.formats.write_qti import QtiVersion, write_qti
from webapp.banks.rules.schema import BankFile

TEXT = "text/plain; charset=utf-8"


def write_foreign(bank: BankFile, pictures: Mapping[str, Picture], form: ExportFormat) -> Export:
    """The bank as Moodle XML, a QTI package, GIFT or Aiken. raise (ValueError): another form."""
    match form:
        case ExportFormat.MOODLE:
            made = write_moodle(bank, pictures)
            return Export(f"{bank.code}.xml", "application/xml", made.content, tuple(made.problems))
        case ExportFormat.QTI_21 | ExportFormat.QTI_30:
            version = QtiVersion(form.value.removeprefix("qti-"))
            content = write_qti(bank, pictures, version)
            return Export(f"{bank.code}.zip", "application/zip", content, tuple(qti_losses(bank.questions)))
        case ExportFormat.GIFT:
            content = write_gift(bank.questions, bank.topics).encode()
            return Export(f"{bank.code}.gift", TEXT, content, as_problems(losses(bank.questions, form.value)))
        case ExportFormat.AIKEN:
            content = write_aiken(bank.questions, bank.topics).encode()
            return Export(f"{bank.code}.txt", TEXT, content, as_problems(losses(bank.questions, form.value)))
        case _:
            raise ValueError(f"{form} is written by writers.py")
