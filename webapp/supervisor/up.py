"""`jiangsai up`: servers, release step, processes; then watch until told to stop."""

import os
import signal
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from webapp.config import ROOT, SettingInvalid, Settings
from webapp.supervisor import ports
from webapp.supervisor.folders import AlreadyRunning, Folders
from webapp.supervisor.processes import StartFailed
from webapp.supervisor.procfile import ProcfileInvalid, parse_procfile
from webapp.supervisor.readiness import NotReady, is_ready, show_ready
from webapp.supervisor.runner import Runner
from webapp.supervisor.screen import Screen
from webapp.supervisor.services import Services, end_orphans

READY_TIMEOUT_S = 90.0
RESTART_PAUSE_S = 3.0

VISITORS = "nice -n 10 python -m webapp.main demo visitors --at-once"
"""Only in the demo: invented contestants who keep the boards moving for ten minutes."""

SHARED = ("DATABASE_URL", "REDIS_URL", "JIANGSAI_SECRET_KEY_FILE", "JIANGSAI_DATA_KEY_FILE", "PORT",
          "JIANGSAI_LIVE_PORT", "JIANGSAI_DEMO")  # fmt: skip
"""What other commands on this machine may read of our environment; never a secret itself."""

REFUSALS = (
    SettingInvalid,
    StartFailed,
    NotReady,
    ports.PortTaken,
    ports.PortRefused,
    ProcfileInvalid,
    AlreadyRunning,
)


class StopAsked(Exception):
    """Ctrl-C, a signal, or the terminal is gone."""


class Supervisor:
    """One run of `jiangsai up`."""

    def __init__(self, environ: Mapping[str, str], procfile: Path, screen: Screen) -> None:
        self.environ = dict(environ)
        self.procfile = procfile
        self.screen = screen
        self.folders: Folders | None = None
        self.services: Services | None = None
        self.settings: Settings | None = None
        self.runner: Runner | None = None
        self.next_restart: dict[str, float] = {}

    def run(self) -> int:
        """Start everything and stay until told to stop. Return the exit status."""
        status = 1
        with _stop_signals():
            try:
                self._start()
                self._watch()
            except StopAsked:
                self.screen.plain()
                self.screen.step("stopping, this takes a few seconds · 正在停止")
                status = 0
            except REFUSALS as error:
                self.screen.plain(f"\n{error}")
            except PermissionError as error:
                self.screen.plain(
                    f"\n{error}\nThis data belongs to another user: start as that user, or choose"
                )
                self.screen.plain(
                    "another folder with JIANGSAI_VAR · 数据属于其他用户，请换用户或设置 JIANGSAI_VAR"
                )
            except OSError as error:
                self.screen.plain(f"\n{error}")
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(number, signal.SIG_IGN)  # every wait below is bounded
            self._stop()
        if status == 0:
            self.screen.step("stopped; the data is kept · 已停止，数据已保留")
        return status

    def _start(self) -> None:
        settings = Settings.from_env(self.environ)
        folders = Folders(settings.var)
        folders.lock()
        self.folders = folders
        mark = f"{folders.var}|"
        orphans = end_orphans(mark)
        if orphans:
            self.screen.step(f"ended {len(orphans)} processes that an earlier run had left")
        commands = parse_procfile(self.procfile)
        self._claim_ports(settings)
        self.services = Services(folders, self.environ, self.screen.step)
        settings = self.services.configure()
        environ = self.services.environ
        self.screen.step("starting the database and Valkey · 启动数据库")
        self.services.start()
        self.settings = settings
        settings.stopping_file.unlink(missing_ok=True)
        self.runner = Runner(self.screen, _for_children(environ), ROOT, mark)
        shared = {name: environ[name] for name in SHARED if environ.get(name)}
        folders.write_state({"pid": os.getpid(), "address": settings.public_url, "environ": shared})
        self._release(commands)
        # The pages first: they have the machine to themselves and are ready sooner.
        self.runner.start({name: line for name, line in commands.items() if name == "web"})
        self._wait_until_ready(settings)
        self.runner.start({name: line for name, line in commands.items() if name not in {"release", "web"}})
        if settings.demo and settings.visitors:
            self.runner.start({"visitors": VISITORS})
        show_ready(self.screen, settings, folders, self.services.is_first)

    def _claim_ports(self, settings: Settings) -> None:
        """Before anything slow: the page port must be free; the live port moves aside unless it was set."""
        port = ports.claim(settings.host, settings.port)
        self.environ["PORT"] = str(port)
        if self.environ.get("JIANGSAI_LIVE_PORT", "0") not in {"", "0"}:
            live = ports.claim(settings.host, settings.live_port, "JIANGSAI_LIVE_PORT")
        else:
            live = ports.claim_near(settings.host, port + 1, port)
        self.environ["JIANGSAI_LIVE_PORT"] = str(live)

    def _release(self, commands: Mapping[str, str]) -> None:
        assert self.runner is not None
        if "release" not in commands:
            return
        self.screen.step("bringing the database up to date · 更新数据库")
        status = self.runner.run_to_end("release", commands["release"])
        if status != 0:
            raise NotReady(f"The release step failed (exit status {status}); its lines above say why.")

    def _wait_until_ready(self, settings: Settings) -> None:
        assert self.runner is not None
        if not any(process.name == "web" for process in self.runner.processes):
            return
        self.screen.step("waiting for the pages · 等待页面就绪")
        end = time.monotonic() + READY_TIMEOUT_S
        ready, why = is_ready(settings)
        while not ready:
            if time.monotonic() > end:
                raise NotReady(f"The pages are not ready after {READY_TIMEOUT_S:.0f} s: {why}")
            time.sleep(0.1)
            self.runner.tend()
            ready, why = is_ready(settings)

    def _watch(self) -> None:
        assert self.runner is not None
        assert self.services is not None
        while True:
            time.sleep(0.2)
            for name in self.services.ended():
                self._restart(name)
            self.runner.tend()

    def _restart(self, name: str) -> None:
        """Start a server that died. One that cannot start now (a full disk) is tried again and again: the
        cause may go away, and nobody shall have to be there then."""
        assert self.services is not None
        if time.monotonic() < self.next_restart.get(name, 0.0):
            return
        self.screen.line(name, "ended; starting it again")
        try:
            self.services.restart(name)
        except (StartFailed, OSError) as error:
            self.screen.line(name, f"{error}\ntrying again in {RESTART_PAUSE_S:g} s")
            self.next_restart[name] = time.monotonic() + RESTART_PAUSE_S

    def _stop(self) -> None:
        self._turn_away()
        if self.runner is not None:
            self.runner.stop()
        if self.services is not None:
            self.services.stop()
        if self.folders is not None:
            self.folders.unlock()

    def _turn_away(self) -> None:
        """Say at /readyz that this node stops, and give proxies the time to notice."""
        if self.settings is None or self.settings.drain_s <= 0:
            return
        self.settings.stopping_file.touch()
        self.screen.step(f"unready now, stopping in {self.settings.drain_s:g} s")
        time.sleep(self.settings.drain_s)


def _for_children(environ: Mapping[str, str]) -> dict[str, str]:
    """Our programs first on the path, output at once."""
    programs = str(Path(sys.executable).parent)
    path = os.pathsep.join((programs, environ.get("PATH", os.defpath)))
    return {**environ, "PATH": path, "PYTHONUNBUFFERED": "1"}


@contextmanager
def _stop_signals() -> Iterator[None]:
    def ask(number: int, frame: FrameType | None) -> None:
        raise StopAsked

    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, ask) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
