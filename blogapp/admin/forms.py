"""The forms of the author's side, and what stands in them."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from wtforms import HiddenField, IntegerField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, NumberRange, Optional, ValidationError

from .. import languages, posts, tags, times
from ..forms import Form, strip
from ..models import Post, Tag


class PostForm(Form):
    """All that an author writes of a post."""

    title = StringField(
        "title",
        [DataRequired("A post needs a title.")],
        filters=[strip],
        render_kw={"autocomplete": "off"},
    )
    slug = StringField(
        "slug",
        filters=[strip],
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"},
    )
    description = TextAreaField(
        "description",
        filters=[strip],
        render_kw={"rows": 2},
    )
    tags = StringField(
        "tags",
        filters=[strip],
        render_kw={"autocomplete": "off", "autocapitalize": "none", "list": "field-tags-known"},
    )
    body = TextAreaField(
        "text", render_kw={"rows": 24, "spellcheck": "true", "data-hx-preserve": "true"}
    )
    minutes = IntegerField(
        "reading time",
        [Optional(), NumberRange(1, posts.MAX_MINUTES, f"From 1 to {posts.MAX_MINUTES} minutes.")],
        render_kw={"min": 1, "max": posts.MAX_MINUTES, "placeholder": "counted"},
    )
    language = StringField(
        "language",
        filters=[strip],
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"},
    )
    series = StringField(
        "series",
        [Length(max=posts.MAX_SERIES, message=f"At most {posts.MAX_SERIES} characters.")],
        filters=[strip],
        render_kw={"autocomplete": "off", "list": "field-series-known"},
    )
    publish_at = StringField(
        "publish at", filters=[strip], render_kw={"placeholder": "2026-03-14 09:30"}
    )
    version = HiddenField()
    over = HiddenField()  # sent by the button that puts this text in the place of a newer one
    zone = StringField(
        "time zone",
        filters=[strip],
        render_kw={"list": "field-zones-known", "autocomplete": "off"},
    )

    @classmethod
    def of(cls, post: Post | None, zone: ZoneInfo) -> PostForm:
        """The form as it stands for *post* (a new one without), with times in *zone*."""
        if post is None:
            return cls(formdata=None, zone=zone.key)
        return cls(
            formdata=None,
            version=post.version,
            title=post.title,
            slug="" if posts.slug_is_made(post) else post.slug,
            description=post.description,
            tags=", ".join(tag.name for tag in post.tags),
            body=post.body,
            minutes=post.minutes_by_author,
            language=post.language,
            series=post.series,
            publish_at=times.to_form(post.published_at, zone) if post.published_at else "",
            zone=zone.key,
        )

    def validate_language(self, field: StringField) -> None:
        """Refuse what is no language tag. Called by WTForms for its name."""
        if field.data and languages.normalise(field.data) is None:
            raise ValidationError(f"“{field.data}” is no language tag. Write it as en or pt-BR.")

    def begun_from(self) -> int:
        """The version of the post that this form was filled from."""
        digits = str(self.over.data or self.version.data or "")
        return int(digits) if digits.isdecimal() and len(digits) < 10 else 0

    def text(self) -> posts.Text:
        """What the author wrote."""
        return posts.Text(
            title=self.title.data or "",
            slug=self.slug.data or "",
            description=self.description.data or "",
            body=self.body.data or "",
            tags=(self.tags.data or "").split(","),
            minutes=self.minutes.data,
            language=self.language.data,
            series=self.series.data,
        )

    def time_zone(self) -> ZoneInfo:
        """The zone that times are meant in. Raises ``Invalid``."""
        return times.zone_named(self.zone.data or "UTC")

    def time(self) -> datetime | None:
        """The time to publish at, UTC; ``None`` is now. Raises ``Invalid``."""
        typed = self.publish_at.data
        return times.from_form(typed, self.time_zone()) if typed else None


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
