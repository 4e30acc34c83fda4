"""Notes: what an author should know of a post that came in without all it had."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...markdown.lines import Lines
from ..found import Note
from . import names, prose
from .fields import Fields

NAMED = 12  # how many kinds of foreign syntax, and of HTML that goes, are told of a file
_LONGEST = 60  # characters of a name that is shown

# What another system would have replaced: text that must be there, where it stands, and how a
# note calls it, with the groups of the pattern.
_FOREIGN = [
    (sign, re.compile(pattern, re.MULTILINE | re.IGNORECASE), name)
    for sign, pattern, name in (
        ("{{<", r"\{\{<-?\s*(?!/)([\w./-]+)", "{{{{< {0} >}}}}"),
        ("{{%", r"\{\{%-?\s*(?!/)([\w./-]+)", "{{{{% {0} %}}}}"),
        ("{%", r"(?<!\{)\{%-?\s*(?!end)(\w+)", "{{% {0} %}}"),
        ("{{", r"\{\{-?\s*((?:site|page|post|layout|config)\.[\w.]+)", "{{{{ {0} }}}}"),
        ("{{", r"\{\{-?\s*(\w+)\(", "{{{{ {0}() }}}}"),
        ("{:", r"(\{:(?=[ \t]*[.#\w])[^{}\n]*\})", "{0}"),
        ("::", r"^[ \t>]*:{2,}+[ \t]?([a-z][\w-]*+)(?![^\n]*\n[ \t]*---[ \t]*\n)", "::{0}"),
        ("!!!", r"^[ \t]*!!![ \t]+([\w-]+)", "!!! {0}"),
        ("???", r"^[ \t]*\?\?\?\+?[ \t]+([\w-]+)", "??? {0}"),
        ("===", r"^[ \t]*===!?[ \t]+(\")", "=== {0}…{0}"),
        ("8<--", r"^[ \t]*-{2}(8)<-{2}", "--{0}<--"),
        ("toc", r"^[ \t]*(\[(?:\[_?TOC_?\]|TOC)\])[ \t]*$", "{0}"),
    )
]
# What readers would see of Obsidian's and Nuxt's, and what to do about it.
_HINTS = [
    (sign, re.compile(pattern, re.MULTILINE), hint)
    for sign, pattern, hint in (
        (
            "%%",
            r"(?<!\S)%%(?P<words>[^%]+(?:%[^%]+)*)%%(?=[\s.,;:!?)]|\Z)",
            "{0} would be public; take it out",
        ),
        (
            "![[",
            r"!\[\[(?P<file>[^\[\]\n|#]+)[^\[\]\n]*\]\]",
            "{0} stays as text; write it as ![]({file})",
        ),
        (
            "[[",
            r"(?<![\w\]!])\[\[(?!_?(?:toc|TOC))(?=[^\[\]\n#]*\w)(?P<file>[^\[\]\n|#]+)"
            r"(?:#[^\[\]\n|]*)?(?:\|(?P<words>[^\[\]\n]+))?\]\](?![\[(:])",
            "{0} stays as text; write it as [{words}]({file}.md)",
        ),
        (
            "::",
            r"^[ \t]*(?P<words>::[a-z][\w-]*+)[^\n]*\n[ \t]*---[ \t]*\n",
            "{words} and the lines between --- below it show as text and headings;"
            " write in Markdown what it says",
        ),
    )
]
_MODULE = re.compile(
    r"^(import|export)\s+(?:['\"]|[\w*{][^\n]*\sfrom\s+['\"]|(?:const|default|let|function)\b)",
    re.MULTILINE,
)
_COMPONENT = re.compile(r"<(?<!\w<)([A-Z](?=[\w.]{0,60}[a-z])[\w.]{0,60})(?=[\s/>])")  # no <BR>
_EXPRESSION = re.compile(r"\{/\*|(?<![\w\\{$%])\{(?:props|frontmatter|\w+\.\w+)\b[^{}\n]*\}(?!\})")
_HTML = re.compile(
    r"<(script|style|iframe|form|object|embed|video|audio|svg|canvas|button|select|textarea"
    r"|input|noscript|math|frameset|applet|template)(?=[\s/>])([^<>]*)",
    re.IGNORECASE,
)
_IMAGE = re.compile(r"\.(?:avif|gif|jpe?g|png|svg|webp)\b|^https?://", re.IGNORECASE)
_UNREAD = ("math", "pre", "script", "style", "svg")  # of these, nothing is another system's
_LINKS = {"link", "post_url", "ref", "relref", "site.baseurl", "site.url"}
_DESTINATION = re.compile(r"(?:\]\(\s?<?|\]:\s?<?|=[\"'])(?:\{\{[^{}\n]*\}\})?$")
_BEFORE = 60  # characters in which a destination begins, with what stands for the site's address
_CHECKBOX = re.compile(r"type\s*=\s*[\"']?checkbox", re.IGNORECASE)


def of(fields: Fields, body: str, first: int, *, mdx: bool) -> Iterator[Note]:
    """Tell what is repeated, what stays as text, and what will not be shown.

    *body* is the text after what can be translated has been, and *first* its first line's number.
    """
    if not body.strip():
        yield Note("it has a title and no text")
    for key in fields.repeated:
        name = re.sub(r"[-_ ]", "", key)
        yield Note(f"{key} stands here again, and this one counts", fields.line(name))
    yield from _unread(fields, body)
    shown = prose.masked(body)
    text = prose.without_elements(shown, _UNREAD)
    yield from _hinted(text, first)
    yield from _told(text, first, _foreign(text, mdx=mdx), "stays as text", "stay as text")
    yield from _told(shown, first, _lost(shown), "is taken out", "are taken out")


def _unread(fields: Fields, body: str) -> Iterator[Note]:
    """Tell of the front matter that does not come along."""
    for name in names.COVERS:
        image = _image(fields.values[name]) if name in fields.values else ""
        if image and image.rpartition("/")[2] not in body and not fields.is_shown:
            text = f"its cover image {_cut(image)} does not come along; put it into the text"
            yield Note(text, fields.line(name))
            break
    if unread := fields.unread():
        more = f" and {len(unread) - NAMED} more" if len(unread) > NAMED else ""
        shown = ", ".join(_cut(fields.written[name]) for name in unread[:NAMED])
        text = f"not taken over: {shown}{more}; write into the text what readers should know of it"
        yield Note(text, fields.line(unread[0]))


def _image(value: object) -> str:
    """Find the file of an image, in a text or in ``image: {path: …}``."""
    if isinstance(value, dict):
        found = (value.get(key) for key in ("image", "src", "url", "path", "relative", "file"))
        return next((text for text in found if isinstance(text, str) and "." in text), "")
    return value if isinstance(value, str) and _IMAGE.search(value) else ""


def _hinted(text: str, first: int) -> Iterator[Note]:
    """Tell of each kind what to do, where it stands first."""
    lines = Lines(text, first)
    for sign, pattern, hint in _HINTS:
        found = list(pattern.finditer(text)) if sign in text else []
        if not found:
            continue
        groups = {name: _cut(group or "") for name, group in found[0].groupdict().items()}
        file = groups.get("file", "").strip()
        groups |= {"file": file.replace(" ", "%20"), "words": groups.get("words") or file}
        times = f" ({len(found)} times)" if len(found) > 1 else ""
        written = _cut(" ".join(found[0][0].split()))
        line = lines.at(found[0].start() + len(found[0][0]) - len(found[0][0].lstrip()))
        yield Note(hint.format(written, **groups) + times, line)


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


_Places = Iterator[tuple[str, int]]


def _told(text: str, first: int, places: _Places, one: str, more: str) -> Iterator[Note]:
    """Tell of each name once, on the line where it stands first."""
    found: dict[str, list[int]] = {}
    for name, index in places:
        found.setdefault(_cut(name), []).append(index)
    if not found:
        return
    lines = Lines(text, first)
    told = sorted(found.items(), key=lambda entry: entry[1][0])
    for name, indexes in told[:NAMED]:
        times = f" ({len(indexes)} times)" if len(indexes) > 1 else ""
        yield Note(f"{name} {one}{times}", lines.at(indexes[0]))
    if rest := told[NAMED:]:
        yield Note(f"{len(rest)} more {more}", lines.at(rest[0][1][0]))


def _foreign(shown: str, *, mdx: bool) -> _Places:
    """Name what another blog engine would have replaced, without closing ones."""
    lowered = shown.lower()
    for sign, pattern, name in _FOREIGN:
        if sign in lowered:
            for match in pattern.finditer(shown):
                if not _is_led(shown, match):
                    yield name.format(match[1]), match.start()
    for match in _COMPONENT.finditer(shown):
        yield f"<{match[1]}>", match.start()
    if mdx:
        for match in _MODULE.finditer(shown):
            yield f"{match[1]} …", match.start()
        for match in _EXPRESSION.finditer(shown):
            yield "{…}", match.start()


def _is_led(shown: str, match: re.Match[str]) -> bool:
    """Tell whether it is the address in a link: those are followed when links are."""
    name = match[1].lower()
    before = shown[max(0, match.start() - _BEFORE) : match.start()]
    return name in _LINKS and bool(_DESTINATION.search(before))


def _lost(shown: str) -> _Places:
    """Name the HTML that this blog shows nobody."""
    for match in _HTML.finditer(shown):
        if not _CHECKBOX.search(match[2]):
            yield f"<{match[1].lower()}>", match.start()
