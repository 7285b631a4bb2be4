# SPDX-License-Identifier: GPL-3.0-or-later
"""The PostgreSQL module against the simulator: what it answers, and exactly what it sends."""

from __future__ import annotations

import pytest

PASSWORD = "Correct-Horse-42"
STANDALONE = dict(
    name="orders",
    service="intranet",
    region="EB",
    network="EB_1127_DMZ9",
    topology="STANDALONE",
    version="15",
    sizing="2cpu4gb",
    disk_size=40,
    admin_password=PASSWORD,
    trigram="ord",
    allowed_replication_lag=100,
)
HA = dict(STANDALONE, topology="HA", availability_zone="EB-A", node_prefix="DEBORD", tls=True)
BODY = {
    "name": "orders",
    "serviceId": 44413,
    "region": "EB",
    "area": "EB-EMEA",
    "networkId": 1127,
    "topology": "STANDALONE",
    "postgreVersion": "15",
    "nodeSizing": "2cpu4gb",
    "diskSize": 40,
    "admPassword": "***",  # the journal keeps no secret
    "trigram": "ord",
    "allowedReplicationLag": 100,
}


@pytest.fixture
def postgresql(task):
    return task("itcare_postgresql")


def path_of(sim, name):
    return "/databases/postgresql/%d" % sim.state.named(name, "postgresql")[0]["id"]


def test_create(sim, postgresql):
    result, writes = postgresql.converges(**STANDALONE)
    assert writes == [("POST", "/databases/postgresql", BODY)]
    assert result["steps"] == ["create"]
    shown = result["postgresql"]
    assert (shown["name"], shown["status"], shown["topology"], shown["version"]) == (
        "orders",
        "ACTIVE",
        "STANDALONE",
        "15",
    )


def test_create_highly_available(sim, postgresql):
    result, writes = postgresql.converges(**HA)
    ((_method, _path, body),) = writes
    assert body == {**BODY, "topology": "HA", "az": "EB-A", "nodePrefix": "DEBORD", "tls": True}
    assert (result["postgresql"]["topology"], result["postgresql"]["node_count"]) == ("HA", 2)


def test_create_sends_every_field(sim, postgresql):
    options = dict(
        HA,
        area="EB-EMEA",
        regulation="STANDARD",
        cloud=101,
        platform="pg15",
        prefix="DEBORD",
        monitoring_enabled=True,
        monitoring_alerting=False,
        on_call_supervision=True,
        backup_enabled=False,
        no_backup_prod_reason="Rebuilt each night",
        replication_enabled=False,
        no_replication_prod_reason="Not needed",
        no_monitoring_prod_reason="Not needed",
    )
    _result, ((_method, _path, body),) = postgresql.converges(**options)
    assert body == {
        **BODY,
        "topology": "HA",
        "az": "EB-A",
        "nodePrefix": "DEBORD",
        "tls": True,
        "area": "EB-EMEA",
        "regulation": "STANDARD",
        "cloudId": 101,
        "platform": "pg15",
        "prefix": "DEBORD",
        "monitoringEnabled": True,
        "monitoringAlerting": False,
        "onCallSupervision": True,
        "backupEnabled": False,
        "noBackupProdReason": "Rebuilt each night",
        "replicationEnabled": False,
        "noReplicationProdReason": "Not needed",
        "noMonitoringProdReason": "Not needed",
    }


def test_create_and_all_that_a_creation_cannot_say(sim, postgresql):
    result, _writes = postgresql.converges(
        **STANDALONE,
        state="stopped",
        comment="orders of the shop",
        tags={"tier": "data"},
        patch_party=dict(excluded=False, patch_group=2),
        extensions=[dict(database="postgres", name="citext")],
    )
    assert result["steps"] == ["create", "install_extension", "update_patch_party", "comment", "add_tag", "stop"]
    shown = result["postgresql"]
    assert (shown["status"], shown["comment"], shown["tags"]) == ("INACTIVE", "orders of the shop", {"tier": "data"})


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (
            {"name": "Orders"},
            "name: 'Orders' is not allowed: use 5 to 60 lowercase letters and digits, and not the word cluster",
        ),
        (
            {"name": "pg"},
            "name: 'pg' is not allowed: use 5 to 60 lowercase letters and digits, and not the word cluster",
        ),
        (
            {"name": "cluster"},
            "name: 'cluster' is not allowed: use 5 to 60 lowercase letters and digits, and not the word cluster",
        ),
        ({"disk_size": 39}, "disk_size: 39 is not within 40 to 1024 GB"),
        ({"disk_size": 1025}, "disk_size: 1025 is not within 40 to 1024 GB"),
        ({"allowed_replication_lag": 0}, "allowed_replication_lag: 0 is not within 1 to 10240 MB"),
        ({"sizing": "large"}, "sizing: 'large' is not of the form <CPUs>cpu<GB of RAM>gb, such as 2cpu4gb"),
        ({"node_prefix": "abc"}, "node_prefix: 'abc' is not allowed: use 5 to 12 uppercase letters and digits"),
        ({"topology": "HA"}, "topology: HA needs availability_zone, node_prefix, tls, too"),
        ({"tls": True, "version": "12"}, "tls needs version 13 or later, and it is 12"),
        ({"version": "new"}, "version: 'new' is not a version such as 16"),
        ({"service": "no-such"}, "there is no service called no-such (or this account does not see it)"),
        ({"network": "NOWHERE"}, "there is no network called NOWHERE (or this account does not see it)"),
        (
            {"service": "billing", "network": "1125", "backup_enabled": False},
            "no_backup_prod_reason: a reason is needed for backup_enabled=false in PRODUCTION",
        ),
    ],
)
def test_create_refused(postgresql, changed, message):
    options = {**STANDALONE, **changed}
    if "tls" in changed:
        options.pop("tls")
        options["tls"] = True
    assert postgresql.refuses(**options) == message


def test_create_highly_available_too_old(postgresql):
    assert postgresql.refuses(**{**HA, "version": "11"}) == (
        "topology: HA needs version 12 or later, and it is 11; tls needs version 13 or later, and it is 11"
    )


@pytest.mark.parametrize(
    ("password", "lacks"),
    [
        ("Ab1-", "12 characters"),
        ("UPPERCASE-0123", "a lowercase letter"),
        ("lowercase-0123", "an uppercase letter"),
        ("NoDigits-NoDigits", "a digit"),
        ("NoSpecial0123456", "a special character"),
    ],
)
def test_weak_password(postgresql, password, lacks):
    message = postgresql.refuses(**{**STANDALONE, "admin_password": password})
    assert message.endswith("and lacks " + lacks)
    assert password not in message


@pytest.mark.parametrize("check", [True, False])
def test_password_stays_secret(sim, postgresql, check):
    result, _writes = postgresql(check=check, **STANDALONE)
    assert result["changed"] and PASSWORD not in str(result)


def test_password_is_not_compared(postgresql):
    postgresql.converges(**STANDALONE)
    postgresql.changes_nothing(**{**STANDALONE, "admin_password": "Another-Horse-43"})


def test_resize(sim, postgresql):
    result, writes = postgresql.converges(name="intrapg", sizing="4cpu8gb")
    body = {"operation": "resize", "options": {"sizing": "4cpu8gb"}}
    assert writes == [("PATCH", path_of(sim, "intrapg"), body)]
    (step,) = result["diff"]
    assert (step["before"], step["after"]) == ({"sizing": "2cpu4gb"}, {"sizing": "4cpu8gb"})


def test_enable_ha(sim, postgresql):
    result, writes = postgresql.converges(
        name="intrapg", topology="HA", allowed_replication_lag=50, change_reference="RFC_1"
    )
    options = {"replicationLag": 50, "changeReference": "RFC_1"}
    assert writes == [("PATCH", path_of(sim, "intrapg"), {"operation": "enable_ha", "options": options})]
    (step,) = result["diff"]
    assert step["before"] == {"topology": "STANDALONE", "allowed_replication_lag": 100}
    assert step["after"] == {"topology": "HA", "allowed_replication_lag": 50}


def test_enable_ha_keeps_the_lag(sim, postgresql):
    _result, writes = postgresql.converges(name="intrapg", topology="HA")
    assert writes[0][2] == {"operation": "enable_ha", "options": {"replicationLag": 100}}


def test_enable_ha_with_too_much_lag(sim, postgresql):
    sim.state.named("intrapg")[0]["allowedReplicationLag"] = 1000
    assert postgresql.refuses(name="intrapg", topology="HA") == (
        "allowed_replication_lag: to enable HA it must be 1 to 500, and it is 1000"
    )


def test_enable_ha_too_old(sim, postgresql):
    sim.state.named("intrapg")[0]["version"] = "11"
    assert postgresql.refuses(name="intrapg", topology="HA") == "topology: HA needs version 12 or later, and it is 11"


def test_back_to_standalone(postgresql):
    assert postgresql.refuses(name="billingpg", topology="STANDALONE").endswith(
        "topology: it is HA, and cannot be changed back to STANDALONE"
    )


def test_back_to_standalone_only_warned_of(postgresql):
    result, writes = postgresql(name="billingpg", topology="STANDALONE", on_fixed_difference="warn")
    assert (result["changed"], writes) == (False, [])
    assert "cannot be changed back to STANDALONE" in result["warnings"][0]


@pytest.mark.parametrize("topology", [{}, {"topology": "HA"}])
def test_lag_without_conversion(postgresql, topology):
    assert postgresql.refuses(name="billingpg", allowed_replication_lag=50, **topology).endswith(
        "allowed_replication_lag changes only when topology becomes HA: it is 100, not 50"
    )


@pytest.mark.parametrize("spelling", ["Standalone", "STANDALONE"])
def test_topology_in_another_spelling(sim, postgresql, spelling):
    sim.state.named("intrapg")[0]["topology"] = spelling
    postgresql.changes_nothing(name="intrapg", topology="STANDALONE")


def test_upgrade(sim, postgresql):
    result, writes = postgresql.converges(name="intrapg", version="16", change_reference="RFC_1")
    body = {"operation": "upgrade", "options": {"targetVersion": "16", "changeReference": "RFC_1"}}
    assert writes == [("PATCH", path_of(sim, "intrapg"), body)]
    assert result["postgresql"]["version"] == "16"


def test_upgrade_not_offered(postgresql):
    assert postgresql.refuses(name="intrapg", version="17") == ("version: 14 can be upgraded to 15, 16, and not to 17")


def test_downgrade(postgresql):
    assert postgresql.refuses(name="billingpg", version="14").endswith("version cannot go down: it is 15, not 14")


def test_version_with_its_minor_one(sim, postgresql):
    sim.state.named("intrapg")[0]["version"] = "14.11"
    postgresql.changes_nothing(name="intrapg", version="14")


def test_several_changes_in_their_order(postgresql):
    result, _writes = postgresql.converges(
        name="intrapg",
        topology="HA",
        version="15",
        sizing="4cpu8gb",
        extensions=[dict(database="app", name="hstore")],
        comment="grown up",
    )
    assert result["steps"] == ["resize", "upgrade", "enable_ha", "install_extension", "comment"]


@pytest.mark.slow
def test_several_changes_seen_late(sim, postgresql):
    sim.configure(late_visibility=0.3)
    result, _writes = postgresql.converges(name="intrapg", topology="HA", version="15", sizing="4cpu8gb")
    assert (result["postgresql"]["version"], result["postgresql"]["topology"]) == ("15", "HA")


def test_extensions(sim, postgresql):
    wanted = [dict(database=database, name=name) for database, name in WANTED_EXTENSIONS]
    result, writes = postgresql.converges(name="billingpg", extensions=wanted)
    options = [
        {"dbname": "app", "extensions_list": [{"name": "citext"}, {"name": "timescaledb"}]},
        {"dbname": "postgres", "extensions_list": [{"name": "citext"}]},
    ]
    path = path_of(sim, "billingpg")
    assert writes == [("PATCH", path, {"operation": "install_extension", "options": one}) for one in options]
    assert result["diff"][0]["before"] == {"extensions": {"app": ["pgcrypto"]}}
    assert result["diff"][0]["after"] == {
        "extensions": {"app": ["pgcrypto", "citext", "timescaledb (restarts the server)"]}
    }


WANTED_EXTENSIONS = [("app", "citext"), ("app", "pgcrypto"), ("postgres", "citext"), ("app", "timescaledb")]


def test_extensions_that_are_there(sim, postgresql):
    result = postgresql.changes_nothing(name="billingpg", extensions=[dict(database="app", name="pgcrypto")])
    assert [database["name"] for database in result["postgresql"]["extensions"]] == ["postgres", "app"]


def test_extension_unknown(postgresql):
    message = postgresql.refuses(name="billingpg", extensions=[dict(database="app", name="nonsense")])
    assert message.startswith("extensions: nonsense cannot be installed; the platform offers btree_gist, citext, ")


def test_extension_for_unknown_database(postgresql):
    message = postgresql.refuses(name="billingpg", extensions=[dict(database="shop", name="citext")])
    assert message == "extensions: there is no database shop; these are: postgres, app"


def test_extension_for_an_old_version(postgresql):
    message = postgresql.refuses(name="intrapg", extensions=[dict(database="app", name="citext")])
    assert message == "extensions: citext cannot be installed; the platform offers none for this version"


def test_extensions_ask_once_more_only_for_a_change(sim, postgresql):
    postgresql(name="billingpg", extensions=[dict(database="app", name="pgcrypto")])
    assert "list_postgresql_extensions" not in [entry["operation"] for entry in sim.requests()]


def test_monitoring(sim, postgresql):
    _result, writes = postgresql.converges(name="intrapg", monitoring_enabled=True, on_call_supervision=True)
    body = {"operation": "update_monitoring", "options": {"state": True, "on_call": True}}
    assert writes == [("PATCH", path_of(sim, "intrapg"), body)]


def test_monitoring_off_takes_on_call_with_it(sim, postgresql):
    sim.state.named("billingpg")[0]["monitoringOnCallEnabled"] = True
    _result, writes = postgresql.converges(name="billingpg", monitoring_enabled=False)
    assert writes[0][2] == {"operation": "update_monitoring", "options": {"state": False, "on_call": False}}


@pytest.mark.parametrize("options", [{}, {"monitoring_enabled": False}])
def test_on_call_without_monitoring(postgresql, options):
    assert postgresql.refuses(name="intrapg", on_call_supervision=True, **options) == (
        "on_call_supervision: true needs monitoring_enabled=true, and it is false"
    )


def test_monitoring_does_not_count_while_stopped(sim, postgresql):
    result, _writes = postgresql.converges(name="billingpg", monitoring_enabled=True, state="stopped")
    assert (result["steps"], result["postgresql"]["monitoring_enabled"]) == (["stop"], False)
    result, _writes = postgresql.converges(name="billingpg", monitoring_enabled=True, state="started")
    assert (result["steps"], result["postgresql"]["monitoring_enabled"]) == (["start", "update_monitoring"], True)


def test_monitoring_changed_before_a_stop(sim, postgresql):
    result, _writes = postgresql.converges(name="intrapg", monitoring_enabled=True, state="stopped")
    assert result["steps"] == ["update_monitoring", "stop"]


def test_patch_party_group_of_a_single_node(sim, postgresql):
    _result, writes = postgresql.converges(name="intrapg", patch_party=dict(excluded=False, patch_group=3))
    options = {"patchParty": {"excluded": False, "patchGroup": "3"}}
    assert writes[0][2] == {"operation": "update_patch_party", "options": options}


def test_patch_party_group_of_two_nodes(postgresql):
    message = postgresql.refuses(name="billingpg", patch_party=dict(excluded=False, patch_group=3))
    assert message.startswith("patch_party: a patch_group is for a single node, and there are 2")


def test_patch_party_exclusion(sim, postgresql):
    _result, writes = postgresql.converges(
        name="billingpg", patch_party=dict(excluded=True, exclusion_reason="Patched by hand")
    )
    options = {"patchParty": {"excluded": True, "exclusionReason": "Patched by hand"}}
    assert writes[0][2] == {"operation": "update_patch_party", "options": options}


def test_changed_while_it_runs(sim, postgresql):
    result, _writes = postgresql.converges(name="intrapg", state="stopped", sizing="4cpu8gb")
    assert result["steps"] == ["resize", "stop"]
    result, _writes = postgresql.converges(name="intrapg", state="started", sizing="2cpu4gb")
    assert result["steps"] == ["start", "resize"]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (dict(network="1126"), "network is fixed at creation: it is 1125, not 1126"),
        (dict(network="EB_1126_BACK3"), "network is fixed at creation: it is 1125, not EB_1126_BACK3"),
        (dict(availability_zone="EB-C"), "availability_zone is fixed at creation: it is EB-A and EB-B, not EB-C"),
        (dict(area="EB-HDS"), "area is fixed at creation: it is EB-EMEA, not EB-HDS"),
    ],
)
def test_fixed_that_is_looked_up_or_shown_by_the_nodes(postgresql, options, sentence):
    assert postgresql.refuses(name="billingpg", **options).endswith(sentence)


def test_everything_as_it_is(postgresql):
    postgresql.changes_nothing(
        name="billingpg",
        service="billing",
        network="EB_1125_DMZ8",
        topology="HA",
        availability_zone="EB-B",
        version="15",
        sizing="4cpu16gb",
        disk_size=40,
        trigram="BIL",
        allowed_replication_lag=100,
        tls=True,
        state="started",
    )


def test_nothing_to_do_costs_two_requests_and_a_third_where_a_listing_cannot_decide(sim, postgresql):
    postgresql(name="intrapg", service="intranet", state="started")
    assert sorted(entry["operation"] for entry in sim.requests()) == ["list_actions", "list_databases"]
    postgresql(name="intrapg", version="14", topology="STANDALONE", sizing="2cpu4gb", state="started")
    asked = ["get_postgresql", "list_actions", "list_databases"]
    assert sorted(entry["operation"] for entry in sim.requests()) == asked


@pytest.mark.slow
@pytest.mark.parametrize("settings", [dict(), dict(creation_visible=True)], ids=str)
def test_absent_while_it_is_created(sim, postgresql, settings):
    sim.configure(action_seconds=0.5, **settings)
    postgresql(**STANDALONE, wait=False)
    result, writes = postgresql(name="orders", state="absent")
    assert not result.get("failed"), result["msg"]
    assert (result["changed"], [method for method, _path, _body in writes]) == (True, ["DELETE"])
    assert result["postgresql"] is None


@pytest.mark.slow
def test_size_that_is_about_to_change_does_not_count(sim, postgresql):
    sim.configure(action_seconds=0.5)
    postgresql(name="intrapg", sizing="4cpu8gb", wait=False)
    result, writes = postgresql(name="intrapg", sizing="2cpu4gb")
    assert not result.get("failed"), result["msg"]
    assert [body["options"] for _method, _path, body in writes] == [{"sizing": "2cpu4gb"}]
    assert result["postgresql"]["cpu"] == 2


def test_nothing_is_sent_where_a_later_step_would_be_refused(sim, postgresql):
    message = postgresql.refuses(name="intrapg", version="15", extensions=[dict(database="nowhere", name="hstore")])
    assert message.startswith("extensions: there is no database nowhere; these are: ")


def test_another_database_of_the_same_name(sim, postgresql):
    sim.state.named("portal-maria")[0]["name"] = "orders"
    _result, writes = postgresql.converges(**STANDALONE)
    assert writes[0][:2] == ("POST", "/databases/postgresql")


def test_same_name_in_two_services(sim, postgresql):
    sim.state.named("billingpg")[0]["name"] = "intrapg"
    sim.state._names["intrapg"] = sim.state.named("intrapg") + sim.state.named("billingpg")
    assert "2 resources of kind postgresql are named intrapg" in postgresql.refuses(name="intrapg", state="stopped")
    postgresql.changes_nothing(name="intrapg", service="intranet", version="14")


@pytest.mark.parametrize(
    "settings",
    [
        dict(accepted_status=200, internal_id=False, action_id_as_text=True),
        dict(creation_visible=True),
        dict(late_visibility=0.3, late_action=0.2),
        dict(ram_unit="mb", names_filter="substring", removed_visible=True),
    ],
)
@pytest.mark.slow
def test_every_latitude_of_the_documentation(sim, postgresql, settings):
    sim.configure(**settings)
    postgresql.converges(**STANDALONE, tags={"a": "b"})
    postgresql.converges(name="orders", sizing="4cpu8gb", topology="HA", version="16")
    postgresql.converges(name="orders", state="absent")


def test_creation_whose_answer_is_lost(sim, postgresql):
    sim.fault("reset_after", operation="create_postgresql")
    result, writes = postgresql(**STANDALONE)
    assert result["changed"] and len(writes) == 1
    assert "the answer was lost, but it took effect" in result["warnings"][0]


@pytest.mark.slow
def test_wait_timeout_and_again(sim, postgresql):
    sim.configure(action_seconds=1.5)
    result, _writes = postgresql(**STANDALONE, wait_timeout=0.3)
    assert result["failed"] and "run the same task again" in result["msg"]
    result, writes = postgresql(**STANDALONE)
    assert not result.get("failed"), result["msg"]
    assert writes == [] and result["postgresql"]["status"] == "ACTIVE"


@pytest.mark.slow
def test_upgrade_goes_on_after_an_interruption(sim, postgresql):
    sim.configure(action_seconds=1.5)
    options = dict(name="intrapg", version="15", topology="HA")
    result, writes = postgresql(**options, wait_timeout=0.3)
    assert result["failed"] and result["steps_sent"] == ["upgrade"]
    sim.configure(action_seconds=0.05)
    result, writes = postgresql(**options)
    assert [body["operation"] for _method, _path, body in writes] == ["enable_ha"]


def test_without_waiting(sim, postgresql):
    sim.configure(action_seconds=5)
    result, _writes = postgresql(name="intrapg", version="15", topology="HA", wait=False)
    assert (result["steps"], result["still_to_do"]) == (["upgrade"], ["enable_ha"])


def test_failed_action(sim, postgresql):
    sim.fault("fail_action", operation="update_postgresql", message="No space left")
    result, _writes = postgresql(name="intrapg", version="15")
    assert result["failed"] and "No space left" in result["msg"]


def test_patch_group_of_a_new_pair(postgresql):
    message = postgresql.refuses(**HA, patch_party=dict(excluded=False, patch_group=3))
    assert message.startswith("patch_party: a patch_group is for a single node, and there are 2")


@pytest.mark.parametrize("options", [{}, {"monitoring_enabled": False}])
def test_on_call_of_a_new_one_without_monitoring(postgresql, options):
    assert postgresql.refuses(**STANDALONE, on_call_supervision=True, **options) == (
        "on_call_supervision: true needs monitoring_enabled=true, and it is false"
    )


def test_extensions_of_a_stopped_one_that_cannot_tell(sim, postgresql):
    sim.state.named("billingpg")[0]["status"] = "INACTIVE"
    sim.fault("status", operation="list_postgresql_databases", status=400, times=-1)
    postgresql.changes_nothing(name="billingpg", state="stopped", extensions=[dict(database="app", name="citext")])
    sim.clear_faults()


@pytest.mark.parametrize(
    "option, value, shown",
    [("network", "EB_1125_DMZ8", "1127"), ("availability_zone", "ET-A", "EB-A"), ("regulation", "HDS", "STANDARD")],
)
def test_absent_of_one_in_another_place(postgresql, option, value, shown):
    postgresql(**STANDALONE)
    message = postgresql.refuses(name="orders", state="absent", **{option: value})
    assert message.endswith("is not the one requested: %s: it is %s, not %s" % (option, shown, value))
