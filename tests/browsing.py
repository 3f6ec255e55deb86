"""A page as it is on some screen, for a reader who likes some colours.

Public names: `SIZES`, `show`.
"""

from __future__ import annotations

from typing import Any

SIZES = {"phone": (360, 740), "desk": (1280, 900)}


def show(browser: Any, address: str, size: str = "desk", colours: str = "light") -> None:
    """Open a page anew on a screen of that size, for a reader who likes these colours; its log begins here."""
    width, height = SIZES[size]
    screen = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": size == "phone"}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
    features = [{"name": "prefers-color-scheme", "value": colours}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    for log in ("browser", "performance"):
        browser.get_log(log)
    browser.get(address)
