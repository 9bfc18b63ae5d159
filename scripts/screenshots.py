"""Makes the README's two pictures from a running demo.

    python scripts/screenshots.py [http://127.0.0.1:8000]

The demo's contestant must have an exam that is open and not handed in (a fresh demo has)."""

import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.browser.chromium import launch  # noqa: E402 - after the path
from tests.browser.conftest import login_of  # noqa: E402
from tests.browser.visitor import DESK, Visitor  # noqa: E402
from webapp.demo.rules import CONTEST, PASSWORD  # noqa: E402

IMAGES = ROOT / "webapp" / "docs" / "images"
PHONE = (360, 720)
MOST_BYTES = 200_000


def main(address: str) -> int:
    """Make both pictures; the exit status is 1 when one is too large for a README."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = launch(playwright.chromium)
        exam_on_a_phone(browser, address)
        live_board(browser, address)
        browser.close()
    large = [path.name for path in IMAGES.glob("*.png") if path.stat().st_size > MOST_BYTES]
    print(f"in {IMAGES.relative_to(ROOT)}; too large: {', '.join(large) or 'none'}")
    return 1 if large else 0


def exam_on_a_phone(browser: Browser, address: str) -> None:
    """A question with its answer saved, another flagged, the time running."""
    visitor = Visitor(browser, address, size=PHONE, device_scale_factor=2)
    visitor.sign_in(login_of("contestant"), PASSWORD)
    page = visitor.go("/exams")
    page.locator("main a.btn-primary").first.click()
    _into_the_paper(page)
    question = page.locator(".question[data-type=single]").first
    question.locator("label.option").nth(1).click()
    expect(question.locator("[data-save-state]")).to_have_attribute("data-state", "saved")
    page.evaluate("window.scrollTo(0, 0)")
    page.screenshot(path=IMAGES / "exam-phone.png")
    visitor.close()


def _into_the_paper(page: Page) -> None:
    paper = page.locator("#exam[data-ready]")
    start = page.locator("form[action$='/start'] button, form[action$='/takeover'] button")
    expect(paper.or_(start).first).to_be_attached()
    if start.count():
        start.first.click()
    expect(paper).to_be_attached()


def live_board(browser: Browser, address: str) -> None:
    """The board of the open track, as visitors see it."""
    visitor = Visitor(browser, address, size=(DESK[0] * 3 // 4, 820))
    page = visitor.go(f"/boards/{CONTEST}/open-work-safety/open")
    expect(page.locator("#board-state")).to_have_attribute("data-live", "stream")
    expect(page.locator("#board tr[data-entry]").nth(9)).to_be_visible()
    page.screenshot(path=IMAGES / "board.png")
    visitor.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000"))
