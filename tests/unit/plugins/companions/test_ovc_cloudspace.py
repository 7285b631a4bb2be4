# SPDX-License-Identifier: GPL-3.0-or-later
"""ovc_cloudspace on the simulator of OpenvCloud."""

from __future__ import annotations

import pytest

from ansible_collections.cegedim.cloud.plugins.module_utils import clock
from ansible_collections.cegedim.cloud.plugins.module_utils.openvcloud import OpenvCloud
from ansible_collections.cegedim.cloud.plugins.module_utils.ovc import cloudspace

SHOP = {"account": "acme", "name": "shop"}
NEW = {**SHOP, "location": "ch-gen-dc01", "max_cpus": 16}


@pytest.fixture
def run(openvcloud, run_on):
    on = run_on(openvcloud)

    def run(check=False, **options):
        return on("ovc_cloudspace", check, **options)

    return run


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(clock, "LATE_SECONDS", 0.5)


def sent(openvcloud):
    return [(entry["path"].rpartition("cloudapi/")[2], entry["body"]) for entry in openvcloud.writes()]


def row_of(openvcloud, name="shop"):
    return next(row for row in openvcloud.cloudspaces.values() if row["name"] == name and row["status"] != "DESTROYED")


# Creation


def test_create_check_mode(openvcloud, run):
    result = run(check=True, **NEW)
    assert result["changed"] and result["steps"] == ["create"]
    assert result["cloudspace"]["name"] == "shop" and result["diff"][0]["before"] == {}
    assert openvcloud.writes() == []


def test_create(openvcloud, run):
    predicted = run(check=True, **NEW)
    result = run(**NEW)
    assert result["changed"] and result["steps"] == ["create"] and result["diff"] == predicted["diff"]
    assert result["cloudspace"]["status"] == "DEPLOYED" and "secret" not in str(result["cloudspace"])
    body = {
        "accountId": 12,
        "location": "ch-gen-dc01",
        "name": "shop",
        "access": "operator@itsyouonline",
        "maxCPUCapacity": 16,
    }
    assert sent(openvcloud) == [("cloudspaces/create", body)]


def test_create_idempotent(openvcloud, run):
    run(**NEW)
    openvcloud.journal.clear()
    for check in (False, True):
        result = run(check=check, **NEW)
        assert result["changed"] is False and result["steps"] == [] and result["diff"] == []
    assert openvcloud.writes() == []


def test_create_with_all_there_is(openvcloud, run):
    options = dict(
        access="colleague@itsyouonline",
        max_memory=64,
        max_disk=500,
        max_transfer=100,
        max_public_ips=2,
        allowed_sizes=["small", "3"],
        external_network="partners",
        private_network="10.1.0.0/24",
        type="routeros",
    )
    assert run(**NEW, **options)["changed"]
    (_call, body), *_others = sent(openvcloud)
    assert body["access"] == "colleague@itsyouonline" and body["externalnetworkId"] == 2
    assert body["allowedVMSizes"] == [1, 3] and body["privatenetwork"] == "10.1.0.0/24" and body["type"] == "routeros"
    openvcloud.configure(limits="max")
    assert run(**NEW, **options)["changed"] is False


def test_session_user_has_access(openvcloud, run):
    login = {"client_id": None, "client_secret": None, **openvcloud.session_login}
    run(**NEW, **login)
    assert sent(openvcloud)[0][1]["access"] == "operator"


def test_issuer_that_the_jwt_does_not_name(openvcloud, run):
    login = {"client_id": None, "client_secret": None, "access_token": openvcloud.jwt(username="operator", iss=None)}
    run(**NEW, **login)
    assert sent(openvcloud)[0][1]["access"] == "operator"


def test_where_nothing_deploys_it_the_task_does(openvcloud, run, monkeypatch):
    monkeypatch.setattr(cloudspace, "DEPLOY_AFTER", 0.2)
    openvcloud.configure(deploys_itself=False)
    result = run(**NEW)
    assert result["cloudspace"]["status"] == "DEPLOYED" and result["steps"] == ["create"]
    assert [call for call, _body in sent(openvcloud)] == ["cloudspaces/create", "cloudspaces/deploy"]


def test_virtual_one_is_deployed(openvcloud, run):
    row_of(openvcloud, "web")["status"] = "VIRTUAL"
    assert run(account="acme", name="web")["steps"] == ["deploy"]
    assert run(account="acme", name="web")["changed"] is False


def test_one_that_is_being_deployed_is_waited_for(openvcloud, run):
    web = row_of(openvcloud, "web")
    openvcloud.pass_through(web, "DEPLOYING", "DEPLOYED", 0.5)
    result = run(account="acme", name="web")
    assert result["changed"] is False and result["cloudspace"]["status"] == "DEPLOYED"


def test_deployment_that_does_not_end(openvcloud, run):
    openvcloud.configure(deploy_seconds=60)
    result = run(**NEW, wait_timeout=1)
    assert result["failed"] and result["changed"]
    assert [call.partition("/")[2] for call, _body in sent(openvcloud)] == result["steps"] == ["create", "deploy"]
    assert "has not shown within 1 s that it is done" in result["msg"]


@pytest.mark.parametrize("kind", ["reset_after", "error_after", "truncate"])
def test_lost_answer_of_a_creation(openvcloud, run, kind):
    openvcloud.fault(kind, path=".*/cloudspaces/create")
    result = run(**NEW)
    assert result["changed"] and result["cloudspace"]["status"] == "DEPLOYED"
    assert len(openvcloud.writes()) == 1


def test_creation_that_got_lost(openvcloud, run, impatient):
    openvcloud.fault("reset_before", path=".*/cloudspaces/create")
    result = run(**NEW)
    assert result["failed"] and "nothing was sent again: look first" in result["msg"]
    assert len(openvcloud.writes()) == 1


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"account": "acne"}, "account: acne does not exist: do you mean acme (12)"),
        ({"location": "ch-gen-dc02"}, "location: ch-gen-dc02 does not exist: do you mean ch-gen-dc01"),
        ({"location": None}, "missing: location; a creation needs it"),
        ({"account": None}, "missing: account; a cloudspace is found by account and name, or by id"),
        ({"external_network": "intranet"}, "external_network: intranet does not exist"),
        ({"allowed_sizes": ["medum"]}, "allowed_sizes: medum does not exist: do you mean medium (2)?"),
    ],
)
def test_wrong_references(openvcloud, run, options, said):
    result = run(**{**NEW, **options})
    assert result["failed"] and result["msg"].startswith(said)
    assert openvcloud.writes() == []


# Changes


def test_limits_are_changed(openvcloud, run):
    wanted = {"account": "acme", "name": "web", "max_memory": 32, "max_public_ips": 3}
    predicted = run(check=True, **wanted)
    result = run(**wanted)
    assert result["steps"] == predicted["steps"] == ["update"] and result["diff"] == predicted["diff"]
    assert result["diff"][0]["before"] == {"maxMemoryCapacity": -1, "maxNumPublicIP": -1}
    assert sent(openvcloud)[0][1] == {"cloudspaceId": 101, "maxMemoryCapacity": 32, "maxNumPublicIP": 3}
    assert run(**wanted)["changed"] is False


def test_limits_that_are_not_shown_are_set_with_a_warning(openvcloud, run):
    openvcloud.configure(limits="hidden")
    result = run(account="acme", name="web", max_memory=32)
    assert result["steps"] == ["update"]
    assert result["warnings"] == ["max_memory: the platform does not show this, so it is set at every run"]


def test_limits_as_text(openvcloud, run, numbers_as_text):
    wanted = {"account": "acme", "name": "web", "max_memory": 32, "wait_timeout": 2}
    assert run(**wanted)["steps"] == ["update"]
    assert run(**wanted)["changed"] is False


def test_sizes_as_text(openvcloud, run, numbers_as_text):
    run(**NEW, allowed_sizes=["small", "3"])
    assert sent(openvcloud)[0][1]["allowedVMSizes"] == [1, 3]


def test_sizes_in_another_order(openvcloud, run, monkeypatch):
    openvcloud.configure(limits="max")
    wanted = {"account": "acme", "name": "web", "allowed_sizes": ["large", "small"], "wait_timeout": 2}
    found = OpenvCloud.found

    def turned(self, *call, **parameters):
        record = found(self, *call, **parameters)
        return {**record, "allowedVMSizes": record["allowedVMSizes"][::-1]}

    monkeypatch.setattr(OpenvCloud, "found", turned)
    result = run(**wanted)
    assert "msg" not in result and result["steps"] == ["update"]
    assert run(**wanted)["changed"] is False


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"permanently": True}, "permanently is for state=absent, and state is present"),
        (
            {"restore": True, "state": "absent"},
            "restore is for state=present or enabled or disabled, and state is absent",
        ),
    ],
)
def test_options_of_another_state(openvcloud, run, options, said):
    assert run(account="acme", name="web", **options)["msg"] == said
    assert openvcloud.requests() == []


def test_absent_where_the_id_means_another_one(openvcloud, run):
    said = run(id=101, name="shop", state="absent")["msg"]
    assert said == "id: the cloudspace 101 is web, not shop; give only one of id and name to delete it"
    assert openvcloud.writes() == []


def test_conflict_after_the_creation(openvcloud, run):
    """It is not the name that is taken, and the creation is told of."""
    openvcloud.fault("status", path=".*/cloudspaces/disable", status=409, body='"Not now"')
    result = run(state="disabled", **NEW)
    assert result["msg"] == "Not now (POST cloudspaces/disable: 409)"
    assert result["changed"] and result["steps"] == ["create"]


def test_rename(openvcloud, run):
    assert run(id=101, name="web-2")["steps"] == ["update"]
    assert run(id=101, name="web-2")["changed"] is False
    assert openvcloud.cloudspaces[101]["name"] == "web-2"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (
            {"private_network": "10.0.0.0/8"},
            "private_network is fixed at creation: it is 192.168.103.0/24, not 10.0.0.0/8",
        ),
        ({"type": "routeros"}, "type is fixed at creation: it is vgw, not routeros"),
        ({"location": "Ghent"}, "location is fixed at creation: it is ch-gen-dc01, not be-g8-4"),
        ({"external_network": "2"}, "external_network is fixed at creation: it is 1, not 2"),
        ({"access": "x@y"}, "access is fixed at creation: it is operator@itsyouonline, not x@y"),
    ],
)
def test_fixed(openvcloud, run, options, said):
    assert run(account="acme", name="web", **options)["msg"] == said
    assert openvcloud.writes() == []


def test_disable_and_enable(openvcloud, run):
    web = {"account": "acme", "name": "web"}
    for state, step, status in (("disabled", "disable", "DISABLED"), ("enabled", "enable", "DEPLOYED")):
        assert run(check=True, state=state, **web)["steps"] == [step]
        result = run(state=state, reason="a test", **web)
        assert result["steps"] == [step] and result["cloudspace"]["status"] == status
        assert run(state=state, **web)["changed"] is False
    assert sent(openvcloud)[0] == ("cloudspaces/disable", {"cloudspaceId": 101, "reason": "a test"})


def test_order_that_wants_a_reason(openvcloud, run):
    for check in (True, False):
        said = run(check=check, account="acme", name="web", state="disabled", reason="")["msg"]
        assert said == "missing: reason; the platform wants one to disable a cloudspace"
    assert openvcloud.writes() == []


def test_present_leaves_a_disabled_one_alone(openvcloud, run):
    openvcloud.cloudspaces[101]["status"] = "DISABLED"
    assert run(account="acme", name="web")["changed"] is False


def test_new_and_disabled(openvcloud, run):
    result = run(state="disabled", **NEW)
    assert result["steps"] == ["create", "disable"] and result["cloudspace"]["status"] == "DISABLED"


# Removal


def test_absent_check_mode(openvcloud, run):
    run(**NEW)
    openvcloud.journal.clear()
    assert run(check=True, state="absent", **SHOP)["steps"] == ["delete"]
    assert openvcloud.writes() == []


@pytest.mark.parametrize("permanently", [False, True])
def test_absent(openvcloud, run, permanently):
    run(**NEW)
    result = run(state="absent", permanently=permanently, **SHOP)
    assert result["changed"] and result["steps"] == ["delete"]
    for check in (False, True):
        assert run(check=check, state="absent", permanently=permanently, **SHOP)["changed"] is False
    assert ("permanently" in sent(openvcloud)[-1][1]) is permanently


def test_absent_idempotent(openvcloud, run):
    assert run(state="absent", **SHOP)["changed"] is False
    assert openvcloud.writes() == []


def test_from_the_bin_for_good(openvcloud, run):
    run(**NEW)
    run(state="absent", **SHOP)
    assert run(state="absent", permanently=True, **SHOP)["steps"] == ["delete"]
    assert run(**NEW)["steps"] == ["create"]


def test_absent_with_machines(openvcloud, run):
    for check in (True, False):
        result = run(check=check, account="acme", name="web", state="absent")
        assert result["msg"] == (
            "cloudspace web still has machines, so it cannot be deleted: web01 (103), web02 (105), db01 (107)"
        )
    assert openvcloud.writes() == []


def test_absent_while_it_is_deployed(openvcloud, run):
    """The platform refuses that; so it is waited for."""
    run(**NEW)
    openvcloud.pass_through(row_of(openvcloud), "DEPLOYING", "DEPLOYED", 0.5)
    assert run(state="absent", **SHOP)["changed"]
    assert [entry["status"] for entry in openvcloud.writes()] == [200, 200]


@pytest.mark.parametrize("kind", ["reset_after", "error_after", "truncate"])
def test_lost_answer_of_a_deletion(openvcloud, run, kind):
    run(**NEW)
    openvcloud.fault(kind, path=".*/cloudspaces/delete")
    assert run(state="absent", **SHOP)["changed"]
    assert len(openvcloud.writes()) == 2


def test_name_in_the_bin(openvcloud, run):
    run(**NEW)
    run(state="absent", **SHOP)
    number = row_of(openvcloud)["id"]
    result = run(**NEW)
    assert result["msg"].startswith(
        "cloudspace shop (%d) is in the bin, and keeps its name there: set restore" % number
    )


def test_name_in_the_bin_that_no_list_shows(openvcloud, run):
    run(**NEW)
    run(state="absent", **SHOP)
    openvcloud.configure(lists_deleted=False)
    result = run(**NEW)
    assert (
        result["msg"].startswith("Cloud Space with name shop already exists.") and "it is in the bin" in result["msg"]
    )


def test_restore(openvcloud, run):
    run(**NEW)
    run(state="absent", **SHOP)
    assert run(check=True, restore=True, **NEW)["steps"] == ["restore"]
    result = run(restore=True, **NEW)
    assert result["steps"] == ["restore"] and result["cloudspace"]["status"] == "DEPLOYED"
    assert run(restore=True, **NEW)["changed"] is False


def test_ambiguous_name(openvcloud, run):
    openvcloud.add_cloudspace("web", 12, openvcloud.locations[0])
    assert "web is the name of several: give one of the ids 101, " in run(account="acme", name="web")["msg"]


def test_same_name_in_another_account(openvcloud, run):
    assert run(**{**NEW, "name": "lab"})["steps"] == ["create"]


@pytest.mark.parametrize("status", [429, 503])
def test_refused_for_a_moment(openvcloud, run, status):
    openvcloud.fault("status", path=".*/cloudspaces/create", status=status, headers={"Retry-After": "0"})
    assert run(**NEW)["changed"]
    assert [entry["status"] for entry in openvcloud.writes()] == [status, 200]


def test_platform_refuses(openvcloud, run, impatient):
    openvcloud.fault("status", path=".*/cloudspaces/create", status=503, body='"No available external IP Addresses"')
    result = run(**NEW)
    assert result["msg"].startswith("No available external IP Addresses (POST cloudspaces/create: 503)")
    assert len(openvcloud.writes()) == 1
