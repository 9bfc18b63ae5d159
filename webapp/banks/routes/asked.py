"""The mapping step as a page shows it: what is asked, what is preselected, what the setter said so far."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from webapp.banks import queries
from webapp.banks.formats.files import Parsed
from webapp.banks.formats.mapping import GROUPS, undecided
from webapp.banks.formats.options import LABELS, SKIP, ReadOptions
from webapp.banks.formats.shape import Column, Shape, Unsure
from webapp.banks.queries.questions import QuestionView
from webapp.banks.routes.blueprint import DIFFICULTY_WORDS, TYPE_WORDS
from webapp.banks.rules.schema import LETTERS
from webapp.core.i18n import gettext as _
from webapp.core.problems import Problem
from webapp.core.words import N_

SHOWN_QUESTIONS, SHOWN_PROBLEMS = 5, 5
MOST_OPTIONS, MOST_BLANKS = 8, 6

MEANING_WORDS = {
    "type": N_("Type of the question"),
    "stem": N_("Question text"),
    "options": N_("All options in one cell"),
    "answer": N_("Right answer"),
    "explanation": N_("Explanation"),
    "difficulty": N_("Difficulty"),
    "mark": N_("Mark of the question"),
    "topic": N_("Topic"),
    "category": N_("Category"),
    "category2": N_("Second level of the category"),
    "category3": N_("Third level of the category"),
    "tags": N_("Tags"),
    "source": N_("Source"),
    "picture": N_("Name of the picture"),
    "picture_alt": N_("Words for the picture"),
    "external_id": N_("Identifier"),
    "number": N_("Number"),
    "keywords": N_("Keywords of a written answer"),
    "passage": N_("Number of the passage"),
    "tolerance": N_("Tolerance of a number"),
    "fill_rules": N_("Rules of a fill-in"),
    "right": N_("Whether the option is right"),
    "option_label": N_("Letter of the option"),
    "enabled": N_("Whether the question is in use"),
}
NUMBERED_WORDS = {
    "option": N_("Option %(which)s"),
    "blank": N_("Answer of blank %(which)s"),
    "share": N_("What option %(which)s brings"),
}
SIGN_WORDS = {
    "between_answers": N_("Sign between the right options of a choice"),
    "between_blanks": N_("Sign between blanks"),
    "alternatives": N_("Sign between accepted answers"),
    "between_options": N_("Sign between options in one cell"),
    "first_option": N_("Number of the first option"),
}
UNSURE_OF = {
    "between_answers": Unsure.ANSWERS,
    "between_blanks": Unsure.BLANKS,
    "alternatives": Unsure.BLANKS,
    "between_options": Unsure.OPTIONS,
    "first_option": Unsure.FIRST_OPTION,
}


@dataclass(frozen=True)
class Choice:
    """A field of the step. choices: (value, words); chosen: what is preselected; facts: values of the file."""

    name: str
    label: str
    chosen: str
    facts: Sequence[str] = ()
    choices: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class Tried:
    """What the beginning of the file would bring. rows, valid, bad: of the rows that were read."""

    rows: int
    valid: int
    bad: int
    questions: Sequence[QuestionView]
    problems: Sequence[Problem]


@dataclass(frozen=True)
class Asked:
    """The mapping step of an upload. is_undecided: the reader could not decide something; said: what was said,
    as (what, value); before: an earlier file with the same headings."""

    columns: Sequence[Choice] = ()
    types: Sequence[Choice] = ()
    difficulties: Sequence[Choice] = ()
    signs: Sequence[Choice] = ()
    is_undecided: bool = False
    said: Sequence[tuple[str, str]] = field(default_factory=tuple)
    before: queries.UploadView | None = None
    before_said: Sequence[tuple[str, str]] = ()

    @property
    def is_shown(self) -> bool:
        return bool(self.columns or self.types or self.difficulties or self.signs)


def asked_of(
    view: queries.UploadView,
    shape: Shape,
    fields: Mapping[str, str],
    shows_all: bool,
    before: queries.UploadView | None,
) -> Asked:
    """The step for an upload. fields: a form that comes back; shows_all: the setter wants every question."""
    options = ReadOptions(**view.options)
    open_groups = undecided(shape, options)
    sent = {group for group in GROUPS for name in fields if _group_of(name) == group}
    groups = set(GROUPS) if shows_all else {*open_groups, *sent}
    return Asked(
        columns=_columns(shape, fields) if "columns" in groups else (),
        types=_types(shape, options, fields, shows_all) if "types" in groups else (),
        difficulties=_difficulties(shape, options, fields, shows_all) if "difficulties" in groups else (),
        signs=_signs(shape, options, fields, shows_all) if "signs" in groups else (),
        is_undecided=bool(open_groups),
        said=said_words(options),
        before=before,
        before_said=said_words(ReadOptions(**before.options)) if before else (),
    )


def _group_of(name: str) -> str:
    kind = name.partition(":")[0]
    return {"column": "columns", "type": "types", "difficulty": "difficulties"}.get(
        kind, "signs" if name in SIGN_WORDS else ""
    )


def meaning_words(meaning: str) -> str:
    """What a column means, in the reader's language."""
    kind, _colon, which = meaning.partition(":")
    return _(NUMBERED_WORDS[kind], which=which) if which else _(MEANING_WORDS.get(meaning, meaning))


def _columns(shape: Shape, fields: Mapping[str, str]) -> list[Choice]:
    common = [
        *(name for name in MEANING_WORDS if name != "fill_rules"),
        *(f"option:{letter}" for letter in LETTERS[:MOST_OPTIONS]),
        *(f"blank:{number}" for number in range(1, MOST_BLANKS + 1)),
        *(f"share:{number}" for number in range(1, MOST_OPTIONS + 1)),
    ]
    found = []
    for index, column in enumerate(shape.columns.values()):
        name = f"column:{index}"
        choices = [("", _("not read")), *((value, meaning_words(value)) for value in _with(common, column))]
        found.append(
            Choice(name, column.title, fields.get(name, column.meaning), column.samples, tuple(choices))
        )
    return found


def _with(common: list[str], column: Column) -> list[str]:
    return [*common, *({column.meaning, column.guess} - {"", *common})]


def _types(shape: Shape, options: ReadOptions, fields: Mapping[str, str], shows_all: bool) -> list[Choice]:
    choices = (
        ("", _("not known")),
        *((name, _(words)) for name, words in TYPE_WORDS.items()),
        (SKIP, _("Leave these rows out")),
    )
    return [
        _name(f"type:{name}", name, found.count, fields, "skip" if options.skips(name) else options.type_of(name) or found.guess, choices)
        for name, found in shape.types.items()
        if shows_all or not found.guess or name in options.types
    ]  # fmt: skip


def _difficulties(
    shape: Shape, options: ReadOptions, fields: Mapping[str, str], shows_all: bool
) -> list[Choice]:
    choices = (("", _("not known")), *((name, _(words)) for name, words in DIFFICULTY_WORDS.items()))
    return [
        _name(f"difficulty:{name}", name, found.count, fields, options.difficulty_of(name) or found.guess, choices)
        for name, found in shape.difficulties.items()
        if shows_all or not found.guess or name in options.difficulties
    ]  # fmt: skip


def _name(
    name: str,
    label: str,
    count: int,
    fields: Mapping[str, str],
    chosen: str,
    choices: Sequence[tuple[str, str]],
) -> Choice:
    rows = _("%(count)s rows", count=count)
    return Choice(name, label, fields.get(name, chosen), (rows,), choices)


def _signs(shape: Shape, options: ReadOptions, fields: Mapping[str, str], shows_all: bool) -> list[Choice]:
    found = []
    for name, words in SIGN_WORDS.items():
        what = UNSURE_OF[name]
        if not shows_all and not shape.unsure[what] and name not in fields:
            continue
        value = getattr(options, name)
        chosen = fields.get(name, "" if value is None else str(value))
        choices: tuple[tuple[str, str], ...] = ()
        if name == "first_option":
            choices = (("", _("by what the answers look like")), ("0", "0"), ("1", "1"))
        elif name == "between_options":
            choices = (
                ("", _("by what the cells look like")),
                (LABELS, _("by A. B. C.")),
                ("\n", _("a new line in the cell")),
                *((sign, sign) for sign in ("**", "##", "$$", "|", ";")),
            )
            if chosen not in dict(choices):
                choices = (*choices, (chosen, chosen))
        found.append(Choice(name, _(words), chosen, shape.samples.get(what, ()), choices))
    return found


def said_words(options: ReadOptions) -> list[tuple[str, str]]:
    """What was said about a file, as (what, value) in the reader's language."""
    types = {**TYPE_WORDS, SKIP: N_("Leave these rows out")}
    return [
        *((heading, meaning_words(meaning)) for meaning, heading in options.columns.items()),
        *((heading, _("not read")) for heading in options.ignored),
        *((name, _(types[kind])) for name, kind in options.types.items()),
        *((name, _(DIFFICULTY_WORDS[word])) for name, word in options.difficulties.items()),
        *(
            (_(words), _("by A. B. C.") if value == LABELS else str(value))
            for name, words in SIGN_WORDS.items()
            if (value := options.said().get(name)) is not None
        ),
    ]


def tried_of(parsed: Parsed) -> Tried:
    """What a look at the beginning of a file found, for the page."""
    errors = sorted(parsed.problems, key=lambda problem: not problem.is_error)
    return Tried(
        parsed.rows,
        len(parsed.questions),
        parsed.bad_rows,
        queries.views_of(parsed.questions[:SHOWN_QUESTIONS], {}),
        errors[:SHOWN_PROBLEMS],
    )
