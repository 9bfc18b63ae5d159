"""Compile every package's messages.po to messages.mo, refusing what would break a page."""

import sys
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Exit status 1 when a catalogue cannot be read or a translation loses a placeholder."""
    problems: list[str] = []
    for path in sorted((ROOT / "webapp").glob("*/translations/*/LC_MESSAGES/*.po")):
        name = path.relative_to(ROOT)
        try:
            with path.open("rb") as source:
                catalogue = read_po(source, locale=path.parent.parent.name, abort_invalid=True)
        except (PoFileError, ValueError) as error:
            problems.append(f"{name}: {error}")
            continue
        for message, errors in catalogue.check():
            problems.extend(f"{name}, line {message.lineno}: {error}" for error in errors)
        draft = path.with_suffix(".mo.draft")
        with draft.open("wb") as target:
            write_mo(target, catalogue)
        draft.replace(path.with_suffix(".mo"))
    print("\n".join(problems))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
