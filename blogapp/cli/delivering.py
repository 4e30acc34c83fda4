"""The verb that delivers."""

from __future__ import annotations

import json
import sys
import threading

import click
from flask.cli import with_appcontext

from .. import deliveries, delivering, health
from ..channels.notices import RECEIVED
from ..errors import BlogError


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print each attempt as a line of JSON.")
@with_appcontext
def deliver(as_json: bool) -> None:
    """Send the notices that are due, and delete messages whose time is over; for cron."""
    problem = health.problem()
    if problem:
        raise BlogError(problem)
    channels = deliveries.configured()
    if not channels:
        click.echo(
            "Neither mail nor a webhook is set up (BLOG_MAIL_URL, BLOG_WEBHOOK_URL): messages "
            "wait at /admin/messages.",
            err=True,
        )
    failed = attempts = 0
    for report in delivering.deliver_due(channels, threading.Event()):
        attempts += 1
        failed += not report.outcome.delivered
        click.echo(_as_json(report) if as_json else _as_text(report))
    delivering.tidy()
    waiting = deliveries.number_outstanding()
    if waiting and not attempts:
        click.echo(
            f"Nothing is due now; not delivered so far: {waiting}. To try all of it at once: "
            "/admin/notifications",
            err=True,
        )
    if failed:
        click.echo(
            f"blogapp: not delivered: {failed}. It is tried again; next: read the cause above, or "
            "send a test message at /admin/notifications.",
            err=True,
        )
        sys.exit(1)


def _as_text(report: delivering.Report) -> str:
    state = "delivered" if report.outcome.delivered else "not delivered"
    about = "" if report.occasion == RECEIVED else f" ({report.occasion})"
    return f"{report.reference}{about}: {report.channel} {state}: {report.outcome.answer}"


def _as_json(report: delivering.Report) -> str:
    told = {
        "reference": report.reference,
        "channel": report.channel,
        "occasion": report.occasion,
        "delivered": report.outcome.delivered,
        "answer": report.outcome.answer,
    }
    return json.dumps(told, ensure_ascii=False)
