"""Any number of values in one statement, with one array for each column: it is planned once and sent in one go."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ARRAY, BindParameter, ColumnElement, Select, Table, bindparam, func, literal, select, tuple_
from sqlalchemy.dialects import postgresql

from quiz.storage.dialect import NewRow


def insert_unnested(table: Table) -> postgresql.Insert:
    """An insert whose parameters are made by `columns_of`."""
    names = [column.name for column in table.columns]
    arrays: list[BindParameter[object]] = [
        bindparam(_array(name), type_=ARRAY(table.columns[name].type)) for name in names
    ]
    return postgresql.insert(table).from_select(names, _unnested(names, arrays))


def columns_of(table: Table, rows: Sequence[NewRow]) -> dict[str, list[object]]:
    """Rows as parameters of `insert_unnested`."""
    return {_array(column.name): [row.get(column.name) for row in rows] for column in table.columns}


def among_unnested(table: Table, names: Sequence[str], values: Sequence[Sequence[object]]) -> ColumnElement[bool]:
    """Whether columns of a table, taken together, are one of `values`."""
    columns = [table.columns[name] for name in names]
    arrays = [literal([row[place] for row in values], ARRAY(column.type)) for place, column in enumerate(columns)]
    return tuple_(*columns).in_(_unnested(names, arrays))


def _unnested(names: Sequence[str], arrays: Sequence[BindParameter[object]]) -> Select[tuple[object, ...]]:
    rows = func.unnest(*arrays).table_valued(*names, name="rows").render_derived()
    return select(*rows.columns)


def _array(name: str) -> str:
    # A parameter of an insert may not be called like one of its columns.
    return f"every_{name}"
