"""QTI 2.1, 2.2 and 3.0: one assessment item → one question (FORMATS section 10).

QTI 3 is read by the same code: its names are mapped to those of QTI 2 first."""

import re
from dataclasses import replace
from decimal import Decimal

from lxml import etree

from webapp.banks.formats.media import words_in
from webapp.banks.formats.options import ReadOptions
from webapp.banks.formats.qti2_interactions import HIDDEN, INLINE, READERS, Part, in_stem, read_part
from webapp.banks.formats.qti2_model import (
    Element,
    Item,
    Unsupported,
    is_true,
    item_of,
    number,
    with_one_set_of_names,
)
from webapp.banks.formats.qti2_stated import with_stated_keys
from webapp.banks.formats.qti_text import Media, TextBuilder, built, html_block
from webapp.banks.formats.result import FormatResult, Skipped
from webapp.banks.formats.xml import line, parse_xml
from webapp.banks.rules.schema import (
    BLANK,
    LETTERS,
    Difficulty,
    PublicQuestion,
    Question,
    QuestionKey,
    QuestionType,
    tidy_words,
)
from webapp.core.problems import WARNING, Problem, shorten
from webapp.core.words import N_, Message

PICTURE, PASSAGE, KEYWORDS = "question-picture", "passage", "keywords"
_HTML = re.compile(
    r"<(?:p|div|span|br|b|i|em|strong|ul|ol|table|img|h[1-6]|pre|sub|sup)\b[^<>]*>", re.IGNORECASE
)
_PART_FEEDBACK = re.compile(r"explanation_(\d{1,3})")
_CANDIDATE = frozenset({"candidate"})
BESIDE = frozenset({"mediaInteraction", "endAttemptInteraction"})
"""Interactions that nothing is asked by."""
UNLIMITED = 1000
"""So many plays are no limit; some programs write the largest number they know."""


def read_qti2(content: bytes, file: str, options: ReadOptions) -> FormatResult:
    """The item of a QTI 2 or 3 file. Pictures that it names lie beside it: their tokens are left.

    Raise FileRefused for XML that cannot be read."""
    result = FormatResult()
    read_item_file(content, file, result, Media())
    return result


def read_item_file(content: bytes, file: str, result: FormatResult, media: Media) -> None:
    """Add the question of an item file, or what is wrong with it, to a result."""
    root = parse_xml(content, file)
    row = line(root)
    with_one_set_of_names(root)
    _with_written_html(root)
    if root.tag != "assessmentItem":
        why = Message(N_("This is no question but “%(name)s”."), {"name": str(root.tag)[:80]})
        result.skipped.append(Skipped(file, why))
        return
    item = item_of(root)
    _with_stimuli(item, media)
    _with_media_shown(item)
    if not any(str(element.tag).endswith("Interaction") for element in item.body.iter()):
        result.skipped.append(Skipped(file, Message(N_("A text without a question."))))
        return
    result.rows += 1
    with_stated_keys(item)
    try:
        question = _question(item, media)
    except Unsupported as error:
        value = shorten(error.kind)
        result.problems.append(Problem(error.code, error.reason, sheet=file, row=row, value=value))
        return
    result.files.update(media.used)
    result.questions.append(replace(question, sheet=file, row=row))
    result.problems += [Problem(code, reason, WARNING, sheet=file, row=row) for code, reason in item.warnings]


def _with_written_html(root: Element) -> None:
    """Make elements of HTML that stands as text where the format allows none: right inside the body or a
    feedback, or in a block that says so of itself."""
    for element in list(root.iter("itemBody", "modalFeedback", "div")):
        if element.tag == "div" and element.get("class") != "html":
            continue
        for place in range(len(element), -1, -1):
            text = (element.text if place == 0 else element[place - 1].tail) or ""
            if not _HTML.search(text):
                continue
            block = html_block(text)
            if block is None:
                continue
            if place == 0:
                element.text = None
            else:
                element[place - 1].tail = None
            element.insert(place, block)


def _with_media_shown(item: Item) -> None:
    """A sound or film beside a question is shown in its text; how often it may be played is not held. A button
    that asks for a hint or ends a try is left out."""
    kinds = [one for one in item.body.iter() if str(one.tag).endswith("Interaction")]
    shows = [one for one in kinds if one.tag in BESIDE]
    if len(shows) == len(kinds):
        return
    for one in shows:
        if one.tag == "endAttemptInteraction":
            one.tag, one.text = "span", None
            if not is_true(item.root.get("adaptive")):
                item.warn(Message(N_("Hints between several tries are not kept.")))
            continue
        one.tag = "div"
        if 0 < (number(one.get("maxPlays")) or 0) < UNLIMITED:
            item.warn(Message(N_("How often a recording may be played cannot be held.")))


def _with_stimuli(item: Item, media: Media) -> None:
    """Put the texts that an item shares with others (QTI 3) before its own."""
    for position, reference in enumerate(item.root.findall("assessmentStimulusRef")):
        path, content = media.member(str(reference.get("href") or ""))
        stimulus = parse_xml(content, path) if content is not None else None
        if stimulus is not None:
            with_one_set_of_names(stimulus)
        body = stimulus.find("stimulusBody") if stimulus is not None else None
        if body is None:
            item.warn(
                Message(N_("The text that belongs to this question, %(name)s, is missing."), {"name": path})
            )
            continue
        body.tag = "div"
        # Its pictures are named from where it lies.
        for one in body.iter():
            for name in ("src", "data"):
                if one.get(name):
                    one.set(name, media.from_root(path, str(one.get(name))))
        item.body.insert(position, body)


def _question(item: Item, media: Media) -> Question:
    root, interactions = item.root, _interactions(item)
    if is_true(root.get("adaptive")):
        raise Unsupported("adaptive")
    if root.find("templateDeclaration") is not None or root.find("templateProcessing") is not None:
        raise Unsupported("templateDeclaration")
    picture, picture_alt = _picture(item, media)
    is_passage = PASSAGE in str(item.body.get("class") or "").split()
    if not is_passage and (len(interactions) == 1 or all(one.tag in INLINE for one in interactions)):
        part = read_part(item, interactions, media)
        declarations = part.declarations
        public, secret = part.public(_stem([item.body], media, part.type, whole=False)), part.key
        secret = _with_rubric(secret, [item.body], media)
        notes = [f"{letter}. {text}" for letter, text in part.notes.items()]
    else:
        public, secret, parts = _passage(item, interactions, media)
        # Its parts have bounds of their own; the whole is what it says it is.
        stated = item.outcome("MAXSCORE") is not None
        declarations = [] if stated else [one for part in parts for one in part.declarations]
        notes = []
    explanation = "\n".join([*notes, *_feedback(item, interactions, media)])
    return Question(
        key="",
        public=replace(public, picture=picture, picture_alt=picture_alt),
        secret=replace(secret, explanation=explanation),
        topic="",
        difficulty=Difficulty.MEDIUM,
        external_id=str(root.get("identifier") or "").strip(),
        mark=item.mark(declarations),
    )


def _interactions(item: Item) -> list[Element]:
    """The interactions in order. Raise Unsupported for one of a kind that a bank cannot hold."""
    found = [element for element in item.body.iter() if str(element.tag).endswith("Interaction")]
    for element in found:
        if element.tag not in READERS and element.tag not in INLINE:
            raise Unsupported(str(element.tag))
    return found


def _picture(item: Item, media: Media) -> tuple[str, str]:
    """The picture above the question and its words; it is taken out of the text."""
    for element in item.body:
        if PICTURE in str(element.get("class") or "").split():
            image = element.find(".//img")
            if image is not None:
                item.body.remove(element)
                name = media.name(str(image.get("src") or ""))
                told = {str(key).lower(): str(value) for key, value in image.items()}
                return name, tidy_words(words_in(told, name))
    return "", ""


def _stem(elements: list[Element], media: Media, kind: QuestionType, whole: bool = True) -> str:
    stem = built(elements, media, _stem_hook, kind != QuestionType.FILL, whole)
    # Some programs write the same words as text and as prompt.
    first, line_end, second = stem.partition("\n")
    stem = first if line_end and first == second and BLANK not in first else stem
    # A number is asked for below the text; only a place inside a sentence is a part of it.
    return stem.removesuffix("\n____") if kind == QuestionType.NUMERIC else stem


def _stem_hook(builder: TextBuilder, element: Element) -> bool:
    if element.tag == "rubricBlock" and _is_for_candidates(element):
        return False
    return in_stem(builder, element)


def _is_for_candidates(rubric: Element) -> bool:
    return not _CANDIDATE.isdisjoint(str(rubric.get("view") or "candidate").split())


def _with_rubric(secret: QuestionKey, blocks: list[Element], media: Media) -> QuestionKey:
    """A key with what markers compare with: the response the file gives, and the rubric only they see."""
    texts, keywords = [secret.reference], []
    for rubric in [one for block in blocks for one in block.iter("rubricBlock")]:
        if _is_for_candidates(rubric):
            continue
        for words in [one for one in rubric.iter("ul") if one.get("class") == KEYWORDS]:
            keywords += [built([word], media) for word in words]
            above = words.getparent()
            if above is not None:
                above.remove(words)
        texts.append(built([rubric], media))
    return replace(secret, reference="\n".join(text for text in texts if text), keywords=tuple(keywords))


def _feedback(item: Item, interactions: list[Element], media: Media) -> list[str]:
    """Feedback on the whole item, a line each; what belongs to one option begins with its letter."""
    letters = {}
    if len(interactions) == 1:
        options = interactions[0].findall(".//simpleChoice")
        letters = {str(one.get("identifier")): letter for one, letter in zip(options, LETTERS, strict=False)}
    found = []
    blocks = [
        block for block in item.body.iter("feedbackBlock", "feedbackInline") if not _is_in_option(block)
    ]
    for element in (*blocks, *item.root.findall("modalFeedback")):
        name = str(element.get("identifier") or "")
        text = built([element], media)
        if text and not _PART_FEEDBACK.fullmatch(name):
            found.append(f"{letters[name]}. {text}" if name in letters else text)
    return list(dict.fromkeys(found))


def _is_in_option(element: Element) -> bool:
    return any(str(above.tag) in {"simpleChoice", "inlineChoice"} for above in element.iterancestors())


def _passage(
    item: Item, interactions: list[Element], media: Media
) -> tuple[PublicQuestion, QuestionKey, list[Part]]:
    """Several questions below one text: every block that asks is a sub-question with the text before it."""
    asked = set(interactions)
    groups, top = _groups(item.body, interactions)
    texts: list[list[Element]] = [[]]
    for block in top:
        texts[-1].append(block)
        if not asked.isdisjoint(block.iter()):
            texts.append([])
    parts, public, secret, weights = [], [], [], []
    intro: list[Element] = []
    read: set[Element] = set()
    for place, (group, blocks) in enumerate(zip(groups, texts, strict=False), start=1):
        part = read_part(item, group, media)
        own = blocks if place > 1 else blocks[-1:]
        intro += blocks[: len(blocks) - len(own)]
        if place == 1 and not _stem(own, media, part.type) and len(intro) > 1:
            own = [intro.pop(), *own]
        read |= {one for block in own for one in block.iter("rubricBlock")}
        parts.append(part)
        public.append(part.public(_stem(own, media, part.type)))
        notes = [f"{letter}. {text}" for letter, text in part.notes.items()]
        explanation = "\n".join([*notes, *_part_feedback(item, place, media)])
        secret.append(replace(_with_rubric(part.key, own, media), explanation=explanation))
        weights.append(_weight(item, part))
    kinds = [part.type for part in parts]
    _give_rubric(secret, kinds, [one for one in item.body.iter("rubricBlock") if one not in read], media)
    stem = built([*intro, *texts[-1]], media, _stem_hook, whole=True) or str(item.root.get("title") or "")
    key = QuestionKey(parts=tuple(secret), part_weights=tuple(weights))
    return PublicQuestion(QuestionType.PASSAGE, stem, parts=tuple(public)), key, parts


def _give_rubric(
    keys: list[QuestionKey], kinds: list[QuestionType], blocks: list[Element], media: Media
) -> None:
    """Put what markers are told of the whole to each written answer, or to the last answer."""
    told = _with_rubric(QuestionKey(), blocks, media)
    written = [place for place, kind in enumerate(kinds) if kind == QuestionType.ESSAY]
    for place in written or [len(keys) - 1]:
        texts = [text for text in (keys[place].reference, told.reference) if text]
        words = (*keys[place].keywords, *told.keywords)
        keys[place] = replace(keys[place], reference="\n".join(texts), keywords=words)


def _groups(body: Element, interactions: list[Element]) -> tuple[list[list[Element]], list[Element]]:
    """The interactions of each block of a body, and the blocks; a wrapper around them all is opened."""
    asked = set(interactions)
    blocks = _blocks(body)
    while True:
        groups = [(block, [one for one in block.iter() if one in asked]) for block in blocks]
        asking = [(block, found) for block, found in groups if found]
        if len(asking) > 1 or _is_part(asking[0][1]):
            return [found for _, found in asking], blocks
        place = blocks.index(asking[0][0])
        blocks[place : place + 1] = _blocks(asking[0][0])


def _blocks(parent: Element) -> list[Element]:
    """What stands in an element, bare text as paragraphs."""
    pieces = [_paragraph(parent.text)]
    for child in parent:
        is_seen = str(child.tag) not in HIDDEN or (child.tag == "rubricBlock" and _is_for_candidates(child))
        pieces += [child if is_seen else None, _paragraph(child.tail)]
    return [piece for piece in pieces if piece is not None]


def _paragraph(text: str | None) -> Element | None:
    if not (text or "").strip():
        return None
    paragraph = etree.Element("p")
    paragraph.text = text
    return paragraph


def _is_part(group: list[Element]) -> bool:
    return len(group) == 1 or all(one.tag in INLINE for one in group)


def _part_feedback(item: Item, number: int, media: Media) -> list[str]:
    return [
        built([element], media)
        for element in item.root.findall("modalFeedback")
        if element.get("identifier") == f"explanation_{number}"
    ]


def _weight(item: Item, part: Part) -> Decimal:
    """What a sub-question counts among the others."""
    stated = [item.outcome(f"MAXSCORE_{one.identifier}") for one in part.declarations]
    if stated and stated[0] is not None and stated[0] > 0:
        return stated[0]
    most = [one.upper or one.most for one in part.declarations]
    total = sum((value for value in most if value is not None and value > 0), Decimal(0))
    return total or Decimal(1)


__all__ = ["read_item_file", "read_qti2"]
