"""Where two structures differ, in order of the text, each difference with its class."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from .nodes import CODE, HEADINGS, Children, Node

_CLASSES = {
    "a": "link",
    "alert": "alert",
    "article": "text",
    "blockquote": "quote",
    "br": "hard break",
    "code": "code span",
    "dd": "definition list",
    "del": "emphasis",
    "dl": "definition list",
    "dt": "definition list",
    "em": "emphasis",
    "footnote mark": "footnote",
    "footnotes": "footnote",
    "hr": "rule",
    "img": "image",
    "li": "list",
    "ol": "list",
    "p": "paragraph",
    "strong": "emphasis",
    "table": "table",
    "task": "task",
    "td": "table",
    "th": "table",
    "tr": "table",
    "ul": "list",
    CODE: "code",
    **dict.fromkeys(HEADINGS, "heading"),
}
_ATTRIBUTES = re.compile(r"\s*\{(?::[^}\n]*|[#.][^}\n]*)\}")
_EMOJI = re.compile(r":[a-z0-9_+-]+:")


@dataclass(frozen=True, slots=True)
class Difference:
    """What stands at *path* in one and in the other; None where there is nothing."""

    kind: str
    path: str
    ours: Node | str | None
    github: Node | str | None


def differences(ours: Node, github: Node) -> list[Difference]:
    """List the differences between two readings of one text; none if they agree."""
    return list(_inside(ours, github, ours.name))


def _inside(ours: Node, github: Node, path: str) -> Iterator[Difference]:
    if ours == github:
        return
    if ours.attributes != github.attributes:
        yield Difference(_attribute_class(ours, github), path, _bare(ours), _bare(github))
    if ours.name in (CODE, "code"):
        if ours.children != github.children:
            yield Difference(_CLASSES[ours.name], path, ours, github)
        return
    if ours.name in ("td", "th") and not (ours.children and github.children):
        yield Difference("table", path, ours, github)
        return
    if ours.name == "li" and _is_loose(ours) != _is_loose(github):
        yield Difference("tightness", path, ours, github)
        ours, github = _tight(ours), _tight(github)
    yield from _children(ours, github, path)


def _is_loose(item: Node) -> bool:
    return any(_name(child) == "p" for child in item.children)


def _tight(item: Node) -> Node:
    """Take the paragraphs of a list item away, so that only their words are compared."""
    words: list[Node | str] = []
    for child in item.children:
        inner = child.children if isinstance(child, Node) and child.name == "p" else (child,)
        for part in inner:
            if isinstance(part, str) and words and isinstance(words[-1], str):
                words[-1] = f"{words[-1]} {part}"
            else:
                words.append(part)
    return Node(item.name, item.attributes, tuple(words))


def _children(ours: Node, github: Node, path: str) -> Iterator[Difference]:
    for left, right, position in _aligned(ours.children, github.children):
        if left == right:
            continue
        name = _name(right if right is not None else left)
        here = f"{path} > {name}[{position + 1}]"
        if isinstance(left, Node) and isinstance(right, Node) and left.name == right.name:
            yield from _inside(left, right, here)
        else:
            yield Difference(_class(left, right), here, left, right)


def _aligned(
    ours: Children, github: Children
) -> Iterator[tuple[Node | str | None, Node | str | None, int]]:
    """Pair equal children first, then those of one name; the rest stand alone."""
    for a1, a2, b1, b2, equal in _runs(ours, github):
        if equal:
            continue
        left, right = ours[a1:a2], github[b1:b2]
        for c1, c2, d1, d2, same in _runs([_name(n) for n in left], [_name(n) for n in right]):
            if same:
                for k in range(c2 - c1):
                    yield left[c1 + k], right[d1 + k], b1 + d1 + k
                continue
            for k in range(max(c2 - c1, d2 - d1)):
                yield (
                    left[c1 + k] if c1 + k < c2 else None,
                    right[d1 + k] if d1 + k < d2 else None,
                    b1 + d1 + k,
                )


def _runs(
    ours: Sequence[Node | str], github: Sequence[Node | str]
) -> Iterator[tuple[int, int, int, int, bool]]:
    matcher = SequenceMatcher(None, ours, github, autojunk=False)
    for tag, a1, a2, b1, b2 in matcher.get_opcodes():
        yield a1, a2, b1, b2, tag == "equal"


def _name(node: Node | str | None) -> str:
    return node.name if isinstance(node, Node) else "text"


def _bare(node: Node) -> Node:
    return Node(node.name, node.attributes)


def _attribute_class(ours: Node, github: Node) -> str:
    return "language" if ours.name == CODE else _CLASSES.get(ours.name, "html")


def _class(ours: Node | str | None, github: Node | str | None) -> str:
    names = {_name(node) for node in (ours, github) if node is not None}
    if "dl" in names:
        return "definition list"
    if names == {"alert", "blockquote"}:
        return "alert"
    if _wraps(ours, github) or _wraps(github, ours):
        return "paragraph"
    if isinstance(ours or github, str) and isinstance(github or ours, str):
        return _text_class(str(ours or ""), str(github or ""))
    for node in (github, ours):
        if isinstance(node, Node) and node.name != "p":
            return _CLASSES.get(node.name, "html")
    return "paragraph" if "p" in names else "text"


def _wraps(outer: Node | str | None, inner: Node | str | None) -> bool:
    return isinstance(outer, Node) and outer.name == "p" and outer.children == (inner,)


def _text_class(ours: str, github: str) -> str:
    """Tell what this blog reads on top of GitHub's dialect from text that went wrong."""
    if _ATTRIBUTES.sub("", github) == ours:
        return "attributes"
    if ours.startswith(f"{github} | "):
        return "surplus cells"  # their text is kept; GitHub drops it
    for plain, shown in ((ours, github), (github, ours)):
        parts = _EMOJI.split(plain)
        if len(parts) > 1 and re.fullmatch("[^:]{1,12}".join(map(re.escape, parts)), shown):
            return "emoji"
    return "text"


def show(node: Node | str | None, *, limit: int | None) -> str:
    """Write a part of a structure on one line, of *limit* characters at most."""
    line = _written(node)
    return line if limit is None or len(line) <= limit else line[: limit - 1] + "…"


def _written(node: Node | str | None) -> str:
    if node is None:
        return "–"
    if isinstance(node, str):
        return repr(node)
    attributes = "".join(f" {key}={value!r}" for key, value in node.attributes)
    return f"<{node.name}{attributes}>" + "".join(f" {_written(c)}" for c in node.children)
