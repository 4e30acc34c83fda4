"""Where Chromium is, and how it is started; get-chromium.sh looks in the same places."""

from __future__ import annotations

import os
import shutil

# The first is Chromium without its windows: a page costs it half as much.
NAMES = (
    *("chromium-headless-shell", "chromium", "chromium-browser"),
    *("google-chrome", "google-chrome-stable"),
)
QUIET = [  # nothing that a browser does of its own accord
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def executable() -> str | None:
    """Find Chromium, $CHROMIUM first; without any, Playwright takes its own."""
    named = os.environ.get("CHROMIUM")
    found = (shutil.which(name) for name in ([named] if named else NAMES))
    return next((path for path in found if path), None)
