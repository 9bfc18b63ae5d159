"""Which fonts the slides may use: the one that is installed with the program, and the system's when there."""

from dataclasses import dataclass
from pathlib import Path

import noto_cjk_sans_otc

SYSTEM_FOLDER = Path("/usr/share/fonts")
WANTED = ("NotoSansCJK-Bold.ttc", "NotoSerifCJK-Bold.ttc")


@dataclass(frozen=True)
class Fonts:
    """folders: where typst looks; names: files that change the look, part of every digest."""

    folders: tuple[Path, ...]
    names: tuple[str, ...]

    @property
    def has_bold(self) -> bool:
        return "NotoSansCJK-Bold.ttc" in self.names

    @property
    def has_serif(self) -> bool:
        return "NotoSerifCJK-Bold.ttc" in self.names


def find_fonts(system: Path = SYSTEM_FOLDER) -> Fonts:
    """The regular sans always comes with the program; bold and serif are taken from the system if present."""
    found = sorted(path for path in system.rglob("Noto*CJK*.ttc") if path.name in WANTED) if system.is_dir() else []
    own = Path(noto_cjk_sans_otc.__file__).parent
    folders = (own, *sorted({path.parent for path in found}))
    return Fonts(folders, tuple(sorted({path.name for path in found})))
