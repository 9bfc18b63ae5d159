"""What goes into an archive, member by member, in one order."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import TextClause, text

from webapp.contests import queries as contests
from webapp.core.crypto import keyring
from webapp.core.db import db, keys_engine
from webapp.exam.errors import DrawsNotPublic, ExamNotFound
from webapp.exam.queries.draws import draw_file
from webapp.reports.formats.archive import README, Writer
from webapp.reports.formats.readme import readme
from webapp.reports.queries import extracts
from webapp.reports.service.audit_extract import AuditExtract
from webapp.reports.service.documents import circular_document, notice_documents
from webapp.results.formats import document
from webapp.results.queries.document import events as result_events
from webapp.results.queries.document import heading
from webapp.results.queries.entrants import salted

BATCH = 500
_STATE_AT = text(
    "SELECT greatest((SELECT max(loaded_at) FROM contest_versions WHERE contest_id = :contest_id),"
    " (SELECT max(received_at) FROM stage_objections o JOIN stages s ON s.id = o.stage_id"
    "  WHERE s.event_id = :event_id))"
)

Tell = Callable[[int, int], None]


@dataclass(frozen=True)
class Asked:
    """The event, and what was allowed besides."""

    event_id: int
    with_names: bool
    with_keys: bool


@dataclass(frozen=True)
class Packed:
    """What became of it. manifest, content: digests. omitted: members left out, with the reason."""

    manifest: str
    content: str
    members: int
    omitted: tuple[Mapping[str, str], ...]


def pack(writer: Writer, asked: Asked, now: datetime, tell: Tell) -> Packed:
    """Write all members and the manifest. tell: is given how many parts are done of how many."""
    packer = _Packer(writer, asked, now)
    parts = packer.parts()
    try:
        for done, part in enumerate(parts):
            tell(done, len(parts))
            part()
    except BaseException:
        writer.abandon()
        raise
    tell(len(parts), len(parts))
    manifest, content = writer.finish(packer.about())
    return Packed(manifest, content, len(writer.members), tuple(packer.omitted))


class _Packer:
    """One archive in the making."""

    def __init__(self, writer: Writer, asked: Asked, now: datetime) -> None:
        self.writer, self.asked, self.now = writer, asked, now
        self.event = contests.event_by_id(asked.event_id, now)
        self.ids = {"event_id": asked.event_id, "contest_id": self.event.contest_id}
        self.salt = keyring().lookup_hash(str(asked.event_id), "archive of an event")
        self.omitted: list[dict[str, str]] = []
        self.audit = AuditExtract(self.ids, self.salt)

    def parts(self) -> list[Callable[[], object]]:
        """What is written one after the other."""
        made: list[Callable[[], object]] = [self._readme, self._definitions]
        made += [lambda name=name: self._lines(name, extracts.EXTRACTS[name]) for name in extracts.EXTRACTS]  # type: ignore[misc]  # bound at once
        made += [self._boards, self._exams, self._results, self._audit]
        if self.asked.with_names:
            made += [lambda name=name: self._lines(name, extracts.NAMES[name]) for name in extracts.NAMES]  # type: ignore[misc]  # bound at once
            made += [self._audit_in_full, self._boards_in_full, self._notices, self._circulars]
        return made

    def about(self) -> dict[str, Any]:
        """The head of the manifest. Only made_at differs between two archives of the same state."""
        return {
            "contest": self.event.contest_code,
            "contest_title": dict(self.event.contest_title),
            "event": self.event.code,
            "event_title": dict(self.event.title),
            "made_at": self.now.astimezone(UTC).isoformat(timespec="seconds"),
            "with_names": self.asked.with_names,
            "with_keys": self.asked.with_keys,
            "omitted": self.omitted,
        }

    def _readme(self) -> None:
        self.writer.add(README, [readme(self.event.title, self.event.contest_title)])

    def _definitions(self) -> None:
        for row in db.session.execute(extracts.DEFINITIONS, self.ids):
            self.writer.add(f"contest/rules-v{row.number}.toml", [row.text], row.digest)

    def _lines(self, name: str, statement: TextClause, values: Mapping[str, Any] | None = None) -> None:
        self.writer.add(name, self._rows(statement, values or self.ids))

    def _rows(self, statement: TextClause, values: Mapping[str, Any]) -> Iterator[str]:
        found = db.session.execute(statement, values, execution_options={"yield_per": BATCH})
        for row in found.mappings():
            yield told(dict(row), self.salt)

    def _boards(self) -> None:
        """Every list as it was kept. Rows that carry posted names stand here without, whole in names/."""
        for row in db.session.execute(extracts.BOARDS, self.ids).all():
            name = _board_name(row)
            if row.has_names:
                self.writer.add(f"boards/{name}", self._board(row.id, without="name"))
            else:
                self.writer.add(f"boards/{name}", self._board(row.id), row.digest if row.is_canonical else "")

    def _boards_in_full(self) -> None:
        for row in db.session.execute(extracts.BOARDS, self.ids).all():
            if row.has_names:
                published = row.digest if row.is_canonical else ""
                self.writer.add(f"names/board-{_board_name(row)}", self._board(row.id), published)

    def _board(self, board_id: int, without: str = "") -> Iterator[str]:
        """The canonical text of a list (stages/rules/digest.py), row by row."""
        sign = "["
        found = db.session.execute(
            extracts.BOARD_ROWS, {"id": board_id}, execution_options={"yield_per": BATCH}
        )
        for one in found:
            yield sign + _json({key: value for key, value in one.row.items() if key != without})[:-1]
            sign = ","
        yield "]" if sign == "," else "[]"

    def _exams(self) -> None:
        for row in db.session.execute(extracts.EXAMS, {**self.ids, "now": self.now}).mappings().all():
            self._exam(dict(row))

    def _exam(self, row: Mapping[str, Any]) -> None:
        folder = f"exams/{_ascii(row['stage'])}-{_ascii(row['component'])}-{row['kind']}"
        hidden = {"id", "bank_version_id", "is_sealed", "is_over", "bank_in_use"}
        self.writer.add(
            f"{folder}/exam.json", [told({k: v for k, v in row.items() if k not in hidden}, self.salt)]
        )
        values = {"exam_id": row["id"], "bank_version_id": row["bank_version_id"]}
        self._lines(f"{folder}/papers.jsonl", extracts.PAPERS, values)
        self._lines(f"{folder}/rulings.jsonl", extracts.RULINGS, values)
        try:
            self.writer.add(f"{folder}/draws.json", [_json(draw_file(row["id"]))])
        except (DrawsNotPublic, ExamNotFound):
            self._leave_out(f"{folder}/draws.json", "the draw secret is not public yet")
        why = _closed(row)
        if why:
            self._leave_out(f"{folder}/questions.jsonl", why)
        else:
            self._lines(f"{folder}/questions.jsonl", extracts.QUESTIONS, values)
        if self.asked.with_keys and not why:
            self.writer.add(f"{folder}/keys.jsonl", self._keys(values))
        else:
            self._leave_out(f"{folder}/keys.jsonl", why or "keys were not asked for")

    def _keys(self, values: Mapping[str, Any]) -> Iterator[str]:
        with keys_engine().connect() as connection:
            found = connection.execution_options(yield_per=BATCH).execute(extracts.KEYS, values)
            for row in found.mappings():
                yield told(dict(row), self.salt)

    def _leave_out(self, name: str, why: str) -> None:
        self.omitted.append({"name": name, "why": why})

    def _results(self) -> None:
        at = self.audit.newest or db.session.scalar(_STATE_AT, self.ids) or self.now
        head = heading(self.event.contest_code, at)
        lines = document.written(head, result_events(self.event.contest_code, self.event.code, self.salt))
        self.writer.add("results/results.json", lines)

    def _audit(self) -> None:
        self.writer.add("audit/rows.jsonl", self.audit.rows())
        self.writer.add("audit/seal.json", [self.audit.seal()])

    def _audit_in_full(self) -> None:
        self.writer.add("names/audit.jsonl", self.audit.in_full())

    def _notices(self) -> None:
        for row in db.session.execute(extracts.NOTICES, self.ids).all():
            name = f"names/notice-{_ascii(row.stage)}-v{row.version}"
            self.writer.add(f"{name}.json", [row.body], row.digest)
            for part, made in notice_documents(row.stage_id, row.version):
                self.writer.add(f"{name}{part}.pdf", [made])

    def _circulars(self) -> None:
        for row in db.session.execute(extracts.CIRCULARS, self.ids).all():
            name = f"names/circular-{row.number}"
            self.writer.add(f"{name}.json", [row.body], row.digest)
            if row.state == "issued":
                self.writer.add(f"{name}.pdf", [circular_document(self.event.contest_id, row.number)])


def _board_name(row: Any) -> str:
    return f"{_ascii(row.stage)}-{row.number}-{_ascii(row.kind)}.json"


def _closed(row: Mapping[str, Any]) -> str:
    """Why the questions of an exam cannot leave yet; '' when they can."""
    if not row["is_over"]:
        return "the exam is not over"
    if row["is_sealed"]:
        return "the bank is sealed"
    return "another exam still uses the bank" if row["bank_in_use"] else ""


def told(row: Mapping[str, Any], salt: bytes) -> str:
    """A row as one line of JSON; people and accounts as salted codes."""
    said = dict(row)
    if "person_id" in said:
        said["person"] = salted(salt, said.pop("person_id"))
    if "by_account_id" in said:
        account_id = said.pop("by_account_id")
        said["by"] = None if account_id is None else salted(salt + b"account", account_id)
    return _json(said)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain) + "\n"


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    raise TypeError(type(value).__name__)


def _ascii(words: str) -> str:
    """A code as part of a file's name."""
    return "".join(sign if sign.isascii() and (sign.isalnum() or sign in "-_") else "_" for sign in words)
