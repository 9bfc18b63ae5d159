"""One person at a screen: a browser context that keeps a list of everything that went wrong in it."""

from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, Response, expect

from webapp.config import ROOT

PHONE = (360, 740)
DESK = (1280, 800)
WAIT_MS = 30_000
"""Long, because two cores run the site, two browsers and the other tests; nothing waits it out in vain."""

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"


@cache
def _axe() -> str:
    return AXE.read_text(encoding="utf-8")


class Visitor:
    """Somebody with a device of their own; signed in after `sign_in`."""

    def __init__(self, browser: Browser, address: str, size: tuple[int, int] = DESK, **options: Any) -> None:
        self.address = address
        self.problems: list[str] = []
        self.context: BrowserContext = browser.new_context(
            locale="zh-CN", viewport={"width": size[0], "height": size[1]}, base_url=address, **options
        )
        self.context.set_default_timeout(WAIT_MS)
        self.context.on("console", self._console)
        self.context.on("weberror", lambda error: self.problems.append(str(error.error)))
        self.context.on("response", self._response)
        self.page: Page = self.context.new_page()

    def _console(self, message: ConsoleMessage) -> None:
        # What the network did is judged by status; a refused form (422) and a broken line are no faults.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.problems.append(message.text)

    def _response(self, response: Response) -> None:
        if response.status >= 500 or response.status == 404:
            self.problems.append(f"{response.status} {response.url}")

    def go(self, path: str) -> Page:
        self.page.goto(path)
        return self.page

    def sign_in(self, login: str, password: str) -> "Visitor":
        page = self.go("/sign-in")
        page.locator("#identifier").fill(login)
        page.locator("#password").fill(password)
        page.locator("main form button[type=submit]").click()
        expect(page.locator("header .menu")).to_be_visible()
        return self

    def reopen(self) -> Page:
        """A new tab in the same browser; it becomes the present one."""
        self.page = self.context.new_page()
        return self.page

    def fits(self) -> None:
        """Nothing is wider than the screen."""
        size = self.page.viewport_size
        assert size is not None
        width = self.page.evaluate("document.documentElement.scrollWidth")
        assert width <= size["width"], f"{self.page.url} is {width} px wide"

    def close(self) -> None:
        self.context.close()


def violations(page: Page) -> list[str]:
    """What axe-core finds on the page as it stands. The CSP forbids a script tag, so it is evaluated."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_axe())
    found: list[dict[str, Any]] = page.evaluate(
        "async () => (await axe.run(document, {resultTypes: ['violations']})).violations"
    )
    return [
        f"{one['id']} at {' '.join(map(str, node['target']))}: {node['failureSummary']}"
        for one in found
        for node in one["nodes"][:3]
    ]


def picture(page: Page, folder: str, name: str) -> None:
    """For people who look."""
    page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def badge(question: Locator, state: str) -> None:
    """A question says how its answer stands."""
    expect(question.locator("[data-save-state]")).to_have_attribute("data-state", state)
