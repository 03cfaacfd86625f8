"""A world to publish in."""

import pytest
from fastapi.testclient import TestClient

from api.store.store import Store
from tests.service.publication.world import World
from tests.service.publication.world import world as made


@pytest.fixture
def world(store: Store, http: TestClient) -> World:
    return made(store, http)
