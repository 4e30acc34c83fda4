"""Alembic's environment: the application's own engine and tables."""

from __future__ import annotations

from alembic import context
from flask import current_app

from blogapp import models  # noqa: F401 - fills the metadata
from blogapp.extensions import Model, db


def run() -> None:
    """Run the migrations over a connection of the application."""
    options = current_app.extensions["migrate"].configure_args
    with db.engine.connect() as connection:
        context.configure(connection=connection, target_metadata=Model.metadata, **options)
        with context.begin_transaction():
            context.run_migrations()


run()
