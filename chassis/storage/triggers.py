"""What the database itself keeps up with a table, whoever writes it and however: words to find rows by, and counts.

Declared with the models and made anew after each migration, because SQLite forgets a table's triggers when it is
altered. `{row}` in an expression stands for the row.
"""

from __future__ import annotations

import dataclasses

from sqlalchemy import Connection, MetaData

_KEPT = "kept"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """`insert` and `delete` are statements for one row of `table`; they are run when one of `watched` is another.

    They write the table `name`, or a column of another one, which is then said in `into`.
    """

    name: str
    table: str
    watched: tuple[str, ...]
    insert: dict[str, str]
    delete: dict[str, str]
    into: tuple[str, str] | None = None


def keep(metadata: MetaData, kept: Kept) -> None:
    metadata.info.setdefault(_KEPT, []).append(kept)


def make_triggers(connection: Connection, metadata: MetaData) -> None:
    """Those of the tables that are there already."""
    for kept in metadata.info.get(_KEPT, ()):
        if _is_there(connection, kept):
            for statement in _STATEMENTS[connection.dialect.name](kept):
                connection.exec_driver_sql(statement.replace("%", "%%"))


def _is_there(connection: Connection, kept: Kept) -> bool:
    if kept.into is None:
        return connection.dialect.has_table(connection, kept.name)
    table, column = kept.into
    if not connection.dialect.has_table(connection, table):
        return False
    return column in {each["name"] for each in connection.dialect.get_columns(connection, table)}


def _postgresql(kept: Kept) -> list[str]:
    insert, delete = kept.insert["postgresql"].format(row="NEW"), kept.delete["postgresql"].format(row="OLD")
    changed = " OR ".join(
        f"{each.format(row='OLD')} IS DISTINCT FROM {each.format(row='NEW')}" for each in kept.watched
    )
    function = (
        f"CREATE OR REPLACE FUNCTION {kept.name}_keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF TG_OP <> 'INSERT' THEN {delete}; END IF; IF TG_OP <> 'DELETE' THEN {insert}; END IF; "
        "RETURN NULL; END $$"
    )
    trigger, run = "CREATE OR REPLACE TRIGGER", f"EXECUTE FUNCTION {kept.name}_keep()"
    return [
        function,
        f"{trigger} {kept.name}_row AFTER INSERT OR DELETE ON {kept.table} FOR EACH ROW {run}",
        f"{trigger} {kept.name}_changed AFTER UPDATE ON {kept.table} FOR EACH ROW WHEN ({changed}) {run}",
    ]


def _sqlite(kept: Kept) -> list[str]:
    insert, delete = kept.insert["sqlite"].format(row="NEW"), kept.delete["sqlite"].format(row="OLD")
    changed = " OR ".join(f"{each.format(row='OLD')} IS NOT {each.format(row='NEW')}" for each in kept.watched)
    moments = {
        "inserted": f"AFTER INSERT ON {kept.table} BEGIN {insert}; END",
        "deleted": f"AFTER DELETE ON {kept.table} BEGIN {delete}; END",
        "changed": f"AFTER UPDATE ON {kept.table} WHEN {changed} BEGIN {delete}; {insert}; END",
    }
    made = [(f"{kept.name}_{moment}", text) for moment, text in moments.items()]
    drops = [f"DROP TRIGGER IF EXISTS {name}" for name, _ in made]
    return drops + [f"CREATE TRIGGER {name} {text}" for name, text in made]


_STATEMENTS = {"postgresql": _postgresql, "sqlite": _sqlite}
