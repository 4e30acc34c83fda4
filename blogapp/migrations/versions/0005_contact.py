"""Messages in folders, with a reference; the outbox; attempts of all kinds."""

import hashlib
import secrets

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# An id that was given once is given to no other row (sqlite.org/autoinc.html).
NEVER_AGAIN = {"sqlite_autoincrement": True}
MOMENT = sa.DateTime(timezone=True)
# The texts come last: SQLite reads a row from its beginning.
ORDER = (
    *("id", "reference", "token_hash", "once", "post_id", "folder", "unread", "spam_reasons"),
    *("address", "digest", "received_at", "read_at", "answered_at", "withdrawn_at"),
    *("name", "email", "body", "folded"),
)
NEW = {
    *("reference", "once", "folder", "unread", "spam_reasons", "address", "digest"),
    *("answered_at", "withdrawn_at", "folded"),
}
# Characters that form no words and are not taken for each other (Open Location Code, 1.0).
ALPHABET = "23456789CFGHJMPQRVWX"
OPEN = sa.text("answered_at IS NULL AND withdrawn_at IS NULL")
ANSWERED = sa.text("answered_at IS NOT NULL")
WITHDRAWN = sa.text("withdrawn_at IS NOT NULL")
UNDELIVERED = sa.text("delivered_at IS NULL")


def upgrade() -> None:
    _rename_attempts("sign_in_failures", "attempts")
    op.create_index("ix_attempts_at", "attempts", ["at"])
    _add_columns()
    _fill_columns()
    _order_columns()
    _create_additions()
    _create_deliveries()
    op.create_table(
        "spam_words",
        sa.Column("word", sa.String(100), nullable=False),
        sa.PrimaryKeyConstraint("word", name="pk_spam_words"),
    )


def _rename_attempts(old: str, new: str) -> None:
    op.drop_index(f"ix_{old}_subject_at", old)
    op.rename_table(old, new)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"ALTER TABLE {new} RENAME CONSTRAINT pk_{old} TO pk_{new}")
    else:
        with op.batch_alter_table(new, table_args=(_key(new),)):
            pass
    op.create_index(f"ix_{new}_subject_at", new, ["subject", "at"])


def _key(table: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint("id", name=f"pk_{table}")


def _add_columns() -> None:
    op.drop_index("ix_messages_archived_at_id", "messages")
    for column in (
        sa.Column("reference", sa.String(12), nullable=True),
        sa.Column("once", sa.String(64), nullable=True),
        sa.Column("folder", sa.String(10), nullable=False, server_default="inbox"),
        sa.Column("unread", sa.Boolean, nullable=False, server_default=sa.true()),
        sa.Column("spam_reasons", sa.JSON, nullable=False, server_default="[]"),
        sa.Column("address", sa.String(254), nullable=False, server_default=""),
        sa.Column("digest", sa.String(64), nullable=False, server_default=""),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.Column("withdrawn_at", MOMENT, nullable=True),
        sa.Column("folded", sa.Text, nullable=False, server_default=""),
    ):
        op.add_column("messages", column)


def _fill_columns() -> None:
    connection = op.get_bind()
    op.execute("UPDATE messages SET folder = 'archive' WHERE archived_at IS NOT NULL")
    op.execute("UPDATE messages SET unread = false WHERE read_at IS NOT NULL OR folder <> 'inbox'")
    messages = sa.table(
        "messages",
        *(sa.column(name) for name in ("id", "name", "email", "body")),
        *(sa.column(name) for name in ("reference", "address", "digest", "folded")),
    )
    texts = sa.select(messages.c.id, messages.c.name, messages.c.email, messages.c.body)
    given: set[str] = set()
    for id_, name, email, body in connection.execute(texts).all():
        values = {
            "reference": _reference(given),
            "address": email.casefold()[:254],
            "digest": _digest(body),
            "folded": "\n".join((name, email, body)).casefold(),
        }
        connection.execute(sa.update(messages).where(messages.c.id == id_).values(values))


def _reference(given: set[str]) -> str:
    """Draw one that is not *given* yet."""
    while True:
        letters = [secrets.choice(ALPHABET) for _ in range(8)]
        reference = f"{''.join(letters[:4])}-{''.join(letters[4:])}"
        if reference not in given:
            given.add(reference)
            return reference


def _digest(body: str) -> str:
    return hashlib.sha256("".join(body.casefold().split()).encode()).hexdigest()


def _order_columns() -> None:
    with op.batch_alter_table("messages") as messages:
        messages.drop_column("archived_at")
    with op.batch_alter_table(
        "messages", partial_reordering=[ORDER], table_kwargs=NEVER_AGAIN
    ) as messages:
        messages.alter_column("reference", existing_type=sa.String(12), nullable=False)
        for name in ("folder", "unread", "spam_reasons", "address", "digest", "folded"):
            messages.alter_column(name, server_default=None)
        messages.create_unique_constraint("uq_messages_reference", ["reference"])
        messages.create_unique_constraint("uq_messages_once", ["once"])
    op.create_index("ix_messages_folder", "messages", ["folder", "unread", "id"])
    op.create_index("ix_messages_address", "messages", ["address"])
    op.create_index("ix_messages_digest", "messages", ["digest"])
    op.drop_index("ix_messages_post_id", "messages")
    op.create_index("ix_messages_post_id", "messages", ["post_id", "folder", "unread", "id"])
    for name, columns, part in (
        ("open", ["folder", "unread", "id"], OPEN),
        ("answered", ["folder", "id"], ANSWERED),
        ("withdrawn", ["folder", "id"], WITHDRAWN),
    ):
        op.create_index(
            f"ix_messages_{name}",
            "messages",
            columns,
            sqlite_where=part,
            postgresql_where=part,
        )


def _create_additions() -> None:
    op.create_table(
        "additions",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("message_id", sa.Integer, nullable=False),
        sa.Column("once", sa.String(64), nullable=True),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        _belongs_to("additions", "message_id", "messages"),
        _key("additions"),
        sa.UniqueConstraint("once", name="uq_additions_once"),
        **NEVER_AGAIN,
    )
    op.create_index("ix_additions_message_id", "additions", ["message_id"])


def _create_deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("message_id", sa.Integer, nullable=False),
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("occasion", sa.String(40), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=True),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("delivered_at", MOMENT, nullable=True),
        sa.Column("claim", sa.String(32), nullable=True),
        sa.Column("claimed_until", MOMENT, nullable=True),
        _belongs_to("deliveries", "message_id", "messages"),
        _key("deliveries"),
        sa.UniqueConstraint(
            *("message_id", "channel", "occasion"),
            name="uq_deliveries_message_id_channel_occasion",
        ),
        **NEVER_AGAIN,
    )
    op.create_index(
        "ix_deliveries_undelivered",
        "deliveries",
        ["due_at", "message_id"],
        sqlite_where=UNDELIVERED,
        postgresql_where=UNDELIVERED,
    )
    op.create_table(
        "delivery_attempts",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("delivery_id", sa.Integer, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("delivered", sa.Boolean, nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
        _belongs_to("delivery_attempts", "delivery_id", "deliveries"),
        _key("delivery_attempts"),
    )
    op.create_index("ix_delivery_attempts_delivery_id", "delivery_attempts", ["delivery_id"])


def _belongs_to(table: str, column: str, parent: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_{column}_{parent}"
    return sa.ForeignKeyConstraint([column], [f"{parent}.id"], name=name, ondelete="CASCADE")


def downgrade() -> None:
    for table in ("spam_words", "delivery_attempts", "deliveries", "additions"):
        op.drop_table(table)
    for name in ("folder", "address", "digest", "open", "answered", "withdrawn", "post_id"):
        op.drop_index(f"ix_messages_{name}", "messages")
    op.add_column("messages", sa.Column("archived_at", MOMENT, nullable=True))
    op.execute("UPDATE messages SET archived_at = received_at WHERE folder <> 'inbox'")
    with op.batch_alter_table("messages") as messages:
        messages.drop_constraint("uq_messages_reference", type_="unique")
        messages.drop_constraint("uq_messages_once", type_="unique")
        for name in ORDER:
            if name in NEW:
                messages.drop_column(name)
    op.create_index("ix_messages_archived_at_id", "messages", ["archived_at", "id"])
    op.create_index("ix_messages_post_id", "messages", ["post_id"])
    op.drop_index("ix_attempts_at", "attempts")
    _rename_attempts("attempts", "sign_in_failures")
