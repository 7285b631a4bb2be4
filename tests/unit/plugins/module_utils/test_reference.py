# SPDX-License-Identifier: GPL-3.0-or-later
"""Reference data is asked for once, however many ask; what changes never comes from memory."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from ansible_collections.cegedim.cloud.plugins.module_utils.errors import TimedOut
from ansible_collections.cegedim.cloud.plugins.module_utils.reference import Reference


class Slow:
    """A client that counts what is asked, and fails the first ``failures`` times."""

    def __init__(self, failures=0):
        self.asked, self.failures, self.lock = [], failures, threading.Lock()

    def get(self, path, query=None):
        time.sleep(0.05)
        with self.lock:
            self.asked.append((path, query))
            if len(self.asked) <= self.failures:
                raise TimedOut("later")
        return [path]

    find = exists = pages = get


def ask_often(reference, path, times=8):
    def ask(_number):
        try:
            return reference.get(path)
        except TimedOut:
            return None

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(ask, range(times)))


@pytest.mark.parametrize(
    "path",
    [
        "/compute/services",
        "/compute/services/44411",
        "/networking/networks",
        "/networking/domains",
        "/topology/regions/EB/areas",
        "/compute/platform/products/deb12",
        "/compute/backup-policies",
    ],
)
def test_asked_once_by_many(path):
    client = Slow()
    assert ask_often(Reference(client), path) == [[path]] * 8
    assert client.asked == [(path, None)]


@pytest.mark.parametrize(
    "path", ["/compute/instances", "/actions", "/databases/postgresql/1/upgrade", "/compute/resources/1"]
)
def test_state_is_asked_for_each_time(path):
    client = Slow()
    ask_often(Reference(client), path)
    assert len(client.asked) == 8


def test_another_query_is_another_question():
    client, queries = Slow(), [{"names": ["a"]}, {"names": ["b"]}, {"names": ["a"]}]
    reference = Reference(client)
    for query in queries:
        reference.pages("/compute/services", query)
    assert [query for _path, query in client.asked] == queries[:2]


def test_failure_is_for_who_asked_and_is_not_remembered():
    client = Slow(failures=1)
    reference = Reference(client)
    answers = ask_often(reference, "/compute/services")
    # Whoever waited for the answer that failed asks for itself; whoever came later, as on a busy machine, shares one.
    assert answers.count(None) == 1 and answers.count(["/compute/services"]) == 7
    assert 2 <= len(client.asked) <= 8
    asked = len(client.asked)
    assert ask_often(reference, "/compute/services") == [["/compute/services"]] * 8
    assert len(client.asked) == asked + 1
