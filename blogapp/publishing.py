"""Publishing: what an author asks for beside the text, by a button and a time, done once.

An order knows what its author saw: a moment that was changed elsewhere is not changed back by a
form that did not touch it, and what is published already is not dated anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from . import posts, times
from .errors import Invalid
from .models import Post

UTC = ZoneInfo("UTC")


class Outcome(StrEnum):
    """What became of an order."""

    NOTHING = "nothing"
    PUBLISHED = "published"
    SCHEDULED = "scheduled"
    DATED = "dated"  # published at a moment in the past
    PLANNED = "planned"  # a draft that has the time for which it is meant
    TAKEN_BACK = "taken back"
    DONE_BEFORE = "done before"  # by the same order, or elsewhere


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A button (*action*: save, publish, now, unpublish) and a time, *at* (aware; none is now).

    *seen* is the state of the post, and *seen_at* its moment, that the author had before them;
    without *seen*, those that it has. Times were typed in *zone*.
    """

    action: str = "save"
    at: datetime | None = None
    zone: ZoneInfo = UTC
    seen: str = ""
    seen_at: datetime | None = None

    def is_for(self, at: datetime | None) -> bool:
        """Whether it names the minute *at*, on the clocks of its zone."""
        return _same(self.at, at, self.zone)


def moment(post: Post) -> datetime | None:
    """When *post* is published, or meant to be."""
    return post.published_at or post.planned_at


def carry_out(post: Post, order: Order) -> Outcome:
    """Do what *order* asks of *post*, unless it is done; flushes.

    Raises ``Invalid`` for a scheduled post without a time, and for a moment that was changed
    elsewhere and is to be changed here, too.
    """
    if order.action == "unpublish":
        return _take_back(post, order)
    if order.action == "now" or (order.action == "publish" and order.at is None):
        return _publish_now(post, order)
    was_at = order.seen_at if order.seen else moment(post)
    if order.is_for(moment(post)) or order.is_for(was_at):
        return _at_its_time(post, order)
    if not _same(moment(post), was_at, order.zone):
        raise Invalid("publish_at", _changed_elsewhere(post, order.zone))
    if order.at is not None and (order.action == "publish" or post.published_at is not None):
        return _publish(post, order.at)
    if post.state() == "scheduled":
        raise Invalid("publish_at", "When? To publish it at once, press “publish now”.")
    return _plan(post, order.at)


def _take_back(post: Post, order: Order) -> Outcome:
    if post.published_at is None:
        return Outcome.DONE_BEFORE
    was_at = post.published_at
    posts.unpublish(post)
    post.planned_at = order.at or was_at  # published again, it has its day again
    return Outcome.TAKEN_BACK


def _publish_now(post: Post, order: Order) -> Outcome:
    if post.state() == "published":
        return Outcome.DONE_BEFORE
    if post.state() == "scheduled" and order.seen not in {"", "scheduled"}:
        raise Invalid("publish_at", _changed_elsewhere(post, order.zone))
    return _publish(post)


def _at_its_time(post: Post, order: Order) -> Outcome:
    """The time is the one that the post has, or had before the author: only a button counts."""
    if order.action != "publish":
        return Outcome.NOTHING
    if post.published_at is not None:
        return Outcome.DONE_BEFORE
    return _publish(post, moment(post) or order.at)


def _publish(post: Post, at: datetime | None = None) -> Outcome:
    posts.publish(post, at)
    if post.state() == "scheduled":
        return Outcome.SCHEDULED
    return Outcome.DATED if at else Outcome.PUBLISHED


def _plan(post: Post, at: datetime | None) -> Outcome:
    if post.published_at is not None:
        return Outcome.NOTHING
    post.planned_at = at
    return Outcome.PLANNED if at else Outcome.NOTHING


def _same(one: datetime | None, other: datetime | None, zone: ZoneInfo) -> bool:
    if one is None or other is None:
        return one is other
    return times.is_same_minute(one, other, zone)


def _changed_elsewhere(post: Post, zone: ZoneInfo) -> str:
    at = moment(post)
    now = f"is meant for {times.shown(at, zone)}" if at else "has no time"
    return (
        f"That was changed elsewhere: the post {now} now. Nothing is published yet; choose again."
    )
