"""As much of JSON Schema as schema.json uses, so that no further package is needed to test it."""

import re
from collections.abc import Iterator
from typing import Any

TYPES: dict[str, Any] = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "array": list,
    "object": dict,
}
USED = {
    "$schema", "title", "description", "type", "properties", "required", "additionalProperties", "definitions",
    "items", "enum", "const", "anyOf", "allOf", "$ref", "pattern", "minimum", "maximum", "minItems", "maxItems",
    "minLength", "default",
}  # fmt: skip


class Schema:
    """A schema and what it says of values."""

    def __init__(self, root: dict[str, Any]) -> None:
        self.root = root

    def resolve(self, node: dict[str, Any]) -> dict[str, Any]:
        """The node itself, or what it refers to."""
        while True:
            if "$ref" in node:
                node = self.root["definitions"][node["$ref"].rpartition("/")[2]]
            elif "allOf" in node:
                node = node["allOf"][0]
            else:
                return node

    def problems(self, value: Any, node: dict[str, Any] | None = None, path: str = "") -> Iterator[str]:
        """Where a value is not what the schema wants."""
        node = self.root if node is None else node
        assert set(node) <= USED, set(node) - USED
        if "$ref" in node:
            yield from self.problems(value, self.resolve(node), path)
        for part in node.get("allOf", ()):
            yield from self.problems(value, part, path)
        if "anyOf" in node and all(any(True for _ in self.problems(value, part)) for part in node["anyOf"]):
            yield f"{path}: none of the choices"
        if "type" in node and not self._is(value, node["type"]):
            yield f"{path}: not {node['type']}"
            return
        allowed = node.get("enum", [node["const"]] if "const" in node else [value])
        if not any(value == one and isinstance(value, bool) == isinstance(one, bool) for one in allowed):
            yield f"{path}: not a choice"
        yield from self._limits(value, node, path)
        yield from self._parts(value, node, path)

    def _is(self, value: Any, kind: str) -> bool:
        return isinstance(value, TYPES[kind]) and (kind == "boolean" or not isinstance(value, bool))

    def _limits(self, value: Any, node: dict[str, Any], path: str) -> Iterator[str]:
        if isinstance(value, str):
            if "pattern" in node and not re.search(node["pattern"], value):
                yield f"{path}: pattern"
            if len(value) < node.get("minLength", 0):
                yield f"{path}: too short"
        elif isinstance(value, (int, float)):
            if not node.get("minimum", value) <= value <= node.get("maximum", value):
                yield f"{path}: out of range"
        elif isinstance(value, list) and not (
            node.get("minItems", 0) <= len(value) <= node.get("maxItems", len(value))
        ):
            yield f"{path}: wrong length"

    def _parts(self, value: Any, node: dict[str, Any], path: str) -> Iterator[str]:
        if isinstance(value, list) and "items" in node:
            for at, item in enumerate(value):
                yield from self.problems(item, node["items"], f"{path}[{at}]")
        if not isinstance(value, dict) or node.get("type") != "object":
            return
        known, others = node.get("properties", {}), node.get("additionalProperties", True)
        yield from (f"{path}.{key}: missing" for key in node.get("required", ()) if key not in value)
        for key, item in value.items():
            if key in known:
                yield from self.problems(item, known[key], f"{path}.{key}")
            elif others is False:
                yield f"{path}.{key}: unknown"
            elif isinstance(others, dict):
                yield from self.problems(item, others, f"{path}.{key}")
