"""Languages: Chinese by default, English on choice.

The msgid is the English sentence; every package brings its own zh_CN catalogue."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from babel import Locale
from flask import Flask, g, has_request_context, request
from flask_babel import Babel, force_locale, format_datetime, get_locale, lazy_gettext
from flask_babel import gettext as babel_gettext
from flask_babel import ngettext as babel_ngettext

from webapp.core import clock
from webapp.core.words import Message

__all__ = [
    "COOKIE",
    "LANGUAGES",
    "choose_locale",
    "gettext",
    "init_i18n",
    "lazy_gettext",
    "locale",
    "ngettext",
    "pick",
    "say",
    "speaking",
    "until",
]

LANGUAGES = {"zh_CN": "中文", "en": "English"}
COOKIE = "language"


def gettext(text: str, /, **values: object) -> str:
    """A sentence in the reader's language, its places filled."""
    return str(babel_gettext(text, **values))


def ngettext(one: str, many: str, num: int, /, **values: object) -> str:
    """The sentence for `num` things; %(num)d is their number."""
    return str(babel_ngettext(one, many, num, **values))


def _named_like_our_catalogues(code: str) -> Locale:
    """Babel reads 'zh_CN' as 'zh_Hans_CN' and would look for catalogues of that name."""
    found = Locale.parse(code)
    found.script = None
    return found


_LOCALES = {code: _named_like_our_catalogues(code) for code in LANGUAGES}


def init_i18n(app: Flask) -> None:
    """Find the catalogues of all packages and choose a language per request."""
    package_root = Path(__file__).resolve().parent.parent
    folders = sorted(str(path) for path in package_root.glob("*/translations"))
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = ";".join(folders)
    app.config["BABEL_DEFAULT_LOCALE"] = "zh_CN"
    app.config["BABEL_DEFAULT_TIMEZONE"] = "Asia/Shanghai"
    Babel(app, locale_selector=lambda: _LOCALES[choose_locale()])
    app.jinja_env.globals["locale"] = locale
    app.jinja_env.globals["languages"] = LANGUAGES
    app.jinja_env.filters["say"] = say
    app.jinja_env.filters["pick"] = pick
    app.jinja_env.filters["until"] = until


def choose_locale() -> str:
    """The language of the present request: chosen earlier in this browser, else Chinese."""
    if has_request_context():
        forced = g.get("locale")
        chosen = forced or request.cookies.get(COOKIE, "")
        if chosen in LANGUAGES:
            return str(chosen)
    return "zh_CN"


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Whatever is said inside is said in this language, one of LANGUAGES, whoever reads the page.

    flask_babel's own force_locale would read 'zh_CN' as 'zh_Hans_CN', find no catalogue of this name and say English."""
    with force_locale(_LOCALES[language]):
        yield


def until(at: datetime | None) -> str:
    """An end as people read it, Shanghai time: midnight is 24:00 of the day that ends with it."""
    if at is None:
        return "–"
    local = at.astimezone(clock.SHANGHAI)
    if (local.hour, local.minute) == (0, 0):
        return f"{local - timedelta(days=1):%Y-%m-%d} 24:00"
    return f"{local:%Y-%m-%d %H:%M}"


def locale() -> str:
    """'zh_CN' or 'en'."""
    return str(get_locale() or "zh_CN")


def say(message: Message | str) -> str:
    """A message in the reader's language. Messages among the parameters are said first; instants are
    written in Shanghai time, to the minute; of a {zh, en} pair the reader's language is taken."""
    if isinstance(message, str):
        return str(gettext(message)) if message else ""
    params = {name: _spoken(value) for name, value in message.params.items()}
    return str(gettext(message.text, **params))


def _spoken(value: object) -> object:
    if isinstance(value, Message):
        return say(value)
    if hasattr(value, "zh") or (isinstance(value, dict) and "zh" in value):
        return pick(value)
    return format_datetime(value, "yyyy-MM-dd HH:mm") if isinstance(value, datetime) else value


def pick(texts: object) -> str:
    """One of a {zh, en} pair (a mapping or an object with both attributes), by the reader's language."""
    wanted = "en" if locale() == "en" else "zh"
    if isinstance(texts, dict):
        return str(texts.get(wanted) or texts.get("zh") or texts.get("en") or "")
    return str(getattr(texts, wanted, "") or getattr(texts, "zh", ""))
