"""Sign in and out."""

from __future__ import annotations

from flask import Blueprint

from .. import rules, security

RULES: rules.Table = {
    "views": {
        "GET /login": "login",
        "POST /login": "sign_in",
        "POST /logout": "logout",
    },
}

bp = Blueprint("auth", __name__, url_prefix="/admin")
bp.after_request(security.private)
rules.add(bp, __name__, RULES)
