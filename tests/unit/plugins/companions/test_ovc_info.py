# SPDX-License-Identifier: GPL-3.0-or-later
"""ovc_info on the simulator of OpenvCloud, and that the modules reach all that is documented."""

from __future__ import annotations

import time

import pytest

ALL = [
    "accounts",
    "cloudspaces",
    "machines",
    "port_forwards",
    "disks",
    "images",
    "sizes",
    "locations",
    "external_networks",
]


@pytest.fixture
def on(openvcloud, run_on):
    return run_on(openvcloud)


@pytest.fixture
def run(on):
    def run(*gather, **options):
        return on("ovc_info", gather=list(gather), **options)

    return run


def named(rows):
    return [row["name"] for row in rows]


@pytest.mark.parametrize("check", [False, True])
def test_all(openvcloud, on, check):
    result = on("ovc_info", check, gather=ALL)
    assert result["changed"] is False and openvcloud.writes() == []
    assert named(result["accounts"]) == ["acme", "acme-labs"]
    assert named(result["cloudspaces"]) == ["web", "lab"]
    assert named(result["machines"]) == ["web01", "web02", "db01", "win01", "new01"]
    assert named(result["images"]) == ["Ubuntu 22.04 x64", "Windows 2022"]
    assert named(result["sizes"]) == ["small", "medium", "large"]
    assert named(result["locations"]) == ["Geneva", "Ghent"]
    assert named(result["external_networks"]) == ["internet", "partners"]
    assert len(result["disks"]) == 6 and len(result["port_forwards"]) == 3
    assert result["machines"][0]["cloudspace_id"] == 101 and result["disks"][0]["account_id"] == 12
    assert all("id" not in row for row in result["port_forwards"])
    assert result["portal_url"] == openvcloud.url


def test_of_an_account(run):
    result = run("cloudspaces", "machines", "images", "disks", account="acme")
    assert named(result["cloudspaces"]) == ["web"] and named(result["machines"]) == ["web01", "web02", "db01"]
    assert "acme appliance" in named(result["images"])


def test_of_a_cloudspace(openvcloud, run):
    openvcloud.cloudspaces[102]["allowedVMSizes"] = [2]
    result = run("machines", "sizes", cloudspace="lab")
    assert named(result["machines"]) == ["win01", "new01"] and named(result["sizes"]) == ["medium"]


def test_of_a_location(openvcloud, run):
    run("sizes", location="Ghent")
    assert openvcloud.requests()[-1]["body"] == {"location": "be-g8-4"}


def test_names_and_details(run):
    result = run("machines", names=["web02"], details=True)
    (machine,) = result["machines"]
    assert machine["os_image"] == "Ubuntu 22.04 x64" and machine["disks"][0]["size_max"] == 20


@pytest.mark.parametrize("shown", [False, True])
def test_secrets(openvcloud, run, shown):
    result = run("machines", "cloudspaces", details=True, show_secrets=shown)
    password = openvcloud.machines[103]["accounts"][0]["password"]
    assert (password in str(result["machines"])) is shown
    assert (openvcloud.cloudspaces[101]["secret"] in str(result["cloudspaces"])) is shown
    assert result["machines"][0]["accounts"][0]["login"] == "cloudscalers"


def test_bin(openvcloud, run):
    openvcloud.cloudspaces[102]["status"] = "DELETED"
    assert named(run("cloudspaces")["cloudspaces"]) == ["web"]
    result = run("cloudspaces", "machines", include_deleted=True)
    assert named(result["cloudspaces"]) == ["web", "lab"] and len(result["machines"]) == 3


def test_cloudspace_without_a_gateway(openvcloud, run):
    openvcloud.cloudspaces[102]["status"] = "VIRTUAL"
    assert len(run("port_forwards")["port_forwards"]) == 3


def test_names_leave_alone_what_has_none(run):
    result = run("machines", "port_forwards", names=["web01"])
    assert named(result["machines"]) == ["web01"] and len(result["port_forwards"]) == 3


@pytest.mark.parametrize("body", ["null", "{}", "5", "[1]"])
def test_port_forwards_that_are_no_list(openvcloud, run, body):
    openvcloud.fault("status", path=".*/portforwarding/list", status=200, body=body, content_type="application/json")
    said = run("port_forwards")["msg"]
    assert said == "portforwarding/list answered something else than a list of objects"


@pytest.mark.parametrize("body", ["", "<html>Gateway</html>", '"http://cloud.exa', "null", "not there yet"])
def test_portal_that_is_no_address(openvcloud, run, body):
    openvcloud.fault("status", path=".*/locations/getUrl", status=200, body=body, content_type="text/html")
    assert run("locations")["msg"] == "locations/getUrl answered something else than an address"


def test_machine_that_goes_meanwhile(openvcloud, run):
    openvcloud.fault("status", path=".*/machines/get", status=404, body='"Machine not found"')
    assert len(run("machines", details=True)["machines"]) == 4


@pytest.mark.parametrize(
    ("gather", "options", "said"),
    [
        ("locations", {"account": "acme"}, "account is for accounts, cloudspaces, machines"),
        ("machines", {"location": "Ghent"}, "location is for sizes, and gather is machines"),
        ("images", {"details": True}, "details is for accounts, cloudspaces, machines, disks, and gather is images"),
        ("port_forwards", {"names": ["web01"]}, "names is for accounts, cloudspaces, machines, disks, images, sizes"),
        ("sizes", {"location": "Ghent", "cloudspace": "lab"}, "location and cloudspace: sizes are those of one"),
        ("machines", {"cloudspace": "labb"}, "cloudspace: labb does not exist: do you mean lab (102)?"),
        ("machine", {}, "value of gather must be one or more of"),
    ],
)
def test_wrong_options(run, gather, options, said):
    assert run(gather, **options)["msg"].startswith(said)


def test_list_is_complete_or_fails(openvcloud, run):
    openvcloud.fault("status", path=".*/machines/list", status=403, body='"No access"', after=1)
    assert run("machines")["msg"].startswith("No access (POST machines/list: 403)")


def test_modules_reach_every_documented_call(openvcloud, on, monkeypatch):
    """Only calls that succeed count."""
    monkeypatch.setattr("ansible_collections.cegedim.cloud.plugins.module_utils.ovc.cloudspace.DEPLOY_AFTER", 0.1)
    openvcloud.configure(deploys_itself=False, expires_in=600)
    session = {"client_id": None, "client_secret": None, **openvcloud.session_login}
    space, shop = {"account": "acme", "name": "shop"}, {"cloudspace": "shop"}
    machine = {**shop, "name": "app01"}
    new = {**machine, "image": "31", "size": "small", "disk_size": 10}
    forward = {**shop, "public_port": 22}
    tasks = [
        ("ovc_info", {"gather": ALL, "details": True, **session}),
        ("ovc_cloudspace", {**space, "location": "ch-gen-dc01", "scope": "offline_access"}),
        ("ovc_cloudspace", {**space, "max_cpus": 8, "state": "disabled"}),
        ("ovc_cloudspace", {**space, "state": "enabled"}),
        ("ovc_machine", {**new, "state": "paused", "asynchronous": True}),
        ("ovc_machine", {**machine, "state": "started", "description": "An application"}),
        ("ovc_machine", {**machine, "state": "restarted", "size": "medium"}),
        ("ovc_machine", {**machine, "state": "reset"}),
        ("ovc_port_forward", {**forward, "machine": "app01", "local_port": 22}),
        ("ovc_port_forward", {**forward, "machine": "app01", "local_port": 2222}),
        ("ovc_port_forward", {**forward, "state": "absent"}),
        ("ovc_disk", {**shop, "machine": "app01", "name": "data", "size": 10}),
        ("ovc_disk", {**shop, "name": "data", "size": 20}),
        ("ovc_disk", {**shop, "name": "data", "state": "absent", "detach": True}),
        ("ovc_disk", {**shop, "name": "spare", "size": 5}),
        ("ovc_machine", {**machine, "state": "stopped"}),
        ("ovc_machine", {**machine, "state": "started"}),
        ("ovc_machine", {**machine, "state": "absent", "permanently": True}),
        ("ovc_cloudspace", {**space, "state": "absent"}),
        ("ovc_cloudspace", {**space, "restore": True}),
    ]
    openvcloud.tokens.revoke()
    for module, options in tasks:
        result = on(module, **options)
        assert not result.get("failed"), (module, options, result["msg"])
        assert result["changed"] is (module != "ovc_info"), (module, options)
    monkeypatch.setattr("time.time", lambda real=time.time: real() + 590)
    openvcloud.configure(expires_in=6000)
    on("ovc_info", gather=["accounts"], scope="offline_access")
    reached = {entry["operation"] for entry in openvcloud.journal.entries() if entry["status"] in (200, 202)}
    documented = {operation.id for operation in openvcloud.operations}
    assert documented - reached == set()
    assert len(documented) == 42


def test_filter_that_narrows_only_one_of_the_lists(run):
    result = run("machines", "disks", cloudspace="web")
    assert result["warnings"] == ["cloudspace does not narrow disks"]
    assert "warnings" not in run("machines", cloudspace="web")


def test_record_of_something_else_is_an_error(openvcloud, run):
    openvcloud.fault("mutate", times=1, path="/machines/get", set={"path": "id", "value": 999})
    assert "the record of 999" in run("machines", cloudspace="web", details=True)["msg"]


def test_secrets_come_with_details_only(openvcloud, run_on):
    result = run_on(openvcloud)("ovc_info", gather=["machines"], show_secrets=True)
    assert result["msg"] == "show_secrets requires details=true, and it is false"
