"""YAML headers: read without types, within limits, and refused with the line and the cause."""

from __future__ import annotations

import re

import yaml

from ...markdown.lines import Lines
from .header import DEEPEST, MOST_VALUES, FrontMatterError, Header, clean, key, too_long

# libyaml reads these otherwise than PyYAML: tabs, ends of lines, a comment right behind | and >.
_ODD = re.compile("[\t\x85\u2028\u2029\ufeff]|[|>][-+0-9]*#")
_MAY_NEST = re.compile("[-?:{[]")  # no mapping or sequence begins without one of these


def read(source: str, above: int) -> Header:
    """Read the YAML between the lines ``---``, of which *above* lines of the file stand over it.

    Raises FrontMatterError.
    """
    too_long(source, max(above, 1))
    lines = Lines(source, above + 1)  # YAML's own count takes more signs for line ends
    node = _composed_fast(source) or _compose(source, lines, max(above, 1))
    if node is None:
        return Header({}, {})
    if not isinstance(node, yaml.MappingNode):
        raise FrontMatterError(
            lines.at(node.start_mark.index),
            "the text between the --- lines is not front matter; write lines such as title: …",
        )
    return _header(node, lines)


def _composed_fast(source: str) -> yaml.Node | None:
    """Compose with libyaml, which is ten times as fast; None for what the other one is to judge.

    That knows how deep values are nested, and the causes of errors that `_cause` knows.
    """
    if not yaml.__with_libyaml__ or _ODD.search(source):
        return None
    try:
        if len(_MAY_NEST.findall(source)) >= DEEPEST and _is_too_deep(source):
            return None
        return yaml.compose(source, Loader=yaml.CBaseLoader)
    except (yaml.YAMLError, ValueError, OverflowError):
        return None


def _is_too_deep(source: str) -> bool:
    depth = 0
    for event in yaml.parse(source, Loader=yaml.CLoader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth >= DEEPEST:
            return True
    return False


class _Loader(yaml.BaseLoader):
    """BaseLoader resolves no types; this one also refuses to nest without end."""

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        self.depth += 1
        if self.depth > DEEPEST:
            mark = parent.start_mark if parent else None
            raise yaml.composer.ComposerError(None, None, "too deep", mark)
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


def _compose(source: str, lines: Lines, start: int) -> yaml.Node | None:
    try:
        return yaml.compose(source, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        problem, mark = error.problem or "", error.problem_mark
        began = error.context_mark
        if began and (mark is None or "expected ':'" in problem or _is_end(source, mark.index)):
            mark = began
        line = lines.at(mark.index) if mark else start
        raise FrontMatterError(line, _cause(problem)) from None
    except yaml.reader.ReaderError as error:
        cause = "a character that no text has; delete it"
        raise FrontMatterError(lines.at(error.position), cause) from None
    except (yaml.YAMLError, ValueError, OverflowError):  # chr() of "\U00110000"
        raise FrontMatterError(start, "the front matter is not YAML; correct it") from None


def _is_end(source: str, index: int) -> bool:
    return not source[index:].strip("\0\n ")


def _cause(problem: str) -> str:
    if "mapping values are not allowed" in problem:
        return "a colon inside a value; put the whole value in quotes"
    if "'\\t'" in problem:
        return "a tab where YAML wants spaces; replace it"
    if "cannot start any token" in problem:
        return "a value that starts with a special character; put the whole value in quotes"
    if "end of stream" in problem or "stream end" in problem:
        return "a quote or bracket that is opened and never closed; close it"
    if "could not find expected ':'" in problem:
        return "neither “key: value” nor the end; write a line --- where the front matter ends"
    if "expected <block end>" in problem:
        return "text after a closing quote, or a line indented unlike the others; correct it"
    if problem == "too deep":
        return f"values nested more than {DEEPEST} deep; flatten them"
    if "undefined alias" in problem:
        return "a value that starts with *; put the whole value in quotes"
    return (
        f"the front matter is not YAML ({problem}); correct this line or put its value in quotes"
    )


def _header(node: yaml.MappingNode, lines: Lines) -> Header:
    values: dict[str, object] = {}
    places: dict[str, int] = {}
    repeated: dict[str, None] = {}
    left = [MOST_VALUES]
    for key_node, value_node in node.value:
        line = lines.at(key_node.start_mark.index)
        value = _plain(value_node, left, 1)
        if left[0] < 0:
            raise FrontMatterError(line, "too many values, or aliases (*) that repeat themselves")
        if not isinstance(key_node, yaml.ScalarNode):
            continue  # nothing that an author calls by name
        name = key(key_node.value)
        if name in values:
            repeated[name] = None
        values[name], places[name] = value, line
    return Header(values, places, tuple(repeated))


def _plain(node: yaml.Node, left: list[int], depth: int) -> object:
    left[0] -= 1
    if depth > DEEPEST:  # an alias to what it stands in
        left[0] = -1
    if left[0] < 0:
        return None
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, left, depth + 1) for item in node.value]
    if isinstance(node, yaml.MappingNode):
        return {
            key(name.value): _plain(value, left, depth + 1)
            for name, value in node.value
            if isinstance(name, yaml.ScalarNode)
        }
    if not isinstance(node, yaml.ScalarNode) or (
        not node.style and node.value.lower() in ("", "~", "null")
    ):
        return None
    return clean(node.value)
