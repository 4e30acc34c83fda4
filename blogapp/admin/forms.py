"""The forms of the author's side, and what stands in them."""

from __future__ import annotations

import contextlib
import secrets
from datetime import datetime
from zoneinfo import ZoneInfo

from wtforms import (
    HiddenField,
    IntegerField,
    RadioField,
    StringField,
    TextAreaField,
)
from wtforms.validators import (
    AnyOf,
    DataRequired,
    Length,
    NumberRange,
    Optional,
    Regexp,
    ValidationError,
)

from .. import languages, permalinks, publishing, revisions, spam_words, tags, texts, times
from ..errors import Invalid
from ..forms import Form, strip
from ..models import Post, Revision, Tag
from ..saving import Overlap

MAX_DIGITS = 9  # of a number that came with a form
_MORE = ("publish_at", "zone", "which", "series", "language", "minutes")  # shown when asked for


class PostForm(Form):
    """All that an author writes of a post."""

    title = StringField(
        "title",
        [DataRequired("A post needs a title.")],
        filters=[strip],
        render_kw={"autocomplete": "off", "dir": "auto"},
    )
    slug = StringField(
        "slug",
        filters=[strip],
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"},
    )
    description = TextAreaField(
        "description",
        filters=[strip],
        render_kw={"rows": 2, "dir": "auto"},
    )
    tags = StringField(
        "tags",
        filters=[strip],
        render_kw={
            "autocomplete": "off",
            "autocapitalize": "none",
            "list": "field-tags-known",
            "dir": "auto",
        },
    )
    body = TextAreaField(
        "text",
        render_kw={"rows": 24, "spellcheck": "true", "dir": "auto"},
    )
    minutes = IntegerField(
        "reading time",
        [Optional(), NumberRange(1, texts.MAX_MINUTES, f"From 1 to {texts.MAX_MINUTES} minutes.")],
        render_kw={"min": 1, "max": texts.MAX_MINUTES, "placeholder": "counted"},
    )
    language = StringField(
        "language",
        filters=[strip],
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"},
    )
    series = StringField(
        "series",
        [Length(max=texts.MAX_SERIES, message=f"At most {texts.MAX_SERIES} characters.")],
        filters=[strip],
        render_kw={"autocomplete": "off", "list": "field-series-known", "dir": "auto"},
    )
    publish_at = StringField(
        "publish at", filters=[strip], render_kw={"placeholder": "2026-03-14 09:30"}
    )
    shelf = StringField("who can find it", [Optional(), AnyOf(["listed", "unlisted"])])
    shelf_was = HiddenField()  # when this form was filled
    which = RadioField(  # of two moments, if the clocks show that time twice
        "Which one?", choices=[], validate_choice=False
    )
    seen = HiddenField()  # the state of the post when this form was filled, and its moment
    version = HiddenField()  # of the post, from which this text began
    sitting = HiddenField(validators=[Optional(), Regexp(r"[\w-]{16,43}\Z")])  # this one editor
    kept = HiddenField()  # what was kept and not saved, if this was filled from it
    zone = StringField(
        "time zone",
        filters=[strip],
        render_kw={"list": "field-zones-known", "autocomplete": "off"},
    )

    @classmethod
    def of(cls, post: Post | None, zone: ZoneInfo, kept: Revision | None = None) -> PostForm:
        """The form as it stands for *post* (a new one without), with times in *zone*.

        With *kept*, it has what was written on and not saved.
        """
        if post is None:
            return cls(formdata=None, zone=zone.key, sitting=_sitting())
        at = publishing.moment(post)
        text = revisions.text(kept) if kept else texts.of(post)
        made = permalinks.is_made(post) and text.slug in {"", post.slug}
        return cls(
            formdata=None,
            version=kept.begun_from if kept else post.version,
            sitting=_sitting(),
            kept=f"{kept.id} {kept.saved_at.isoformat()}" if kept else "",
            title=text.title,
            slug="" if made else text.slug,
            description=text.description,
            tags=", ".join(text.tags),
            body=text.body,
            minutes=text.minutes,
            language=text.language,
            series=text.series,
            publish_at=times.to_form(at, zone) if at else "",
            which=_minute(at).isoformat() if at else None,
            seen=_seen(post),
            zone=zone.key,
            shelf=post.shelf,
            shelf_was=post.shelf,
        )

    def order(self, action: str) -> publishing.Order:
        """What is asked for beside the text, by the button of *action*. Raises ``Invalid``."""
        state, _, moment = str(self.seen.data or "").partition(" ")
        seen_at = None
        with contextlib.suppress(ValueError):
            seen_at = datetime.fromisoformat(moment)
        if seen_at is not None and seen_at.tzinfo is None:
            state, seen_at = "", None
        return publishing.Order(
            action=action, at=self.time(), zone=self.time_zone(), seen=state, seen_at=seen_at
        )

    def see(self, post: Post | None) -> None:
        """Show the state of *post* and its moment as they are now."""
        if post is not None:
            self.seen.data = _seen(post)

    def take(self, overlap: Overlap) -> None:
        """Take over what two texts made together, and say at its field what differs."""
        merged, theirs = overlap.merged, overlap.theirs
        self.version.data, self.kept.data = str(overlap.version), ""
        self.body.data, self.tags.data = merged.body, ", ".join(merged.tags)
        for name in ("title", "slug", "description", "minutes", "language", "series"):
            self[name].data = getattr(merged, name)
            if name in overlap.fields:
                self[name].errors = [f"Saved meanwhile: “{getattr(theirs, name) or ''}”"]
        if "body" in overlap.fields:
            self.body.errors = [
                "Where both differ, both stand between <<<<<<< and >>>>>>>. "
                "Delete the marks and what you do not want, then save."
            ]
        self.problem = overlap.message

    def validate_language(self, field: StringField) -> None:
        """Refuse what is no language tag. Called by WTForms for its name."""
        if field.data and languages.normalise(field.data) is None:
            raise ValidationError(f"“{field.data}” is no language tag. Write it as en or pt-BR.")

    @property
    def asks_for_more(self) -> bool:
        """Whether a field that is shown only when asked for has an error."""
        return any(self[name].errors for name in _MORE)

    def begun_from(self) -> int:
        """The version of the post that this form was filled from."""
        digits = str(self.version.data or "")
        return int(digits) if digits.isdecimal() and len(digits) <= MAX_DIGITS else 0

    def was_kept(self) -> tuple[int, datetime] | None:
        """Which kept text this form was filled from: its id, and when it was kept."""
        number, _, moment = str(self.kept.data or "").partition(" ")
        if not number.isdecimal() or len(number) > MAX_DIGITS:
            return None
        with contextlib.suppress(ValueError):
            kept_at = datetime.fromisoformat(moment)
            return (int(number), kept_at) if kept_at.tzinfo else None
        return None

    def text(self) -> texts.Text:
        """What the author wrote."""
        return texts.Text(
            title=self.title.data or "",
            slug=self.slug.data or "",
            description=self.description.data or "",
            body=self.body.data or "",
            tags=(self.tags.data or "").split(","),
            minutes=self.minutes.data,
            language=self.language.data,
            series=self.series.data,
        )

    def new_shelf(self) -> str | None:
        """The shelf that was chosen in this form, if it is another than when it was filled."""
        chosen = self.shelf.data
        return chosen if chosen and chosen != (self.shelf_was.data or "listed") else None

    def time_zone(self) -> ZoneInfo:
        """The zone that times are meant in. Raises ``Invalid``."""
        return times.zone_named(self.zone.data or "UTC")

    def time(self) -> datetime | None:
        """The time to publish at, UTC; ``None`` is now. Raises ``Invalid``."""
        typed = self.publish_at.data
        if not typed:
            return None
        both = [moment.isoformat() for moment in self._both()]
        fold = both.index(self.which.data) if self.which.data in both else None
        field = "which" if both else "publish_at"
        return times.from_form(typed, self.time_zone(), fold=fold, field=field)

    def time_or_none(self) -> datetime | None:
        """The time to publish at, UTC, if it is one."""
        with contextlib.suppress(Invalid):
            return self.time()
        return None

    def offer(self) -> None:
        """Offer both moments of a time that the clocks show twice."""
        self.which.choices = [
            (moment.isoformat(), self._named(moment, name))
            for name, moment in zip(("first", "second"), self._both(), strict=False)
        ]

    def _named(self, moment: datetime, name: str) -> str:
        zone = self.time_zone()
        return f"{moment.astimezone(zone):%H:%M}, the {name} time ({times.offset(moment, zone)})"

    def _both(self) -> tuple[datetime, ...]:
        with contextlib.suppress(Invalid):
            return times.twice(self.publish_at.data or "", self.time_zone())
        return ()


def _seen(post: Post) -> str:
    at = publishing.moment(post)
    return f"{post.state()} {at.isoformat() if at else ''}".rstrip()


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


def _sitting() -> str:
    """A name for one opened editor, that no other has."""
    return secrets.token_urlsafe(16)


class TagForm(Form):
    """What an author can change in a tag."""

    name = StringField(
        "name",
        [DataRequired("A tag needs a name.")],
        filters=[strip],
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"},
    )
    description = TextAreaField("description", filters=[strip], render_kw={"rows": 3})
    version = HiddenField()

    @classmethod
    def of(cls, tag: Tag) -> TagForm:
        """The form as it stands for *tag*."""
        version = tags.version(tag)
        return cls(formdata=None, name=tag.name, description=tag.description, version=version)


class SpamWordsForm(Form):
    """What the author looks for in messages, a word or phrase a line."""

    words = TextAreaField(
        "words and phrases",
        render_kw={"rows": 12, "spellcheck": "false", "autocapitalize": "none", "dir": "auto"},
    )
    version = HiddenField()

    @classmethod
    def of(cls, words: list[str]) -> SpamWordsForm:
        """The form as it stands for the list."""
        return cls(formdata=None, words="\n".join(words), version=spam_words.version(words))


class MergeForm(Form):
    """The tag to merge with, and what the merged one is called."""

    into = StringField(
        "into",
        [DataRequired("Which tag?")],
        filters=[strip],
        render_kw={"autocomplete": "off", "autocapitalize": "none", "list": "field-tags-known"},
    )
    name = StringField(
        "new name",
        filters=[strip],
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"},
    )
