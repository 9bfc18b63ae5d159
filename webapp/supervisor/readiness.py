"""Whether the pages answer, and what to show when they do."""

import http.client
import time
from typing import Any

from webapp.config import Settings
from webapp.supervisor.folders import Folders, read_json, write_json
from webapp.supervisor.screen import Screen, table

STARTED_AT = "JIANGSAI_STARTED_AT"
"""When `make run` began (seconds since 1970), so that the start time shown is the whole one."""


class NotReady(Exception):
    """The start did not succeed; the text says what to look at."""


def is_ready(settings: Settings) -> tuple[bool, str]:
    """Whether /readyz says yes, else its last words."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)  # noqa: S104 - compared, not bound
    connection = http.client.HTTPConnection(host, settings.port, timeout=5)
    headers = {"Host": settings.trusted_hosts[0].lstrip(".")} if settings.trusted_hosts else {}
    try:
        connection.request("GET", "/readyz", headers=headers)
        response = connection.getresponse()
        said = response.read(2000).decode(errors="replace")
    except (OSError, http.client.HTTPException) as error:
        return False, str(error)
    finally:
        connection.close()
    return response.status == 200, f"{response.status} {said}"


def show_ready(screen: Screen, settings: Settings, folders: Folders, is_first: bool) -> None:
    """The address, who can sign in, and how long the start took."""
    took_s = time.time() - screen.started
    starts = read_json(folders.starts_file)
    kind = "first" if is_first or "first" not in starts else "later"
    starts[kind] = round(took_s, 1)
    write_json(folders.starts_file, starts)
    screen.plain()
    screen.plain(f"  Jiangsai 匠赛 is ready · 已就绪:  {settings.public_url}")
    screen.plain()
    if settings.demo:
        _show_accounts(screen, read_json(folders.accounts_file))
    else:
        screen.plain("  Empty and for production. Make the first administrator in another terminal,")
        screen.plain(
            "  with the same settings · 正式环境，暂无数据。请在另一个终端用相同设置创建首位管理员："
        )
        screen.plain("      .venv/bin/jiangsai admin create")
        screen.plain()
    word = {"first": "first start · 首次启动", "later": "later start · 再次启动"}[kind]
    other = starts.get("first") if kind == "later" else None
    note = f"  (first start · 首次启动: {other} s)" if other else ""
    screen.plain(f"  {word}: {took_s:.1f} s{note}")
    screen.plain("  Ctrl-C stops everything and keeps the data · 按 Ctrl-C 停止，数据保留")
    screen.plain()


def _show_accounts(screen: Screen, told: dict[str, Any]) -> None:
    """told: {"accounts": [{"role", "login", "password", "note"}]} as the demo wrote it."""
    accounts = [entry for entry in told.get("accounts", []) if isinstance(entry, dict)]
    if not accounts:
        return
    fields = ("role", "login", "password", "note")
    rows = [tuple(str(entry.get(name, "")) for name in fields) for entry in accounts]
    for line in table([("Role · 角色", "Sign in with · 登录名", "Password · 密码", ""), *rows]):
        screen.plain(f"  {line}")
    screen.plain()


def started_at(environ: dict[str, str]) -> float:
    """When the whole start began; now, when nobody said."""
    try:
        told = float(environ.pop(STARTED_AT, ""))
    except ValueError:
        return time.time()
    return told if 0 <= time.time() - told < 3600 else time.time()
