"""Messages: stored with their article, found by their token, read and put away."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import time_machine

from blogapp import messages
from blogapp.errors import Missing
from blogapp.extensions import db
from blogapp.messages import Folder
from blogapp.models import MAX_ID, Message, Post

from .conftest import MakeMessage, MakePost

pytestmark = pytest.mark.usefixtures("core")


def test_a_message_is_found_by_its_token_and_no_other(make_message: MakeMessage) -> None:
    number, token = make_message()
    make_message()

    assert messages.by_token(token).id == number
    for wrong in ("", token[:-1], token.swapcase(), "\0"):
        with pytest.raises(Missing):
            messages.by_token(wrong)


def test_the_token_itself_is_not_stored(make_message: MakeMessage) -> None:
    number, token = make_message()

    row = db.session.get_one(Message, number)
    assert token not in {str(value) for value in vars(row).values()}
    assert len(token) >= 32


def test_a_message_keeps_its_article_and_outlives_it(
    make_post: MakePost, make_message: MakeMessage
) -> None:
    post = make_post("Hello")
    number, _ = make_message(post="hello")
    assert db.session.get_one(Message, number).post_id == post.id

    db.session.delete(db.session.get_one(Post, post.id))
    db.session.commit()

    assert messages.get(number).post is None


@pytest.mark.parametrize("slug", ["nothing", "draft"])
def test_a_message_about_what_readers_do_not_see_is_about_nothing(
    make_post: MakePost, make_message: MakeMessage, slug: str
) -> None:
    make_post("Draft", None)
    number, _ = make_message(post=slug)

    assert messages.get(number).post is None


def test_the_first_reading_is_remembered(make_message: MakeMessage) -> None:
    number, _ = make_message()
    first = datetime(2026, 5, 1, tzinfo=UTC)

    with time_machine.travel(first, tick=False):
        messages.mark_read(messages.get(number))
    messages.mark_read(messages.get(number))
    assert messages.get(number).read_at == first

    messages.mark_read(messages.get(number), read=False)
    assert messages.get(number).read_at is None


def test_folders_list_newest_first_and_count_what_is_unread(make_message: MakeMessage) -> None:
    numbers = [make_message(name=name)[0] for name in "abc"]
    messages.mark_read(messages.get(numbers[0]))
    messages.archive(messages.get(numbers[1]))

    def names(folder: Folder) -> str:
        return "".join(message.name for message in messages.listed(folder)[0])

    assert (names(Folder.INBOX), names(Folder.ARCHIVE), messages.unread()) == ("ca", "b", 1)
    messages.archive(messages.get(numbers[1]), archived=False)
    assert (names(Folder.INBOX), names(Folder.ARCHIVE), messages.unread()) == ("cba", "", 2)


def test_a_folder_is_listed_page_by_page(
    make_message: MakeMessage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messages, "PAGE_SIZE", 2)
    numbers = [make_message()[0] for _ in range(5)]
    seen, before = list[int](), MAX_ID

    while before:
        page, before = messages.listed(Folder.INBOX, before=before)  # type: ignore[assignment]
        seen += [message.id for message in page]

    assert seen == numbers[::-1]


def test_a_message_that_is_not_there_is_missing() -> None:
    with pytest.raises(Missing):
        messages.get(1)
