"""Tables of courses. What gives a drill's answers away lives in the schema `keys`, closed to pages."""

from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Identity, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.clock import datetime
from webapp.core.db import KEYS_SCHEMA, Base


class Course(Base):
    """A course through all its versions. current_version_id: the published one; None: nothing published yet."""

    __tablename__ = "courses"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    title: Mapped[dict[str, Any]]
    summary: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    academy: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    current_version_id: Mapped[int | None] = mapped_column(BigInteger)
    created_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(server_default=sql("clock_timestamp()"))


class CourseVersion(Base):
    """The canonical text of one version and the digest of text and files; never changed.

    A version above the published one is a draft. note: what changed, in the publisher's words."""

    __tablename__ = "course_versions"
    __table_args__ = (UniqueConstraint("course_id", "number"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"))
    number: Mapped[int]
    text: Mapped[str]
    digest: Mapped[str]
    note: Mapped[str] = mapped_column(server_default="")
    made_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    made_at: Mapped[datetime] = mapped_column(server_default=sql("clock_timestamp()"))


class CourseFile(Base):
    """A file of one version by its path in the course's folder; drills are in `keys` instead."""

    __tablename__ = "course_files"

    course_version_id: Mapped[int] = mapped_column(ForeignKey("course_versions.id"), primary_key=True)
    path: Mapped[str] = mapped_column(primary_key=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_files.id"))


class Lesson(Base):
    """A lesson through all versions: points hang on it. content: the public part of the published version.

    Rows are upserted by (course, key) when a version is published; a key is never used for another lesson."""

    __tablename__ = "lessons"
    __table_args__ = (UniqueConstraint("course_id", "key"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"))
    key: Mapped[str]
    kind: Mapped[str]
    position: Mapped[int]
    title: Mapped[dict[str, Any]]
    summary: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    sources: Mapped[list[Any]] = mapped_column(server_default="[]")
    content: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    is_withdrawn: Mapped[bool] = mapped_column(server_default=sql("false"))


class CourseEvent(Base):
    """An event that learns from a course, as the published version says."""

    __tablename__ = "course_events"

    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"), primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), primary_key=True, index=True)


class CourseDraft(Base):
    """What organisers are working on: one draft a course, gone when it is published or put aside.

    revision: grows with every change; event_ids: the events it names, for who may work on it."""

    __tablename__ = "course_drafts"

    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"), primary_key=True, autoincrement=False)
    text: Mapped[str]
    revision: Mapped[int]
    event_ids: Mapped[list[Any]] = mapped_column(server_default="[]")
    changed_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    changed_at: Mapped[datetime] = mapped_column(server_default=sql("clock_timestamp()"))


class DraftFile(Base):
    """A file of a draft by its path in the course's folder."""

    __tablename__ = "course_draft_files"

    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"), primary_key=True, autoincrement=False)
    path: Mapped[str] = mapped_column(primary_key=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_files.id"))


class DraftDrill(Base):
    """The whole text of a draft's drill, answers included."""

    __tablename__ = "draft_drills"
    __table_args__ = {"schema": KEYS_SCHEMA}  # noqa: RUF012 - SQLAlchemy reads it from the class

    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"), primary_key=True, autoincrement=False)
    path: Mapped[str] = mapped_column(primary_key=True)
    text: Mapped[str]


class DrillText(Base):
    """The whole text of a drill, answers included."""

    __tablename__ = "drill_texts"
    __table_args__ = {"schema": KEYS_SCHEMA}  # noqa: RUF012 - SQLAlchemy reads it from the class

    course_version_id: Mapped[int] = mapped_column(
        ForeignKey("course_versions.id"), primary_key=True, autoincrement=False
    )
    path: Mapped[str] = mapped_column(primary_key=True)
    text: Mapped[str]
