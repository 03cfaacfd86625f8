"""What is special about the databases under a whole service? They keep their promises: it refuses to start on others."""

from collections.abc import Iterator

import pytest

from tests.service.conftest import prepared
from tests.service.postgres import Cluster


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL as it comes: what it acknowledged is on the disk."""
    cluster = Cluster(settings=())
    yield cluster
    cluster.remove()


@pytest.fixture(scope="session")
def postgres_template(cluster: Cluster) -> str:
    """A migrated database of this PostgreSQL to copy."""
    prepared(cluster.create("prepared"))
    return "prepared"
