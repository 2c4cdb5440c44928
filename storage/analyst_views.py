"""The views and macros of `storage/views`, made anew when their text has changed."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files

import duckdb

from storage.rows import one_row


def make_views(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the database's views and macros those of this version of the program.

    The schema must be the newest. Call it in a transaction.
    """
    wanted = _fingerprint()
    if connection.execute("SELECT fingerprint FROM internal.views").fetchall() == [(wanted,)]:
        return
    drop_views(connection)
    for _, sql in _sources():
        connection.execute(sql)
    connection.execute("INSERT INTO internal.views VALUES (?)", [wanted])


def drop_views(connection: duckdb.DuckDBPyConnection) -> None:
    """Drop every view and macro, so that tables can change under them."""
    dropping = connection.execute(
        """
        SELECT format('DROP VIEW {}."{}"', schema_name, view_name) FROM duckdb_views()
        WHERE NOT internal AND database_name = current_database()
        UNION ALL
        SELECT DISTINCT format('DROP MACRO {} {}."{}"',
                               CASE function_type WHEN 'table_macro' THEN 'TABLE' ELSE '' END,
                               schema_name, function_name)
        FROM duckdb_functions()
        WHERE NOT internal AND database_name = current_database()
          AND function_type IN ('macro', 'table_macro')
        """
    ).fetchall()
    for (sql,) in dropping:
        connection.execute(sql)
    (known,) = one_row(
        connection,
        "SELECT count(*) FROM duckdb_tables() WHERE database_name = current_database() "
        "AND schema_name = 'internal' AND table_name = 'views'",
    )
    if known:
        connection.execute("DELETE FROM internal.views")


@cache
def _sources() -> tuple[tuple[str, str], ...]:
    return tuple(
        sorted(
            (path.name, path.read_text(encoding="utf-8"))
            for path in files("storage.views").iterdir()
            if path.name.endswith(".sql")
        )
    )


@cache
def _fingerprint() -> str:
    return hashlib.sha256(repr(_sources()).encode()).hexdigest()
