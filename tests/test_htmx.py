"""The HTMX policy: who gets a partial, and what htmx itself is told."""

from __future__ import annotations

import json

import pytest
from flask import Flask

from blogapp import htmx

from .conftest import CheckedClient
from .pages import parse


@pytest.mark.parametrize(
    ("headers", "partial"),
    [
        ({}, False),
        ({"HX-Request": "true"}, True),
        ({"HX-Request": "false"}, False),
        ({"HX-Request": "true", "HX-Boosted": "true"}, False),
        ({"HX-Request": "true", "HX-History-Restore-Request": "true"}, False),
        ({"HX-Boosted": "true"}, False),
        ({"X-Requested-With": "XMLHttpRequest"}, False),
    ],
)
def test_a_partial_is_sent_only_to_who_asks_for_it(
    app: Flask, headers: dict[str, str], partial: bool
) -> None:
    with app.test_request_context("/", headers=headers):
        assert htmx.wants_partial() is partial


def test_htmx_runs_nothing_and_keeps_the_old_content_on_failures(client: CheckedClient) -> None:
    elements = parse(client.get("/").text)

    told = next(e for e in elements if e.attrib.get("name") == "htmx-config").attrib["content"]
    config = json.loads(told)
    assert {name: config[name] for name in config if name != "responseHandling"} == {
        "allowEval": False,
        "allowScriptTags": False,
        "historyRestoreAsHxRequest": False,
        "includeIndicatorStyles": False,
        "selfRequestsOnly": True,
        "scrollBehavior": "auto",
    }
    swapped = {rule["code"]: rule["swap"] for rule in config["responseHandling"]}
    assert swapped == {"204": False, "[23]..": True, "(409|422)": True, "[45]..": False}


@pytest.mark.parametrize("path", ["/contact", "/admin/", "/admin/posts/new", "/admin/messages"])
def test_htmx_keeps_no_copy_of_private_pages(author_client: CheckedClient, path: str) -> None:
    assert '<body class="page" data-hx-history="false">' in author_client.get(path).text


def test_htmx_may_keep_readers_pages(client: CheckedClient) -> None:
    assert "data-hx-history=" not in client.get("/").text
