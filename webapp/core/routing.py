"""Routing rules that make their address builders when an address is built.

Werkzeug writes and compiles two functions for each rule as it is added, which was most of the time that
`create_app` took; a process builds the addresses of few rules, and a worker or a command of hardly any."""

from collections.abc import Callable

from werkzeug.routing import Rule

Builder = Callable[..., tuple[str, str]]


class LateRule(Rule):
    """A rule whose builders are compiled at their first call. Two threads may both compile: either result serves."""

    def _compile_builder(self, append_unknown: bool = True) -> Builder:
        make = super()._compile_builder
        made: list[Builder] = []

        def build(rule: Rule, /, **values: object) -> tuple[str, str]:
            if not made:
                made.append(make(append_unknown))
            return made[0](rule, **values)

        return build
