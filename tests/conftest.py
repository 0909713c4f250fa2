"""The machinery under every test: database, network, time and strictness. The cast of people is in `tests/cast.py`."""

from __future__ import annotations

import ipaddress
import os
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.db.backends.signals import connection_created
from django.test import TransactionTestCase

from tests.browser import browser  # noqa: F401  (a fixture for the tests that need it)
from tests.cast import cast  # noqa: F401  (a fixture for every test)
from tests.emptying import empty_tables
from tests.write_guard import refuse_stray_writes

# The suite that judges a commit tries the same cases every time, so that a red run can be run again. New cases are
# looked for with HYPOTHESIS_PROFILE=search: other ones on each run.
hypothesis.settings.register_profile("same", deadline=None, max_examples=60, derandomize=True)
hypothesis.settings.register_profile("search", deadline=None, max_examples=400)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))


def _is_first_process(config: pytest.Config) -> bool:
    return not hasattr(config, "workerinput")


def pytest_configure(config: pytest.Config) -> None:
    if _is_first_process(config):
        Path(os.environ["COMMON_HOUR_TEST_DIR"]).mkdir(mode=0o700)
        Path(os.environ["COMMON_HOUR_STATIC_DIR"]).mkdir()  # nothing is collected; whitenoise asks for it


def pytest_unconfigure(config: pytest.Config) -> None:
    if _is_first_process(config):
        shutil.rmtree(os.environ["COMMON_HOUR_TEST_DIR"], ignore_errors=True)


# No test reaches anything but this machine ----------------------------------------------------------------


class NetworkBlocked(AssertionError):
    """A test tried to reach another machine."""


def _is_here(address: Any) -> bool:
    host = address[0] if isinstance(address, tuple) else address
    if not isinstance(address, tuple) or host in {"localhost", "", None}:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@pytest.fixture(autouse=True, scope="session")
def _no_network() -> Iterator[None]:
    real_connect, real_lookup = socket.socket.connect, socket.getaddrinfo

    def connect(self: socket.socket, address: Any) -> None:
        if not _is_here(address):
            raise NetworkBlocked(f"a connection to {address!r}")
        real_connect(self, address)

    def lookup(host: Any, *args: Any, **kwargs: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if not _is_here((name,)):
            raise NetworkBlocked(f"a look-up of {name!r}")
        return real_lookup(host, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", connect)
        patch.setattr(socket, "getaddrinfo", lookup)
        yield


# After a test with real transactions every table is empty again -----------------------------------------------


@pytest.fixture(autouse=True, scope="session")
def _only_what_was_filled_is_emptied() -> Iterator[None]:
    def teardown(self: TransactionTestCase) -> None:
        empty_tables()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", teardown)
        yield


# The project's own code writes inside `atomic` only -----------------------------------------------------------


@pytest.fixture(autouse=True, scope="session")
def _writes_in_atomic_only() -> Iterator[None]:
    def watch(sender: Any, connection: Any, **kwargs: Any) -> None:
        if refuse_stray_writes not in connection.execute_wrappers:
            connection.execute_wrappers.append(refuse_stray_writes)

    connection_created.connect(watch)
    yield
    connection_created.disconnect(watch)
