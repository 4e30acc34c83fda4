"""Dispatching: what is told of a message, packed for its channel and handed to it."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from email.message import EmailMessage
from urllib.parse import urlsplit

from . import config, messages, urls
from .channels import letters, mail, servers, webhook
from .channels.notices import RECEIVED, Notice
from .channels.outcomes import Outcome
from .deliveries import Channel
from .extensions import db
from .models import Addition, Delivery, Message, utcnow

# While somebody waits for a test.
TRIAL = mail.Times(until=15, letter=15)


@dataclass(frozen=True, slots=True)
class Parcel:
    """A notice with its *channel*, and the address that it goes *to*."""

    channel: str
    to: str
    notice: Notice


def pack(delivery: Delivery) -> Parcel | None:
    """Collect what is told; nothing if there is nothing to tell any more."""
    message = delivery.message
    confirms = delivery.channel == Channel.CONFIRMATION
    body = _words(message, delivery.occasion)
    token = messages.token(message)
    if message.withdrawn_at or body is None or (confirms and token is None):
        return None
    notice = Notice(
        reference=message.reference,
        occasion=delivery.occasion,
        received_at=message.received_at.astimezone(config.current().timezone),
        name=message.name,
        email=message.email,
        body=body,
        site=config.current().title,
        link=urls.absolute(f"/admin/messages/{message.id}"),
        receipt=urls.absolute(f"/r/{token}") if token else "",
        article=message.post.title if message.post else "",
        article_url=urls.absolute(urls.article(message.post)) if message.post else "",
    )
    return Parcel(delivery.channel, message.address if confirms else "", notice)


def send(parcel: Parcel, ready: Callable[[], None]) -> Outcome:
    """Hand *parcel* to its server; *ready* is called right before, and stops it by raising.

    Only what a visitor typed is wrong for good: the author's address may be put right.
    """
    settings = config.current()
    if parcel.channel == Channel.WEBHOOK:
        return _post(webhook.event_of(parcel.notice), ready, webhook.WHOLE)
    if parcel.channel == Channel.CONFIRMATION:
        letter = letters.to_visitor(parcel.notice, sender=settings.mail_from)
        return _mail(letter, ready, mail.Times())
    letter = letters.to_author(parcel.notice, sender=settings.mail_from, to=settings.mail_to)
    return replace(_mail(letter, ready, mail.Times()), final=False)


def routes() -> dict[str, str]:
    """Tell for each server that is set up how it is talked to, without what is secret."""
    settings = config.current()
    told = {}
    if settings.mail_url:
        server = servers.mail_server(settings.mail_url)
        user = f", signed in as {server.user}" if server.user else ""
        told["mail"] = f"{server.host}:{server.port}, {server.encryption}{user}"
    if settings.webhook_url:
        target = servers.web_server(settings.webhook_url)
        port = f":{target.port}" if target.port else ""
        signed = "signed" if settings.webhook_secret else "not signed"
        told["webhook"] = (
            f"{target.host}{port}, {'TLS' if target.tls else 'not encrypted'}, {signed}"
        )
    return told


def try_mail() -> Outcome:
    """Send a test message to the author."""
    settings = config.current()
    if not settings.mail_url:
        return Outcome(False, f"There is no mail server yet: set {mail.SETTING}, and start again.")
    letter = letters.trial(
        site=settings.title,
        sender=settings.mail_from,
        to=settings.mail_to,
        key=secrets.token_hex(8),
    )
    return _mail(letter, lambda: None, TRIAL)


def try_webhook() -> Outcome:
    """Post a test to the webhook."""
    if not config.current().webhook_url:
        return Outcome(False, f"There is no webhook yet: set {webhook.SETTING}, and start again.")
    at = utcnow().isoformat(timespec="seconds")
    event = webhook.trial(site=config.current().title, key=secrets.token_hex(8), at=at)
    return _post(event, lambda: None, TRIAL.until)


def _mail(letter: EmailMessage, ready: Callable[[], None], times: mail.Times) -> Outcome:
    settings = config.current()
    server = servers.mail_server(settings.mail_url)
    name = urlsplit(settings.url).hostname or "localhost"
    literal = f"[{'IPv6:' if ':' in name else ''}{name}]"  # RFC 5321, 4.1.3
    spoken = literal if servers.is_address(name) else name
    return mail.send(letter, server, name=spoken, ready=ready, times=times)


def _post(event: webhook.Event, ready: Callable[[], None], seconds: float) -> Outcome:
    settings = config.current()
    server = servers.web_server(settings.webhook_url)
    return webhook.post(event, server, settings.webhook_secret, ready=ready, seconds=seconds)


def _words(message: Message, occasion: str) -> str | None:
    """The words that an occasion is about: of the message, or of the line that was added."""
    if occasion == RECEIVED:
        return message.body
    addition = db.session.get(Addition, int(occasion.removeprefix("added-")))
    return addition.body if addition else None
