"""SQL that writes rows of views, in the dialect that SQLite and PostgreSQL share."""

from __future__ import annotations

from services.kernel.view import Batch


def upsert_tail(batch: Batch) -> str:
    """The end of an upsert."""
    steps = _steps(batch, "excluded")
    where = ", ".join(f'"{k}"' for k in batch.keys)
    return f"ON CONFLICT ({where}) DO " + (f"UPDATE SET {steps}" if steps else "NOTHING")


def amended(batch: Batch, given: str) -> list[str]:
    """How rows that are there are set from `given`, a source of rows; one that is not there is refused by its last.

    An upsert would not do: it asks of a row whether it could be made before it looks whether it is there.
    """
    name, steps = f'"{batch.table.name}"', _steps(batch, "given")
    same = " AND ".join(f'{name}."{k}" = given."{k}"' for k in batch.keys)
    listed = ", ".join(f'"{c}"' for c in batch.columns)
    others = f"NOT EXISTS (SELECT 1 FROM {name} WHERE {same})"
    made = f"INSERT INTO {name} ({listed}) SELECT {listed} FROM {given} WHERE {others}"
    return [*([f"UPDATE {name} SET {steps} FROM {given} WHERE {same}"] if steps else []), made]


def _steps(batch: Batch, source: str) -> str:
    steps = [f'"{c}" = {source}."{c}"' for c in batch.sets]
    steps += [f'"{c}" = coalesce("{batch.table.name}"."{c}", 0) + {source}."{c}"' for c in batch.adds]
    return ", ".join(steps)
