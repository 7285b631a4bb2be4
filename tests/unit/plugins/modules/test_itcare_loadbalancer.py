# SPDX-License-Identifier: GPL-3.0-or-later
"""The load balancer module against the simulator: what it answers, and exactly what it sends."""

from __future__ import annotations

import pytest

from ansible_collections.cegedim.cloud.plugins.module_utils import clock
from ansible_collections.cegedim.cloud.tests.simulator import seed
from ansible_collections.cegedim.cloud.tests.simulator.state import State

HOST = "shop.acme.example"
LEAST = dict(name=HOST, service="billing-qa", region="EB", healthcheck="tcp", member_port="8080", profile="HTTP")
NEW = dict(LEAST, members=["QWEB01", "QWEB02"])
SEEDED = "billing.acme.example"  # HTTPS, http-root, PEBBILL01 and PEBBILL02 on 8080, two URLs, in production
STOPPED = "portal-uat.acme.test"
STANDARD = {"enabled": True, "template": "standard", "mode": "blocking", "white_list": []}  # new Bot Defense
TWO = ["10.0.3.40", "10.0.3.41"]  # its white list
PATH = "/networking/loadbalancers"


@pytest.fixture(autouse=True)
def web(sim):
    """Three instances in one network, and one in another."""
    for number in (1, 2, 3):
        sim.add_instance(name="QWEB0%d" % number, service="billing-qa")
    sim.add_instance(name="QBACK01", service="billing-qa", network_id=1126)


@pytest.fixture
def balancer(task):
    return task("itcare_loadbalancer")


def record_of(sim, name=HOST, kind="loadbalancer"):
    return sim.state.named(name, kind)[0]


def path_of(sim, name=SEEDED):
    return "%s/%d" % (PATH, record_of(sim, name)["id"])


def pool(sim):
    return {sim.state.get(row["resourceId"])["name"]: row["port"] for row in record_of(sim)["_members"]}


# creation


def test_create(sim, balancer):
    result, writes = balancer.converges(**NEW)
    first, second = (record_of(sim, name, "instance") for name in ("QWEB01", "QWEB02"))
    assert writes == [
        (
            "POST",
            PATH,
            {
                "url": HOST,
                "serviceId": 44412,
                "region": "EB",
                "area": "EB-EMEA",
                "healthcheck": "tcp",
                "portMembers": "8080",
                "profileName": "HTTP",
                "members": [
                    {"id": one["id"], "name": one["name"], "network": {"id": 1125, "ipAddress": one["ipAddress"]}}
                    for one in (first, second)
                ],
            },
        )
    ]
    assert result["steps"] == ["create"]
    assert (result["loadbalancer"]["name"], result["loadbalancer"]["status"]) == (HOST, "ACTIVE")
    assert [row["port"] for row in result["loadbalancer"]["pool"]] == [8080, 8080]
    assert [action["status"] for action in result["actions"]] == ["SUCCESS"]


def test_create_sends_every_field(balancer):
    options = {
        **LEAST,
        "name": "https://secure.acme.example",
        "profile": "HTTPS",
        "certificate": "star-acme-example",
        "ssl_profile": "clientssl-acme-example",
        "persistence": False,
        "redirect_to_https": True,
        "port": 8443,
        "set_up_dns": True,
        "network": "EB_1191_VIP2",
        "monitoring_enabled": True,
        "monitoring_alerting": True,
        "on_call_supervision": True,
        "backup_enabled": False,
        "replication_enabled": False,
        "regulation": "STANDARD",
    }
    _result, writes = balancer.converges(**options)
    ((_method, _path, body),) = writes
    assert body == {
        "url": "secure.acme.example",
        "serviceId": 44412,
        "region": "EB",
        "area": "EB-EMEA",
        "regulation": "STANDARD",
        "networkId": 1191,
        "healthcheck": "tcp",
        "portMembers": "8080",
        "profileName": "HTTPS",
        "certificateName": "star-acme-example",
        "sslProfile": "clientssl-acme-example",
        "persistence": False,
        "redirectToHttps": True,
        "vsPort": 8443,
        "setUpDNSEnabled": True,
        "monitoringEnabled": True,
        "monitoringAlerting": True,
        "onCallSupervision": True,
        "backupEnabled": False,
        "replicationEnabled": False,
    }


def test_create_and_all_that_a_creation_cannot_say(balancer):
    settings = {"template": "strict", "mode": "transparent", "white_list": TWO}
    options = dict(
        LEAST,
        state="stopped",
        comment="the shop",
        tags={"tier": "web"},
        bot_defense=settings,
    )
    result, writes = balancer.converges(**options)
    assert result["steps"] == ["create", "comment", "activate_bot", "edit_bot_whitelist", "add_tag", "stop"]
    sent = [body["options"] for _method, _path, body in writes if body.get("operation") == "edit_bot_whitelist"]
    assert sent == [{"ip": one} for one in TWO]
    assert result["loadbalancer"]["status"] == "INACTIVE"
    assert result["loadbalancer"]["bot_defense"] == {"enabled": True, **settings}


def test_create_on_a_kubernetes_cluster(sim, balancer):
    options = {**LEAST, "service": "billing", "cluster": "billing-k8s"}
    result, writes = balancer.converges(**options)
    cluster = record_of(sim, "billing-k8s", "kubernetes")["id"]
    assert [(method, path) for method, path, _body in writes] == [
        ("POST", "/compute/containers/kubernetes/%d/loadbalancers" % cluster)
    ]
    assert "members" not in writes[0][2] and "clusterId" not in writes[0][2]
    assert result["loadbalancer"]["parent_resource"]["id"] == cluster
    message = balancer.refuses(name=HOST, cluster=7)
    assert "cluster is fixed at creation: it is billing-k8s (%d), not 7" % cluster in message


@pytest.mark.parametrize(
    "options, message",
    [
        (dict(name="9lives.acme.example"), "name: '9lives.acme.example' is not a URL for a load balancer"),
        (dict(name="x" * 65), "is not a URL for a load balancer"),
        (dict(name="ab"), "name: 'ab' is not a URL for a load balancer"),
        (dict(name="shop.acme.example,"), "name: 'shop.acme.example,' has a comma"),
        (dict(name="under_score.acme.example"), "is not a URL for a load balancer"),
        (dict(member_port="65536"), "member_port: 65536 is not a port; 0 to 65535 are allowed"),
        (dict(member_port="http"), "member_port: http is not a port"),
        (dict(port=-1), "port: -1 is not a port"),
        (dict(port=65536), "port: 65536 is not a port; 0 to 65535 are allowed"),
        (dict(profile="GOPHER"), "profile: GOPHER is unknown; these are: HTTP, HTTPS, TCP"),
        (dict(profile="HTTPS"), "certificate: the profile HTTPS needs a certificate"),
        (dict(profile="443"), "certificate: the profile 443 needs a certificate"),
        (dict(healthcheck="ping"), "healthcheck: ping is unknown for area EB-EMEA; these are: tcp, http-root"),
        (
            dict(ssl_profile="nobody"),
            "ssl_profile: nobody is unknown for area EB-EMEA; these are: clientssl-acme-example, clientssl-acme-test",
        ),
        (
            dict(name="shop.acme.invalid", set_up_dns=True),
            "set_up_dns: shop.acme.invalid is in no domain in which the platform sets up DNS; these are: "
            "acme.example, acme.test",
        ),
        (dict(members=["QWEB01", "QBACK01"]), "is in the network EB_1125_DMZ8 and QBACK01"),
        (dict(members=["QWEB01", "NOBODY"]), "there is no resource named NOBODY"),
        (dict(members=["QWEB01", "qweb01"]), "is given twice"),
        (dict(members=["QWEB01"], cluster="billing-k8s"), "mutually exclusive: members|cluster"),
        (dict(cluster="nowhere"), "there is no Kubernetes cluster called nowhere"),
        (dict(network="NOWHERE"), "there is no network called NOWHERE"),
        (dict(service="nowhere"), "there is no service called nowhere"),
        (dict(change_reference="RFC_1234567"), "has 11 characters, and 10 are allowed"),
        (dict(update_urls=[HOST]), "update_urls requires monitoring_enabled or on_call_supervision"),
        (dict(on_call_supervision=True), "on_call_supervision: true needs monitoring_enabled=true"),
        (dict(bot_defense=dict(enabled=False, mode="blocking")), "bot_defense: mode requires enabled=true"),
        (dict(bot_defense=dict(enabled=False, template="strict")), "template requires enabled=true"),
        (dict(bot_defense=dict(enabled=False, white_list=[])), "white_list requires enabled=true"),
        (dict(bot_defense=dict(white_list=["10.0.3.400"])), "white_list: '10.0.3.400' is not an IP address"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_create_refused(balancer, options, message):
    assert message in balancer.refuses(**{**LEAST, **options}, on_missing_in_check_mode="fail")


@pytest.mark.parametrize(
    "options, words",
    [
        (dict(members=["QWEB01", "NOBODY"]), "there is no resource named NOBODY"),
        (dict(cluster="nowhere"), "there is no Kubernetes cluster called nowhere"),
    ],
    ids=str,
)
def test_create_before_what_an_earlier_task_may_create(balancer, options, words):
    result, writes = balancer(check=True, **{**LEAST, **options})
    assert not result.get("failed"), result["msg"]
    assert (result["changed"], result["steps"], writes) == (True, ["create"], [])
    (warning,) = [one for one in result["warnings"] if words in one]
    assert "earlier task" in warning


def test_a_long_url_with_www_is_allowed(balancer):
    name = "www." + "x" * 64
    result, _writes = balancer.converges(**{**LEAST, "name": name})
    assert result["loadbalancer"]["name"] == name


@pytest.mark.parametrize("what", ["backup", "monitoring", "replication"])
def test_create_production_without_reason(balancer, what):
    assert balancer.refuses(**{**LEAST, "service": "billing", what + "_enabled": False}) == (
        "no_%s_prod_reason: a reason is needed for %s_enabled=false in PRODUCTION" % (what, what)
    )


def test_lists_to_check_against_that_cannot_be_read_are_left_to_the_platform(sim, balancer):
    for path in ("healthchecks", "ssl-profiles", "protocols", "domains"):
        sim.fault("status", status=403, path=path, times=-1)
    _result, writes = balancer.converges(**LEAST, set_up_dns=True, ssl_profile="clientssl-acme-test")
    assert len(writes) == 1


# who is meant


@pytest.mark.parametrize("name", [SEEDED, "https://" + SEEDED, "HTTP://www." + SEEDED, SEEDED.upper()])
def test_found_by_name_or_by_a_url(sim, balancer, name):
    assert balancer.changes_nothing(name=name)["loadbalancer"]["id"] == record_of(sim, SEEDED)["id"]


@pytest.fixture
def named_otherwise(monkeypatch):
    """What a new load balancer is called is not documented; here it has a name of its own, beside its URL."""
    make = seed.load_balancer
    monkeypatch.setattr(seed, "load_balancer", lambda state, name, *args, **more: make(state, "VS1", *args, **more))


def test_a_new_one_may_have_a_name_of_its_own(sim, balancer, named_otherwise):
    sim.fault("reset_after", method="POST", path=PATH)
    options = dict(NEW, tags={"tier": "web"}, monitoring_enabled=True)
    result, writes = balancer.converges(**options)
    assert (result["loadbalancer"]["name"], len(writes)) == ("VS1", 2)
    result, writes = balancer.converges(name=HOST, state="absent")
    assert (result["loadbalancer"], len(writes)) == (None, 1)


@pytest.mark.slow
@pytest.mark.parametrize("settings", [dict(), dict(creation_visible=True)], ids=str)
def test_absent_while_it_is_created(sim, balancer, settings):
    sim.configure(action_seconds=0.5, **settings)
    balancer(**LEAST, wait=False)
    result, writes = balancer(name=HOST, state="absent")
    assert not result.get("failed"), result["msg"]
    assert (result["changed"], [method for method, _path, _body in writes]) == (True, ["DELETE"])
    assert result["loadbalancer"] is None


def test_cost_of_an_idempotent_run(sim, balancer):
    balancer(**NEW)
    result, _writes = balancer(**NEW)
    assert result["changed"] is False
    asked = ["get_loadbalancer", "list_actions", "list_loadbalancer_members", "list_loadbalancers"]
    assert sorted(entry["operation"] for entry in sim.requests()) == asked
    result, _writes = balancer(name=HOST, service="billing-qa", region="EB", state="started")
    assert result["changed"] is False
    assert sorted(entry["operation"] for entry in sim.requests()) == ["list_actions", "list_loadbalancers"]


# changes


@pytest.mark.parametrize(
    "option, value, sentence",
    [
        ("healthcheck", "tcp", "healthcheck is fixed at creation: it is http-root, not tcp"),
        ("network", "1191", "network is fixed at creation: it is EB_1190_VIP1 (1190), not 1191"),
    ],
)
def test_fixed(balancer, option, value, sentence):
    assert sentence in balancer.refuses(name=SEEDED, **{option: value})
    result, writes = balancer(name=SEEDED, on_fixed_difference="warn", **{option: value})
    assert (result["changed"], writes) == (False, [])
    assert any(sentence in warning for warning in result["warnings"])


def test_another_certificate(sim, balancer):
    balancer(**{**LEAST, "profile": "HTTPS", "certificate": "star-acme-example"})
    message = balancer.refuses(name=HOST, certificate="star-acme-test")
    assert "certificate is fixed at creation: it is star-acme-example, not star-acme-test" in message


def test_another_port_shows_with_the_members(balancer):
    balancer(**NEW)
    message = balancer.refuses(**{**NEW, "member_port": 9090})
    assert "member_port is fixed at creation: it is 8080, not 9090" in message


def test_profile_by_port_is_the_same(balancer):
    balancer.changes_nothing(name=SEEDED, profile="443")


def test_present_leaves_a_stopped_one_alone(balancer):
    result = balancer.changes_nothing(name=STOPPED, monitoring_enabled=False)
    assert result["loadbalancer"]["status"] == "INACTIVE"


def test_absent_idempotent(balancer):
    result = balancer.changes_nothing(**{**NEW, "name": "nowhere.acme.example", "state": "absent"})
    assert result["loadbalancer"] is None


def test_absent_of_one_that_is_still_shown(sim, balancer):
    sim.configure(removed_visible=True)
    balancer.converges(name=SEEDED, state="absent")


def test_absent_by_a_later_url_would_delete_too_much(balancer):
    message = balancer.refuses(name="www." + SEEDED, state="absent")
    assert "www.billing.acme.example is a further URL of billing.acme.example" in message


# members


def test_members_are_the_whole_pool(sim, balancer):
    balancer(**NEW)
    first, third = (record_of(sim, name, "instance")["id"] for name in ("QWEB01", "QWEB03"))
    path = path_of(sim, HOST) + "/members"
    result, writes = balancer.converges(name=HOST, members=["QWEB02", str(third)])
    assert result["steps"] == ["add_member", "remove_member"]
    assert writes == [
        ("POST", path, {"resourceId": third, "port": 8080}),
        ("DELETE", "%s/%d" % (path, first), None),
    ]
    assert pool(sim) == {"QWEB02": 8080, "QWEB03": 8080}


def test_members_are_left_alone_without_the_option(sim, balancer):
    balancer(**NEW)
    balancer.changes_nothing(**LEAST)
    assert len(pool(sim)) == 2


def test_no_members_empties_the_pool(sim, balancer):
    balancer(**NEW)
    balancer.converges(name=HOST, members=[])
    assert pool(sim) == {}


def test_a_first_member_needs_a_port(sim, balancer):
    balancer(**LEAST)
    number = record_of(sim, "QWEB01", "instance")["id"]
    message = balancer.refuses(name=HOST, members=["QWEB01"])
    assert "members: the port of QWEB01 (id %d) is missing" % number in message
    balancer.converges(name=HOST, members=["QWEB01"], member_port=9090)
    assert pool(sim) == {"QWEB01": 9090}


def ports(sim, name=HOST):
    names = {record_of(sim, one, "instance")["id"]: one for one in ("QWEB01", "QWEB02", "QWEB03")}
    return sorted((names[one["resourceId"]], one["port"]) for one in record_of(sim, name)["_members"])


SEVERAL = ["QWEB01", dict(resource="QWEB02", port=8080), dict(resource="QWEB02", port=8443)]


def test_create_with_members_on_several_ports(sim, balancer):
    """A creation has one port for all."""
    result, writes = balancer.converges(**{**NEW, "members": SEVERAL})
    second = record_of(sim, "QWEB02", "instance")["id"]
    assert result["steps"] == ["create", "add_member"]
    assert [one["name"] for one in writes[0][2]["members"]] == ["QWEB01", "QWEB02"]
    assert writes[1] == ("POST", path_of(sim, HOST) + "/members", {"resourceId": second, "port": 8443})
    assert ports(sim) == [("QWEB01", 8080), ("QWEB02", 8080), ("QWEB02", 8443)]


def test_create_with_members_on_other_ports_only(sim, balancer):
    wanted = {**NEW, "members": [dict(resource="QWEB01", port="9090"), dict(resource="QWEB02", port=9090)]}
    result, writes = balancer.converges(**wanted)
    assert result["steps"] == ["create", "add_member", "add_member"] and writes[0][2]["members"] == []


@pytest.mark.parametrize("settings", [{}, {"member_ports": "all"}, {"member_paths": "either"}], ids=str)
def test_members_with_several_ports_are_the_whole_pool(sim, balancer, settings):
    sim.configure(**settings)
    balancer(**NEW)
    balancer.converges(name=HOST, members=SEVERAL)
    assert ports(sim) == [("QWEB01", 8080), ("QWEB02", 8080), ("QWEB02", 8443)]
    balancer.converges(name=HOST, members=["QWEB01"])
    assert ports(sim) == [("QWEB01", 8080)]


def test_one_port_leaves_where_a_path_takes_its_technical_id(sim, balancer):
    sim.configure(member_paths="either")
    balancer(**{**NEW, "members": SEVERAL})
    balancer.converges(name=HOST, members=["QWEB01", dict(resource="QWEB02", port=8443)])
    assert ports(sim) == [("QWEB01", 8080), ("QWEB02", 8443)]


@pytest.mark.parametrize(
    ("member", "message"),
    [
        (dict(resource="QWEB01", port=65536), "members: port: 65536 is not a port; 0 to 65535 are allowed"),
        (dict(port=80), "members: {'port': 80} is neither a name, an id, nor a dictionary with resource and port"),
        (dict(resource="QWEB01", state="offline"), "is neither a name, an id, nor a dictionary with resource and port"),
        (["QWEB01"], "members: ['QWEB01'] is neither a name, an id, nor a dictionary with resource and port"),
        (dict(resource="QWEB01", port=8080), "QWEB01"),
    ],
    ids=str,
)
def test_rows_of_members_that_are_refused(balancer, member, message):
    assert message in balancer.refuses(**{**NEW, "members": ["QWEB01", member]})


def test_further_member_in_another_network(balancer):
    message = balancer.refuses(**{**NEW, "members": ["QWEB01", dict(resource="QBACK01", port=9090)]})
    assert "are in one network" in message


def test_member_in_another_network(balancer):
    balancer(**NEW)
    message = balancer.refuses(name=HOST, members=["QWEB01", "QBACK01"])
    assert "EB_1125_DMZ8" in message and "EB_1126_BACK3" in message and "are in one network" in message


def test_whole_pool_to_another_network(sim, balancer):
    balancer(**NEW)
    result, _writes = balancer.converges(name=HOST, members=["QBACK01"])
    assert result["steps"] == ["remove_member", "remove_member", "add_member"]
    assert pool(sim) == {"QBACK01": 8080}


def test_state_and_order_of_members_do_not_matter(sim, balancer):
    balancer(**NEW)
    record_of(sim)["_members"][0]["state"] = "disabled"
    balancer.changes_nothing(**{**NEW, "members": ["QWEB02", "QWEB01"]})


def test_member_given_twice(balancer):
    balancer(**NEW)
    assert "is given twice" in balancer.refuses(name=HOST, members=["QWEB01", "qweb01"])


# monitoring


def test_monitoring(sim, balancer):
    balancer(**LEAST)
    result, writes = balancer.converges(name=HOST, monitoring_enabled=True, on_call_supervision=True)
    assert [body for _method, _path, body in writes] == [
        {"operation": "update_monitoring", "options": {"state": True, "on_call": True}}
    ]
    assert result["loadbalancer"]["monitoring_on_call_enabled"] is True
    _result, writes = balancer.converges(name=HOST, monitoring_enabled=False)
    assert writes[0][2]["options"] == {"state": False, "on_call": False}


@pytest.mark.parametrize("options", [{}, {"monitoring_enabled": False}])
def test_on_call_without_monitoring(balancer, options):
    balancer(**LEAST)
    assert balancer.refuses(name=HOST, on_call_supervision=True, **options) == (
        "on_call_supervision: true needs monitoring_enabled=true, and it is false"
    )


def test_monitoring_of_chosen_urls(sim, balancer):
    # The load balancer itself is as it should be, one of its URLs is not.
    asked = dict(name=SEEDED, monitoring_enabled=True, on_call_supervision=True)
    balancer(**asked)
    record_of(sim, "www." + SEEDED, "url")["monitoringOnCallEnabled"] = False
    balancer.changes_nothing(**asked)
    _result, writes = balancer.converges(**asked, update_urls=["https://www." + SEEDED])
    assert writes[0][2] == {
        "operation": "update_monitoring",
        "options": {"state": True, "on_call": True, "updateUrls": ["www." + SEEDED]},
    }


def test_monitoring_of_a_url_that_there_is_not(balancer):
    message = balancer.refuses(name=SEEDED, monitoring_enabled=False, update_urls=["nowhere.acme.example"])
    assert "billing.acme.example has no URL nowhere.acme.example; its URLs are billing.acme.example" in message


@pytest.mark.parametrize("monitored", [True, False])
def test_the_first_url_is_monitored_as_asked_for(balancer, monkeypatch, monitored):
    # Whether it is so from the start is not documented.
    make = seed.url
    monkeypatch.setattr(seed, "url", lambda *args, **fields: make(*args, **dict(fields, monitoringEnabled=monitored)))
    result, writes = balancer.converges(**LEAST, monitoring_enabled=True, update_urls=[HOST])
    assert result["steps"] == ["create", "update_monitoring"]
    assert [body["options"] for _method, _path, body in writes[1:]] == (
        [] if monitored else [{"state": True, "on_call": False, "updateUrls": [HOST]}]
    )


def test_urls_that_come_later_do_not_concern_a_creation(balancer):
    result, writes = balancer(**LEAST, monitoring_enabled=True, update_urls=["later.acme.example"])
    assert not result.get("failed"), result["msg"]
    assert len(writes) == 1 and "updateUrls" not in writes[0][2]


# Bot Defense


def bot_operations(writes):
    return [(body["operation"], body.get("options")) for _method, _path, body in writes]


def test_bot_defense_activated(balancer):
    result, writes = balancer.converges(name=SEEDED, bot_defense=dict(), change_reference="RFC_123")
    assert bot_operations(writes) == [("activate_bot", {"changeReference": "RFC_123"})]
    assert result["loadbalancer"]["bot_defense"] == STANDARD


def test_bot_defense_deleted(balancer):
    balancer(name=SEEDED, bot_defense=dict(template="strict", white_list=TWO))
    result, writes = balancer.converges(name=SEEDED, bot_defense=dict(enabled=False))
    assert bot_operations(writes) == [("delete_bot", None)]
    assert result["loadbalancer"]["bot_defense_enabled"] is False


@pytest.mark.parametrize(
    "before, wanted, sent, shown",
    [
        (
            dict(),
            dict(mode="transparent"),
            [("update_bot", {"template": "standard", "mode": "transparent"})],
            {"mode": "transparent"},
        ),
        (
            dict(mode="transparent"),
            dict(template="strict"),
            [("update_bot", {"template": "strict", "mode": "transparent"})],
            {"template": "strict", "mode": "transparent"},
        ),
        (
            dict(white_list=TWO),
            dict(white_list=["10.0.3.41/32", "10.0.4.0/24"]),
            [("edit_bot_whitelist", {"ip": "10.0.4.0/24"}), ("delete_bot_whitelist", {"ip": "10.0.3.40"})],
            {"white_list": ["10.0.3.41", "10.0.4.0/24"]},
        ),
        (
            dict(white_list=TWO),
            dict(white_list=[]),
            [("delete_bot_whitelist", {"ip": one}) for one in TWO],
            {"white_list": []},
        ),
    ],
    ids=["mode", "template", "white_list", "no white_list"],
)
def test_bot_defense_changed(balancer, before, wanted, sent, shown):
    balancer(name=SEEDED, bot_defense=before)
    result, writes = balancer.converges(name=SEEDED, bot_defense=wanted)
    assert bot_operations(writes) == sent
    assert result["loadbalancer"]["bot_defense"] == {**STANDARD, **shown}


def test_white_list_is_left_alone_without_the_option(balancer):
    balancer(name=SEEDED, bot_defense=dict(white_list=TWO))
    result = balancer.changes_nothing(name=SEEDED, bot_defense=dict(mode="blocking"))
    assert result["loadbalancer"]["bot_defense"]["white_list"] == TWO


def test_a_new_profile_may_begin_with_addresses(sim, balancer):
    record_of(sim, SEEDED)["securityProfile"] = {"whiteList": [{"ip": "192.0.2.1", "url": "", "comment": ""}]}
    _result, writes = balancer.converges(name=SEEDED, bot_defense=dict(white_list=["10.0.3.40"]))
    assert bot_operations(writes) == [
        ("activate_bot", None),
        ("edit_bot_whitelist", {"ip": "10.0.3.40"}),
        ("delete_bot_whitelist", {"ip": "192.0.2.1"}),
    ]


def test_bot_defense_without_a_profile_in_the_answers(sim, balancer):
    record_of(sim, SEEDED).update(botDefenseEnabled=True)
    balancer.changes_nothing(name=SEEDED, bot_defense=dict(template="strict", white_list=["10.0.3.40"]))


def test_tags_and_comment(balancer):
    result, _writes = balancer.converges(name=SEEDED, tags={"tier": "web"}, comment="the front door")
    assert sorted(result["steps"]) == ["add_tag", "comment"]


# what goes wrong


@pytest.mark.slow
@pytest.mark.parametrize(
    "fault, late_visibility", [("reset_after", 0), ("truncate", 0), ("truncate_json", 0), ("error_after", 1)]
)
def test_create_whose_answer_is_lost_is_made_once(sim, balancer, fault, late_visibility):
    sim.configure(late_visibility=late_visibility)
    sim.fault(fault, method="POST", path=PATH)
    result, writes = balancer(**NEW)
    assert not result.get("failed"), result["msg"]
    assert result["changed"] and len(writes) == 1
    assert result["loadbalancer"]["status"] == "ACTIVE"


@pytest.mark.slow
def test_create_that_never_arrived_is_not_repeated(sim, balancer, monkeypatch):
    monkeypatch.setattr(clock, "LATE_SECONDS", 0.5)
    sim.fault("reset_before", method="POST", path=PATH)
    result, writes = balancer(**NEW)
    assert result["failed"] and len(writes) == 1
    assert "may have taken effect or not" in result["msg"]


@pytest.mark.slow
@pytest.mark.parametrize("fault", ["reset_before", "error_after", "truncate"])
@pytest.mark.parametrize(
    "options",
    [dict(monitoring_enabled=False), dict(state="stopped"), dict(bot_defense=dict()), dict(state="absent")],
    ids=str,
)
def test_change_whose_answer_is_lost(sim, balancer, fault, options):
    sim.fault(fault, method="DELETE" if options.get("state") == "absent" else "PATCH")
    result, _writes = balancer(name=SEEDED, **options)
    assert not result.get("failed"), result["msg"]
    assert len([entry for entry in sim.writes() if entry["applied"]]) == 1
    balancer.changes_nothing(name=SEEDED, **options)


def test_action_that_fails(sim, balancer):
    sim.fault("fail_action", method="PATCH", message="the security module is busy")
    result, _writes = balancer(name=SEEDED, bot_defense=dict())
    assert result["failed"] and "the security module is busy" in result["msg"]
    assert result["actions"][0]["status"] == "ERROR"


@pytest.mark.slow
def test_interrupted_create_is_adopted(sim, balancer):
    sim.configure(action_seconds=1)
    result, writes = balancer(**NEW, wait_timeout=0.2)
    assert result["failed"] and "run the same task again" in result["msg"] and len(writes) == 1
    result, writes = balancer(**NEW)
    assert not result.get("failed"), result["msg"]
    assert (result["changed"], writes, result["loadbalancer"]["name"]) == (False, [], HOST)


@pytest.mark.slow
def test_no_wait_says_what_is_still_to_do(sim, balancer):
    sim.configure(action_seconds=1)
    result, writes = balancer(name=SEEDED, wait=False, bot_defense=dict(white_list=["10.0.3.40"]))
    assert result["changed"] and len(writes) == 1
    assert result["still_to_do"] == ["edit_bot_whitelist"]
    result, writes = balancer(name=SEEDED, bot_defense=dict(white_list=["10.0.3.40"]))
    assert bot_operations(writes) == [("edit_bot_whitelist", {"ip": "10.0.3.40"})]
    assert result["loadbalancer"]["bot_defense"]["white_list"] == ["10.0.3.40"]


@pytest.mark.parametrize(
    "settings",
    [
        dict(accepted_status=200, internal_id=False),
        dict(action_without_status=True),
        dict(action_id_as_text=True),
        dict(late_visibility=0.6),
        dict(late_action=0.6),
        dict(names_filter="substring"),
        dict(creation_visible=True),
    ],
    ids=str,
)
@pytest.mark.slow
def test_every_latitude_of_the_documentation(sim, balancer, settings):
    balancer(**dict(LEAST, name="my" + HOST))
    sim.configure(**settings)
    balancer.converges(**NEW, bot_defense=dict(white_list=["10.0.3.40"]))
    balancer.converges(name=HOST, state="stopped", members=["QWEB03"])
    balancer.converges(name=HOST, state="absent")


def test_answers_that_show_little(sim, balancer, monkeypatch):
    kept = ("id", "name", "status", "serviceName", "monitoringEnabled", "botDefenseEnabled", "securityProfile")
    view = State.view

    def poor(state, record, schema=None):
        shown = view(state, record, schema)
        if record["_kind"] != "loadbalancer":
            return shown
        return {key: shown[key] for key in kept if key in shown}

    monkeypatch.setattr(State, "view", poor)
    balancer.converges(**NEW, monitoring_enabled=True, bot_defense=dict(mode="transparent"))
    balancer.converges(**{**NEW, "members": ["QWEB03"]}, bot_defense=dict(white_list=["10.0.3.40"]))
    assert pool(sim) == {"QWEB03": 8080}
    balancer.converges(name=HOST, state="absent")


@pytest.mark.slow
def test_actions_that_are_answered_with_nothing(sim, balancer, monkeypatch):
    from ansible_collections.cegedim.cloud.plugins.module_utils import actions

    monkeypatch.setattr(actions, "of_answer", lambda answer: [])
    balancer.converges(**NEW, bot_defense=dict(white_list=["10.0.3.40"]))
    balancer.converges(name=HOST, monitoring_enabled=True)
    balancer.converges(name=HOST, state="absent")


def test_server_dry_run(sim, balancer):
    result, writes = balancer(check=True, server_dry_run=True, **NEW)
    assert not result.get("failed"), result["msg"]
    assert [(entry["dry_run"], entry["applied"]) for entry in sim.writes()] == [(True, False)]


def test_other_port_of_the_members_without_naming_them(balancer):
    balancer(**NEW)
    assert "member_port is fixed at creation: it is 8080, not 9999" in balancer.refuses(name=HOST, member_port="9999")
    balancer.changes_nothing(name=HOST, member_port="8080")
    balancer.converges(name=HOST, member_port="9999", state="absent")
