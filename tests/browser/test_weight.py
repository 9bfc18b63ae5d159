"""What a phone on a slow line has to load: counted in bytes as they travel, never in seconds."""

import re
import urllib.request
from collections.abc import Callable

import pytest

from tests.browser.test_the_exam import begin, welder
from tests.browser.visitor import PHONE, Visitor

pytestmark = pytest.mark.browser

MOST_PAGE = 60 * 1024
MOST_ASSETS = 40 * 1024
ASSET = re.compile(r"""(?:src|href)=["'](/static/[^"']+\.(?:js|css))["']""")
MODULE = re.compile(r"""from\s*["'](\./[^"']+|/static/[^"']+)["']""")


def travelled(visitor: Visitor, address: str) -> tuple[int, str]:
    """Bytes of the compressed answer, and the text that came out of it."""
    cookies = "; ".join(f"{one['name']}={one['value']}" for one in visitor.context.cookies())
    asked = urllib.request.Request(address, headers={"Accept-Encoding": "gzip", "Cookie": cookies})  # noqa: S310
    with urllib.request.urlopen(asked, timeout=30) as response:  # noqa: S310 - our own address
        assert response.headers["Content-Encoding"] == "gzip", f"{address} travels uncompressed"
        size = len(response.read())
    return size, visitor.context.request.get(address).text()


def weigh(visitor: Visitor, path: str) -> tuple[int, int]:
    """Compressed bytes of the page, and of all its styles and scripts together."""
    page, text = travelled(visitor, visitor.address + path)
    assets = 0
    for asset in dict.fromkeys(ASSET.findall(text)):
        size, words = travelled(visitor, visitor.address + asset)
        assert not MODULE.search(words), f"{asset} loads further modules one by one"
        assets += size
    assert assets > 0
    return page, assets


def test_a_paper_of_85_questions_travels_light(arrive: Callable[..., Visitor]) -> None:
    visitor = arrive(welder(4), size=PHONE)
    page = begin(visitor)
    assert page.locator(".question").count() == 85
    html, assets = weigh(visitor, page.url.removeprefix(visitor.address))
    print(f"paper {html / 1024:.1f} KiB, styles and scripts {assets / 1024:.1f} KiB")
    assert html <= MOST_PAGE
    assert assets <= MOST_ASSETS


@pytest.mark.parametrize(
    "path", ["/", "/sign-up", "/contests/jilin-5", "/boards/jilin-5/open-work-safety/open"]
)
def test_public_pages_travel_light(arrive: Callable[..., Visitor], path: str) -> None:
    html, assets = weigh(arrive(size=PHONE), path)
    print(f"{path} {html / 1024:.1f} KiB, styles and scripts {assets / 1024:.1f} KiB")
    assert html <= MOST_PAGE
    assert assets <= MOST_ASSETS
