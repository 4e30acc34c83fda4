"""Notes: what an author should know of a post that came in without all it had."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from .fields import Fields, one_line, squeezed

NAMED = 5  # how many images, addresses … a note names before it only counts

_OLD_ADDRESSES = ("redirectfrom", "aliases", "permalink", "url")
_FENCE = re.compile(r"(?:[\s>]|[-*+][ \t]|[0-9]{1,9}[.)][ \t])*(`{3,}(?=[^`]*$)|~{3,})")
_FENCE_END = re.compile(r"[\s>]*(`{3,}|~{3,})\s*")
_COMMENT = re.compile(r"<!--(?:(?!<!--|-->)[\s\S])*-->")
_BRACKET = re.compile(r"\\.|!\[|\[|\]\(\s*<?([^\s<>)]+)|\]")
_DEFINITION = re.compile(r"^ {0,3}\[[^\]\[\n]+\]:[ \t]*<?(\S+)", re.MULTILINE)
_PICTURE = re.compile(r"\.(?:png|jpe?g|gif|svg|webp|avif)\b", re.IGNORECASE)
_IMG = re.compile(r"<img\s[^<>]*?\bsrc\s*=\s*[\"']?([^\"'\s<>]+)", re.IGNORECASE)
_ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|//|#|\{|/static/|/media/", re.IGNORECASE)
_FOREIGN = re.compile(
    r"(?P<hugo>\{\{(?P<sign>[<%])-?\s*(?P<shortcode>[\w./-]+))"
    r"|(?P<liquid>(?<!\{)\{%-?\s*(?P<tag>\w+))"
    r"|(?P<output>\{\{-?\s*(?P<name>(?:site|page|post|layout)\.[\w.]+))"
    r"|(?P<mdc>^[ \t>]*:{2,}[ \t]?(?P<component>[a-z][\w-]*))",
    re.MULTILINE | re.IGNORECASE,
)
_ADDRESS = re.compile(r"/|https?://")


def of(fields: Fields) -> Iterator[str]:
    """Tell what is lost or stays as it was."""
    if not fields.body.strip():
        yield "it has a title and no text"
    for key in fields.repeated:
        yield f"line {fields.lines[squeezed(key)]}: {key} stands here again, and this one counts"
    if fields.switch("unlisted"):
        yield "unlisted: true: it comes in as a draft, because unlisted posts are not there yet"
    if addresses := _old_addresses(fields):
        yield f"old addresses are not kept yet: {_named(addresses)}"

    prose = _prose(fields.body)
    if images := _local_images(prose):
        one = len(images) == 1
        stay = "image stays at its old address" if one else "images stay at their old addresses"
        yield f"{len(images)} {stay}: {_named(images)}"
    if foreign := _foreign(prose):
        yield f"{_named(foreign)} {'stays' if len(foreign) == 1 else 'stay'} as text"


def _named(names: list[str]) -> str:
    shown = [name if len(name) <= 80 else f"{name[:79]}…" for name in names[:NAMED]]
    more = len(names) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def _old_addresses(fields: Fields) -> list[str]:
    found: dict[str, None] = {}
    for name in _OLD_ADDRESSES:
        value = fields.values.get(name)
        for item in value if isinstance(value, list) else [value]:
            address = one_line(item) or ""
            # An alias may be a word of Obsidian's, a url what a link post is about.
            away = name == "url" and not address.startswith("/")
            if (_ADDRESS.match(address) or name == "redirectfrom") and address and not away:
                found[address] = None
    return list(found)


def _local_images(prose: str) -> list[str]:
    found: list[str] = []
    open_: list[bool] = []  # for every [ whether it starts an image
    for bracket in _BRACKET.finditer(prose):
        if bracket[0] in ("[", "!["):
            open_.append(bracket[0] == "![")
        elif bracket[0][0] == "]" and open_ and open_.pop() and bracket[1]:
            found.append(bracket[1])
    found += (target for target in _DEFINITION.findall(prose) if _PICTURE.search(target))
    found += _IMG.findall(prose)
    return [image for image in dict.fromkeys(found) if not _ELSEWHERE.match(image)]


def _foreign(prose: str) -> list[str]:
    """Name what another blog engine would have replaced, each once, without closing ones."""
    found: dict[str, None] = {}
    for match in _FOREIGN.finditer(prose):
        if match["hugo"] and match["shortcode"][0] != "/":
            end = "%" if match["sign"] == "%" else ">"
            found[f"{{{{{match['sign']} {match['shortcode'].strip('/')} {end}}}}}"] = None
        elif match["liquid"] and not match["tag"].startswith("end"):
            found[f"{{% {match['tag']} %}}"] = None
        elif match["output"]:
            found[f"{{{{ {match['name']} }}}}"] = None
        elif match["mdc"]:
            found[f"::{match['component']}"] = None
    return list(found)


def _prose(body: str) -> str:
    """Leave out fenced code, code spans and comments: what stands there is meant as text."""
    kept: list[str] = []
    fence = ""
    for line in body.split("\n"):
        if fence:
            end = _FENCE_END.fullmatch(line)
            if end and end[1].startswith(fence):
                fence = ""
            line = ""
        elif start := _FENCE.match(line):
            fence, line = start[1], ""
        kept.append(line)
    spanless = (_without_spans(part) for part in re.split(r"(\n[ \t]*\n)", "\n".join(kept)))
    return _COMMENT.sub("", "".join(spanless))


def _without_spans(paragraph: str) -> str:
    # CommonMark 6.1. Looking for each end anew would take quadratic time.
    runs = list(re.finditer("`+", paragraph))
    later: defaultdict[int, list[int]] = defaultdict(list)
    for number in range(len(runs) - 1, -1, -1):
        later[len(runs[number][0])].append(number)
    kept, position, number = [], 0, 0
    while number < len(runs):
        ends = later[len(runs[number][0])]
        while ends and ends[-1] <= number:
            ends.pop()
        if ends:
            kept.append(paragraph[position : runs[number].start()])
            number = ends[-1]
            position = runs[number].end()
        number += 1
    return "".join([*kept, paragraph[position:]])
