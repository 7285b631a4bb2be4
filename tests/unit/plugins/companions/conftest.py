# SPDX-License-Identifier: GPL-3.0-or-later
"""The companion systems, each a simulator that runs for all tests, with fresh data and tokens in each."""

from __future__ import annotations

import importlib
from dataclasses import replace

import pytest

from ansible_collections.cegedim.cloud.plugins.module_utils import openvcloud as openvcloud_client
from ansible_collections.cegedim.cloud.plugins.plugin_utils import fast_lane
from ansible_collections.cegedim.cloud.tests.simulator import companions


@pytest.fixture(scope="session")
def running_cockpit():
    with companions.Cockpit() as cockpit:
        yield cockpit


@pytest.fixture
def cockpit(running_cockpit):
    """A portal with fresh data; a request that breaks the documentation fails the test."""
    yield from fresh(running_cockpit)


@pytest.fixture(scope="session")
def running_gopaas():
    with companions.GoPaaS() as gopaas:
        yield gopaas


@pytest.fixture
def gopaas(running_gopaas):
    """An application with fresh data; a request that breaks the documentation fails the test."""
    yield from fresh(running_gopaas)


@pytest.fixture(scope="session")
def running_openvcloud():
    with companions.OpenvCloud() as openvcloud:
        yield openvcloud


@pytest.fixture
def openvcloud(running_openvcloud):
    """An OpenvCloud with fresh data; a request that breaks the documentation fails the test."""
    yield from fresh(running_openvcloud)


def fresh(system):
    system.reset()
    system.tokens.revoke()
    yield system
    assert system.violations() == []


@pytest.fixture
def run_on():
    """``run_on(system)("cockpit_api", check=False, path=...)``: the result that a task would register.

    ``login`` is another account than the system's usual one.
    """

    def run_on(system, login=None):
        def run_module(module, check=False, **options):
            imported = importlib.import_module("ansible_collections.cegedim.cloud.plugins.modules." + module)
            account = {"url": system.url, **(login or system.login), "retry_timeout": 5}
            return fast_lane.run_here(imported, {**account, **options}, check)

        return run_module

    return run_on


@pytest.fixture
def numbers_as_text(monkeypatch):
    """An OpenvCloud that answers each number as text."""
    request = openvcloud_client.OpenvCloud.request

    def as_text(value):
        if isinstance(value, dict):
            return {name: as_text(one) for name, one in value.items()}
        if isinstance(value, list):
            return [as_text(one) for one in value]
        return str(value) if isinstance(value, int) and not isinstance(value, bool) else value

    def answered(self, *arguments, **how):
        response = request(self, *arguments, **how)
        return replace(response, data=as_text(response.data))

    monkeypatch.setattr(openvcloud_client.OpenvCloud, "request", answered)
