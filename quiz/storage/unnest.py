"""Any number of values in one statement, with one array for each column: it is planned once and sent in one go."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from sqlalchemy import (
    ARRAY,
    BindParameter,
    Cast,
    ColumnElement,
    Select,
    Table,
    bindparam,
    cast,
    func,
    literal,
    select,
    tuple_,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import TypeEngine, UserDefinedType

from quiz.storage.dialect import NewRow

_Value = TypeVar("_Value")


class _AsTheyAre(UserDefinedType[object]):
    """Values that the driver takes without being looked at one by one, which would cost more than sending them."""

    cache_ok = True


def array(values: Sequence[object], of: TypeEngine[_Value]) -> ColumnElement[Sequence[_Value]]:
    """Values as an array, for the driver."""
    return _as_array(literal(values, _AsTheyAre()), of)


def insert_unnested(table: Table) -> postgresql.Insert:
    """An insert whose parameters are made by `columns_of`."""
    names = [column.name for column in table.columns]
    arrays = [_as_array(bindparam(_array(name), type_=_AsTheyAre()), table.columns[name].type) for name in names]
    return postgresql.insert(table).from_select(names, _unnested(names, arrays))


def columns_of(table: Table, rows: Sequence[NewRow]) -> dict[str, list[object]]:
    """Rows as parameters of `insert_unnested`."""
    return {_array(column.name): [row.get(column.name) for row in rows] for column in table.columns}


def among_unnested(table: Table, names: Sequence[str], values: Sequence[Sequence[object]]) -> ColumnElement[bool]:
    """Whether columns of a table, taken together, are one of `values`."""
    columns = [table.columns[name] for name in names]
    arrays = [array([row[place] for row in values], column.type) for place, column in enumerate(columns)]
    return tuple_(*columns).in_(_unnested(names, arrays))


def _as_array(values: BindParameter[object], of: TypeEngine[_Value]) -> Cast[Sequence[_Value]]:
    return cast(values, ARRAY(of))


def _unnested(names: Sequence[str], arrays: Sequence[ColumnElement[Sequence[object]]]) -> Select[tuple[object, ...]]:
    rows = func.unnest(*arrays).table_valued(*names, name="rows").render_derived()
    return select(*rows.columns)


def _array(name: str) -> str:
    # A parameter of an insert may not be called like one of its columns.
    return f"every_{name}"
