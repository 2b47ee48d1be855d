"""Stores to test: each test that asks for `store` runs on SQLite and on PostgreSQL."""

from __future__ import annotations

import pytest

from api.store.store import Store


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def address(request, tmp_path) -> str:
    """Address of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'store.db'}"
    return request.getfixturevalue("postgres").new_database()


@pytest.fixture
def store(address):
    """A store with its tables."""
    opened = Store(address)
    opened.migrate()
    yield opened
    opened.close()
