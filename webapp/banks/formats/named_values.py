"""Questions as tables of named values: the form that our TOML and JSON banks share. Writing.

`value_reader.py` reads it; question_banks/README.md describes it for people."""

from decimal import Decimal

from webapp.banks.rules.schema import (
    CHOICES,
    FillRules,
    NumberRange,
    PublicQuestion,
    Question,
    QuestionKey,
    QuestionType,
)

Entry = dict[str, object]
FILL_RULES = ("any_order", "all_needed", "case_sensitive")
PART_KEYS = {
    "type", "stem", "options", "items", "choices", "answer", "explanation", "picture", "picture_alt",
    "fill_rules", "weights", "tolerance", "partial", "patterns", "reference", "keywords",
}  # fmt: skip
QUESTION_KEYS = PART_KEYS | {
    "key", "difficulty", "source", "tags", "topic", "mark", "external_id", "parts",
}  # fmt: skip


def entry_of(question: Question) -> Entry:
    """The values of a question in the order they are written; its topic is left to the caller."""
    public, secret = question.public, question.secret
    body = _body(public, secret)
    entry: Entry = {"key": question.key} | {
        name: body.pop(name) for name in ("type", "stem", "options", "items", "answer") if name in body
    }
    entry["explanation"] = secret.explanation
    entry["difficulty"] = question.difficulty.value
    entry["source"] = question.source
    if public.picture:
        entry["picture"] = public.picture
    if public.picture_alt:
        entry["picture_alt"] = public.picture_alt
    if question.tags:
        entry["tags"] = list(question.tags)
    if question.external_id:
        entry["external_id"] = question.external_id
    if question.mark is not None:
        entry["mark"] = question.mark
    entry |= body
    if public.parts:
        entry["parts"] = [
            _part(part, key, weight)
            for part, key, weight in zip(public.parts, secret.parts, secret.part_weights, strict=True)
        ]
    return entry


def _part(public: PublicQuestion, secret: QuestionKey, weight: Decimal) -> Entry:
    entry = _body(public, secret)
    if secret.explanation:
        entry["explanation"] = secret.explanation
    if public.picture:
        entry["picture"] = public.picture
    if public.picture_alt:
        entry["picture_alt"] = public.picture_alt
    return entry | {"weight": weight}


def _body(public: PublicQuestion, secret: QuestionKey) -> Entry:
    """What a question and a part of a passage have alike."""
    entry: Entry = {"type": public.type.value, "stem": public.stem}
    if public.options:
        entry["options"] = list(public.options)
    if public.items:
        entry["items"] = list(public.items)
    match public.type:
        case QuestionType.TRUE_FALSE:
            entry["answer"] = secret.truth
        case QuestionType.FILL:
            entry["answer"] = [list(blank.accepted) for blank in secret.blanks]
            entry |= _fill(public, secret)
        case QuestionType.SINGLE:
            entry["answer"] = secret.letters
        case QuestionType.MULTIPLE | QuestionType.MATCHING | QuestionType.ORDERING:
            entry["answer"] = list(secret.letters)
        case QuestionType.NUMERIC:
            entry["answer"] = [_range(number) for number in secret.numbers]
        case QuestionType.ESSAY:
            if secret.reference:
                entry["reference"] = secret.reference
            if secret.keywords:
                entry["keywords"] = list(secret.keywords)
    if public.type in CHOICES and secret.weights:
        entry["weights"] = dict(secret.weights)
    return entry


def _range(number: NumberRange) -> Entry:
    entry: Entry = {"low": number.low, "high": number.high}
    return entry if number.share == 1 else entry | {"share": number.share}


def _fill(public: PublicQuestion, secret: QuestionKey) -> Entry:
    blanks, entry = secret.blanks, Entry()
    if any(public.choices):
        entry["choices"] = [list(texts) for texts in public.choices]
    if secret.fill != FillRules():
        entry["fill_rules"] = {name: True for name in FILL_RULES if getattr(secret.fill, name)}
    if any(blank.weight != 1 for blank in blanks):
        entry["weights"] = [blank.weight for blank in blanks]
    if any(blank.tolerance is not None for blank in blanks):
        entry["tolerance"] = ["" if blank.tolerance is None else blank.tolerance for blank in blanks]
    if any(blank.partial for blank in blanks):
        entry["partial"] = [dict(blank.partial) for blank in blanks]
    if any(blank.is_pattern for blank in blanks):
        entry["patterns"] = [blank.is_pattern for blank in blanks]
    return entry
