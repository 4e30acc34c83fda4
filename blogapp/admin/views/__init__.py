"""The author's pages, a module for each kind of thing."""

from __future__ import annotations

from flask import Blueprint

from ... import identity, messages, security

bp = Blueprint("admin", __name__, url_prefix="/admin")
bp.before_request(identity.require)
bp.after_request(security.private)
bp.context_processor(lambda: {"unread": messages.unread()})

from . import export, inbox, posts, tags  # noqa: E402 - they add their pages to bp

__all__ = ["bp", "export", "inbox", "posts", "tags"]
