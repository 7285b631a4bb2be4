# SPDX-License-Identifier: GPL-3.0-or-later
"""A task with a misspelled name asks whether its neighbour is meant, in check mode and in a run, and sends nothing."""

from __future__ import annotations

import pytest

from ansible_collections.cegedim.cloud.plugins.module_utils.arguments import GROUPS
from ansible_collections.cegedim.cloud.tests.simulator import Simulator


def slip(name):
    """``name`` without its third last character, and in the other case."""
    return (name[:-3] + name[-2:]).swapcase()


def first(rows, key="name"):
    return rows[0][key], rows[0]["id"]


class Names:
    """What there is in an estate: ``(name, id)`` of one of each kind."""

    def __init__(self, run):
        def read(noun, key, **options):
            return run("itcare_%s_info" % noun, **options)[key]

        self.service = first(read("service", "services"))
        machines = read("instance", "instances")
        self.instance, self.home = first(machines), machines[0]["service_name"]
        self.other = first(machines[1:])
        self.network = first(read("network", "networks"), "short_description")
        self.postgresql = first(read("postgresql", "postgresql"))
        self.region = read("region", "regions")[0]["id"]
        self.platform = next(row for row in read("product", "products") if row["type"] == "LINUX")


@pytest.fixture(scope="module", params=["acme", "elsewhere"])
def estate(request):
    with Simulator(estate=request.param, action_seconds=0.05) as simulator:
        yield simulator


@pytest.fixture
def sim(estate):
    yield estate
    assert estate.violations() == []


@pytest.fixture
def names(sim, run):
    found = Names(run)
    sim.clear_journal()
    return found


def meant(pair):
    return ": do you mean %s (%s)" % pair


def instance(**options):
    return "itcare_instance", dict(name="NEIGHBOUR1", **options)


# The module with its options, and what its message says.
CASES = {
    "service": lambda n: (
        *instance(service=slip(n.service[0]), network=n.network[1], platform="x", sizing="1cpu2gb"),
        meant(n.service),
    ),
    "service, filter": lambda n: ("itcare_instance_info", dict(services=[slip(n.service[0])]), meant(n.service)),
    "network": lambda n: (
        *instance(service=n.home, network=slip(n.network[0]), platform="x", sizing="1cpu2gb"),
        meant(n.network),
    ),
    "platform": lambda n: (
        *instance(service=n.home, network=n.network[1], platform=slip(n.platform["label"]), sizing="1cpu2gb"),
        ": do you mean %s (%s)" % (n.platform["label"], n.platform["code"]),
    ),
    "size": lambda n: (
        *instance(service=n.home, network=n.network[1], platform=n.platform["code"], sizing="2cpu7gb"),
        ": do you mean 2cpu",
    ),
    "region": lambda n: ("itcare_region_info", dict(region=n.region + "X"), ": do you mean %s? There is " % n.region),
    "machine to start": lambda n: (
        "itcare_instance",
        dict(name=slip(n.instance[0]), state="started"),
        "no instance is named %s%s" % (slip(n.instance[0]), meant(n.instance)),
    ),
    "database to start": lambda n: (
        "itcare_postgresql",
        dict(name=slip(n.postgresql[0]), state="started"),
        meant(n.postgresql),
    ),
    "database to restore": lambda n: (
        "itcare_postgresql_restore",
        dict(name=slip(n.postgresql[0]), source=n.postgresql[0], timestamp="2026-01-01T00:00:00Z", stop="BEFORE"),
        meant(n.postgresql),
    ),
    "database to restore from": lambda n: (
        "itcare_postgresql_restore",
        dict(name=n.postgresql[0], source=slip(n.postgresql[0]), timestamp="2026-01-01T00:00:00Z", stop="BEFORE"),
        meant(n.postgresql),
    ),
    "machine to tag": lambda n: ("itcare_tag", dict(resources=[slip(n.instance[0])], tags={"a": 1}), meant(n.instance)),
    "machines to tag": lambda n: (
        "itcare_tag",
        dict(resources=[slip(n.instance[0]), slip(n.other[0])], tags={"a": 1}),
        "%s%s" % (slip(n.other[0]), meant(n.other)),
    ),
    "machine of another type": lambda n: (
        "itcare_tag",
        dict(resources=[n.instance[0]], resource_type="LOAD_BALANCER", tags={"a": 1}),
        "; there is %s with id %s, " % n.instance,
    ),
    "machine to comment": lambda n: (
        "itcare_comment",
        dict(resource=slip(n.instance[0]), comment="x"),
        meant(n.instance),
    ),
    "machine with an alias": lambda n: (
        "itcare_dns_alias",
        dict(resource=slip(n.instance[0]), name="a.acme.example", type="A"),
        meant(n.instance),
    ),
    "machine of a snapshot": lambda n: (
        "itcare_instance_snapshot",
        dict(instance=slip(n.instance[0])),
        meant(n.instance),
    ),
    "machine to patch": lambda n: (
        "itcare_patch_policy",
        dict(service=n.home, policies=[dict(resource=slip(n.instance[0]), patch_group=1)]),
        meant(n.instance),
    ),
    "obsolescence": lambda n: (
        "itcare_obsolescence_info",
        dict(resources=[slip(n.instance[0])]),
        meant(n.instance),
    ),
    "option": lambda n: (*instance(servce="x"), ". servce: do you mean service?"),
    "option of an option": lambda n: (*instance(patch_party=dict(exluded=True)), ". exluded: do you mean excluded?"),
    "choice": lambda n: (*instance(state="presnt"), ". presnt: do you mean present?"),
    "choices": lambda n: ("itcare_instance_info", dict(gather=["tags", "detail"]), ". detail: do you mean details?"),
}


@pytest.mark.parametrize("case", CASES)
def test_neighbour(sim, run, names, case, monkeypatch):
    module, options, words = CASES[case](names)
    monkeypatch.setenv("ITCARE_ON_MISSING_IN_CHECK_MODE", "fail")
    for check in (True, False):
        result = run(module, check=check, **options)
        assert result.get("failed"), result
        assert words in result["msg"], result["msg"]
    assert sim.writes() == []


@pytest.mark.parametrize(
    "module, options",
    [
        ("itcare_tag", dict(resources=["zzqqxxkk"], tags={"a": 1})),
        ("itcare_comment", dict(resource="zzqqxxkk", comment="x")),
        ("itcare_instance", dict(name="zzqqxxkk", state="started")),
        ("itcare_instance", dict(name="NEIGHBOUR1", zzqqxxkk=1)),
        ("itcare_instance_info", dict(services=["zzqqxxkk"])),
    ],
)
def test_nothing_near_asks_nothing(sim, run, module, options):
    result = run(module, **options)
    assert result["failed"] and "do you mean" not in result["msg"]


def test_the_question_costs_one_listing(sim, run, names):
    result = run("itcare_comment", resource=slip(names.instance[0]), comment="x")
    assert "do you mean" in result["msg"]
    listings = [one["query"].get("names") for one in sim.requests() if one["path"] == "/compute/resources"]
    assert listings.count(None) == 1


def test_what_an_earlier_task_may_create_is_not_looked_for(sim, run, names):
    result = run("itcare_comment", check=True, resource=slip(names.instance[0]), comment="x")
    assert not result.get("failed")
    assert not any("do you mean" in one for one in result["warnings"])
    assert all("names" in one["query"] for one in sim.requests() if one["path"] == "/compute/resources")


def test_a_listing_that_fails_leaves_the_message_as_it_is(sim, run, names):
    sim.fault("status", status=403, path="/compute/resources", after=1, times=-1)
    result = run("itcare_comment", resource=slip(names.instance[0]), comment="x")
    sim.reset()
    assert result["failed"] and "do you mean" not in result["msg"]


def test_secrets_are_neither_suggested_nor_shown(sim, run):
    result = run("itcare_instance", name="x", admin_passwrd="S3cret-of-mine", client_secrt="other")
    assert result["failed"] and "S3cret-of-mine" not in str(result["msg"])
    assert GROUPS["auth"]["client_secret"]["no_log"]
    assert "client_secrt: do you mean client_secret?" in result["msg"]


def test_what_has_the_name_and_is_another_product(run):
    with Simulator() as acme:
        login = dict(
            api_url=acme.api_url,
            token_url=acme.token_url,
            client_id=acme.client_id,
            client_secret=acme.client_secret,
        )
        maria = run("itcare_mariadb_info", **login)["mariadb"][0]
        message = run("itcare_postgresql", name=maria["name"], state="started", **login)["msg"]
    assert "no postgresql is named %(name)s; %(name)s (%(id)s) is of the kind mariadb. To create it" % maria in message
