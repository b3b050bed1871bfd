"""Chromium shows the page that who opens the server's address sees."""

import pytest
from tests.journeys.program import Server
from tests.neighbour.chromium import tab

pytestmark = [pytest.mark.neighbour, pytest.mark.slow]


def test_the_page_looks_as_it_should_under_its_own_policy(server: Server) -> None:
    """Ours: Content-Security-Policy lets in its style and its icon; it fits the window."""
    with tab() as page:
        page.opens(f"{server.url}/")

        page.waits("document.readyState === 'complete' && document.images[0]?.naturalWidth > 0")
        assert page.says("document.styleSheets[0].cssRules.length") > 5
        assert page.says("getComputedStyle(document.querySelector('section')).borderRadius") != "0px"
        assert page.says("document.documentElement.scrollWidth <= innerWidth")
        assert page.says("[...document.styleSheets[0].cssRules].some(rule => rule.media?.mediaText.includes('dark'))")
