"""Somebody in front of Chromium: with a keyboard, ears, a small or a dark screen, and a security key."""

import time
from dataclasses import dataclass
from typing import Any

from tests.neighbour.chromium import Tab

__all__ = ["Heard", "Person", "SecurityKey"]

_KEYS = {
    "Tab": ("Tab", 9, ""),
    "Enter": ("Enter", 13, "\r"),
    "Space": (" ", 32, " "),
    "Escape": ("Escape", 27, ""),
}
_SHIFT = 8
_WATCH = """
window.troubles = [];
window.shift = 0;
document.addEventListener("securitypolicyviolation", (event) => {
  window.troubles.push(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`);
});
addEventListener("error", (event) => window.troubles.push(String(event.message)));
addEventListener("unhandledrejection", (event) => window.troubles.push(String(event.reason)));
new PerformanceObserver((list) => {
  for (const one of list.getEntries()) if (!one.hadRecentInput) window.shift += one.value;
}).observe({type: "layout-shift", buffered: true});
"""
_FAINT = """
(() => {
  const numbers = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = (colour) => {
    const [r, g, b] = numbers(colour).map((one) => one / 255)
      .map((one) => (one <= 0.03928 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (one) => {
    for (; one; one = one.parentElement) {
      const colour = getComputedStyle(one).backgroundColor;
      if ((numbers(colour)[3] ?? 1) > 0) return colour;
    }
    return "rgb(255, 255, 255)";
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const faint = [];
  while (texts.nextNode()) {
    const one = texts.currentNode.parentElement;
    if (!texts.currentNode.textContent.trim() || one.closest("noscript")) continue;
    const [a, b] = [light(getComputedStyle(one).color), light(behind(one))].sort((x, y) => y - x);
    if ((a + 0.05) / (b + 0.05) < 4.5) faint.push(texts.currentNode.textContent);
  }
  return faint;
})()
"""


@dataclass(frozen=True, slots=True)
class Heard:
    """What a screen reader says of one thing: its role, its name, and how it is."""

    role: str
    name: str
    states: frozenset[str] = frozenset()


class Person:
    """What somebody does with a page, and what they see and hear of it."""

    def __init__(self, tab: Tab) -> None:
        self.tab = tab
        self.keys: list[SecurityKey] = []
        tab.commands("Page.enable")
        # The window is in front, from the beginning.
        tab.commands("Emulation.setFocusEmulationEnabled", enabled=True)
        tab.commands("Page.addScriptToEvaluateOnNewDocument", source=_WATCH)

    def opens(self, url: str) -> None:
        self.tab.opens(url)

    def reads(self, text: str, seconds: float = 20.0) -> None:
        """Waits until a text is on the page."""
        self.tab.waits(f"document.body?.innerText.includes({text!r})", seconds)

    @property
    def troubles(self) -> list[str]:
        """What went wrong without being told: breaches of the policy, errors nobody caught."""
        found: list[str] = self.tab.says("window.troubles ?? []")
        return found

    @property
    def shift(self) -> float:
        """How much of the page moved by itself (Layout Instability, W3C); below 0.1 nobody minds."""
        return float(self.tab.says("window.shift ?? 0"))

    @property
    def page(self) -> str:
        """The text on the page."""
        return str(self.tab.says("document.body.innerText"))

    @property
    def url(self) -> str:
        return str(self.tab.says("location.href"))

    def presses(self, key: str, *, is_shifted: bool = False) -> None:
        """A key, as from a keyboard."""
        name, number, text = _KEYS[key]
        about = {"key": name, "code": key, "windowsVirtualKeyCode": number, "modifiers": _SHIFT if is_shifted else 0}
        self.tab.commands("Input.dispatchKeyEvent", type="keyDown", text=text, **about)
        self.tab.commands("Input.dispatchKeyEvent", type="keyUp", **about)

    def types(self, text: str) -> None:
        """Letters, into what has the focus, in place of what is selected there."""
        self.tab.commands("Input.insertText", text=text)

    @property
    def focus(self) -> str:
        """The name of what has the focus, as it is told."""
        told = (
            "document.activeElement.getAttribute('aria-label')"
            " || (document.activeElement.labels?.[0] ?? document.activeElement).textContent.trim()"
        )
        return str(self.tab.says(told))

    def goes_to(self, name: str, most: int = 40) -> None:
        """Presses the tab key until the focus is on what has this name."""
        for _ in range(most):
            if self.focus == name:
                return
            self.presses("Tab")
        raise AssertionError(f"the tab key never comes to {name!r}, but to {self.focus!r}")

    def chooses(self, name: str) -> None:
        """Goes to a button or a link by the keyboard, and presses it."""
        self.goes_to(name)
        self.presses("Enter")

    def fills(self, name: str, text: str) -> None:
        """Goes to a field by the keyboard, and types."""
        self.goes_to(name)
        self.tab.says("document.activeElement.select()")
        self.types(text)

    def hears(self) -> list[Heard]:
        """All that a screen reader would tell of the page, in order."""
        nodes = self.tab.commands("Accessibility.getFullAXTree")["nodes"]
        return [_heard(node) for node in nodes if not node["ignored"]]

    def says_aloud(self) -> str:
        """What live regions have in them."""
        live = "[...document.querySelectorAll('[role=alert],[role=status]')]"
        return str(self.tab.says(f"{live}.map((one) => one.textContent).join(' ').trim()"))

    def faint_texts(self) -> list[str]:
        """Texts that stand out too little from what is behind them (WCAG 2.2 section 1.4.3)."""
        found: list[str] = self.tab.says(_FAINT)
        return found

    def has_a_screen(self, width: int, height: int = 740) -> None:
        """One of so many pixels, such as a phone's."""
        self.tab.commands(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=2, mobile=True
        )

    def prefers(self, scheme: str) -> None:
        """`light` or `dark`."""
        self.tab.commands("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def speaks(self, language: str) -> None:
        agent = self.tab.says("navigator.userAgent")
        self.tab.commands("Emulation.setUserAgentOverride", userAgent=agent, acceptLanguage=language)

    def holds_a_security_key(self) -> "SecurityKey":
        """One that makes passkeys and knows its owner."""
        self.tab.commands("WebAuthn.enable", enableUI=False)
        options = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }
        number = self.tab.commands("WebAuthn.addVirtualAuthenticator", options=options)["authenticatorId"]
        self.keys.append(SecurityKey(self.tab, number))
        return self.keys[-1]

    def looks(self, seconds: float) -> None:
        """Takes a moment to read, as people do before they press a button."""
        time.sleep(seconds)


@dataclass(frozen=True)
class SecurityKey:
    """A virtual authenticator (WebAuthn, "Automation")."""

    tab: Tab
    number: str

    @property
    def passkeys(self) -> list[dict[str, Any]]:
        """What it has made and kept."""
        found: list[dict[str, Any]] = self.tab.commands("WebAuthn.getCredentials", authenticatorId=self.number)[
            "credentials"
        ]
        return found

    def is_out_of_reach(self) -> None:
        """Nobody touches it any more."""
        self._is_touched(False)

    def is_at_hand(self) -> None:
        """Whenever it asks for it, its owner touches it."""
        self._is_touched(True)

    def _is_touched(self, enabled: bool) -> None:  # noqa: FBT001 - the protocol's word
        self.tab.commands("WebAuthn.setAutomaticPresenceSimulation", authenticatorId=self.number, enabled=enabled)


def _heard(node: dict[str, Any]) -> Heard:
    states = {
        one["name"] for one in node.get("properties", []) if one["value"].get("value") not in (False, "false", None, "")
    }
    return Heard(node.get("role", {}).get("value", ""), node.get("name", {}).get("value", ""), frozenset(states))
