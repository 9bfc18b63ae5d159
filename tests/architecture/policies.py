"""The reviewed list of routes and their policies, and the command that rewrites it.

python -m tests.architecture.policies          show what differs from the list
python -m tests.architecture.policies --write  take the present state; review it with `git diff`"""

import sys
import tomllib
from pathlib import Path

from flask import Flask
from werkzeug.routing import Rule

from webapp.access.guards import policy_of

LIST = Path(__file__).with_name("policies.toml")
HEADING = """\
# Who may call which route: reviewed by a person, compared with the live routes by
# tests/functional/test_access_matrix.py. After a change:
#   python -m tests.architecture.policies --write
# and look at every line of `git diff tests/architecture/policies.toml`: is this the policy you mean?

"""


def methods_of(rule: Rule) -> list[str]:
    """The methods a rule answers, without those Flask adds."""
    return sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})


def live(app: Flask) -> dict[str, str]:
    """'GET,POST /path' -> policy, of every route."""
    return {
        f"{','.join(methods_of(rule))} {rule.rule}": policy_of(app.view_functions[rule.endpoint])
        or ("public: files of the design" if rule.endpoint == "static" else "none")
        for rule in app.url_map.iter_rules()
    }


def reviewed() -> dict[str, str]:
    """The list as it was reviewed."""
    found: dict[str, str] = tomllib.loads(LIST.read_text(encoding="utf-8"))["routes"]
    return found


def differences(now: dict[str, str], before: dict[str, str]) -> list[str]:
    """What was added, changed or removed, one line each."""
    return [
        f"{route}\n    reviewed: {before.get(route, 'not in the list')}\n    now:      {now.get(route, 'gone')}"
        for route in sorted({*now, *before})
        if now.get(route) != before.get(route)
    ]


def write(now: dict[str, str]) -> None:
    """Rewrite the list, sorted by path."""
    lines = [
        f"{_quoted(route)} = {_quoted(policy)}"
        for route, policy in sorted(now.items(), key=lambda item: (item[0].split(" ")[1], item[0]))
    ]
    LIST.write_text(HEADING + "[routes]\n" + "\n".join(lines) + "\n", encoding="utf-8")


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def main() -> int:
    """Exit status 1 when the list differs and was not rewritten."""
    from tests.conftest import make_app

    now = live(make_app("postgresql+psycopg:///nowhere", "redis://nowhere", Path("/nonexistent")))
    before = reviewed() if LIST.exists() else {}
    print("\n".join(differences(now, before)))
    if "--write" in sys.argv[1:]:
        write(now)
        return 0
    return int(now != before)


if __name__ == "__main__":
    sys.exit(main())
