"""Every view can be made, written to and read, whatever its columns are called."""

import pytest
import sqlalchemy as sa

from services.kernel.database import engine_for
from wushe.services import CLASSES, manifest


@pytest.mark.parametrize("name", CLASSES)
def test_every_table_is_read_with_all_its_columns(name: str) -> None:
    engine = engine_for("sqlite://", poolclass=sa.pool.StaticPool)
    metadata = manifest(name).metadata
    metadata.create_all(engine)
    with engine.connect() as connection:
        for table in metadata.sorted_tables:
            # As a rebuild or a person with a database tool finds it: its columns read from the database itself.
            found = sa.Table(table.name, sa.MetaData(), autoload_with=engine)
            assert connection.execute(sa.select(found)).all() == []
    engine.dispose()


@pytest.mark.parametrize("name", CLASSES)
def test_what_a_follower_derives_is_rebuilt_with_the_views(name: str) -> None:
    derived = {table for follower in manifest(name).followers for table in follower.tables}
    assert derived <= set(manifest(name).metadata.sorted_tables)
