from __future__ import annotations

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect, text

from api.errors import ConfigError
from api.store import migrate
from api.store.engine import FOR_WRITING, make_engine
from api.store.schema import metadata


def upgraded(address):
    engine = make_engine(address)
    with engine.execution_options(**FOR_WRITING).begin() as connection:
        migrate.upgrade(connection)
    return engine


def test_all_revisions_from_empty_give_the_schema_of_the_code(address):
    engine = upgraded(address)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        assert set(inspect(connection).get_table_names()) == {*metadata.tables, "alembic_version"}
    engine.dispose()


def test_sqlite_tables_are_made_as_the_code_describes_them(tmp_path):
    def definitions(engine):
        wanted = text("SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'alembic%' AND sql IS NOT NULL")
        with engine.connect() as connection:
            found = {name: "".join(sql.split()) for name, sql in connection.execute(wanted)}
        engine.dispose()
        return found

    created = create_engine(f"sqlite:///{tmp_path}/created.db")
    metadata.create_all(created)
    found = definitions(upgraded(f"sqlite:///{tmp_path}/migrated.db"))
    assert found == definitions(created)
    assert [name for name, sql in found.items() if sql.endswith("WITHOUTROWID")] == [
        "detector_reading",
        "occupancy_reading",
        "bay_reading",
        "stage_wish",
    ]


def test_migrating_twice_changes_nothing(store):
    store.migrate()
    store.migrate()


def test_a_migration_can_be_taken_back(address):
    engine = upgraded(address)
    with engine.execution_options(**FOR_WRITING).begin() as connection:
        command.downgrade(migrate.configuration(connection), "base")
        assert inspect(connection).get_table_names() == ["alembic_version"]
    engine.dispose()


def test_an_interrupted_migration_leaves_nothing_behind(address):
    engine = make_engine(address)
    connection = engine.execution_options(**FOR_WRITING).connect()
    transaction = connection.begin()
    migrate.upgrade(connection)
    transaction.rollback()
    assert inspect(connection).get_table_names() == []
    connection.close()
    engine.dispose()


def test_a_database_of_a_newer_program_is_refused(address):
    engine = upgraded(address)
    with engine.execution_options(**FOR_WRITING).begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with (
        engine.execution_options(**FOR_WRITING).begin() as connection,
        pytest.raises(ConfigError, match="must not be newer than this program"),
    ):
        migrate.upgrade(connection)
    engine.dispose()
