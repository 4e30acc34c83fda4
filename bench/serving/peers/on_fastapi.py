"""The pages on FastAPI and SQLAlchemy, with a session for each request."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import sqlalchemy as sa
from fastapi import Depends, FastAPI, HTTPException, Request, Response
from fastapi.responses import HTMLResponse
from fastapi.templating import Jinja2Templates
from sqlalchemy.orm import Session

from .tables import CHIPS, DATABASE, PER_PAGE, Post, Tag, listed, newer, now, older, related

engine = sa.create_engine(f"sqlite:///{DATABASE}", connect_args={"check_same_thread": False})
templates = Jinja2Templates(Path(__file__).parent / "templates")
app = FastAPI()


def get_session() -> Iterator[Session]:
    """Open a session for a request."""
    with Session(engine) as session:
        yield session


Reading = Annotated[Session, Depends(get_session)]


class Page:
    """A page of a list, as Flask-SQLAlchemy has it."""

    def __init__(self, session: Session, query: sa.Select[Post], page: int) -> None:
        rows = query.limit(PER_PAGE).offset((page - 1) * PER_PAGE)
        self.items = session.scalars(rows).all()
        number = sa.select(sa.func.count()).select_from(query.order_by(None).subquery())
        self.total = session.scalar(number) or 0
        self.has_next = page * PER_PAGE < self.total
        self.next_num = page + 1


@app.get("/", response_class=HTMLResponse)
def index(request: Request, session: Reading, page: int = 1) -> Response:
    """The newest articles, and the tags that most have."""
    number = sa.func.count()
    chips = session.execute(
        sa.select(Tag.name, number)
        .join(Tag.posts)
        .where(Post.published_at <= now())
        .group_by(Tag.id)
        .order_by(number.desc(), Tag.name)
        .limit(CHIPS)
    ).all()
    found = Page(session, listed(), page)
    context = {"page": found, "posts": found.items, "chips": chips}
    return templates.TemplateResponse(request, "list.html", context)


@app.get("/blog/{slug}", response_class=HTMLResponse)
def article(request: Request, slug: str, session: Reading) -> Response:
    """An article."""
    query = sa.select(Post).where(Post.slug == slug, Post.published_at <= now())
    post = session.scalar(query)
    if post is None:
        raise HTTPException(404)
    near = {
        "related": session.scalars(related(post)).all(),
        "older": session.scalar(older(post)),
        "newer": session.scalar(newer(post)),
    }
    return templates.TemplateResponse(request, "article.html", {"post": post, **near})


@app.get("/tags/{name}", response_class=HTMLResponse)
def tag(request: Request, name: str, session: Reading, page: int = 1) -> Response:
    """The newest articles of a tag."""
    known = session.scalar(sa.select(Tag).where(Tag.name == name))
    if known is None:
        raise HTTPException(404)
    found = Page(session, listed().join(Post.tags).where(Tag.id == known.id), page)
    context = {"tag": known, "page": found, "posts": found.items}
    return templates.TemplateResponse(request, "tag.html", context)
