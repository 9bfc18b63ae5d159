"""H5P question sets and single H5P questions (FORMATS section 11): content.json and its media, nothing else."""

import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from webapp.banks.errors import refused
from webapp.banks.formats.archive import member, open_zip
from webapp.banks.formats.delimited import decode
from webapp.banks.formats.h5p_types import READERS, Reading, Unreadable, kind_of, media_of, of, text_in
from webapp.banks.formats.media import safe_name
from webapp.banks.formats.moodle_text import Texts
from webapp.banks.formats.options import ReadOptions
from webapp.banks.formats.result import FormatResult, Skipped
from webapp.banks.rules.schema import Difficulty, Question, media_token, tidy_words
from webapp.core.problems import ERROR, WARNING, Problem, shorten
from webapp.core.words import N_, Message

CONTENT = "content/content.json"
SET = "H5P.QuestionSet"
CONTAINERS = frozenset(
    {
        "H5P.QuestionSet", "H5P.Column", "H5P.Row", "H5P.RowColumn", "H5P.InteractiveBook", "H5P.CoursePresentation",
        "H5P.InteractiveVideo", "H5P.Accordion", "H5P.BranchingScenario", "H5P.BranchingQuestion", "H5P.ThreeImage",
    }
)  # fmt: skip
TEXTS = frozenset(
    {
        "H5P.AdvancedText", "H5P.Text", "H5P.Image", "H5P.Video", "H5P.Audio", "H5P.AudioRecorder", "H5P.Link", "H5P.Table",
        "H5P.Nil", "H5P.Shape", "H5P.Collage", "H5P.Timeline", "H5P.IFrameEmbed", "H5P.ImageHotspots", "H5P.ImageSlider",
        "H5P.Dialogcards", "H5P.Chart", "H5P.Agamotto", "H5P.ExportableTextArea", "H5P.ContinuousText", "H5P.GoToQuestion",
        "H5P.TwitterUserFeed", "H5P.DocumentationTool", "H5P.IVHotspot",
    }
)  # fmt: skip
"""What asks nothing."""
MAX_DEPTH = 60


def read_h5p(content: bytes, file: str, options: ReadOptions) -> FormatResult:
    """The questions of an .h5p file, or of its content.json alone; their row is their number.

    Raise FileRefused: damaged, no H5P."""
    result = FormatResult()
    if content.startswith(b"PK"):
        packed = open_zip(content, file)
        head, body = (_member(packed, name, file) for name in ("h5p.json", CONTENT))
        archive: zipfile.ZipFile | None = packed
        main = text_in(head, "mainLibrary").split(" ")[0]
    else:
        archive, body = None, _json(content, file)
        main, body = text_in(body, "library").split(" ")[0], of(body, "params") or body
        if main and "params" in body:
            body = of(body, "params")
        main = main or kind_of(body)
    contents = list(_contents(body)) if main in CONTAINERS else []
    if main in READERS or (not contents and main != SET):
        _Item(archive, file, 1, result).read(main, body, "")
        return result
    introduction = text_in(of(body, "introPage"), "introduction")
    if introduction:
        result.skipped.append(
            Skipped(shorten(introduction), Message(N_("This is a text without a question.")))
        )
    if not contents:
        result.skipped.append(Skipped(file, Message(N_("The file holds no items."))))
    for number, item in enumerate(contents, start=1):
        library = text_in(item, "library").split(" ")[0]
        if library in TEXTS:
            name = text_in(of(item, "metadata"), "title") or library
            result.skipped.append(Skipped(name, Message(N_("This is a text without a question."))))
            continue
        _Item(archive, file, number, result).read(library, of(item, "params"), text_in(item, "subContentId"))
    return result


def _contents(data: object, depth: int = 0) -> Iterator[dict[str, Any]]:
    """What a container holds, in order; containers inside it are opened."""
    if depth > MAX_DEPTH:
        return
    if isinstance(data, list):
        for item in data:
            yield from _contents(item, depth + 1)
    elif isinstance(data, dict):
        library = text_in(data, "library").split(" ")[0]
        if library and library not in CONTAINERS:
            yield data
            return
        for name, value in data.items():
            if name not in {"metadata", "l10n", "override", "endPage"} and isinstance(value, (dict, list)):
                yield from _contents(value, depth + 1)


def _member(archive: zipfile.ZipFile, name: str, file: str) -> dict[str, Any]:
    if name not in archive.namelist():
        raise refused("no-content", file, N_("The file has no %(name)s inside."), name=name)
    return _json(member(archive, name, file), name)


def _json(content: bytes, name: str) -> dict[str, Any]:
    text = decode(content, name)
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        raise refused(
            "not-json",
            name,
            N_("%(name)s cannot be read as JSON: row %(row)s, column %(column)s."),
            row=error.lineno,
            column=str(error.colno),
            name=name,
        ) from error
    except (RecursionError, ValueError) as error:
        raise refused("not-json", name, N_("%(name)s cannot be read as JSON."), name=name) from error
    return found if isinstance(found, dict) else {}


class _Item:
    """One H5P question → questions of ours (a set of single choices is several)."""

    def __init__(self, archive: zipfile.ZipFile | None, file: str, number: int, result: FormatResult) -> None:
        self.archive, self.file, self.number, self.result = archive, file, number, result
        self.texts = Texts(result.files, number)

    def report(self, code: str, reason: Message, severity: str = ERROR, value: str = "") -> None:
        self.result.problems.append(
            Problem(code, reason, severity, CONTENT, CONTENT, self.number, value=shorten(value))
        )

    def changed(self, reason: str, value: str = "", **params: object) -> None:
        """Something the file says and we cannot hold."""
        self.report("changed", Message(reason, params), WARNING, value)

    def read(self, library: str, params: dict[str, Any], identity: str) -> None:
        """Add the questions or their problem to the result."""
        reader = READERS.get(library)
        if reader is None:
            self.result.rows += 1
            reason = Message(
                N_("Questions of the type “%(type)s” cannot be held yet."), {"type": library or "?"}
            )
            self.report("unsupported-type", reason, value=library)
            return
        try:
            parts = list(reader(Reading(params, self.texts, self.changed)))
        except Unreadable as wrong:
            self.result.rows += 1
            self.report(wrong.code, wrong.reason)
            return
        picture, sounds = self._media(params)
        picture_alt = (
            tidy_words(text_in(of(of(of(params, "media"), "type"), "params"), "alt")) if picture else ""
        )
        self.result.rows += len(parts)
        for index, (public, secret) in enumerate(parts, start=1):
            stem = "\n".join([public.stem, *sounds])
            self.result.questions.append(
                Question(
                    key="",
                    public=replace(public, stem=stem, picture=picture, picture_alt=picture_alt),
                    secret=secret,
                    topic="",
                    difficulty=Difficulty.MEDIUM,
                    external_id=identity if len(parts) == 1 or not identity else f"{identity}-{index}",
                    sheet=CONTENT,
                    row=self.number,
                )
            )
        self._bring(path for path in _paths(params))

    def _media(self, params: dict[str, Any]) -> tuple[str, list[str]]:
        """The picture above the question, and tokens of its sounds."""
        media = media_of(params)
        library, inside = text_in(media, "library").split(" ")[0], of(media, "params")
        if library == "H5P.Image":
            return safe_name(text_in(of(inside, "file"), "path")), []
        if library == "H5P.Audio":
            files = inside.get("files")
            names = [safe_name(text_in(item, "path")) for item in (files if isinstance(files, list) else [])]
            return "", [media_token(name) for name in names[:1] if name]
        if library:
            self.changed(N_("Media of the kind %(kind)s are not kept."), library, kind=library)
        return "", []

    def _bring(self, paths: Iterator[str]) -> None:
        """The bytes of the media that the question names."""
        if self.archive is None:
            return
        held = set(self.archive.namelist())
        for path in paths:
            name = safe_name(path)
            if name and name not in self.result.files and f"content/{name}" in held:
                self.result.files[name] = member(self.archive, f"content/{name}", self.file)


def _paths(params: dict[str, Any]) -> Iterator[str]:
    """What the media element of a question names, and what its texts may name by <img>."""
    media = of(media_of(params), "params")
    yield text_in(of(media, "file"), "path")
    files = media.get("files")
    for item in files if isinstance(files, list) else []:
        yield text_in(item, "path")
