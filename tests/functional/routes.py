"""The live routes as the tests of access walk through them."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Flask
from werkzeug.routing import IntegerConverter, Rule

from tests.architecture.policies import methods_of
from webapp.access.guards import policy_of

MISSING_ID = 999_999_999
MISSING_WORD = "no-such-thing"


@dataclass(frozen=True)
class Route:
    """One rule. `names`: its parameters; `numbers`: those that are ids."""

    rule: Rule
    policy: str
    methods: tuple[str, ...]

    @property
    def endpoint(self) -> str:
        return str(self.rule.endpoint)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(sorted(self.rule.arguments))

    @property
    def is_public(self) -> bool:
        return self.policy.startswith("public")

    @property
    def permissions(self) -> tuple[str, ...]:
        """The permissions of which one is needed, or none."""
        _kind, _colon, names = self.policy.partition("requires: ")
        return tuple(names.split(", ")) if names else ()

    def is_number(self, name: str) -> bool:
        return isinstance(self.rule._converters[name], IntegerConverter)

    def path(self, values: dict[str, int | str] | None = None) -> str:
        """The path with these parameters; those not given name nothing that exists."""
        given = values or {}
        filled = {
            name: given.get(name, MISSING_ID if self.is_number(name) else MISSING_WORD) for name in self.names
        }
        built = self.rule.build(filled, append_unknown=False)
        assert built is not None
        return str(built[1])


def routes(app: Flask) -> Iterator[Route]:
    """Every route of the app, static files aside."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda one: (one.rule, one.endpoint)):
        if rule.endpoint != "static":
            policy = policy_of(app.view_functions[rule.endpoint]) or ""
            yield Route(rule, policy, tuple(methods_of(rule)))
