"""Makes the pictures of the guides from a running demo.

    python scripts/guides.py [http://127.0.0.1:8000]

Writes webapp/docs/images/guides/<guide>-<what>.png: 360 px wide for contestants, 1280 px for staff. A fresh
demo shows everything that the pictures need; nothing is changed in it but the newcomer's registration."""

import io
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.browser.chromium import launch  # noqa: E402 - after the path
from tests.browser.conftest import login_of  # noqa: E402
from tests.browser.visitor import DESK, Visitor  # noqa: E402
from webapp.demo.rules import CONTEST, PASSWORD  # noqa: E402

IMAGES = ROOT / "webapp" / "docs" / "images" / "guides"
PHONE = (360, 720)
COLOURS = 96
MOST_BYTES = 150_000
OPEN = f"{CONTEST}/open-fire"


@dataclass(frozen=True)
class Shot:
    """One picture. who: a demo account, '' for a visitor. act: what is done on the page before."""

    name: str
    who: str
    path: str
    act: Callable[[Page], None] | None = None


def join(page: Page) -> None:
    """The newcomer registers for the open event, unless that was done before."""
    consent = page.locator("#consent")
    if consent.count():
        consent.check()
        page.locator("main form button[type=submit]").last.click()
        expect(page.locator(".lesson-list").first).to_be_visible()
    else:
        page.goto(f"/learning/{OPEN}")


def register(page: Page) -> None:
    page.goto(f"/contests/{OPEN}")
    expect(page.locator("#registration-panel, .panel a.btn-primary").first).to_be_visible()
    page.locator(".panel a.btn-primary").first.click()
    expect(page.locator("main h1").first).to_be_visible()
    join(page)


def first(part: str) -> Callable[[Page], None]:
    """Go to the first link of the page's main part that contains this."""

    def act(page: Page) -> None:
        page.locator(f"main a[href*='{part}']").first.click()
        expect(page.locator("main h1").first).to_be_visible()

    return act


def begin(part: str) -> Callable[[Page], None]:
    """Go to the first such lesson and begin it."""

    def act(page: Page) -> None:
        first(part)(page)
        page.locator("main form button.btn-primary").first.click()
        expect(page.locator("main .question, main .drill").first).to_be_visible()

    return act


def named(text: str) -> Callable[[Page], None]:
    """Follow the link with these words."""

    def act(page: Page) -> None:
        page.locator("main").get_by_role("link", name=text).first.click()
        expect(page.locator("main h1").first).to_be_visible()

    return act


CONTESTANT = (
    Shot("contestant-event", "", f"/contests/{OPEN}"),
    Shot("contestant-sign-up", "", "/sign-up"),
    Shot("contestant-learning", "newcomer", "/contests", register),
    Shot("contestant-video", "newcomer", f"/learning/{OPEN}", first("/watch/")),
    Shot("contestant-quiz", "newcomer", f"/learning/{OPEN}", begin("/quiz/")),
    Shot("contestant-drill", "newcomer", f"/learning/{OPEN}", begin("/drill/")),
    Shot("contestant-exams", "contestant", "/exams"),
    Shot("contestant-certificates", "newcomer", "/my/certificates"),
    Shot("contestant-notice", "", f"/notices/{CONTEST}/cnc-lathe/preliminary"),
)
STAFF = (
    Shot("reviewer-queue", "unit-reviewer", "/staff/review"),
    Shot("reviewer-detail", "unit-reviewer", "/staff/review", first("/staff/review/")),
    Shot("setter-banks", "setter", "/staff/banks"),
    Shot("setter-upload", "setter", "/staff/banks/fire-protection/upload"),
    Shot("setter-version", "setter", "/staff/banks/fire-protection", first("/versions/")),
    Shot("host-control", "host", "/staff/exams", named("焊工")),
    Shot("host-board", "host", f"/staff/boards/{CONTEST}/welding/preliminary"),
    Shot("host-list", "host", "/staff/stages", named("车工（数控）")),
    Shot("host-certificates", "host", "/staff/certificates"),
    Shot("host-demo", "host", "/staff/demo"),
)


def main(address: str) -> int:
    """Make every picture; the exit status is 1 when one failed or is too large."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    failed: list[str] = []
    with sync_playwright() as playwright:
        browser = launch(playwright.chromium)
        for shots, size in ((CONTESTANT, PHONE), (STAFF, DESK)):
            take_all(browser, address, shots, size, failed)
        browser.close()
    large = [path.name for path in IMAGES.glob("*.png") if path.stat().st_size > MOST_BYTES]
    print(f"in {IMAGES.relative_to(ROOT)}; failed: {failed or 'none'}; too large: {large or 'none'}")
    return 1 if failed or large else 0


def take_all(
    browser: Browser, address: str, shots: tuple[Shot, ...], size: tuple[int, int], failed: list[str]
) -> None:
    """The pictures of one screen size; each account signs in once."""
    visitors: dict[str, Visitor] = {}
    for shot in shots:
        if shot.who not in visitors:
            visitors[shot.who] = Visitor(browser, address, size=size)
            if shot.who:
                visitors[shot.who].sign_in(login_of(shot.who), PASSWORD)
        try:
            take(visitors[shot.who].go(shot.path), shot)
        except Exception as error:
            failed.append(f"{shot.name}: {str(error).splitlines()[0]}")


def take(page: Page, shot: Shot) -> None:
    """One picture, with few colours so that it stays small."""
    if shot.act:
        shot.act(page)
    page.wait_for_load_state("networkidle")
    picture = Image.open(io.BytesIO(page.screenshot()))
    few = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    few.save(IMAGES / f"{shot.name}.png", optimize=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000"))
