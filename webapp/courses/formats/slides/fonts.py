"""Which fonts the slides may use: the one that is installed with the program, and the system's when there."""

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

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
    found = (
        sorted(path for path in system.rglob("Noto*CJK*.ttc") if path.name in WANTED)
        if system.is_dir()
        else []
    )
    folders = (_own_folder(), *sorted({path.parent for path in found}))
    return Fonts(folders, tuple(sorted({path.name for path in found})))


def _own_folder() -> Path:
    spec = find_spec("noto_cjk_sans_otc")
    if spec is None or spec.origin is None:
        raise RuntimeError("the package noto_cjk_sans_otc is missing: install the locked requirements again")
    return Path(spec.origin).parent
