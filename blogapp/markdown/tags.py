"""Tags of sanitised HTML: every attribute in them is ``name="value"``, and escaped."""

from __future__ import annotations

import re

_ATTRIBUTE = re.compile(r' ([\w:-]+)="([^"]*)"')


def attributes(tag: str) -> dict[str, str]:
    """Read the attributes of one tag; their values stay escaped."""
    return dict(_ATTRIBUTE.findall(tag))


def write(name: str, attributes: dict[str, str]) -> str:
    """Write a start tag with attributes that are escaped already."""
    written = "".join(f' {key}="{value}"' for key, value in attributes.items())
    return f"<{name}{written}>"
