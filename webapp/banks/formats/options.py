"""What a person may say about a file before it is read: which column is what, house names, separators."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from webapp.banks.errors import refused
from webapp.banks.formats.progress import Progress
from webapp.banks.rules.schema import QuestionType
from webapp.core.words import N_


@dataclass(frozen=True)
class ReadOptions:
    """columns: meaning → heading. types: name in the file (with * and ?) → type. between_blanks and
    alternatives: the signs that divide answers of fill-ins. progress: who hears how far the reading is; nothing
    that a person says."""

    columns: Mapping[str, str] = field(default_factory=dict)
    types: Mapping[str, str] = field(default_factory=dict)
    between_blanks: str = "|"
    alternatives: str = ";"
    progress: Progress = field(default_factory=Progress, compare=False, repr=False)

    def type_of(self, name: str) -> QuestionType | None:
        """The type that the person assigned to a name, or None."""
        for pattern, kind in self.types.items():
            if fnmatchcase(name, pattern):
                return QuestionType(kind)
        return None


MEANINGS = frozenset(
    {
        "type", "stem", "options", "answer", "explanation", "difficulty", "topic", "category", "mark",
        "picture", "picture_alt", "tags", "source", "external_id", "number", "fill_rules", "keywords",
        "passage", "tolerance",
    }
)  # fmt: skip


def parse_options(text: str, name: str) -> ReadOptions:
    """The options of a mapping file: TOML with [columns], [types], between_blanks, alternatives.

    Raise FileRefused naming what is wrong."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise refused(
            "not-toml", name, N_("The file cannot be read as TOML: %(error)s"), error=str(error)
        ) from error
    columns, types = data.get("columns", {}), data.get("types", {})
    wrong = [key for key in data if key not in {"columns", "types", "between_blanks", "alternatives"}]
    wrong += [key for key in columns if key not in MEANINGS and not key.startswith("option:")]
    wrong += [str(kind) for kind in types.values() if kind not in set(QuestionType)]
    if wrong:
        raise refused("unknown-key", name, N_("“%(key)s” is not known here."), key=wrong[0])
    return ReadOptions(
        {str(meaning): str(heading) for meaning, heading in columns.items()},
        {str(key): str(kind) for key, kind in types.items()},
        str(data.get("between_blanks", "|")) or "|",
        str(data.get("alternatives", ";")) or ";",
    )
