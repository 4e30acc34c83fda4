"""What every response says to browsers, and what every request must bring."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeVar

from flask import Flask, Request, Response, current_app, g, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from flask.typing import ResponseReturnValue
from werkzeug.middleware.proxy_fix import ProxyFix

from . import identity, origins
from .errors import TooManyFields
from .extensions import csrf

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    from .answers import Headers

View = TypeVar("View", bound=Callable[..., object])

CONTENT_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' https: data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
_STRICT = {"Strict-Transport-Security": "max-age=31536000"}
# Feeds, sources and images are there for other sites' pages (feed readers), too.
SHARED = {
    *("static", "asset", "blog.image", "blog.source_of"),
    *("blog.feed_xml", "blog.feed_json", "blog.tag_feed", "blog.series_feed"),
}
_SHARED = {"Cross-Origin-Resource-Policy": "cross-origin", "Access-Control-Allow-Origin": "*"}
_ASK_AGAIN = {"Cache-Control": "no-cache"}
MOST_FIELDS = 10_000  # more posts than anybody ticks in a list
MOVED = ("301 ", "308 ")
READS = {"GET", "HEAD", "OPTIONS"}


def init_app(app: Flask) -> None:
    """Guard requests and complete responses."""
    strict = _STRICT if app.config["BLOG"].secure else {}
    app.wsgi_app = _Saying(app.wsgi_app, HEADERS | strict)  # type: ignore[method-assign] # likewise
    hops = app.config["BLOG"].trusted_proxies
    if hops:
        app.wsgi_app = _Proxies(  # type: ignore[method-assign] # Flask's own documented way
            app.wsgi_app, x_for=hops, x_proto=hops, x_host=0, x_prefix=0
        )
    app.session_interface = _Sessions()
    app.before_request(_check_token)


def keeps_text(view: View) -> View:
    """Mark a view whose form checks the token itself and, if it fails, comes back filled."""
    view.keeps_text = True  # type: ignore[attr-defined] # a mark on a function
    return view


def takes_files(most_bytes: int) -> Callable[[View], View]:
    """Mark a view to which authors may send more than a form: so many bytes at once."""

    def mark(view: View) -> View:
        view.most_bytes = most_bytes  # type: ignore[attr-defined] # a mark on a function
        return view

    return mark


def own_path(target: str, fallback: str) -> str:
    """Return *target* if browsers resolve it to a path of this site, else *fallback*.

    They drop tabs and line breaks and take a backslash for a slash (WHATWG URL, 4.4), so
    whatever holds one is refused.
    """
    own = target.startswith("/") and not target.startswith("//")
    return target if own and target.isprintable() and "\\" not in target else fallback


class _Saying:
    """Says what every answer says, and what else is due, unless the answer has said it itself.

    As a layer of WSGI: Flask's headers are checked and copied again and again, these never change.
    """

    def __init__(self, app: WSGIApplication, always: dict[str, str]) -> None:
        self._app = app
        self._always = always
        self._shared = always | _SHARED

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer, in the context of the request until it has begun."""

        def start(status: str, headers: Headers, *failure: Any) -> Callable[[bytes], object]:
            return start_response(status, self._completed(status, headers), *failure)

        return self._app(environ, start)

    def _completed(self, status: str, headers: Headers) -> Headers:
        endpoint = request.endpoint
        due = self._shared if endpoint in SHARED else self._always
        if _is_asked_for_again(status, endpoint):
            due = due | _ASK_AGAIN
        said = {name.title() for name, _ in headers}
        return headers + [pair for pair in due.items() if pair[0] not in said]


def _is_asked_for_again(status: str, endpoint: str | None) -> bool:
    """Whether browsers are to ask before they show it again: a redirect, too, is not for ever."""
    if status.startswith("200 "):
        return endpoint != "static" and request.method in READS
    return status.startswith(MOVED)


class _Proxies(ProxyFix):
    """Takes address and scheme from as many proxies as are trusted.

    ``ProxyFix`` reads lists with quoted texts in them. These headers have none: a quote that a
    visitor sends and never closes would swallow what the proxies have added.
    """

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Take the quotes away, then go on."""
        for name in ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO"):
            if name in environ:
                environ[name] = environ[name].replace('"', "")
        return super().__call__(environ, start_response)


class _Sessions(SecureCookieSessionInterface):
    """Sessions in a cookie, which no form of another site replaces.

    Such a form comes without the author's cookie (SameSite=Lax), but one that the answer sets
    would take its place: that would sign the author out.
    """

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Read the session; most readers have none, and need no key derived to find that out."""
        if self.get_cookie_name(app) not in request.environ.get("HTTP_COOKIE", ""):
            return self.session_class()
        return super().open_session(app, request)

    def should_set_cookie(self, app: Flask, session: SessionMixin) -> bool:
        """Tell whether the answer to this request carries the session.

        Whose page is hidden may be another site's: only its token shows that it is ours.
        """
        unproven = request.method not in READS and not g.get("token_valid")
        elsewhere = origins.is_foreign() or origins.is_hidden()
        return not (unproven and elsewhere) and super().should_set_cookie(app, session)


def _check_token() -> ResponseReturnValue | None:
    """Refuse a POST without a valid CSRF token, unless its view gives the form back."""
    if request.method in READS or not request.endpoint:
        return None
    most = getattr(current_app.view_functions[request.endpoint], "most_bytes", None)
    if most:  # before anything reads the request
        if identity.author() is None:
            return identity.turn_away()
        request.max_content_length = most
    _check_fields()
    from flask_wtf.csrf import CSRFError  # here: readers send no form

    try:
        csrf.protect()
        g.token_valid = True  # unlike g.csrf_valid, which a form that came back sets
    except CSRFError:
        view = current_app.view_functions[request.endpoint]
        if not getattr(view, "keeps_text", False):
            raise
        g.csrf_valid = False
    return None


def _check_fields() -> None:
    """Refuse thousands of fields before they are read: megabytes of ``a=&`` would take seconds.

    Werkzeug itself has such a limit for the parts of ``multipart/form-data`` only.
    """
    if request.mimetype != "application/x-www-form-urlencoded":
        return
    fields = request.get_data().count(b"&") + 1
    if fields > MOST_FIELDS:
        raise TooManyFields(f"That form has {fields:,} fields; at most {MOST_FIELDS:,} are read.")


def private(response: Response) -> Response:
    """Let nobody keep *response*: for the author's pages, and those that hold a token."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
