"""Any file a bank may come in → questions, problems, pictures. The one door of this folder for reading."""

import io
import zipfile
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from webapp.banks.errors import FileRefused, refused
from webapp.banks.formats import media, pictures, sanitise, sounds, toml_bank
from webapp.banks.formats.archive import files_in, open_zip
from webapp.banks.formats.cells import MAX_ENTRIES, MAX_EXPANDED, refuse_size
from webapp.banks.formats.detect import detect, reader_of
from webapp.banks.formats.grid import MEBIBYTE
from webapp.banks.formats.options import ReadOptions
from webapp.banks.formats.parsed import Parsed
from webapp.banks.formats.pictures import Picture
from webapp.banks.formats.progress import Progress, Step
from webapp.banks.formats.reading import Place, Reading
from webapp.banks.formats.result import FormatResult, Skipped
from webapp.banks.formats.shape import Shape
from webapp.banks.formats.table import placed
from webapp.banks.formats.uncollected import uncollected
from webapp.banks.formats.workbooks import read_workbooks
from webapp.banks.rules.check import check_question, check_repeats
from webapp.banks.rules.schema import (
    MEDIA,
    Question,
    TopicTitle,
    derived_key,
    map_key,
    map_public,
    media_names,
)
from webapp.core.problems import MAX_LISTED, WARNING, Problem, shorten
from webapp.core.words import N_, Message

TABLES = (".xlsx", ".xls", ".csv", ".tsv")
OTHERS = (".json", ".jsonl", ".txt", ".gift", ".xml", ".docx", ".tsv", ".h5p", ".aiken")
"""Members of a zip or a folder that may hold questions in another format."""
LONE = frozenset({"gift", "missingword", "cloze", "text", "moodle-xml", "qti12", "qti2", "qti3", "olx"})
"""Single files of other systems, whose texts may refer to pictures that stayed behind there."""
MAX_KEY = 80
UNREADABLE_TYPES = frozenset({"unknown-type"})

Known = Mapping[tuple[str, frozenset[str]], tuple[str, object]]


def read_bank_file(
    content: bytes,
    name: str,
    options: ReadOptions | None = None,
    known: Known | None = None,
    beside: Mapping[str, bytes] | None = None,
) -> Parsed:
    """Read an upload: workbook, text table, TOML bank, or a zip of one of these with its pictures.

    known: questions of the bank, for repeats. beside: pictures that came with a workbook. A file that cannot
    be read at all gives one problem; nothing is raised for what is in the file."""
    options = replace(options or ReadOptions(), shape=Shape())
    try:
        refuse_size(content, name)
        with uncollected(len(content)):
            parsed = _read(content, name, options, known, dict(beside or {}))
        return replace(parsed, shape=options.shape, said=options.said())
    except FileRefused as refusal:
        return Parsed(
            "",
            problems=(refusal.problem,),
            problem_count=1,
            error_count=1,
            shape=options.shape,
            said=options.said(),
        )


def read_bank_folder(folder: Path, known: Known | None = None, options: ReadOptions | None = None) -> Parsed:
    """The bank of a folder: a TOML bank, an unpacked package with imsmanifest.xml, or workbooks and files of
    other formats."""
    options = replace(options or ReadOptions(), shape=Shape())
    try:
        if (folder / "bank.toml").is_file():
            return _finish_toml(toml_bank.read_folder(folder), known)
        if (folder / "imsmanifest.xml").is_file():
            return _finish_format(_package(folder), "qti-package", known)
        parsed = _read_archive(_folder_files(folder), folder.name, options, known)
        return replace(parsed, shape=options.shape, said=options.said())
    except FileRefused as refusal:
        return Parsed("", problems=(refusal.problem,), problem_count=1, error_count=1)


def _folder_files(folder: Path) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    size = 0
    for path in sorted(folder.rglob("*")):
        if path.name.startswith((".", "~$")) or path.is_symlink() or not path.is_file():
            continue
        size += path.stat().st_size
        if len(files) >= MAX_ENTRIES or size > MAX_EXPANDED:
            raise refused(
                "too-large", folder.name, N_("The folder holds more than this system reads."),
                N_("Divide it into several files."),
            )  # fmt: skip
        files[path.relative_to(folder).as_posix()] = path.read_bytes()
    return files


def _package(folder: Path) -> FormatResult:
    """An unpacked package, by the reader of packed ones and within its limits."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not path.is_symlink():
                archive.writestr(zipfile.ZipInfo(path.relative_to(folder).as_posix()), path.read_bytes())
    reader = reader_of("qti-package")
    assert reader is not None
    return reader(packed.getvalue(), folder.name, ReadOptions())


def _read(
    content: bytes, name: str, options: ReadOptions, known: Known | None, beside: dict[str, bytes]
) -> Parsed:
    suffix = Path(name).suffix.lower()
    _refuse_other_kinds(content, name, suffix)
    form = detect(content, name)
    if not form and suffix == ".xml":
        raise refused("wrong-kind", name, N_("No kind of XML with questions that this system reads."))
    reader = reader_of(form)
    if reader is not None:
        return _finish_format(reader(content, name, options), form, known, beside, options.progress)
    if suffix == ".toml":
        return _finish_toml(toml_bank.read_single(content, name), known)
    if suffix == ".xlsm":
        raise refused(
            "macros", name, N_("The file contains macros."), N_("Save it as .xlsx, without macros.")
        )
    if content.startswith(b"PK"):
        archive = open_zip(content, name)
        if not any(member.startswith("xl/") for member in archive.namelist()):
            return _read_archive(files_in(archive, name), name, options, known)
    reading = Reading(files=beside, progress=options.progress)
    kind = "xlsx" if content.startswith(b"PK") else suffix.lstrip(".") if suffix in TABLES else "csv"
    read_workbooks({name: content}, options, reading)
    return _finish(reading, kind, known)


def _refuse_other_kinds(content: bytes, name: str, suffix: str) -> None:
    """Files that hold questions for the eye only, or in a form of long ago. Raise FileRefused."""
    hint = N_("Upload the workbook or the Word document (.docx) that it was made from.")
    if suffix == ".mbz":
        raise refused(
            "wrong-kind",
            name,
            N_("This is a backup of a Moodle course."),
            N_("Export the question bank of that course as Moodle XML and upload that file."),
        )
    if content.startswith(b"%PDF"):
        raise refused("wrong-kind", name, N_("This is a PDF: its questions cannot be told apart."), hint)
    if content.startswith((b"\x89PNG", b"\xff\xd8\xff", b"GIF8")):
        raise refused("wrong-kind", name, N_("This is a picture, not a file of questions."), hint)
    if content.startswith(b"\xd0\xcf\x11\xe0") and suffix == ".doc":
        raise refused(
            "wrong-kind",
            name,
            N_("This is a Word document of the old kind (.doc)."),
            N_("Open it in Word or WPS and save it as .docx."),
        )


def _finish_format(
    result: FormatResult,
    kind: str,
    known: Known | None,
    beside: Mapping[str, bytes] | None = None,
    progress: Progress | None = None,
) -> Parsed:
    """What a reader of a format brought, with the checks that every question gets."""
    reading = Reading(files=dict(beside or {}), progress=progress or Progress())
    _add_format(result, reading)
    parsed = _finish(reading, kind, known, is_alone=kind in LONE and not beside)
    return parsed if result.head is None else replace(parsed, head=replace(result.head, questions=()))


def _add_format(result: FormatResult, reading: Reading) -> None:
    reading.literal |= {len(reading.questions) + position for position in result.literal}
    reading.questions += result.questions
    reading.places += [(question.sheet, "", question.row) for question in result.questions]
    reading.problems += [replace(item, file=item.file or item.sheet, sheet="") for item in result.problems]
    reading.skipped += result.skipped
    reading.files |= result.files
    reading.topics += result.topics
    reading.rows += result.rows
    if not result.is_checked:
        reading.problems += [
            replace(problem, file=question.sheet, sheet="")
            for question in result.questions
            for problem in check_question(question)
        ]


def _read_archive(files: dict[str, bytes], name: str, options: ReadOptions, known: Known | None) -> Parsed:
    """The questions of an unpacked zip or of a folder: a TOML bank, or workbooks and files of other formats."""
    if any(path.rsplit("/", 1)[-1] == "bank.toml" for path in files):
        return _finish_toml(toml_bank.read_members(files, name), known)
    forms = {path: detect(data, path) for path, data in files.items() if path.lower().endswith(OTHERS)}
    readers = {path: reader for path, form in forms.items() if (reader := reader_of(form)) is not None}
    tables = [path for path in files if path.lower().endswith(TABLES) and path not in readers]
    if not tables and not readers:
        raise _no_bank(name)
    media = {path: data for path, data in files.items() if path not in tables and path not in readers}
    reading = Reading(files=media, progress=options.progress)
    try:
        if tables:
            read_workbooks({path: files[path] for path in tables}, options, reading)
    except FileRefused as refusal:
        if not readers:
            raise
        if refusal.problem.code == "no-table":
            reading.skipped.append(Skipped(refusal.problem.file, refusal.problem.reason))
        else:
            reading.problems.append(refusal.problem)
    results = {}
    for path, reader in readers.items():
        try:
            results[path] = reader(files[path], path, options)
        except FileRefused as refusal:
            if forms[path] == "text" and refusal.problem.code == "no-questions":
                reading.skipped.append(Skipped(path, refusal.problem.reason))  # A readme, say.
            else:
                reading.problems.append(refusal.problem)
    if not tables and not results and not reading.problems:
        raise _no_bank(name)
    for result in results.values():
        _add_format(result, reading)
    kind = forms[next(iter(results))] if len(results) == 1 and not tables else "zip"
    parsed = _finish(reading, kind, known)
    heads = [result.head for result in results.values() if result.head is not None]
    return replace(parsed, head=replace(heads[0], questions=())) if len(heads) == 1 else parsed


def _no_bank(name: str) -> FileRefused:
    return refused(
        "wrong-kind",
        name,
        N_("The zip file holds neither a workbook nor a bank.toml."),
        N_("Put the workbook and its pictures into one zip file."),
    )


def _finish_toml(result: toml_bank.TomlResult, known: Known | None) -> Parsed:
    bank = result.bank
    reading = Reading(
        questions=list(bank.questions),
        places=[(question.sheet, "", question.row) for question in bank.questions],
        problems=[replace(item, sheet="") for item in result.problems if item.code != "picture-missing"],
        files=dict(bank.pictures),
        topics=list(bank.topics),
        rows=len(bank.questions) + sum(item.code in UNREADABLE_TYPES for item in result.problems),
    )  # fmt: skip
    return replace(_finish(reading, "toml", known), head=replace(bank, questions=(), pictures={}))


def _finish(reading: Reading, kind: str, known: Known | None, is_alone: bool = False) -> Parsed:
    """Keys, topics, safe texts, pictures, repeats; then only the good questions are kept."""
    reading.progress.begin(Step.COMPARING, len(reading.questions))
    _give_keys(reading)
    _name_topics(reading)
    _sanitise(reading)
    ready = _check_pictures(reading, is_alone)
    place_of = {
        (question.sheet, question.row): place
        for question, place in zip(reading.questions, reading.places, strict=True)
    }
    for problem in check_repeats(reading.questions, known):
        reading.problems.append(_placed(problem, reading, place_of[problem.sheet, problem.row]))
    bad = {(problem.file, problem.sheet, problem.row) for problem in reading.problems if problem.is_error}
    good = [
        question
        for question, place in zip(reading.questions, reading.places, strict=True)
        if place not in bad
    ]
    used = {name for question in good for name in (question.public.picture, *media_names(question))}
    errors = sum(problem.is_error for problem in reading.problems)
    return Parsed(
        kind,
        tuple(good),
        listed(reading.problems),
        len(reading.problems),
        errors,
        reading.rows,
        topics=tuple(reading.topics),
        skipped=tuple(reading.skipped),
        pictures={name: picture for name, picture in ready.items() if name in used},
        repeats=_repeats(reading),
    )


def _repeats(reading: Reading) -> frozenset[str]:
    places = {
        (problem.file, problem.sheet, problem.row)
        for problem in reading.problems
        if problem.code in {"duplicate", "in-bank"}
    }
    return frozenset(
        question.key
        for question, place in zip(reading.questions, reading.places, strict=True)
        if place in places
    )


def listed(problems: Sequence[Problem], limit: int = MAX_LISTED) -> tuple[Problem, ...]:
    """At most `limit` problems in order of place; warnings go first when some must be left out."""
    kept = sorted(problems, key=lambda problem: not problem.is_error)[:limit]
    return tuple(sorted(kept, key=lambda problem: (problem.file, problem.sheet, problem.row or 0)))


def _give_keys(reading: Reading) -> None:
    """The external id is the key; without one, or with one repeated, the content gives it."""
    taken: set[str] = {question.key for question in reading.questions if question.key}
    counts: dict[str, int] = {}
    for index, question in enumerate(reading.questions):
        if question.key:
            continue
        key = question.external_id
        if key and (key in taken or len(key) > MAX_KEY):
            code = "key-twice" if key in taken else "key-too-long"
            reason = (
                Message(
                    N_("The identifier %(key)s stands twice; another one was made."), {"key": shorten(key)}
                )
                if key in taken
                else Message(N_("The identifier is too long; another one was made."))
            )
            problem = Problem(
                code, reason, WARNING, sheet=question.sheet, row=question.row, value=shorten(key)
            )
            reading.problems.append(_placed(problem, reading, reading.places[index]))
            key = ""
        key = key or _free(derived_key(question), taken, counts)
        taken.add(key)
        reading.questions[index] = replace(question, key=key)


def _free(key: str, taken: set[str], counts: dict[str, int]) -> str:
    """The key, with a number when it is taken. counts: how often each key was numbered already."""
    candidate, number = key, counts.get(key, 1)
    while candidate in taken:
        number += 1
        candidate = f"{key}-{number}"
    counts[key] = number
    return candidate


def _name_topics(reading: Reading) -> None:
    """Questions of a workbook name topics by title; they get the keys. New titles are topics of their own."""
    by_name = {
        name: topic.key for topic in reading.topics for name in (topic.en, topic.zh, topic.key) if name
    }
    for index, question in enumerate(reading.questions):
        if not question.topic:
            continue
        if question.topic not in by_name:
            by_name[question.topic] = question.topic
            reading.topics.append(TopicTitle(question.topic, question.topic))
        reading.questions[index] = replace(question, topic=by_name[question.topic])


def _sanitise(reading: Reading) -> None:
    for index, question in enumerate(reading.questions):
        reading.progress.add()
        if index in reading.literal:
            continue
        cleaned, removed = _clean(question)
        reading.questions[index] = cleaned
        if removed:
            reason = Message(N_("Formatting or code that is not allowed was taken out of this question."))
            problem = Problem("html-removed", reason, WARNING, sheet=question.sheet, row=question.row)
            reading.problems.append(_placed(problem, reading, reading.places[index]))


def _clean(question: Question) -> tuple[Question, bool]:
    removed = False

    def cleaned(text: str) -> str:
        nonlocal removed
        kept, was_removed = sanitise.clean_text(text)
        removed = removed or was_removed
        return kept

    question = replace(
        question,
        public=map_public(question.public, cleaned),
        secret=map_key(question.secret, question.public, cleaned),
        source=cleaned(question.source),
        tags=tuple(map(cleaned, question.tags)),
    )
    return question, removed


def _check_pictures(reading: Reading, is_alone: bool = False) -> dict[str, Picture]:
    """The picture above each question and what stands in its texts, as they will be served, by name.

    is_alone: the file came without others, so that what its texts only refer to cannot be there: such a question
    is kept with a visible note in the place of the picture, and a warning. Elsewhere it is an error."""
    ready: dict[str, Picture] = {}
    wrong: dict[str, Problem] = {}
    for index, (question, place) in enumerate(zip(reading.questions, reading.places, strict=True)):
        gone: set[str] = set()
        for name in dict.fromkeys((question.public.picture, *media_names(question))):
            if not name or name in ready:
                continue
            if name not in wrong:
                found = _checked_file(name, reading.files, may_sound=name != question.public.picture)
                if isinstance(found, Picture):
                    ready[name] = found
                    continue
                wrong[name] = found
            problem = replace(wrong[name], sheet=question.sheet, row=question.row, value=shorten(name))
            if is_alone and problem.code == "picture-missing" and name != question.public.picture:
                gone.add(name)
                hint = Message(
                    N_("Upload it in a zip file with its pictures, or add them to the question later.")
                )
                problem = replace(problem, severity=WARNING, hint=hint)
            reading.problems.append(_placed(problem, reading, place))
        if gone:
            reading.questions[index] = _with_notes(question, gone)
    return ready


def _with_notes(question: Question, gone: Collection[str]) -> Question:
    """The question with a note for people in the place of each file that is not there."""

    def noted(text: str) -> str:
        return MEDIA.sub(
            lambda found: f"（缺图：{found[1].rsplit('/', 1)[-1]}）" if found[1] in gone else found[0], text
        )

    return replace(
        question,
        public=map_public(question.public, noted),
        secret=map_key(question.secret, question.public, noted),
    )


def _checked_file(name: str, files: Mapping[str, bytes], may_sound: bool) -> Picture | Problem:
    """A file of a question as it will be served, or what is wrong with it."""
    hint = Message(N_("Put the workbook and its pictures into one zip file."))
    content = pictures.find(name, files)
    is_sound = may_sound and (
        name.lower().endswith(sounds.SUFFIXES) if content is None else bool(sounds.kind_of(content))
    )
    if content is None:
        reason = N_("The sound %(name)s is missing.") if is_sound else N_("The picture %(name)s is missing.")
        return Problem("picture-missing", Message(reason, {"name": name}), hint=hint)
    try:
        ready = media.checked(content) if may_sound else pictures.checked(content)
    except sounds.NoEncoder:
        reason = N_(
            "The sound %(name)s cannot be read, because the program for sounds (ffmpeg) is missing here."
        )
        return Problem("sound-bad", Message(reason, {"name": name}))
    if ready is not None:
        return ready
    if not is_sound and not name.lower().endswith(sounds.SUFFIXES):
        reason = N_("%(name)s is not a picture that can be shown.")
        return Problem("picture-bad", Message(reason, {"name": name}), hint=hint)
    limits = {"limit": sounds.MAX_BYTES // MEBIBYTE, "minutes": sounds.MAX_SECONDS // 60}
    return Problem(
        "sound-bad",
        Message(N_("%(name)s is not a sound that can be played."), {"name": name}),
        hint=Message(N_("Use MP3, WAV, OGG or M4A, up to %(limit)s MB and %(minutes)s minutes."), limits),
    )


def _placed(problem: Problem, reading: Reading, place: Place) -> Problem:
    """A problem found across questions, with file and column."""
    file, sheet, row = place
    columns = reading.columns.get((file, sheet))
    if columns is None:
        return replace(problem, file=file, sheet=sheet, row=row)
    if problem.code.startswith(("picture", "sound")) and columns.pictures:
        return replace(problem, file=file, sheet=sheet, row=row, column=columns.title(columns.pictures[0]))
    return replace(placed(problem, columns, file), sheet=sheet, row=row)


def known_of(questions: Iterable[tuple[str, tuple[str, frozenset[str]], object]]) -> Known:
    """(key, fingerprint, right_texts) of a bank's questions as `read_bank_file` takes them."""
    return {mark: (key, right) for key, mark, right in questions}


__all__ = ["Known", "Parsed", "known_of", "listed", "read_bank_file", "read_bank_folder"]
