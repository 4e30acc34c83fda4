"""The colours of code are readable: every kind of token, in both themes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import tinycss2
from pygments.token import STANDARD_TYPES

CSS = Path(__file__).parent.parent / "static/css/code.css"
CLASSES = sorted(name for name in STANDARD_TYPES.values() if name)
LINE = "hll"  # what Pygments calls a highlighted line
THEMES = ("light", "dark")
GROUNDS = {"light": "#f3f1eb", "dark": "#151b21"}


@pytest.fixture(scope="module")
def rules() -> dict[str, dict[str, str]]:
    """The declarations of each selector, with ``:is()`` taken apart."""
    found: dict[str, dict[str, str]] = {}
    for layer in parse(CSS.read_text("utf-8")):
        assert (layer.type, layer.at_keyword) == ("at-rule", "layer")
        for rule in parse(layer.content):
            assert rule.type == "qualified-rule"
            for selector in selectors(tinycss2.serialize(rule.prelude).strip()):
                found.setdefault(selector, {}).update(declarations(rule.content))
    return found


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("line", ["", LINE])
@pytest.mark.parametrize("name", CLASSES)
def test_every_token_is_readable_on_its_ground(
    rules: dict[str, dict[str, str]], name: str, line: str, theme: str
) -> None:
    block = rules[".code pre"] | (rules[f".code .{line}"] if line else {})
    token = block | rules.get(f".code .{name}", {})

    ink = colour(token["color"], rules, theme)
    ground = colour(token["background-color"], rules, theme)

    assert contrast(ink, ground) >= 4.5, f"{ink} on {ground}"


@pytest.mark.parametrize("theme", THEMES)
def test_code_stands_on_the_grounds_of_the_house(
    rules: dict[str, dict[str, str]], theme: str
) -> None:
    assert colour(rules[".code pre"]["background-color"], rules, theme) == GROUNDS[theme]


def test_added_removed_and_highlighted_lines_differ_by_more_than_their_ink(
    rules: dict[str, dict[str, str]],
) -> None:
    for theme in THEMES:
        grounds = {
            colour(rules[selector]["background-color"], rules, theme)
            for selector in (".code pre", ".code .gi", ".code .gd", f".code .{LINE}")
        }

        assert len(grounds) == 4


def test_only_classes_that_pygments_writes_are_coloured(
    rules: dict[str, dict[str, str]],
) -> None:
    coloured = {s.removeprefix(".code .") for s in rules if s.startswith(".code .")}

    assert coloured <= {*CLASSES, LINE}


def test_colours_are_tokens_and_every_token_is_used(rules: dict[str, dict[str, str]]) -> None:
    defined = set(rules[":root"])
    values = [v for s, declared in rules.items() if s != ":root" for v in declared.values()]
    used = {name for value in values for name in re.findall(r"var\((--[\w-]+)\)", value)}

    assert used == defined
    assert not any("#" in value for value in values)


def parse(css: Any) -> Iterator[Any]:
    for rule in tinycss2.parse_rule_list(css, skip_comments=True, skip_whitespace=True):
        assert rule.type != "error", rule.message
        yield rule


def declarations(content: Any) -> dict[str, str]:
    parsed = tinycss2.parse_blocks_contents(content, skip_comments=True, skip_whitespace=True)
    assert all(d.type == "declaration" for d in parsed)
    return {d.name: tinycss2.serialize(d.value).strip() for d in parsed}


def selectors(prelude: str) -> list[str]:
    grouped = re.fullmatch(r"(.*):is\((.*)\)", prelude, re.DOTALL)
    if not grouped:
        return [prelude]
    return [grouped[1] + part.strip() for part in grouped[2].split(",")]


def colour(value: str, rules: dict[str, dict[str, str]], theme: str) -> str:
    """Look a token up, and take this theme's side of its ``light-dark()``."""
    token = re.fullmatch(r"var\((--[\w-]+)\)", value)
    assert token, value
    both = re.fullmatch(r"light-dark\((#\w{6}), (#\w{6})\)", rules[":root"][token[1]])
    assert both, rules[":root"][token[1]]
    return both[1 + THEMES.index(theme)]


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, 1.4.3: the ratio of two colours' luminances."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
