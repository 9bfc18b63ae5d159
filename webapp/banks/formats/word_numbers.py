"""Word's automatic numbers: which label a paragraph shows though its text does not hold it."""

from collections.abc import Iterator

from lxml import etree

_CHINESE = "零一二三四五六七八九"
_CHINESE_FORMATS = frozenset(
    {"chineseCounting", "chineseCountingThousand", "japaneseCounting", "taiwaneseCounting", "ideographDigital",
     "taiwaneseCountingThousand", "chineseLegalSimplified"}
)  # fmt: skip
MAX_LEVELS = 9


def local(element: etree._Element) -> str:
    """The name of an element without its namespace ('' for what is no element)."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def child(element: etree._Element | None, name: str) -> etree._Element | None:
    """The first child of this name."""
    return next((one for one in children(element, name)), None)


def children(element: etree._Element | None, name: str) -> Iterator[etree._Element]:
    """The children of this name."""
    return (one for one in (element if element is not None else ()) if local(one) == name)


def value(element: etree._Element | None, name: str = "val") -> str:
    """An attribute, whatever its namespace; '' without one."""
    if element is None:
        return ""
    found = (text for key, text in element.attrib.items() if etree.QName(key).localname == name)
    return str(next(found, ""))


class _Level:
    def __init__(self, element: etree._Element) -> None:
        self.start = _number(value(child(element, "start")), 1)
        self.form = value(child(element, "numFmt")) or "decimal"
        self.text = value(child(element, "lvlText"))


class Numbers:
    """The counters of one document; `label` is called once for each paragraph, in order."""

    def __init__(self, numbering: etree._Element | None, styles: etree._Element | None) -> None:
        self.levels: dict[str, dict[int, _Level]] = {}
        for one in children(numbering, "abstractNum"):
            levels = {_number(value(level, "ilvl")): _Level(level) for level in children(one, "lvl")}
            self.levels[value(one, "abstractNumId")] = levels
        self.lists: dict[str, str] = {}
        self.restarts: dict[str, dict[int, int]] = {}
        for one in children(numbering, "num"):
            name = value(one, "numId")
            self.lists[name] = value(child(one, "abstractNumId"))
            self.restarts[name] = {
                _number(value(override, "ilvl")): _number(value(child(override, "startOverride")), 1)
                for override in children(one, "lvlOverride")
                if child(override, "startOverride") is not None
            }
        self.styles = {value(one, "styleId"): one for one in children(styles, "style")}
        self.counters: dict[str, dict[int, int]] = {}
        self.begun: set[str] = set()

    def label(self, paragraph: etree._Element) -> str:
        """The label of a paragraph, '' for bullets and paragraphs without a number."""
        name, depth = self._list_of(child(paragraph, "pPr"))
        form = self.lists.get(name, "")
        level = self.levels.get(form, {}).get(depth)
        if level is None:
            return ""
        counters = self.counters.setdefault(form, {})
        if name not in self.begun:
            self.begun.add(name)
            for at, start in self.restarts.get(name, {}).items():
                counters[at] = start - 1
        counters[depth] = counters.get(depth, level.start - 1) + 1
        for deeper in [at for at in counters if at > depth]:
            del counters[deeper]
        if level.form in {"bullet", "none"}:
            return ""
        text = level.text or f"%{depth + 1}."
        for at in range(MAX_LEVELS):
            if f"%{at + 1}" in text:
                other = self.levels[form].get(at)
                number = counters.get(at, other.start if other else 1)
                text = text.replace(f"%{at + 1}", written(number, other.form if other else "decimal"))
        text = text.strip()
        if text[-1:].isalnum():
            text += "、" if text[-1] in _CHINESE + "十" else "."
        return text

    def _list_of(self, properties: etree._Element | None) -> tuple[str, int]:
        """List and level of a paragraph: its own, else those of its style and the styles that it follows."""
        for _ in range(10):
            numbers = child(properties, "numPr")
            if numbers is not None:
                depth = _number(value(child(numbers, "ilvl")))
                return value(child(numbers, "numId")), min(max(depth, 0), MAX_LEVELS - 1)
            style = child(properties, "pStyle")
            found = self.styles.get(value(style)) if style is not None else None
            if found is None:
                return "", 0
            following = child(found, "pPr")
            if following is None or child(following, "numPr") is None:
                base = self.styles.get(value(child(found, "basedOn")))
                following = child(base, "pPr") if base is not None else None
            properties = following
        return "", 0


def written(number: int, form: str) -> str:
    """A number as a list shows it."""
    if form in _CHINESE_FORMATS and 0 < number < 100:
        tens, ones = divmod(number, 10)
        head = "" if tens == 0 else "十" if tens == 1 else f"{_CHINESE[tens]}十"
        return head + (_CHINESE[ones] if ones else "")
    if form in {"upperLetter", "lowerLetter"} and number > 0:
        letter = chr(ord("A") + (number - 1) % 26) * min((number - 1) // 26 + 1, 9)
        return letter if form == "upperLetter" else letter.lower()
    if form.startswith("decimalEnclosedCircle") and 0 < number <= 20:
        return chr(ord("①") + number - 1)
    return str(number)


def _number(text: str, default: int = 0) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else default
