"""Footnotes: numbered as they are read, listed behind the text, with the ways back."""

from __future__ import annotations

from collections.abc import Callable
from xml.etree.ElementTree import Element, SubElement

from . import elements

_BACK = "↩\N{VARIATION SELECTOR-15}"


class Footnotes:
    """The footnotes of one text; their ids start with *nonce*."""

    def __init__(self, notes: dict[str, Element], nonce: str) -> None:
        self._notes = notes
        self._nonce = nonce
        self._numbers: dict[str, int] = {}
        self._order: list[str] = []
        self._unasked = iter(notes)
        self._marks: list[list[str]] = []  # for each note the ids of what refers to it

    def mark(self, label: str) -> Element | None:
        """Make the mark in the text that refers to the note of *label*, if there is one."""
        label = label.casefold()
        if label not in self._notes:
            return None
        number = self._number(label)
        marks = self._marks[number - 1]
        again = len(marks) + 1 if marks else ""
        marks.append(f"fnref{again}-{number}")
        mark = elements.make("sup", id=self._nonce + marks[-1])
        mark.append(
            elements.make("a", str(number), href=f"#fn-{number}", **{"class": "footnote-ref"})
        )
        return mark

    def section(self, read: Callable[[Element], None]) -> Element | None:
        """Make the list of all notes; *read* reads the inline structure of each.

        A note that nothing refers to comes last; one may refer to others.
        """
        if not self._notes:
            return None
        section = elements.make("section", **{"class": "footnotes"})
        listed = SubElement(section, "ol")
        texts: list[Element] = []
        while len(texts) < len(self._notes):
            label = self._next(len(texts))
            text = self._notes[label]
            read(text)
            texts.append(text)
        for number, text in enumerate(texts, start=1):
            text.set("id", f"{self._nonce}fn-{number}")
            self._add_ways_back(text, self._marks[number - 1])
            listed.append(text)
        return section

    def _number(self, label: str) -> int:
        if label not in self._numbers:
            self._order.append(label)
            self._numbers[label] = len(self._order)
            self._marks.append([])
        return self._numbers[label]

    def _next(self, done: int) -> str:
        """The label of the next note; one that has no number by now gets one."""
        if done == len(self._order):
            self._number(next(label for label in self._unasked if label not in self._numbers))
        return self._order[done]

    def _add_ways_back(self, note: Element, marks: list[str]) -> None:
        if not marks:
            return
        last = note[-1] if len(note) and note[-1].tag == "p" else SubElement(note, "p")
        space = elements.bare(elements.done("\N{NO-BREAK SPACE}"))
        last.append(space)
        for name in marks:
            attributes = {"class": "footnote-backref", "href": f"#{name}"}
            last.append(elements.make("a", _BACK, **attributes))
