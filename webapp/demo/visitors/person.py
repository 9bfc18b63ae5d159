"""What one invented contestant does: signs in, learns, sits the exam, looks at the board."""

import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from webapp.demo.visitors.browser import Browser, Form, Page

BEAT_S = 10
ATTEMPT = re.compile(r"/attempts/(\d+)")
LEASE = re.compile(r'name="lease" value="([^"]+)"')
FORMAL = re.compile(r'class="btn btn-primary" href="(/exams/\d+/start)"')
"""Of one's exams the formal one is the page's primary action; the mock exam is a secondary one."""

Sleep = Callable[[float], None]
Answers = Callable[[int, float], list[str]]
Count = Callable[[str], None]


@dataclass(frozen=True)
class Part:
    """The part somebody plays. seconds: how long in all. skill: how often right, 0-1. address: of the event,
    for example jilin-5/welding. learns, sits: what they come for."""

    login: str
    password: str
    address: str
    skill: float
    seconds: float
    learns: bool
    sits: bool


class Gone(Exception):
    """The site refused something that a person could do: the visit ends."""


class Person:
    """One visit. sleep: waits, and raises when the run is over. answers: what an attempt's paper is answered
    with at this skill. count: told of everything that was done."""

    def __init__(
        self, base: str, part: Part, sleep: Sleep, answers: Answers, count: Count, chance: random.Random
    ) -> None:
        self.browser = Browser(base)
        self.part, self.sleep, self.answers, self.count, self.chance = part, sleep, answers, count, chance

    def visit(self) -> None:
        """From signing in to looking at the board."""
        try:
            self.sign_in()
            if self.part.learns:
                self.learn(self.part.seconds * (0.45 if self.part.sits else 0.9))
            if self.part.sits:
                self.sit(self.part.seconds * (0.45 if self.part.learns else 0.85))
            self.look()
        finally:
            self.browser.close()

    def sign_in(self) -> None:
        form = self._form(self.browser.get("/sign-in"), "")
        fields = [("identifier", self.part.login), ("password", self.part.password)]
        page = self.browser.post("/sign-in", [*form.fields, *fields])
        if page.status != 200 or "/sign-in" in page.address:
            raise Gone("sign-in")
        self.count("signed_in")

    def learn(self, seconds: float) -> None:
        """Lessons of the event one after the other, until the time is up."""
        left = seconds
        home = f"/learning/{self.part.address}"
        lessons = self._lessons(self.browser.get(home))
        self.chance.shuffle(lessons)
        for lesson in lessons:
            if left <= 0:
                return
            left -= self._lesson(lesson)
            left -= self._pause(2, 6)
            self.browser.get(home)

    def sit(self, seconds: float) -> None:
        """The event's formal exam: start, answer a few questions at a time, hand in."""
        attempt_id, lease = self._start()
        answers = self.answers(attempt_id, self.part.skill)
        place = 0
        while place < len(answers):
            some = self.chance.randint(1, 3)
            items = [
                {"slot": slot, "seq": 1, "answer": answers[slot]}
                for slot in range(place, min(place + some, len(answers)))
            ]
            page = self.browser.post_json(f"/attempts/{attempt_id}/answers", {"lease": lease, "items": items})
            if page.status != 200:
                raise Gone(f"answers {page.status}")
            self.count("answers")
            place += some
            self.sleep(seconds * some / len(answers) * self.chance.uniform(0.6, 1.4))
        form = self._form(self.browser.get(f"/attempts/{attempt_id}/submit"), "/submit")
        self.browser.post(f"/attempts/{attempt_id}/submit", form.fields)
        self.count("handed_in")
        self._pause(2, 5)
        self.browser.get(f"/attempts/{attempt_id}/result")

    def look(self) -> None:
        """A look at one's contests at the end."""
        self.browser.get("/my")
        self.count("done")

    def _start(self) -> tuple[int, str]:
        for link in FORMAL.findall(self.browser.get("/exams").text):
            page = self.browser.get(link)
            forms = page.forms("/start")
            if forms and "data-countdown" not in page.text:  # a closed exam hides its form
                page = self.browser.post(forms[0].action, forms[0].fields)
            attempt, lease = ATTEMPT.search(page.address), LEASE.search(page.text)
            if attempt and lease:
                self.count("began")
                return int(attempt[1]), lease[1]
        raise Gone("no exam")

    def _lessons(self, page: Page) -> list[str]:
        home = f"/learning/{self.part.address}/"
        return [
            link
            for link in page.links(home)
            if any(f"{home}{kind}/" in link for kind in ("watch", "read", "quiz", "drill"))
        ]

    def _lesson(self, address: str) -> float:
        """Do one lesson; how many seconds it took."""
        if "/watch/" in address:
            return self._watch(address)
        if "/quiz/" in address:
            return self._quiz(address)
        if "/drill/" in address:
            return self._drill(address)
        return self._read(address)

    def _watch(self, address: str) -> float:
        """Play the video at normal speed; the page's script does the same."""
        self.browser.get(address)
        began = self.browser.post_json(f"{address}/play", {}).json()
        player, enough = began.get("player"), began.get("enough_s")
        if not isinstance(player, str) or not isinstance(enough, int):
            return 1
        at = 0
        while at < enough + BEAT_S:
            self.sleep(BEAT_S)
            beat: dict[str, Any] = {"spans": [[at, at + BEAT_S]], "at": at + BEAT_S}
            told = self.browser.post_json(f"/learning/players/{player}/beat", beat).json()
            at += BEAT_S
            question = told.get("question")
            if isinstance(question, dict):
                self._pause(1, 5)
                self.browser.post_json(f"/learning/players/{player}/here", {"number": question.get("number")})
        self.count("videos")
        return at

    def _quiz(self, address: str) -> float:
        """One round of questions, thought over."""
        page = self.browser.get(address)
        forms = page.forms("/quiz/")
        if not forms:
            return 1
        page = self.browser.post(forms[0].action, forms[0].fields)
        took = 0.0
        while forms := page.forms("/answers/"):
            form = forms[0]
            if not form.action.endswith("/next"):
                took += self._pause(4, 11)
                form.fields.extend(self._guess(form))
                self.count("questions")
            page = self.browser.post(form.action, form.fields)
            took += self._pause(1, 3)
        return took

    def _drill(self, address: str) -> float:
        page = self.browser.get(address)
        took = 0.0
        while True:
            steps = page.forms("/step") or page.forms("/begin")
            if not steps or (took and not page.forms("/step")):
                self.count("drills")
                return took
            form = self.chance.choice(steps)
            took += self._pause(3, 8)
            page = self.browser.post(form.action, [*form.fields, *self._guess(form)])

    def _read(self, address: str) -> float:
        page = self.browser.get(address)
        took = self._pause(42, 60)
        for form in page.forms("/read"):
            self.browser.post(form.action, form.fields)
        self.count("texts")
        return took

    def _guess(self, form: Form) -> list[tuple[str, str]]:
        """Something for every field that a person fills."""
        found = [
            (name, self.chance.choice(values)) for name, values in form.choices.items() if name != "finish"
        ]
        if "finish" in form.choices and (not found or self.chance.random() < 0.2):
            found = [("finish", "1")]
        found += [(name, "不清楚") for name in form.texts]
        for name, (low, high) in form.numbers.items():
            middle = (Decimal(low) + Decimal(high)) / 2
            found.append((name, f"{int(middle)}"))
        return found

    def _form(self, page: Page, part: str) -> Form:
        forms = [form for form in page.forms(part) if form.method == "post"]
        if not forms:
            raise Gone(f"no form {part} at {page.address}: {page.status}")
        return forms[-1]

    def _pause(self, least: float, most: float) -> float:
        seconds = self.chance.uniform(least, most)
        self.sleep(seconds)
        return seconds
