"""A page on a slow device behind a slow network, which notes when things can be seen."""

from __future__ import annotations

from typing import Any, Final

from playwright.async_api import Browser, BrowserContext, CDPSession, Page

ROUND_TRIP_MS: Final = 400
BYTES_PER_S: Final = 400_000 // 8
SLOWER: Final = 4
PATIENCE_MS: Final = 120_000

_WATCH: Final = """
  globalThis.marks = {};
  globalThis.redraws = [];
  const seen = (name, selector) => {
    if (name in marks || !document.querySelector(selector)) return;
    requestAnimationFrame(() => (marks[name] = performance.now()));
  };
  new MutationObserver(() => {
    seen("pin", "#pin:not([disabled])");
    seen("nickname", "#nickname:not([disabled])");
    seen("lobby", "main[data-phase=lobby]");
  }).observe(document, { subtree: true, childList: true, attributes: true });
  globalThis.WebSocket = class extends WebSocket {
    constructor(...given) {
      super(...given);
      this.addEventListener("message", ({ data }) => {
        const event = /^42\\["(\\w+)"/.exec(data)?.[1];
        if (event === undefined) return;
        const received = performance.now();
        const painted = new MessageChannel();
        painted.port1.onmessage = () => redraws.push({ event, ms: performance.now() - received });
        // What a frame's callbacks post is delivered once that frame has been drawn.
        requestAnimationFrame(() => painted.port2.postMessage(null));
      });
    }
  };
"""
"""Notes when things can be seen first, and how long each broadcast takes from its arrival to the next frame drawn."""


class SlowPhone:
    """A page of somebody new on a slow device; counts what it loads."""

    def __init__(self, context: BrowserContext, page: Page, devtools: CDPSession) -> None:
        self.context = context
        self.page = page
        self.bytes = 0
        self._devtools = devtools
        devtools.on("Network.loadingFinished", self._loaded)

    @classmethod
    async def switch_on(cls, browser: Browser, url: str, size: Any, *, slow_network: bool) -> SlowPhone:
        context = await browser.new_context(base_url=url, viewport=size, locale="en-GB")
        context.set_default_timeout(PATIENCE_MS)
        page = await context.new_page()
        await page.add_init_script(_WATCH)
        devtools = await context.new_cdp_session(page)
        await devtools.send("Network.enable")
        if slow_network:
            rates = {"downloadThroughput": BYTES_PER_S, "uploadThroughput": BYTES_PER_S}
            await devtools.send(
                "Network.emulateNetworkConditions", {"offline": False, "latency": ROUND_TRIP_MS, **rates}
            )
        await devtools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        return cls(context, page, devtools)

    async def mark(self, name: str) -> float:
        """When something could be seen first, in milliseconds since the page was asked for."""
        await self.page.wait_for_function("name => name in marks", arg=name)
        return float(await self.page.evaluate("name => marks[name]", name))

    async def now(self) -> float:
        return float(await self.page.evaluate("() => performance.now()"))

    def _loaded(self, event: dict[str, Any]) -> None:
        self.bytes += int(event["encodedDataLength"])
