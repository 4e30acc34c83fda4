"""The filter of messages: the author's words, and what they find."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from ... import spam, spam_words
from ...errors import Conflict, Invalid
from ...extensions import db
from ...security import keeps_text
from ..forms import SpamWordsForm


def spam_filter() -> ResponseReturnValue:
    """The list of words, and the newest messages that hold some."""
    return _show(SpamWordsForm.of(spam_words.listed()))


@keeps_text
def save_spam_filter() -> ResponseReturnValue:
    """Save the list, whole."""
    form = SpamWordsForm()
    if not form.validate():
        return _show(form, 422)
    try:
        spam_words.save(form.words.data or "", begun_from=form.version.data or "")
    except (Invalid, Conflict) as error:
        db.session.rollback()
        form.refuse(error)
        if isinstance(error, Conflict):  # sent once more, it replaces the list as it is now
            form.version.data = spam_words.version(spam_words.listed())
        return _show(form, error.status)

    db.session.commit()
    flash("Saved. It applies to what comes from now on.")
    return redirect(url_for(".spam_filter"), 303)


def _show(form: SpamWordsForm, status: int = 200) -> ResponseReturnValue:
    trial = spam_words.trial()
    return render_template("admin/spam_filter.html", form=form, trial=trial, spam=spam), status
