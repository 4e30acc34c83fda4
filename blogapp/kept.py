"""What the page cache keeps: so many bytes of pages, and so many notes of what was asked for."""

from __future__ import annotations

import threading
from collections import OrderedDict
from contextlib import suppress

from .cached import Page, Ready

# Path and query, and what is sent there: a part, Markdown.
Key = tuple[str, str, int]
# Path, query, Accept and Accept-Encoding to the letter, and whether a part is wanted.
Asked = tuple[str, str, str, str, bool]

MOST_SHORTCUTS = 4_096
LONGEST = 500  # characters of the headers of a shortcut; browsers send some 150


class Pages:
    """Pages, and shortcuts to them: from a request to what is sent, with nothing to negotiate.

    The least recently used pages go first, nearly: readers mark what they read, and whoever
    makes room gives each marked page a second chance. So readers move nothing, and whoever has a
    shortcut takes no lock.
    """

    def __init__(self, most: int) -> None:
        self._most = most  # bytes
        self._pages: OrderedDict[Key, Page] = OrderedDict()
        self.shortcuts: dict[Asked, Ready] = {}  # to be read only
        self._lock = threading.Lock()
        self.size = 0  # bytes

    def get(self, key: Key) -> Page | None:
        """Find a page."""
        return self._pages.get(key)

    def keep(self, key: Key, page: Page) -> None:
        """Keep *page*, in place of what had its key."""
        with self._lock:
            self._drop(key)
            if page.size > self._most:
                return
            self._make_room(page.size)
            page.key = key
            self._pages[key] = page
            self.size += page.size

    def grow(self, page: Page, ready: Ready) -> None:
        """Count one more encoding of *page*."""
        with self._lock:
            page.size += len(ready.body)
            if self._has(page):
                self.size += len(ready.body)
                self._make_room()

    def shorten(self, asked: Asked, page: Page, ready: Ready) -> None:
        """Let whoever asks like this get *ready* at once, for as long as no page goes."""
        if page.key is None or page.key[1] != asked[1]:  # no made-up queries
            return
        if len(asked[2]) + len(asked[3]) > LONGEST:
            return
        with self._lock:
            if len(self.shortcuts) >= MOST_SHORTCUTS:
                self.shortcuts.clear()
            if self._has(page):
                self.shortcuts[asked] = ready

    def clear(self) -> None:
        """Forget all."""
        with self._lock:
            self._pages.clear()
            self.shortcuts.clear()
            self.size = 0

    def __len__(self) -> int:
        return len(self._pages)

    def _has(self, page: Page) -> bool:
        return page.key is not None and self._pages.get(page.key) is page

    def _make_room(self, wanted: int = 0) -> None:
        while self.size + wanted > self._most:
            key, page = next(iter(self._pages.items()))
            if page.was_used():
                self._pages.move_to_end(key)
            else:
                self._drop(key)

    def _drop(self, key: Key) -> None:
        page = self._pages.pop(key, None)
        if page is not None:
            self.size -= page.size
            self.shortcuts.clear()  # one of them may hold it


class Recent:
    """The newest of all keys that were noted."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._keys: OrderedDict[Key, None] = OrderedDict()

    def note(self, key: Key) -> bool:
        """Remember *key*; tells whether it was there."""
        known = key in self._keys
        self._keys[key] = None
        while len(self._keys) > self._most:
            with suppress(KeyError):  # another thread has emptied it
                self._keys.popitem(last=False)
        return known

    def forget(self, key: Key) -> None:
        """Forget *key*, if it is there."""
        self._keys.pop(key, None)

    def clear(self) -> None:
        """Forget all."""
        self._keys.clear()

    def __contains__(self, key: Key) -> bool:
        return key in self._keys
