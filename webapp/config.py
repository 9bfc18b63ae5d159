"""Settings: read once from the environment, strict, secrets also from files.

Every setting is declared in SETTINGS with its environment name, default and one line of help;
`jiangsai doctor` prints them and a test compares them with the README."""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
"""The checkout (or the folder that holds the installed package)."""


class SettingInvalid(Exception):
    """A setting is missing or cannot be read; the text says which one and what to do."""


def _boolean(text: str) -> bool:
    if text.lower() in {"1", "true", "yes", "on"}:
        return True
    if text.lower() in {"0", "false", "no", "off"}:
        return False
    raise ValueError("use 1 or 0")


def _list(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


@dataclass(frozen=True)
class Setting:
    """One environment variable. `read` turns its text into a value and raises ValueError."""

    field: str
    env: str
    default: str
    help: str
    read: Callable[[str], object] = str
    secret: bool = False


SETTINGS: tuple[Setting, ...] = (
    Setting(
        "demo",
        "JIANGSAI_DEMO",
        "1",
        "1 loads invented people and events; 0 starts empty for production",
        _boolean,
    ),
    Setting(
        "database_url",
        "DATABASE_URL",
        "",
        "PostgreSQL 15 or later; empty: make run starts its own",
        secret=True,
    ),
    Setting(
        "redis_url",
        "REDIS_URL",
        "",
        "Redis 7 / Valkey 8 or later; empty: make run starts its own",
        secret=True,
    ),
    Setting("port", "PORT", "8000", "port of the web pages", int),
    Setting("host", "JIANGSAI_HOST", "127.0.0.1", "address to listen on; 0.0.0.0 for a hall's network"),
    Setting("public_url", "JIANGSAI_PUBLIC_URL", "", "address people type; default http://127.0.0.1:PORT"),
    Setting("live_port", "JIANGSAI_LIVE_PORT", "0", "port of the live process; 0: PORT + 1", int),
    Setting(
        "live_url",
        "JIANGSAI_LIVE_URL",
        "",
        "address of the live process as browsers see it; default: its port",
    ),
    Setting("var", "JIANGSAI_VAR", "var", "folder for all data", Path),
    Setting(
        "banks_dir",
        "JIANGSAI_BANKS",
        "question_banks",
        "folder with shipped question banks",
        Path,
    ),
    Setting(
        "secret_key",
        "JIANGSAI_SECRET_KEY",
        "",
        "signs sessions and tickets; 32 or more random characters",
        secret=True,
    ),
    Setting(
        "secret_key_old",
        "JIANGSAI_SECRET_KEY_OLD",
        "",
        "earlier signing keys, comma separated",
        _list,
        secret=True,
    ),
    Setting(
        "data_key",
        "JIANGSAI_DATA_KEY",
        "",
        "encrypts document numbers and phones; 32 bytes in base64",
        secret=True,
    ),
    Setting(
        "data_key_old", "JIANGSAI_DATA_KEY_OLD", "", "earlier data keys, comma separated", _list, secret=True
    ),
    Setting(
        "trusted_hosts",
        "JIANGSAI_TRUSTED_HOSTS",
        "",
        "host names answered to; empty: any in the demo, else that of the public address",
        _list,
    ),
    Setting("proxies", "JIANGSAI_PROXIES", "0", "number of proxies in front that set X-Forwarded-*", int),
    Setting("max_upload_mb", "JIANGSAI_MAX_UPLOAD_MB", "20", "largest upload in megabytes", int),
    Setting("session_hours", "JIANGSAI_SESSION_HOURS", "12", "hours until an unused session ends", int),
    Setting(
        "two_person",
        "JIANGSAI_TWO_PERSON",
        "",
        "1: extensions, voids and the like need a second person; default on unless demo",
    ),
    Setting(
        "second_factor", "JIANGSAI_SECOND_FACTOR", "", "1: staff need a second factor; default on unless demo"
    ),
    Setting("grace_s", "JIANGSAI_GRACE_S", "10", "public grace after an exam's deadline, seconds", int),
    Setting(
        "start_spread_s",
        "JIANGSAI_START_SPREAD_S",
        "20",
        "seconds over which waiting rooms spread the starts of an exam",
        int,
    ),
    Setting(
        "address_days",
        "JIANGSAI_ADDRESS_DAYS",
        "90",
        "days until scrambled network addresses of exams are deleted",
        int,
    ),
    Setting(
        "concurrent_hashes", "JIANGSAI_CONCURRENT_HASHES", "2", "password checks at once in one process", int
    ),
    Setting("metrics_open", "JIANGSAI_METRICS_OPEN", "1", "0 closes /metrics", _boolean),
    Setting("pool_size", "JIANGSAI_POOL_SIZE", "8", "database connections of one process", int),
    Setting(
        "archive",
        "JIANGSAI_ARCHIVE",
        "",
        "folder on another disk that the own database writes its changes to; empty: none",
    ),
    Setting(
        "drain_s",
        "JIANGSAI_DRAIN_S",
        "0",
        "seconds from /readyz turning 503 to the stop, so that a proxy sends nobody here any more",
        float,
    ),
    Setting("watchers", "JIANGSAI_WATCHERS", "2000", "live connections of one live process", int),
    Setting(
        "visitors",
        "JIANGSAI_VISITORS",
        "1",
        "0: no invented contestants visit the demo for ten minutes after a start",
        _boolean,
    ),
    Setting("log_level", "JIANGSAI_LOG_LEVEL", "INFO", "DEBUG, INFO, WARNING or ERROR"),
)


@dataclass(frozen=True)
class Settings:
    """What the processes were told. Build it with `from_env` only."""

    demo: bool
    database_url: str
    redis_url: str
    port: int
    host: str
    public_url: str
    live_port: int
    live_url: str
    var: Path
    banks_dir: Path
    secret_key: str
    secret_key_old: tuple[str, ...]
    data_key: str
    data_key_old: tuple[str, ...]
    trusted_hosts: tuple[str, ...]
    proxies: int
    max_upload_mb: int
    session_hours: int
    two_person: bool
    second_factor: bool
    grace_s: int
    start_spread_s: int
    address_days: int
    concurrent_hashes: int
    metrics_open: bool
    pool_size: int
    archive: str
    drain_s: float
    watchers: int
    visitors: bool
    log_level: str

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> "Settings":
        """Read and check every setting; raise SettingInvalid naming all that are wrong."""
        environ = os.environ if environ is None else environ
        values: dict[str, object] = {}
        wrong: list[str] = []
        for setting in SETTINGS:
            text = setting_text(setting, environ)
            try:
                values[setting.field] = setting.read(text)
            except ValueError as error:
                wrong.append(f"{setting.env}={'***' if setting.secret else text!r}: {error} ({setting.help})")
        if wrong:
            raise SettingInvalid("; ".join(wrong))
        return _completed(cls(**values))  # type: ignore[arg-type]  # every field stands in SETTINGS: a test holds it

    @property
    def secure(self) -> bool:
        """Whether people reach the site by https, which decides the cookie flags."""
        return self.public_url.startswith("https://")

    @property
    def live_follows_host(self) -> bool:
        """Whether the live process is reached at the host name people typed, on its own port (no proxy)."""
        public, live = urlsplit(self.public_url), urlsplit(self.live_url)
        return not self.secure and (live.hostname, live.port) == (public.hostname, self.live_port)

    @property
    def files_dir(self) -> Path:
        return self.var / "files"

    @property
    def stopping_file(self) -> Path:
        """While it exists, /readyz says 503: this node is about to stop."""
        return self.var / "run" / "stopping"

    @property
    def database_folders(self) -> tuple[Path, ...]:
        """Where our own database lies when `jiangsai up` had to put it elsewhere (location.json)."""
        try:
            folder = json.loads((self.var / "location.json").read_text(encoding="utf-8"))["folder"]
        except (OSError, ValueError, KeyError, TypeError):
            return ()
        return (self.var / folder,)


def environment() -> dict[str, str]:
    """The whole environment, for what is handed on to child processes."""
    return dict(os.environ)


def setting_text(setting: Setting, environ: Mapping[str, str]) -> str:
    """The text of a setting: NAME, else the content of the file NAME_FILE, else the default."""
    text = environ.get(setting.env)
    path = environ.get(f"{setting.env}_FILE")
    if text is None and path:
        try:
            text = Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise SettingInvalid(f"{setting.env}_FILE={path}: {error.strerror}") from error
    return setting.default if text is None or text == "" else text


def described(environ: Mapping[str, str] | None = None) -> list[tuple[str, str, str, str]]:
    """(name, value as shown, source, help) of every setting; secrets are masked."""
    environ = os.environ if environ is None else environ
    rows = []
    for setting in SETTINGS:
        if environ.get(setting.env):
            source = "environment" if os.environ.get(setting.env) else "jiangsai up"
            text = environ[setting.env]
        elif environ.get(f"{setting.env}_FILE"):
            source, text = f"file {environ[f'{setting.env}_FILE']}", "set"
        else:
            source, text = "default", setting.default
        shown = ("***" if text else "") if setting.secret else text
        rows.append((setting.env, shown, source, setting.help))
    return rows


def _completed(settings: Settings) -> Settings:
    """Fill the defaults that follow from other settings and refuse unsafe production values."""
    guarded = not settings.demo
    public_url = (settings.public_url or f"http://127.0.0.1:{settings.port}").rstrip("/")
    live_port = settings.live_port or settings.port + 1
    # In production a proxy maps /live of the public address to the live process; the demo has no proxy.
    own_port = f"{urlsplit(public_url).scheme}://{urlsplit(public_url).hostname}:{live_port}"
    live_url = settings.live_url or (public_url if settings.secure else own_port)
    own_host = urlsplit(public_url).hostname
    values = {
        **settings.__dict__,
        "trusted_hosts": settings.trusted_hosts or ((own_host,) if guarded and own_host else ()),
        "public_url": public_url,
        "live_port": live_port,
        "live_url": live_url.rstrip("/"),
        "var": _absolute(settings.var),
        "banks_dir": _absolute(settings.banks_dir),
        "database_url": _driver(settings.database_url),
        "two_person": _switch(settings.two_person, guarded),
        "second_factor": _switch(settings.second_factor, guarded),
    }
    return Settings(**values)


def _switch(text: object, default: bool) -> bool:
    return default if text in {"", None} else _boolean(str(text))


def _absolute(path: Path) -> Path:
    return path if path.is_absolute() else ROOT / path


def _driver(url: str) -> str:
    """SQLAlchemy needs the driver's name; people write postgres:// or postgresql://."""
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def require_secrets(settings: Settings) -> None:
    """Refuse to serve without real secrets. Raise SettingInvalid saying how to make them."""
    missing = []
    if len(settings.secret_key) < 32 or len(set(settings.secret_key)) < 8:
        missing.append('JIANGSAI_SECRET_KEY (python3 -c "import secrets; print(secrets.token_urlsafe(48))")')
    if not settings.data_key:
        missing.append(
            'JIANGSAI_DATA_KEY (python3 -c "import base64, os; '
            'print(base64.b64encode(os.urandom(32)).decode())")'
        )
    if not settings.database_url:
        missing.append("DATABASE_URL (postgresql://user:password@host/name)")
    if not settings.redis_url:
        missing.append("REDIS_URL (redis://host:6379/0)")
    if missing:
        raise SettingInvalid("These settings are missing or too weak: " + "; ".join(missing))
