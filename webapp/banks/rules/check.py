"""What is wrong with questions: one by one, and among each other (FORMATS 2.5, 2.6)."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace

from webapp.banks.rules.schema import (
    BLANK,
    LETTERS,
    MAX_OPTIONS,
    PublicQuestion,
    Question,
    QuestionKey,
    QuestionType,
)
from webapp.core.problems import ERROR, WARNING, Problem, shorten
from webapp.core.words import N_, Message

LONG_STEM, LONG_OPTION, LONG_EXPLANATION = 4000, 1000, 4000


def problem(
    question: Question,
    code: str,
    reason: Message,
    severity: str = ERROR,
    value: object = "",
    hint: Message | None = None,
) -> Problem:
    """A problem at the place the question came from; the caller adds file and column."""
    return Problem(code, reason, severity, "", question.sheet, question.row, "", shorten(value), hint)


def check_question(question: Question) -> list[Problem]:
    """Everything wrong with one question by itself."""
    found: list[Problem] = []
    public = question.public
    if not public.stem.strip():
        found.append(problem(question, "no-stem", Message(N_("The question has no stem."))))
    match public.type:
        case QuestionType.SINGLE | QuestionType.MULTIPLE:
            found += _check_choice(question)
        case QuestionType.TRUE_FALSE:
            if question.secret.truth is None:
                found.append(problem(question, "no-answer", Message(N_("The question has no answer."))))
        case QuestionType.FILL:
            found += _check_fill(question)
        case QuestionType.ESSAY:
            pass  # A person marks it: a reference answer helps, none is needed.
        case QuestionType.MATCHING | QuestionType.ORDERING:
            found += _check_arranged(question)
        case QuestionType.NUMERIC:
            found += _check_numbers(question)
        case QuestionType.PASSAGE:
            found += _check_parts(question)
    found += _check_lengths(question)
    return found


def _check_choice(question: Question) -> list[Problem]:
    found: list[Problem] = []
    options, letters = question.public.options, question.secret.letters
    known = LETTERS[: len(options)]
    if len(options) < 2:
        found.append(
            problem(question, "too-few-options", Message(N_("A choice question needs at least two options.")))
        )
    if len(options) > MAX_OPTIONS:
        found.append(
            problem(question, "too-many-options", Message(N_("A question can have at most 26 options.")))
        )
    if not letters:
        found.append(problem(question, "no-answer", Message(N_("The question has no answer."))))
    beyond = [letter for letter in letters if letter not in known]
    if beyond and len(options) >= 2:
        reason = Message(
            N_("The answer names %(letters)s, but the options end at %(last)s."),
            {"letters": "".join(beyond), "last": known[-1:]},
        )
        found.append(
            problem(
                question,
                "answer-beyond-options",
                reason,
                value=letters,
                hint=Message(N_("Check the answer, or add the missing option.")),
            )
        )
    if question.public.type == QuestionType.SINGLE and len(letters) > 1:
        found.append(
            problem(
                question,
                "single-with-several",
                Message(N_("A single choice question has several right letters.")),
                value=letters,
                hint=Message(N_("Change the type to multiple choice, or keep one letter.")),
            )
        )
    if question.public.type == QuestionType.MULTIPLE and len(letters) == 1:
        found.append(
            problem(
                question,
                "multiple-with-one",
                Message(N_("A multiple choice question has only one right letter.")),
                WARNING,
                letters,
            )
        )
    if question.public.type == QuestionType.MULTIPLE and len(options) > 1 and set(letters) == set(known):
        found.append(problem(question, "all-right", Message(N_("All options are right.")), WARNING, letters))
    return found + _check_option_texts(question)


def _check_option_texts(question: Question) -> list[Problem]:
    options = question.public.options
    found = [
        problem(
            question, "empty-option", Message(N_("Option %(letter)s is empty."), {"letter": LETTERS[index]})
        )
        for index, option in enumerate(options[:MAX_OPTIONS])
        if not option.strip()
    ]
    texts = [same_text(option) for option in options if option.strip()]
    if len(set(texts)) < len(texts):
        found.append(problem(question, "same-options", Message(N_("Two options say the same.")), WARNING))
    return found


def _check_fill(question: Question) -> list[Problem]:
    blanks, answers = question.public.blanks, question.secret.blanks
    if not answers or any(not blank.accepted for blank in answers):
        return [problem(question, "no-answer", Message(N_("The question has no answer.")))]
    if blanks == 0:
        return [
            problem(
                question,
                "no-blank",
                Message(N_("The stem has no blank.")),
                value=question.public.stem,
                hint=Message(N_("Mark each blank with four underscores ____ or empty brackets.")),
            )
        ]
    if blanks != len(answers) or question.public.stem.count(BLANK) != blanks:
        reason = Message(
            N_("The stem has %(blanks)s blanks, the answer %(answers)s."),
            {"blanks": blanks, "answers": len(answers)},
        )
        return [
            problem(
                question,
                "blanks-differ",
                reason,
                hint=Message(N_("Separate the blanks with | and alternatives with ;")),
            )
        ]
    return []


def _check_arranged(question: Question) -> list[Problem]:
    """Matching and ordering: enough to arrange, and a key that names every place."""
    found: list[Problem] = []
    public, letters = question.public, question.secret.letters
    is_matching = public.type == QuestionType.MATCHING
    rows = len(public.items) if is_matching else len(public.options)
    if rows < 2 or not public.options:
        reason = Message(N_("There must be at least two things to match or to put in order."))
        found.append(problem(question, "too-few-options", reason))
    if max(rows, len(public.options)) > MAX_OPTIONS:
        found.append(
            problem(question, "too-many-options", Message(N_("A question can have at most 26 options.")))
        )
    if not letters:
        return [*found, problem(question, "no-answer", Message(N_("The question has no answer.")))]
    known = LETTERS[: len(public.options)]
    fits = len(letters) == rows and set(letters) <= set(known)
    if not fits or (not is_matching and sorted(letters) != list(known)):
        reason = Message(N_("The answer does not say where each thing belongs."))
        found.append(problem(question, "answer-incomplete", reason, value=letters))
    return found + _check_option_texts(question)


def _check_numbers(question: Question) -> list[Problem]:
    numbers = question.secret.numbers
    if not numbers:
        return [problem(question, "no-answer", Message(N_("The question has no answer.")))]
    if any(number.low > number.high for number in numbers):
        return [
            problem(question, "empty-range", Message(N_("The range of right numbers ends before it begins.")))
        ]
    return []


def _check_parts(question: Question) -> list[Problem]:
    """A passage: parts that are right by themselves; no passage within a passage."""
    public, secret = question.public, question.secret
    if not public.parts:
        return [problem(question, "no-parts", Message(N_("The passage has no sub-questions.")))]
    if not len(public.parts) == len(secret.parts) == len(secret.part_weights):
        return [problem(question, "no-answer", Message(N_("The question has no answer.")))]
    found = []
    for number, (part, key) in enumerate(zip(public.parts, secret.parts, strict=True), start=1):
        if part.type == QuestionType.PASSAGE:
            reason = Message(N_("A sub-question cannot be a passage itself."))
            found.append(problem(question, "passage-in-passage", reason))
            continue
        for wrong in check_question(replace(question, public=part, secret=key)):
            reason = Message(
                N_("Sub-question %(number)s: %(reason)s"), {"number": number, "reason": wrong.reason}
            )
            found.append(replace(wrong, reason=reason))
    return found


def _check_lengths(question: Question) -> list[Problem]:
    long = (
        (question.public.stem, LONG_STEM),
        (question.secret.explanation, LONG_EXPLANATION),
        *((option, LONG_OPTION) for option in (*question.public.options, *question.public.items)),
    )
    return [
        problem(
            question,
            "very-long",
            Message(N_("A text is longer than %(limit)s characters."), {"limit": limit}),
            WARNING,
            text,
        )
        for text, limit in long
        if len(text) > limit
    ][:1]


_WORD = re.compile(r"[A-Za-z\u00c0-\u024f\u0370-\u03ff\u0400-\u04ff]{2,}")
"""Latin, Greek, Cyrillic: scripts with capitals. The m in 词头m的 stands alone."""


def same_text(text: str) -> str:
    """Text as it counts for repeats: width, case, white space, punctuation and leading numbers do not.

    Mathematical signs stay, and so do minus, point, percent and slash beside a digit: -5 is not 5."""
    # A letter alone keeps its case: the prefixes m and M are different questions.
    folded = unicodedata.normalize("NFKC", text)
    folded = _WORD.sub(lambda word: word[0].casefold(), folded)
    folded = re.sub(r"^\s*(?:\d{1,4}\s*[.、](?!\d)|\(\d{1,4}\))\s*", "", folded)
    bare = "".join(folded.split())
    kept = "".join(sign for index, sign in enumerate(bare) if _counts(bare, index))
    return kept or bare


def _counts(text: str, index: int) -> bool:
    sign = text[index]
    if sign.isalnum():
        return True
    if unicodedata.category(sign)[0] != "P":
        return True
    if sign not in "-.%/":
        return False
    is_after = index > 0 and text[index - 1].isdigit()
    is_before = index + 1 < len(text) and text[index + 1].isdigit()
    return is_before if sign == "-" else is_after and (is_before or sign == "%")


def fingerprint(question: Question) -> tuple[str, frozenset[str]]:
    """What makes two questions the same: stem and set of options. The order of options does not count."""
    public = question.public
    texts = (*public.options, *public.items, *(text for part in public.parts for text in part.texts()))
    return same_text(public.stem), frozenset(same_text(text) for text in texts)


def right_texts(question: Question) -> object:
    """The key in a form that does not depend on the order of options."""
    return _right(question.public, question.secret)


def _right(public: PublicQuestion, secret: QuestionKey) -> object:
    if public.parts:
        return tuple(_right(part, key) for part, key in zip(public.parts, secret.parts, strict=False))
    if secret.letters:
        texts = [
            same_text(public.options[LETTERS.index(letter)])
            for letter in secret.letters
            if LETTERS.index(letter) < len(public.options)
        ]
        if public.type == QuestionType.MATCHING:
            return frozenset(zip(map(same_text, public.items), texts, strict=False))
        return tuple(texts) if public.type == QuestionType.ORDERING else frozenset(texts)
    if secret.truth is not None:
        return secret.truth
    if secret.numbers:
        return secret.numbers
    return tuple(frozenset(same_text(text) for text in blank.accepted) for blank in secret.blanks)


def check_repeats(
    questions: Sequence[Question],
    known: Mapping[tuple[str, frozenset[str]], tuple[str, object]] | None = None,
) -> list[Problem]:
    """Questions that stand twice in the file, contradict each other, or are in the bank under another key.

    known: fingerprint → (key, right_texts) of a question already in the bank."""
    found: list[Problem] = []
    seen: dict[tuple[str, frozenset[str]], Question] = {}
    stems: dict[str, Question] = {}
    for question in questions:
        mark = fingerprint(question)
        if not mark[0]:
            continue
        first = seen.get(mark)
        if first is not None:
            found.append(_repeat(question, first))
        elif mark[0] in stems:
            reason = Message(
                N_("The stem of row %(row)s stands here again with other options."),
                {"row": stems[mark[0]].row or "-"},
            )
            found.append(problem(question, "stem-again", reason, WARNING, question.public.stem))
        elif known and mark in known and known[mark][0] != question.key:
            found.append(_in_bank(question, *known[mark]))
        seen.setdefault(mark, question)
        stems.setdefault(mark[0], question)
    return found


def _in_bank(question: Question, key: str, right: object) -> Problem:
    if right_texts(question) == right:
        reason = Message(N_("The bank has this question already, as %(key)s."), {"key": key})
        return problem(question, "in-bank", reason, WARNING, question.public.stem)
    reason = Message(N_("The bank has this question with another answer, as %(key)s."), {"key": key})
    return problem(
        question,
        "contradicts-bank",
        reason,
        WARNING,
        question.public.stem,
        Message(N_("One of the two answers is wrong.")),
    )


def _repeat(question: Question, first: Question) -> Problem:
    if right_texts(question) == right_texts(first):
        reason = Message(N_("The same question stands in row %(row)s."), {"row": first.row or "-"})
        return problem(question, "duplicate", reason, WARNING, question.public.stem)
    reason = Message(
        N_("The same question stands in row %(row)s with another answer."), {"row": first.row or "-"}
    )
    return problem(
        question,
        "contradiction",
        reason,
        WARNING,
        question.public.stem,
        Message(N_("One of the two answers is wrong.")),
    )
