"""Prepared statements: made and compiled once, then run by the database's own driver.

Where a row is found by its key, what mapper and compiler do at each execution costs ten times what
the database does. Reads of public pages go this way; nothing is ever written by it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import visitors
from sqlalchemy.sql.compiler import SQLCompiler

from . import driver
from .driver import Driver
from .extensions import UTCDateTime, db, read_moment

T = TypeVar("T")
Query = sa.Select[*tuple[Any, ...]] | sa.CompoundSelect[*tuple[Any, ...]]
Process = Callable[[Any], Any]
Row = Sequence[Any]


def given(
    name: str, type_: sa.types.TypeEngine[T] | type[sa.types.TypeEngine[T]]
) -> sa.BindParameter[T]:
    """A place in a statement for what is given by *name* when it is run."""
    return sa.bindparam(name, type_=type_, required=False)


def moment(name: str) -> sa.BindParameter[datetime]:
    """A place for a moment, aware, that is given by *name*."""
    return given(name, UTCDateTime)


def moment_of(value: str | datetime) -> datetime:
    """Read a moment that a driver has given."""
    return read_moment(value) if isinstance(value, str) else value.astimezone(UTC)


class Utf8(sa.sql.functions.FunctionElement[bytes]):
    """A text as it is sent: pages show it, and Python need neither read nor write it."""

    inherit_cache = True
    type: sa.types.TypeEngine[Any] = sa.types.NullType()  # what the driver gives are bytes


@compiles(Utf8, "sqlite")  # which keeps texts so (sqlite.org/lang_expr.html, "CAST expressions")
def _cast(element: Utf8, compiler: SQLCompiler, **options: Any) -> str:
    return f"CAST({compiler.process(element.clauses, **options)} AS BLOB)"


@compiles(Utf8, "postgresql")
def _convert(element: Utf8, compiler: SQLCompiler, **options: Any) -> str:
    return f"convert_to({compiler.process(element.clauses, **options)}, 'UTF8')"


class Prepared:
    """A SELECT to be run often, or what makes it at the first use."""

    def __init__(self, select: Query | Callable[[], Query]) -> None:
        self._select = select
        self._compiled: dict[str, _Compiled] = {}  # by dialect

    def all(self, **values: Any) -> list[Row]:
        """Fetch the rows; what this session has flushed is seen.

        What goes wrong is raised as SQLAlchemy raises it.
        """
        rows, compiled = self._run(values)
        return compiled.rows(rows)

    def raw(self, **values: Any) -> list[Row]:
        """Fetch likewise, and leave all as the driver gives it: see ``moment_of``."""
        return self._run(values)[0]

    def first(self, **values: Any) -> Row | None:
        """Fetch the rows, and return the first one, if there is one."""
        return next(iter(self.all(**values)), None)

    def _run(self, values: dict[str, Any]) -> tuple[list[Row], _Compiled]:
        through = driver.current()
        compiled = self._compiled.get(through.dialect.name)
        if compiled is None:
            select = self._select() if callable(self._select) else self._select
            compiled = _compile(select, through.dialect)
            self._compiled[through.dialect.name] = compiled
        failure = through.dialect.loaded_dbapi.Error
        try:
            rows = _fetched(through, compiled.text, compiled.parameters(values))
        except failure as error:
            raise sa.exc.DBAPIError.instance(
                *(compiled.text, None, error, failure),
                hide_parameters=True,
                dialect=through.dialect,
            ) from error
        return rows, compiled


def _fetched(through: Driver, text: str, parameters: Any) -> list[Row]:
    """Fetch by the connection of the session, if it has begun, or by one of the driver's."""
    if db.session.registry.has() and db.session().in_transaction():
        return driver.fetched(db.session.connection().connection, text, parameters)
    return through.fetch(text, parameters)


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A statement in a database's own words, and what its driver does not know of the values."""

    text: str
    constants: dict[str, Any]
    order: tuple[str, ...] | None  # of parameters that have no names
    going: dict[str, Process]  # by the parameter's name
    coming: tuple[tuple[int, Process], ...]  # by the column's place

    def parameters(self, values: dict[str, Any]) -> Any:
        """Write *values* as the driver takes them."""
        known = self.constants | values
        for name, process in self.going.items():
            if name in values:
                known[name] = process(values[name])
        return known if self.order is None else [known[name] for name in self.order]

    def rows(self, fetched: list[Row]) -> list[Row]:
        """Read what the driver fetched."""
        if not self.coming:
            return fetched
        return [self._row(row) for row in fetched]

    def _row(self, row: Row) -> Row:
        found = list(row)
        for at, process in self.coming:
            found[at] = process(found[at])
        return found


def _compile(select: Query, dialect: sa.Dialect) -> _Compiled:
    compiled = _of_columns(select).compile(
        dialect=dialect, compile_kwargs={"render_postcompile": True}
    )
    assert isinstance(compiled, SQLCompiler)  # noqa: S101 - a SELECT is compiled by nothing else
    going: dict[str, Process] = {}
    for name in compiled.params:
        process = _own(compiled.binds[name].type, dialect).bind_processor(dialect)
        if process is not None:
            going[name] = process
    coming = []
    for at, column in enumerate(select.selected_columns):
        process = _own(column.type, dialect).result_processor(dialect, None)
        if process is not None:
            coming.append((at, process))
    constants = {
        name: going[name](value) if name in going else value
        for name, value in compiled.params.items()
    }
    order = compiled.positiontup
    return _Compiled(
        str(compiled), constants, None if order is None else tuple(order), going, tuple(coming)
    )


def _of_columns(select: Query) -> Query:
    """Take *select* as one of columns alone: the text is the same, and needs no mapper configured.

    SQLAlchemy configures those of all classes for the first statement that names one, which took a
    third of the first answer. The attribute is private: where it has another name, it does.
    """
    for part in visitors.iterate(select):
        if isinstance(part, sa.Select | sa.CompoundSelect):
            part._propagate_attrs = _NOTHING
    return select


_NOTHING: Any = sa.util.immutabledict()


def _own(type_: sa.types.TypeEngine[Any], dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
    return type_.dialect_impl(dialect)
