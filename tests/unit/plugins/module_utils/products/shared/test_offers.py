# SPDX-License-Identifier: GPL-3.0-or-later
"""What the catalogue refutes, per product, and what it cannot: asked at the simulator, which no write may reach."""

from __future__ import annotations

import copy

import pytest

from ansible_collections.cegedim.cloud.plugins.module_utils import arguments
from ansible_collections.cegedim.cloud.plugins.module_utils.client import from_params
from ansible_collections.cegedim.cloud.plugins.module_utils.preflight import look
from ansible_collections.cegedim.cloud.plugins.module_utils.products.kubernetes.offers import K8S_OFFERS
from ansible_collections.cegedim.cloud.plugins.module_utils.products.loadbalancers.offers import (
    LOADBALANCER_OFFERS,
    URL_OFFERS,
)
from ansible_collections.cegedim.cloud.plugins.module_utils.products.shared import topology
from ansible_collections.cegedim.cloud.plugins.module_utils.products.shared.offers import FARM_OFFERS, INSTANCE_OFFERS
from ansible_collections.cegedim.cloud.tests.simulator.families import platform

INSTANCE = dict(
    service=44412,
    region="EB",
    area="EB-EMEA",
    availability_zone="EB-A",
    regulation="STANDARD",
    cloud=101,
    network=1127,
    platform="deb12",
    product_code="deb12",
    sizing="2cpu4gb",
    server_backup_policy="901",
    database_backup_policy="DATABASE_14D",
    authentication_domain="CGDM-EMEA",
)
FARM = dict(
    service=44412,
    region="EB",
    area="EB-EMEA",
    availability_zone="EB-A",
    network=1127,
    sizing="2cpu4gb",
    platform="deb12",
)
POSTGRESQL = dict(FARM, version="16")
K8S = dict(
    service=44412,
    region="EB",
    area="EB-EMEA",
    network=1127,
    platform="k8s131",
    version="1.31",
    ingress_provider="NGINX",
    nodes=[dict(availability_zone="EB-A", sizing="4cpu8gb", count=2)],
)
LOADBALANCER = dict(
    name="shop.acme.example",
    service=44412,
    region="EB",
    area="EB-EMEA",
    healthcheck="tcp",
    profile="HTTPS",
    certificate="star-acme-example",
    ssl_profile="clientssl-acme-example",
    set_up_dns=True,
)
CATALOGUES = ("/topology/", "/compute/platform/", "/compute/backup-policies", "/compute/services", "/networking/")


@pytest.fixture
def itcare(auth):
    defaults = {name: option.get("default") for name, option in arguments.GROUPS["auth"].items()}
    return from_params({**defaults, **auth, "token_store": False})


@pytest.fixture
def ask(itcare, sim):
    """``ask(offers, wanted, record=None, changed=None)``: what the preflight finds; it never writes."""

    def look_up(offers, wanted, record=None, changed=None):
        found = look(itcare, offers, wanted, record, set(wanted) if changed is None else changed)
        assert sim.writes() == []
        return found

    return look_up


def without(given, *names):
    return {name: value for name, value in given.items() if name not in names}


def refuse_all(sim, status=403):
    for path in (*CATALOGUES, "/compute/containers/kubernetes/ingress-providers", "/databases/"):
        sim.fault("status", status=status, path=path, times=-1)


GOOD = [
    (INSTANCE_OFFERS, INSTANCE),
    (FARM_OFFERS("POSTGRESQL"), POSTGRESQL),
    (K8S_OFFERS, K8S),
    (LOADBALANCER_OFFERS, LOADBALANCER),
    (FARM_OFFERS("MARIADB"), dict(FARM, version="10.11")),
    (FARM_OFFERS("SQLSERVER"), dict(FARM, platform="sqlserver2022", authentication_domain="CGDM-EMEA")),
    (FARM_OFFERS("OPENSEARCH"), dict(FARM, sizing="4cpu8gb", version="2.19.0")),
    (FARM_OFFERS("REDIS"), dict(FARM, version="7.2")),
    (FARM_OFFERS("APACHE_KAFKA"), dict(FARM, sizing="4cpu8gb", version="3.9")),
    (FARM_OFFERS("RABBITMQ"), dict(FARM, version="3.13")),
    (FARM_OFFERS("GLUSTERFS"), FARM),
]
IDS = "instance postgresql k8s loadbalancer mariadb sqlserver opensearch redis kafka rabbitmq glusterfs".split()


@pytest.mark.parametrize("offers, wanted", GOOD, ids=IDS)
def test_what_there_is_passes_without_a_word(ask, offers, wanted):
    found = ask(offers, wanted)
    assert (found.refusals, found.warnings, found.spelled) == ([], [], {})


@pytest.mark.parametrize("offers, wanted", GOOD, ids=IDS)
def test_each_path_is_read_once(ask, sim, offers, wanted):
    ask(offers, wanted)
    asked = [(entry["path"], repr(entry["query"])) for entry in sim.requests()]
    assert len(asked) == len(set(asked))


@pytest.mark.parametrize("status", [403, 404])
@pytest.mark.parametrize("offers, wanted", GOOD, ids=IDS)
def test_catalogue_that_is_closed_refuses_nothing_and_warns(ask, sim, offers, wanted, status):
    refuse_all(sim, status)
    nonsense = {name: "no-such" if isinstance(value, str) else value for name, value in wanted.items()}
    found = ask(offers, nonsense)
    assert found.refusals == [] and found.spelled == {}
    assert found.warnings and all("could not be checked: " in warning for warning in found.warnings)
    assert any(warning.startswith("region, ") for warning in found.warnings)


@pytest.mark.slow
@pytest.mark.parametrize("body", ["[]", "{}", '{"content": []}', '["a", {}]', "[null]", '[{"name": null}]', '"text"'])
@pytest.mark.parametrize("offers, wanted", GOOD, ids=IDS)
def test_catalogue_that_is_empty_or_of_another_shape_refuses_nothing(ask, sim, offers, wanted, body):
    for path in (*CATALOGUES, "/compute/containers/kubernetes/ingress-providers"):
        sim.fault("status", status=200, path=path, body=body, content_type="application/json", times=-1)
    nonsense = {name: "no-such" if isinstance(value, str) else value for name, value in wanted.items()}
    found = ask(offers, nonsense)
    if body.startswith('["a"'):  # the providers are text
        assert not any(refusal for refusal in found.refusals if "ingress" not in refusal)
    else:
        assert found.refusals == []
    assert any("region" in warning and "could not be checked" in warning for warning in found.warnings)


# One refusal for each option, naming what there is


@pytest.mark.parametrize(
    "offers, base, changes, refusal",
    [
        (INSTANCE_OFFERS, INSTANCE, dict(region="EX"), "region: EX is unknown; these are: EB, ET"),
        (
            INSTANCE_OFFERS,
            without(INSTANCE, "regulation"),
            dict(area="ET-EMEA"),
            "area: ET-EMEA is unknown for region EB: do you mean EB-EMEA? These are: EB-EMEA, EB-HDS",
        ),
        (
            INSTANCE_OFFERS,
            INSTANCE,
            dict(regulation="HDS"),
            "area: EB-EMEA is unknown for region EB and regulation HDS; these are: EB-HDS",
        ),
        (
            INSTANCE_OFFERS,
            INSTANCE,
            dict(availability_zone="EB-HDS-A"),
            "availability_zone: EB-HDS-A is unknown for area EB-EMEA; these are: EB-A, EB-B, EB-C",
        ),
        (INSTANCE_OFFERS, INSTANCE, dict(cloud=102), "cloud: 102 is unknown for service 44412; these are: 101"),
        (
            INSTANCE_OFFERS,
            INSTANCE,
            dict(authentication_domain="CGDM-EMA"),
            "authentication_domain: CGDM-EMA is unknown for network 1127: do you mean CGDM-EMEA? "
            "These are: CGDM-EMEA, CGDM-HDS",
        ),
        (
            INSTANCE_OFFERS,
            INSTANCE,
            dict(server_backup_policy="999"),
            "server_backup_policy: 999 is unknown for service 44412; these are: SERVER_28D, SERVER_7D",
        ),
        (
            INSTANCE_OFFERS,
            INSTANCE,
            dict(database_backup_policy="901"),
            "database_backup_policy: 901 is unknown for service 44412; these are: DATABASE_14D, DATABASE_7D",
        ),
        (
            INSTANCE_OFFERS,
            without(INSTANCE, "product_code"),
            dict(platform="windows2022", sizing="2cpu2gb"),
            "sizing: 2cpu2gb is unknown for platform windows2022: do you mean 2cpu4gb or 2cpu8gb? "
            "These are: 2cpu4gb, 2cpu8gb, 4cpu8gb, 4cpu16gb, 8cpu32gb, 16cpu64gb",
        ),
        (
            FARM_OFFERS("POSTGRESQL"),
            POSTGRESQL,
            dict(version="13"),
            "version: 13 is unknown; these are: 16, 15, 14",
        ),
        (
            FARM_OFFERS("POSTGRESQL"),
            POSTGRESQL,
            dict(availability_zone="ET-A"),
            "availability_zone: ET-A is unknown for area EB-EMEA; these are: EB-A, EB-B, EB-C",
        ),
        (
            FARM_OFFERS("POSTGRESQL"),
            POSTGRESQL,
            dict(platform="k8s131"),
            "platform: k8s131 is unknown; these are: pg16, pg15, pg14",
        ),
        (
            FARM_OFFERS("GLUSTERFS"),
            FARM,
            dict(sizing="16cpu64gb"),
            "sizing: 16cpu64gb is unknown for platform deb12; these are: 2cpu4gb, 4cpu8gb",
        ),
        (FARM_OFFERS("MARIADB"), FARM, dict(version="11"), "version: 11 is unknown; these are: 10.11, 10.6"),
        (
            K8S_OFFERS,
            K8S,
            dict(ingress_provider="ENVOY"),
            "ingress_provider: ENVOY is unknown; these are: NGINX, ISTIO, TRAEFIK",
        ),
        (
            K8S_OFFERS,
            K8S,
            dict(nodes=[dict(availability_zone="EB-Z", sizing="4cpu8gb", count=1)]),
            "nodes: the zone EB-Z is unknown for area EB-EMEA; these are: EB-A, EB-B, EB-C",
        ),
        (
            LOADBALANCER_OFFERS,
            LOADBALANCER,
            dict(healthcheck="ping"),
            "healthcheck: ping is unknown for area EB-EMEA; these are: tcp, http-root",
        ),
        (
            LOADBALANCER_OFFERS,
            LOADBALANCER,
            dict(ssl_profile="clientssl-acme"),
            "ssl_profile: clientssl-acme is unknown for area EB-EMEA: "
            "do you mean clientssl-acme-test or clientssl-acme-example? "
            "These are: clientssl-acme-test, clientssl-acme-example",
        ),
        (
            LOADBALANCER_OFFERS,
            LOADBALANCER,
            dict(certificate="star"),
            "certificate: star is unknown for area EB-EMEA: do you mean star-acme-test or star-acme-example? "
            "These are: star-acme-test, star-acme-example",
        ),
        (
            LOADBALANCER_OFFERS,
            LOADBALANCER,
            dict(profile="GOPHER"),
            "profile: GOPHER is unknown; these are: HTTP, HTTPS, TCP",
        ),
        (
            LOADBALANCER_OFFERS,
            without(LOADBALANCER, "certificate"),
            dict(profile="443"),
            "certificate: the profile 443 needs a certificate",
        ),
        (
            LOADBALANCER_OFFERS,
            LOADBALANCER,
            dict(name="shop.acme.invalid"),
            "set_up_dns: shop.acme.invalid is in no domain in which the platform sets up DNS; "
            "these are: acme.example, acme.test",
        ),
    ],
)
def test_what_there_is_not_is_refused_by_name(ask, offers, base, changes, refusal):
    found = ask(offers, {**base, **changes})
    assert found.refusals == [refusal] and found.warnings == []


def test_what_depends_on_an_unknown_region_is_not_asked_in_vain(ask):
    found = ask(INSTANCE_OFFERS, dict(INSTANCE, region="EX", area="nowhere", availability_zone="nowhere"))
    assert found.refusals == ["region: EX is unknown; these are: EB, ET"]
    assert found.warnings == []


def test_all_refusals_are_collected(ask):
    found = ask(INSTANCE_OFFERS, dict(INSTANCE, region="EX", platform="cpm", server_backup_policy="daily"))
    assert [refusal.partition(":")[0] for refusal in found.refusals] == [
        "region",
        "platform",
        "server_backup_policy",
    ]


def test_only_what_changes_is_asked_about(ask, sim):
    assert ask(INSTANCE_OFFERS, dict(INSTANCE, region="EX"), record={"id": 1}, changed=set()).refusals == []
    assert sim.requests() == []


# What one reading of the documentation accepts is never refused


@pytest.mark.parametrize("name", ["deb12", "Debian 12", "ubuntu24"])
def test_platform_of_a_machine_by_code_or_label(ask, name):
    assert ask(INSTANCE_OFFERS, without(dict(INSTANCE, platform=name), "product_code")).refusals == []


@pytest.mark.parametrize("name", ["pg16", "k8s131"])
def test_product_that_is_not_a_machine_is_not_the_platform_of_one(ask, name):
    (refusal,) = ask(INSTANCE_OFFERS, dict(INSTANCE, platform=name)).refusals
    assert refusal.startswith("platform: %s is unknown; these are: " % name)


@pytest.mark.parametrize("name", ["pg16", "PostgreSQL 16", "deb12"])
def test_platform_of_a_farm_by_code_label_or_platform(ask, name):
    found = ask(FARM_OFFERS("POSTGRESQL"), dict(POSTGRESQL, platform=name))
    assert (found.refusals, found.warnings) == ([], [])


@pytest.mark.parametrize("profile", ["HTTPS", "443", "https-persistenceonly"])
def test_profile_by_name_port_or_profile(ask, profile):
    assert ask(LOADBALANCER_OFFERS, dict(LOADBALANCER, profile=profile)).refusals == []


@pytest.mark.parametrize("region", ["EB4", "EB5", "Boulogne-Billancourt"])
def test_region_by_data_centre_or_location(ask, region):
    """And what is listed below it is found there."""
    found = ask(LOADBALANCER_OFFERS, dict(LOADBALANCER, region=region))
    assert (found.refusals, found.warnings) == ([], [])
    (refusal,) = ask(LOADBALANCER_OFFERS, dict(LOADBALANCER, region=region, healthcheck="ping")).refusals
    assert refusal.startswith("healthcheck: ping is unknown")


@pytest.mark.parametrize("area", ["EB", "EB-A"])
def test_area_that_an_example_spells_so_is_sent_with_a_warning(ask, area):
    found = ask(INSTANCE_OFFERS, dict(without(INSTANCE, "availability_zone"), area=area))
    assert found.refusals == []
    (warning,) = found.warnings
    assert warning.startswith("area: %s is not among what the platform lists (EB-EMEA)" % area)


@pytest.mark.parametrize("policy", [901, "901", "SERVER_28D", "Daily, kept 28 days"])
def test_backup_policy_by_id_or_name(ask, policy):
    assert ask(INSTANCE_OFFERS, dict(INSTANCE, server_backup_policy=policy)).refusals == []


@pytest.mark.parametrize("version", ["v1.31.5", "1.31", "1.31.5"])
def test_version_in_as_many_parts_as_both_have(ask, version):
    assert ask(K8S_OFFERS, dict(K8S, version=version)).refusals == []


def test_regulations_of_unknown_words_refuse_nothing(ask, sim, monkeypatch):
    for region in sim.state.regions.values():
        for area in region["areas"]:
            monkeypatch.setitem(area, "regulation", "health data hosting")
    found = ask(INSTANCE_OFFERS, dict(INSTANCE, regulation="HDS"))
    assert found.refusals == []
    assert any(warning.startswith("regulation: could not be checked") for warning in found.warnings)


def test_regulation_that_no_area_of_the_region_follows(ask, sim, monkeypatch):
    for area in sim.state.regions["EB"]["areas"]:
        monkeypatch.setitem(area, "regulation", "STANDARD")
    found = ask(INSTANCE_OFFERS, dict(INSTANCE, regulation="HDS"))
    assert found.refusals == ["regulation: HDS is unknown for region EB; these are: STANDARD"]


def test_certificate_of_another_domain_is_one(ask):
    assert ask(LOADBALANCER_OFFERS, dict(LOADBALANCER, certificate="star-acme-test")).refusals == []


def test_certificates_of_too_many_domains_refuse_nothing(ask, sim, monkeypatch):
    many = [dict(sim.state.domains[0], id=number, name="d%d.example" % number) for number in range(100, 130)]
    monkeypatch.setattr(sim.state, "domains", sim.state.domains + many)
    found = ask(LOADBALANCER_OFFERS, dict(LOADBALANCER, certificate="nobody"))
    assert found.refusals == []
    assert any("there are" in warning and "domains" in warning for warning in found.warnings)


def test_one_zone_that_does_not_tell_its_domains_refuses_nothing(ask, sim):
    sim.fault("status", status=404, path="availability-zones/EB-B/", times=-1)
    given = without(INSTANCE, "availability_zone")
    assert ask(INSTANCE_OFFERS, given).warnings == []
    found = ask(INSTANCE_OFFERS, dict(given, authentication_domain="nobody"))
    assert found.refusals == []
    assert found.warnings == [
        "authentication_domain: could not be checked: not every availability zone lists those of the network 1127"
    ]


def test_areas_without_their_zones_are_asked_for_them(ask, sim, monkeypatch):
    listed = topology.read_regions
    monkeypatch.setattr(topology, "read_regions", lambda client: [without(row, "areas") for row in listed(client)])
    (refusal,) = ask(INSTANCE_OFFERS, dict(INSTANCE, availability_zone="EB-Z")).refusals
    assert refusal == "availability_zone: EB-Z is unknown for area EB-EMEA; these are: EB-A, EB-B, EB-C"


# Answers that are not as documented


class Replayed:
    """A client that gives the answers it has once got, one of them changed."""

    def __init__(self, client):
        self.client, self.answers = client, {}

    def get(self, path, query=None):
        key = path, repr(query)
        if key not in self.answers:
            self.answers[key] = self.client.get(path, query)
        return self.answers[key]


def places(value, found=()):
    """Where in an answer there is something: keys and positions, from the outside to the inside."""
    keys = value if isinstance(value, dict) else range(min(len(value), 2)) if isinstance(value, list) else ()
    for key in keys:
        yield (*found, key)
        yield from places(value[key], (*found, key))


def changed(answer, place, new):
    answer = copy.deepcopy(answer)
    inner = answer
    for key in place[:-1]:
        inner = inner[key]
    if new == "missing":
        del inner[place[-1]]
    else:
        inner[place[-1]] = new
    return answer


@pytest.mark.slow
@pytest.mark.parametrize("new", ["missing", None, {}, [None], "x", 7], ids=str)
@pytest.mark.parametrize("offers, wanted", GOOD[:4], ids=IDS[:4])
def test_no_answer_ends_in_a_traceback(itcare, offers, wanted, new):
    """And what is left out or null refutes nothing, where the row that the user wants is still there or incomplete."""
    whole = Replayed(itcare)
    look(whole, offers, wanted, None, set(wanted))
    tried = 0
    for key, answer in dict(whole.answers).items():
        for place in places(answer):
            client = Replayed(itcare)
            client.answers = {**whole.answers, key: changed(answer, place, new)}
            found = look(client, offers, wanted, None, set(wanted))
            tried += 1
            if new is None or (new == "missing" and isinstance(place[-1], str)):
                assert found.refusals == [], (key, place)
    assert tried > 100


# Spelling


@pytest.mark.parametrize(
    "offers, base, option, given, sent",
    [
        (INSTANCE_OFFERS, INSTANCE, "region", "eb", "EB"),
        (INSTANCE_OFFERS, INSTANCE, "area", "eb-emea", "EB-EMEA"),
        (INSTANCE_OFFERS, INSTANCE, "availability_zone", "eb-a", "EB-A"),
        (INSTANCE_OFFERS, INSTANCE, "platform", "DEB12", "deb12"),
        (K8S_OFFERS, K8S, "ingress_provider", "nginx", "NGINX"),
        (LOADBALANCER_OFFERS, LOADBALANCER, "healthcheck", "TCP", "tcp"),
        (LOADBALANCER_OFFERS, LOADBALANCER, "profile", "https", "HTTPS"),
        (
            K8S_OFFERS,
            K8S,
            "nodes",
            [
                dict(availability_zone="eb-a", sizing="4CPU8gb", count=2),
                dict(availability_zone="EB-B", sizing="4cpu8gb", count=1),
            ],
            [
                dict(availability_zone="EB-A", sizing="4cpu8gb", count=2),
                dict(availability_zone="EB-B", sizing="4cpu8gb", count=1),
            ],
        ),
    ],
)
def test_other_case_is_sent_as_the_catalogue_spells_it(ask, offers, base, option, given, sent):
    found = ask(offers, {**base, option: given})
    assert (found.refusals, found.warnings, found.spelled) == ([], [], {option: sent})


# A change of what is there


@pytest.fixture
def shown(sim, itcare):
    """``shown(path)``: the first resource of that listing, as its own path shows it."""

    def read(path, detail):
        record = itcare.get("%s/%d" % (detail, itcare.pages(path)[0]["id"]))
        sim.clear_journal()
        return record

    return read


def test_resize_of_a_machine(ask, shown):
    record = shown("/compute/instances", "/compute/instances")
    assert ask(INSTANCE_OFFERS, dict(sizing="4cpu8gb"), record).refusals == []
    (refusal,) = ask(INSTANCE_OFFERS, dict(sizing="9cpu9gb"), record).refusals
    assert refusal.startswith("sizing: 9cpu9gb is unknown; these are: ")


def test_resize_of_what_the_catalogue_does_not_list(ask, shown):
    names = ("productCode", "imageCode", "productName", "platform", "osName")
    record = {**shown("/compute/instances", "/compute/instances"), **dict.fromkeys(names, "cent7")}
    found = ask(INSTANCE_OFFERS, dict(sizing="9cpu9gb"), record)
    assert found.refusals == []
    assert found.warnings == ["sizing: could not be checked: the catalogue does not list the product"]


def test_sizes_that_are_not_available_are_not_offered(ask, sim, shown, monkeypatch):
    listed = platform._sizing
    monkeypatch.setattr(
        platform, "_sizing", lambda call, number, name: {**listed(call, number, name), "available": name != "4cpu8gb"}
    )
    record = shown("/compute/instances", "/compute/instances")
    (refusal,) = ask(INSTANCE_OFFERS, dict(sizing="4cpu8gb"), record).refusals
    assert "4cpu8gb" not in refusal.partition("these are: ")[2]


def test_memory_in_megabytes(ask, sim):
    sim.configure(ram_unit="mb")
    assert ask(INSTANCE_OFFERS, INSTANCE).refusals == []


def test_upgrade_of_a_postgresql_is_asked_of_itself(ask, sim, shown):
    record = shown("/databases", "/databases/postgresql")
    sim.clear_journal()
    found = ask(FARM_OFFERS("POSTGRESQL"), dict(version="17"), record)
    assert (found.refusals, found.warnings, sim.requests()) == ([], [], [])


def test_nodes_that_a_cluster_already_has_are_not_asked_about(ask, sim, shown, itcare):
    record = shown("/compute/containers/kubernetes", "/compute/containers/kubernetes")
    nodes = itcare.get("/compute/containers/kubernetes/%d/nodes" % record["id"])
    record = {**record, "nodes": [dict(node, cpu=3, ram=7) for node in nodes]}
    rows = [
        dict(availability_zone="EB-A", sizing="3cpu7gb", count=len(nodes)),
        dict(availability_zone="EB-B", sizing="3cpu7gb", count=1),
    ]
    there = [dict(row, count=1) for row in rows]
    assert ask(K8S_OFFERS, dict(nodes=there), record).refusals == []
    refusals = ask(
        K8S_OFFERS, dict(nodes=[*there, dict(availability_zone="EB-Q", sizing="4cpu8gb", count=1)]), record
    ).refusals
    assert refusals == ["nodes: the zone EB-Q is unknown; these are: EB-A, EB-B, EB-C"]


def test_url_that_is_added_is_asked_about_where_its_load_balancer_is(ask, shown):
    record = shown("/networking/loadbalancers", "/networking/loadbalancers")
    wanted = dict(name="shop.acme.example", ssl_profile="nobody", set_up_dns=True)
    (refusal,) = ask(URL_OFFERS, wanted, record).refusals
    assert refusal.startswith("ssl_profile: nobody is unknown; these are: ")
    found = ask(URL_OFFERS, dict(wanted, ssl_profile="clientssl-acme-test", name="a.acme.invalid"), record)
    assert [one.partition(":")[0] for one in found.refusals] == ["set_up_dns"]
