"""Images: the library, uploads, one image with its description."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from ... import htmx, upkeep
from ... import images as core
from ...errors import Conflict, Invalid
from ...extensions import db
from ...images import File, library
from ...models import MAX_ID, Image
from ...security import keeps_text, takes_files
from ..image_forms import ImageForm, UploadForm

MOST_AT_ONCE = 100_000_000  # bytes of one upload: about five of the largest files
PATIENCE = 15  # seconds that an upload waits for those before it
LONGEST_QUERY = 200


def images() -> ResponseReturnValue:
    """All images, the newest first; ``?q=`` words that are to be in their names or texts."""
    return _show(UploadForm(formdata=None))


@takes_files(MOST_AT_ONCE)
def upload_images() -> ResponseReturnValue:
    """Take files in. Of several, those that are images come in whatever the others are."""
    sent = [file for file in request.files.getlist("files") if file.filename]
    refused = [] if sent else ["No file was chosen. Choose one, then send it."]
    files = list(_prepared(sent, refused))  # first: who writes to the database lets others wait
    new = {file.name for file in files if core.find(file.name) is None}
    added = [core.add(file, written=True) for file in files]
    _tell_posts(image for image in added if image.name in new)
    db.session.commit()
    if request.accept_mimetypes.best == "application/json":
        return jsonify(images=[_told(image) for image in added], refused=refused)
    if refused:
        return _show(UploadForm(formdata=None), 422, refused=refused, added=added)
    flash(f"{len(added)} images are here." if len(added) > 1 else f"{added[0].called} is here.")
    return redirect(url_for(".images"), 303)


def image(image_id: int) -> ResponseReturnValue:
    """One image: its description, where it is used."""
    found = library.get(image_id)
    return _show_one(found, ImageForm(formdata=None, alt=found.alt))


@keeps_text
def describe_image(image_id: int) -> ResponseReturnValue:
    """Keep what an image shows, for its next use."""
    found, form = library.get(image_id), ImageForm()
    if not form.validate():
        return _show_one(found, form, 422)
    try:
        library.describe(found, form.alt.data or "")
    except Invalid as error:
        form.refuse(error)
        return _show_one(found, form, error.status)
    db.session.commit()
    if request.accept_mimetypes.best == "application/json":  # the editor, which tells it itself
        return jsonify(alt=found.alt)
    flash("Saved. Posts that show it already keep the words that they have.")
    return redirect(url_for(".image", image_id=image_id), 303)


def delete_image(image_id: int) -> ResponseReturnValue:
    """Delete an image that nothing uses."""
    found = library.get(image_id)
    try:
        names = library.remove(found)
    except Conflict as error:
        form = ImageForm(formdata=None, alt=found.alt)
        form.refuse(error)
        return _show_one(found, form, error.status)
    db.session.commit()
    library.discard(names)
    flash("Deleted.")
    return redirect(url_for(".images"), 303)


def _prepared(sent: Iterable[FileStorage], refused: list[str]) -> Iterator[File]:
    """Prepare each file, but not those that are refused."""
    for file in sent:
        name = file.filename or ""
        try:
            data = file.stream.read(core.MOST_BYTES + 1)
            yield core.prepare(data, name, patience=PATIENCE)
        except Invalid as error:
            refused.append(library.refusal(name, error))


def _tell_posts(new: Iterable[Image]) -> None:
    """Render posts that name an image which was not here, and is now."""
    for used in library.uses(new).values():
        for use in used:
            upkeep.render(use.post_id)


def _told(image: Image) -> dict[str, Any]:
    """What the editor needs to know of an image."""
    return {
        "id": image.id,
        "url": url_for("blog.image", name=image.name),
        "thumbnail": url_for("blog.image", name=library.thumbnail(image)),
        "alt": image.alt,
        "describe": url_for(".describe_image", image_id=image.id),
    }


def _show(form: UploadForm, status: int = 200, **more: Any) -> ResponseReturnValue:
    words = request.args.get("q", "")[:LONGEST_QUERY].replace("\0", "").strip()
    before = request.args.get("before", MAX_ID, type=int)
    page = library.listed(words, before=min(max(before, 0), MAX_ID))
    return htmx.render_page(
        "admin/images.html",
        "admin/_image_list.html",
        status,
        form=form,
        words=words,
        page=page,
        uses=library.uses(page.images),
        library=library,
        first=before >= MAX_ID,
        **more,
    )


def _show_one(found: Image, form: ImageForm, status: int = 200) -> ResponseReturnValue:
    html = render_template(
        "admin/image.html",
        image=found,
        form=form,
        uses=library.all_uses(found),
        library=library,
    )
    return html, status
