"""What a manifest tells about an item, in the words of LOM: topic, difficulty, tags, source, identifiers."""

from dataclasses import dataclass

from webapp.banks.formats.qti2_model import Element
from webapp.banks.formats.qti_text import plain
from webapp.banks.rules.schema import Difficulty, TopicTitle

KEY, EXTERNAL_ID, TOPICS = "jiangsai-key", "jiangsai-external-id", "jiangsai-topics"
DIFFICULTIES = {
    "very easy": Difficulty.EASY,
    "easy": Difficulty.EASY,
    "medium": Difficulty.MEDIUM,
    "difficult": Difficulty.HARD,
    "very difficult": Difficulty.HARD,
}
TEXTS = ("string", "langstring")
MAX_TEXT = 4000


@dataclass(frozen=True)
class Metadata:
    """topic: its key in our own files, else the path of the taxonomy. topics: titles of our own topics."""

    key: str = ""
    external_id: str = ""
    topic: str = ""
    topics: tuple[TopicTitle, ...] = ()
    difficulty: Difficulty | None = None
    tags: tuple[str, ...] = ()
    source: str = ""


def metadata_of(resource: Element) -> Metadata:
    """The metadata of an entry of a manifest (names without namespace); empty where there is none."""
    identifiers = {
        plain(catalog): _text(identifier.find("entry"))
        for identifier in resource.iter("identifier")
        if (catalog := identifier.find("catalog")) is not None
    }
    topic, topics = _topic(resource)
    difficulty = resource.find(".//educational/difficulty/value")
    tags = [_text(keyword) for keyword in resource.iter("keyword")]
    based = [one for one in resource.iter("relation") if _text(one.find("kind/value")).lower() == "isbasedon"]
    return Metadata(
        key=identifiers.get(KEY, ""),
        external_id=identifiers.get(EXTERNAL_ID, ""),
        topic=topic,
        topics=topics,
        difficulty=DIFFICULTIES.get(_text(difficulty).lower()),
        tags=tuple(dict.fromkeys(tag for tag in tags if tag)),
        source=_text(based[0].find("resource/description")) if based else "",
    )


def _text(element: Element | None) -> str:
    """The text of an entry: of its first string, else its own. Spaces within it stay."""
    if element is None:
        return ""
    texts = list(element.iter(*TEXTS))
    chosen = texts[0] if texts else element
    return "".join(piece for piece in chosen.itertext() if isinstance(piece, str)).strip()[:MAX_TEXT]


def _topic(resource: Element) -> tuple[str, tuple[TopicTitle, ...]]:
    for path in resource.iter("taxonPath"):
        taxa = path.findall("taxon")
        if _text(path.find("source")) == TOPICS and taxa:
            key, entry = _text(taxa[-1].find("id")), taxa[-1].find("entry")
            titles = (
                {one.get("language"): _text(one) for one in entry.iter(*TEXTS)} if entry is not None else {}
            )
            named = TopicTitle(key, titles.get("zh-CN") or "", titles.get("en") or "")
            return key, (named,) if titles else ()
        names = [_text(taxon.find("entry")).replace("/", "／") for taxon in taxa]
        if any(names):
            return "/".join(name for name in names if name), ()
    return "", ()
