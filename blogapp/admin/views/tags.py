"""Tags: all of them, one with its name and description, two that become one."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ... import likeness, posts, urls, usage
from ... import tags as core
from ...errors import Conflict, Invalid
from ...extensions import db
from ...models import Tag
from ...security import keeps_text
from ..forms import MergeForm, TagForm


def tags() -> ResponseReturnValue:
    """All tags, and above them those that are nearly the same."""
    rows = {row.tag.name: row for row in usage.of_all(posts.ids(posts.published()))}
    alike = [
        sorted((rows[name] for name in pair), key=lambda row: row.posts)
        for pair in likeness.alike(rows)
    ]
    return render_template("admin/tags.html", usage=rows.values(), alike=alike)


def tag(tag_id: int) -> ResponseReturnValue:
    """One tag: its name, its description, the names that lead to it."""
    found = core.get(tag_id)
    return _show(found, TagForm.of(found))


@keeps_text
def save_tag(tag_id: int) -> ResponseReturnValue:
    """Rename or describe a tag."""
    found, form = core.get(tag_id), TagForm()
    if not form.validate():
        return _show(found, form, 422)
    before, texts = found.name, (form.name.data or "", form.description.data or "")
    try:
        core.revise(found, *texts, begun_from=form.version.data or "")
    except (Invalid, Conflict) as error:
        db.session.rollback()
        return _refuse(core.get(tag_id), form, error)

    db.session.commit()
    flash(" ".join(["Saved.", *_led(found, before)]))
    return redirect(url_for(".tag", tag_id=tag_id), 303)


def forget_tag_name(tag_id: int) -> ResponseReturnValue:
    """Take a name away that leads to a tag."""
    core.forget_name(core.get(tag_id), request.form.get("name", ""))
    db.session.commit()
    flash("That name does not lead here any more.")
    return redirect(url_for(".tag", tag_id=tag_id), 303)


def remove_tag(tag_id: int) -> ResponseReturnValue:
    """Remove a tag that no post has."""
    found = core.get(tag_id)
    core.remove(found)
    db.session.commit()
    flash("Removed.")
    return redirect(url_for(".tags"), 303)


def choose_merge(tag_id: int) -> ResponseReturnValue:
    """Ask for the tag to merge with; ``?into=`` names it, and is answered with what would be."""
    return _show_merge(core.get(tag_id), MergeForm(request.args))


@keeps_text
def merge_tag(tag_id: int) -> ResponseReturnValue:
    """Make two tags one."""
    found, form = core.get(tag_id), MergeForm()
    if not form.validate():
        return _show_merge(found, form, 422)
    try:
        into = core.other(found, form.into.data or "")
        before = (found.name, into.name)
        core.merge(found, into, form.name.data or "")
    except (Invalid, Conflict) as error:
        db.session.rollback()
        form.refuse(error)
        return _show_merge(core.get(tag_id), form, error.status)

    db.session.commit()
    flash(" ".join(["Merged.", *_led(into, *before)]))
    return redirect(url_for(".tag", tag_id=into.id), 303)


def _refuse(found: Tag, form: TagForm, error: Invalid | Conflict) -> ResponseReturnValue:
    """Give the form back; sent once more, it begins from the tag as it is now."""
    form.refuse(error)
    form.version.data = core.version(found)
    return _show(found, form, error.status)


def _show(found: Tag, form: TagForm, status: int = 200) -> ResponseReturnValue:
    used = usage.of(found, posts.ids(posts.published()))
    rival = core.by_name(form.name.data or "") if form.name.errors else None
    html = render_template("admin/tag.html", tag=found, form=form, usage=used, rival=rival)
    return html, status


def _show_merge(found: Tag, form: MergeForm, status: int = 200) -> ResponseReturnValue:
    merger = None
    if form.into.data and not form.into.errors:
        try:
            into = core.other(found, form.into.data)
            merger = usage.after_merging(found, into, posts.ids(posts.published()))
        except Invalid as error:
            form.refuse(error)
            status = error.status
    names = [name for name in core.names() if name != found.name]
    html = render_template(
        "admin/tag_merge.html", tag=found, form=form, merger=merger, tags_known=names
    )
    return html, status


def _led(tag: Tag, *names: str) -> list[str]:
    """Say in a sentence for each of *names* that it leads to *tag*, if it is not its own."""
    target = urls.tag(tag.name)
    return [f"{urls.tag(name)} leads to {target} now." for name in names if name != tag.name]
