# SPDX-License-Identifier: GPL-3.0-or-later
"""What the inventory of OpenvCloud holds: hosts, variables and groups, for what the platform has and what is asked."""

from __future__ import annotations

import ipaddress
import random
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from ansible.errors import AnsibleParserError

from ansible_collections.cegedim.cloud.plugins.inventory import ovc
from ansible_collections.cegedim.cloud.plugins.module_utils.arguments import GROUPS
from ansible_collections.cegedim.cloud.plugins.plugin_utils import inventory_trust, ovc_estate, ovc_hosts

COLLECTIONS = Path(__file__).parents[7]
STATUSES = ["RUNNING", "HALTED", "PAUSED", "MIGRATING", "VIRTUAL", "DELETED", "DESTROYED"]
ADDRESSES = ["192.168.103.%d", "10.1.2.%d/24", "2001:db8::%d", "Undefined", ""]
NAMES = ["web", "db 1", "équipe", "a-b", "[x]", "web", "win"]


def fails(run, **options):
    with pytest.raises(AnsibleParserError) as failure:
        run(**options)
    return str(failure.value)


def asked(cloud, operation):
    return [entry["body"] for entry in cloud.requests() if entry["operation"] == "ovc." + operation]


# The simulator's truth


def random_estate(cloud, chance):
    """Cloudspaces and machines of all kinds in place of the first ones."""
    cloud.cloudspaces.clear()
    cloud.machines.clear()
    cloud.forwards.clear()
    for place in range(chance.randint(1, 4)):
        account = chance.choice(cloud.accounts)["id"]
        status = chance.choice(["DEPLOYED", "DEPLOYED", "DEPLOYED", "VIRTUAL", "DISABLED"])
        space = cloud.add_cloudspace("space%d" % place, account, chance.choice(cloud.locations), status)
        for _machine in range(chance.randint(0, 6)):
            address = chance.choice(ADDRESSES)
            machine = cloud.add_machine(
                chance.choice(NAMES),
                space,
                chance.choice([31, 32]),
                vcpus=chance.randint(1, 8),
                memory=1024,
                address=address % len(cloud.machines) if "%" in address else address,
                status=chance.choice(STATUSES),
            )
            for _forward in range(chance.randint(0, 2)):
                cloud.forwards[space["id"]].append(
                    {
                        "publicIp": space["publicipaddress"],
                        "publicPort": chance.randint(1000, 60000),
                        "localIp": machine["interfaces"][0]["ipAddress"],
                        "localPort": chance.choice([22, 5986, 443]),
                        "protocol": chance.choice(["tcp", "udp"]),
                    }
                )


def usable(text):
    try:
        return str(ipaddress.ip_interface(text).ip)
    except ValueError:
        return None


def truth(cloud):
    """What the simulator has that has to be a host, by id: how it is reached by address, and its groups."""
    accounts = {row["id"]: row["name"] for row in cloud.accounts}
    found = {}
    for machine in cloud.machines.values():
        space = cloud.cloudspaces[machine["cloudspaceid"]]
        if machine["status"] not in ("DELETED", "DESTROYED"):
            found[machine["id"]] = {
                "name": machine["name"],
                "status": machine["status"],
                "vcpus": machine["vcpus"],
                "address": usable(machine["interfaces"][0]["ipAddress"]),
                "cloudspace": space["name"],
                "account": accounts[space["accountId"]],
                "location": space["location"],
            }
    return found


def reached_through(cloud, number, ports):
    """Public address and port of the forward to a machine that comes first by local port, then public port."""
    space = cloud.cloudspaces[cloud.machines[number]["cloudspaceid"]]
    address = cloud.machines[number]["interfaces"][0]["ipAddress"]
    if space["status"] == "VIRTUAL" or not usable(address):
        return None, None
    found = [
        (ports.index(row["localPort"]), row["publicPort"], row["publicIp"])
        for row in cloud.forwards[space["id"]]
        if row["localPort"] in ports and (row["protocol"], row["localIp"]) == ("tcp", address)
    ]
    return (min(found)[2], min(found)[1]) if found else (None, None)


@pytest.mark.parametrize("seed", range(12))
def test_hosts_are_the_machines_of_the_platform(ovc_inventory, cloud, seed):
    random_estate(cloud, random.Random(seed))
    found, expected = ovc_inventory(duplicates="suffix"), truth(cloud)
    shown = {found.ovc(name)["id"]: name for name in found.hosts}
    assert set(shown) == set(expected) and len(found.hosts) == len(expected)
    for number, name in shown.items():
        machine, record = expected[number], found.ovc(name)
        assert [record[field] for field in ("name", "status", "vcpus", "ip_address")] == [
            machine[field] for field in ("name", "status", "vcpus", "address")
        ]
        assert found.vars(name).get("ansible_host") == machine["address"]
        places = {kind: machine[kind] for kind in ("cloudspace", "account", "location", "status")}
        cleaned = ["%s_%s" % (kind, value.replace("-", "_")) for kind, value in places.items()]
        assert found.groups_of(name) == sorted([*cleaned, "ovc"])
    assert found.warnings == []


@pytest.mark.parametrize("seed", range(12))
def test_hosts_are_reached_through_the_forwards_of_the_platform(ovc_inventory, cloud, seed):
    random_estate(cloud, random.Random(seed))
    for rows in cloud.forwards.values():
        rows[:] = [row for row in rows if usable(row["localIp"])]
    found = ovc_inventory(duplicates="suffix", connect_by=["port_forward"])
    for name in found.hosts:
        reached = found.vars(name).get("ansible_host"), found.vars(name).get("ansible_port")
        assert reached == reached_through(cloud, found.ovc(name)["id"], (22, 5986))
    assert asked(cloud, "machines/get") == []


# Variables


def test_variables_of_a_host(ovc_inventory, cloud):
    found = ovc_inventory(connect_by=["address", "port_forward"])
    assert found.hosts == ["db01", "new01", "web01", "web02", "win01"]
    assert set(found.vars("web01")) == {"ovc", "ansible_host", "inventory_file", "inventory_dir"}
    record = found.ovc("web01")
    assert record.pop("nics")[0]["mac_address"] and record.pop("disks")
    row = next(row for row in cloud.machines.values() if row["name"] == "web01")
    assert record == {
        "id": row["id"],
        "name": "web01",
        "hostname": "web01",
        "status": "RUNNING",
        "image_id": 31,
        "size_id": 2,
        "vcpus": 2,
        "memory": 4096,
        "storage": 20,
        "source": "listing",
        "cloudspace_id": row["cloudspaceid"],
        "cloudspace_name": "web",
        "cloudspace_status": "DEPLOYED",
        "account_id": 12,
        "account_name": "acme",
        "location": "ch-gen-dc01",
        "public_ip": "203.0.113.10",
        "ip_address": "192.168.103.250",
        "ip_addresses": ["192.168.103.250"],
        "port_forwards": [
            {"public_ip": "203.0.113.10", "public_port": 2201, "local_port": 22, "protocol": "tcp"},
            {"public_ip": "203.0.113.10", "public_port": 80, "local_port": 8080, "protocol": "tcp"},
        ],
        "forward": {"public_ip": "203.0.113.10", "public_port": 2201, "local_port": 22, "protocol": "tcp"},
    }


def test_prefixed_variables(ovc_inventory):
    found = ovc_inventory(vars_style="prefixed", vars_name="cloud")
    assert found.vars("web01")["cloud_cloudspace_name"] == "web" and "ovc" not in found.vars("web01")


def test_details_have_no_passwords(ovc_inventory, cloud):
    found = ovc_inventory(gather=["details"])
    secrets = [one["password"] for row in cloud.machines.values() for one in row["accounts"]]
    secrets += [space["secret"] for space in cloud.cloudspaces.values()]
    assert len(secrets) == 7
    text = repr([found.vars(name) for name in found.hosts])
    assert [secret for secret in secrets if secret in text] == []
    assert found.ovc("web01")["accounts"] == [{"login": "cloudscalers"}]
    assert (found.ovc("web01")["source"], found.ovc("web01")["image_name"]) == ("details", "Ubuntu 22.04 x64")


def test_fields_have_one_spelling_in_listing_and_details(ovc_inventory):
    listed, read = ovc_inventory().ovc("web01"), ovc_inventory(gather=["details"]).ovc("web01")
    assert set(listed) <= set(read)
    changed = {field for field in listed if listed[field] != read[field]}
    assert changed == {"source", "disks"}  # a page has the disks, a listing their ids


def test_what_a_machine_runs_at_first_is_left_out():
    data = {"a": [{"password": "x", "clientSecret": "y", "login": "z"}], "userdata": {"users": []}, "imageid": 5}
    assert ovc_estate._spelled(data) == {"a": [{"login": "z"}], "image_id": 5}


def test_groups_of_images(ovc_inventory, cloud):
    found = ovc_inventory(gather=["images"])
    assert found.members("os_Windows") == ["win01"]
    assert found.members("image_Ubuntu_22_04_x64") == ["db01", "new01", "web01", "web02"]
    assert sorted(one["accountId"] for one in asked(cloud, "images/list")) == [12, 13]


@pytest.mark.parametrize("switched_off", sorted(ovc_hosts.GROUPS))
def test_each_default_group_can_be_switched_off(ovc_inventory, switched_off):
    wanted = [kind for kind in ovc_hosts.GROUPS if kind != switched_off]
    groups = set(ovc_inventory(gather=["images"]).data.groups)
    left = set(ovc_inventory(gather=["images"], default_groups=wanted).data.groups)
    assert groups - left == {name for name in groups if name.split("_")[0] == switched_off} != set()


def test_group_of_all_is_left_out_where_a_host_has_its_name(ovc_inventory, cloud):
    cloud.add_machine("ovc", next(iter(cloud.cloudspaces.values())), 31, vcpus=1, memory=512)
    found = ovc_inventory()
    assert "ovc" in found.hosts and "ovc" not in found.data.groups
    assert found.warnings == ["There is no group for ovc: a host has its name, ovc."]


# Addresses


def test_pages_are_read_only_for_missing_addresses(ovc_inventory, cloud):
    number = next(row["id"] for row in cloud.machines.values() if row["name"] == "new01")
    found = ovc_inventory()
    assert asked(cloud, "machines/get") == [{"machineId": number}]
    assert "ansible_host" not in found.vars("new01") and "description" not in found.ovc("new01")


def test_address_of_the_page_where_the_row_has_none(ovc_inventory, cloud, monkeypatch):
    shown = ovc_estate._spelled

    def spelled(row):
        return {**shown(row), **({} if "interfaces" in row else {"nics": []})}

    monkeypatch.setattr(ovc_estate, "_spelled", spelled)
    assert ovc_inventory().vars("web01")["ansible_host"] == "192.168.103.250"


def test_no_page_is_read_where_no_address_is_needed(ovc_inventory, cloud):
    ovc_inventory(connect_by=["port_forward"])
    assert asked(cloud, "machines/get") == []
    ovc_inventory(connect_by=["port_forward"], hostnames=["ip_address", "name"], duplicates="suffix")
    assert len(asked(cloud, "machines/get")) == 1


@pytest.mark.parametrize(
    "text, address",
    [
        ("192.168.103.20", "192.168.103.20"),
        ("192.168.103.20/24", "192.168.103.20"),
        ("2001:db8::1", "2001:db8::1"),
        ("Undefined", None),
        ("-oProxyCommand=x", None),
        ("", None),
        (None, None),
        (5, None),
    ],
)
def test_address(text, address):
    assert ovc_hosts.address_of(text) == address


def test_interfaces_that_are_none():
    assert ovc_hosts.addresses_of(
        {"nics": ["x", None, {}, {"ip_address": "10.0.0.1"}, {"ip_address": "10.0.0.1"}]}
    ) == ["10.0.0.1"]


# Port forwards


def test_first_way_that_a_host_has_is_taken(ovc_inventory):
    found = ovc_inventory(connect_by=["port_forward", "address"])
    reached = {
        name: (found.vars(name)["ansible_host"], found.vars(name).get("ansible_port")) for name in ("web01", "db01")
    }
    assert reached == {"web01": ("203.0.113.10", 2201), "db01": ("192.168.103.248", None)}
    assert "ansible_host" not in ovc_inventory(connect_by=["port_forward"]).vars("db01")


def test_local_ports_in_their_order(ovc_inventory, cloud):
    space = next(iter(cloud.cloudspaces.values()))
    for public, local in ((3000, 5986), (3001, 22), (900, 5986)):
        row = {"publicIp": "203.0.113.10", "publicPort": public, "localIp": "192.168.103.248", "localPort": local}
        cloud.forwards[space["id"]].append({**row, "protocol": "tcp"})
    for ports, port in (([22, 5986], 3001), ([5986, 22], 900), ([5986], 900), ([443], None)):
        found = ovc_inventory(connect_by=["port_forward"], local_ports=ports)
        assert found.vars("db01").get("ansible_port") == port, ports


def forwards(*rows):
    space = {"public_ip": "203.0.113.1", "cloudspace_name": "x"}
    machines = [{"id": 7, "name": "a", "nics": [{"ip_address": "10.0.0.7"}]}]
    rows = [ovc_estate.shown(row) for row in rows]
    estate = {"cloudspaces": [{"cloudspace": space, "machines": machines, "forwards": rows}], "images": None}
    return ovc_hosts.records(estate, inventory_trust.Texts(), [22])[0]["forward"]


SSH = {"publicIp": "203.0.113.9", "publicPort": "2222", "localPort": "22", "protocol": "tcp", "id": 0}


@pytest.mark.parametrize(
    "row, expected",
    [
        ({**SSH, "machineId": 7}, ("203.0.113.9", 2222)),
        ({**SSH, "machineId": "7", "publicPort": 2222}, ("203.0.113.9", 2222)),
        ({**SSH, "machineId": 7, "publicIp": "203.0.113.9/29"}, ("203.0.113.9", 2222)),
        ({**SSH, "machineId": 7, "publicIp": None}, ("203.0.113.1", 2222)),
        ({**SSH, "machineId": 7, "protocol": None}, ("203.0.113.9", 2222)),
        ({**SSH, "machineId": None, "localIp": "10.0.0.7"}, ("203.0.113.9", 2222)),
        ({**SSH, "localIp": "10.0.0.8"}, None),
        ({**SSH, "machineId": 8, "localIp": "10.0.0.7"}, None),
        ({**SSH, "machineId": 7, "protocol": "udp"}, None),
        ({**SSH, "machineId": 7, "localPort": "22-25"}, None),
    ],
)
def test_every_shape_of_a_forward(row, expected):
    found = forwards(row)
    assert (found and (found["public_ip"], found["public_port"])) == expected


def test_cloudspace_without_a_gateway_has_no_forwards(ovc_inventory, cloud):
    for space in cloud.cloudspaces.values():
        space["status"] = "VIRTUAL"
    assert ovc_inventory(connect_by=["port_forward"]).ovc("web01")["port_forwards"] == []
    assert len(asked(cloud, "portforwarding/list")) == 2


def test_no_forwards_are_read_unless_asked_for(ovc_inventory, cloud):
    assert "port_forwards" not in ovc_inventory().ovc("web01")
    assert asked(cloud, "portforwarding/list") == []


# Filters


@pytest.mark.parametrize(
    "options, names",
    [
        ({"accounts": ["acme"]}, ["db01", "web01", "web02"]),
        ({"accounts": [13]}, ["new01", "win01"]),
        ({"accounts": ["13", "acme"]}, ["db01", "new01", "web01", "web02", "win01"]),
        ({"cloudspaces": ["lab"]}, ["new01", "win01"]),
        ({"cloudspaces": ["lab"], "accounts": ["acme-labs"], "statuses": ["halted"]}, ["new01"]),
        ({"statuses": ["HALTED"]}, ["new01"]),
        ({"names": ["web01", "win01", "nobody"]}, ["web01", "win01"]),
        ({"names": ["!web01", "!win01"]}, ["db01", "new01", "web02"]),
        ({"include": "ovc.vcpus >= 4", "exclude": "ovc.cloudspace_name == 'lab'"}, ["db01"]),
    ],
)
def test_filter(ovc_inventory, options, names):
    assert ovc_inventory(**options).hosts == names


def test_other_cloudspaces_are_not_asked(ovc_inventory, cloud):
    ovc_inventory(cloudspaces=["lab"], connect_by=["port_forward"])
    lab = next(space["id"] for space in cloud.cloudspaces.values() if space["name"] == "lab")
    assert asked(cloud, "machines/list") == asked(cloud, "portforwarding/list") == [{"cloudspaceId": lab}]


@pytest.mark.parametrize("option, name, right", [("accounts", "acne", "acme (12)"), ("cloudspaces", "lba", "lab (")])
def test_unknown_name_in_a_filter_is_refused(ovc_inventory, cloud, option, name, right):
    text = fails(ovc_inventory, **{option: [name]})
    assert text.startswith("%s: %s does not exist" % (option, name)) and right in text
    assert asked(cloud, "machines/list") == []


def test_account_without_cloudspaces_is_empty(ovc_inventory, cloud):
    cloud.accounts.append({"id": 14, "name": "acme-new", "status": "CONFIRMED", "acl": []})
    assert ovc_inventory(accounts=["acme-new"]).hosts == []


def test_name_of_several_cloudspaces_is_refused(ovc_inventory, cloud):
    twin = cloud.add_cloudspace("web", 13, cloud.locations[1])
    first = next(iter(cloud.cloudspaces))
    assert fails(ovc_inventory, cloudspaces=["web"]) == (
        "cloudspaces: web is the name of several: give one of the ids %d, %d" % (first, twin["id"])
    )
    assert ovc_inventory(cloudspaces=["web"], accounts=["acme"]).hosts == ["db01", "web01", "web02"]
    assert ovc_inventory(cloudspaces=[twin["id"]]).hosts == []


@pytest.mark.parametrize("option", ["accounts", "cloudspaces", "statuses", "names", "connect_by"])
def test_empty_filter_is_refused(ovc_inventory, cloud, option):
    assert fails(ovc_inventory, **{option: []}) == "%s: an empty list would select nothing" % option
    assert cloud.requests() == []


def test_machines_in_the_bin_are_no_hosts_unless_asked_for(ovc_inventory, cloud, monkeypatch):
    """The simulator's listing hides them, as documented; another platform may not."""
    cloud.machines[next(iter(cloud.machines))]["status"] = "ODD"
    shown = ovc_estate._spelled
    bin_of = {"ODD": "DELETED"}
    monkeypatch.setattr(
        ovc_estate, "_spelled", lambda row: {**shown(row), "status": bin_of.get(row["status"], row["status"])}
    )
    assert ovc_inventory().hosts == ["db01", "new01", "web02", "win01"]
    assert ovc_inventory(statuses=["DELETED"]).hosts == ["web01"]


def test_cloudspace_in_the_bin_is_not_asked(ovc_inventory, cloud):
    for space in cloud.cloudspaces.values():
        space["status"] = "DELETED"
    assert ovc_inventory().hosts == []
    assert asked(cloud, "machines/list") == []


# Names


def twins(cloud):
    web, lab = cloud.cloudspaces.values()
    return cloud.add_machine("web01", lab, 31, vcpus=1, memory=512)


def test_machines_of_one_name_in_two_cloudspaces(ovc_inventory, cloud):
    twin = twins(cloud)
    first = next(iter(cloud.machines))
    assert fails(ovc_inventory) == (
        "several hosts have the same name: web01 (id %d in cloudspace web, id %d in cloudspace lab); set duplicates to "
        "suffix or first, or choose other hostnames" % (first, twin["id"])
    )
    assert ovc_inventory(duplicates="first").ovc("web01")["id"] == first
    found = ovc_inventory(duplicates="suffix")
    assert {"web01_web", "web01_lab"} < set(found.hosts)
    assert found.ovc("web01_lab")["id"] == twin["id"]
    assert "web01.lab" in ovc_inventory(hostnames=["ovc.name ~ '.' ~ ovc.cloudspace_name"]).hosts


def test_hostnames(ovc_inventory):
    found = ovc_inventory(hostnames=["ip_address", "hostname"], duplicates="suffix")
    assert {"192.168.103.248", "new01"} < set(found.hosts)


def test_host_without_a_name_fails(ovc_inventory):
    text = fails(ovc_inventory, hostnames=["ip_address"], duplicates="suffix")
    assert text.startswith("hostnames gives no usable name for new01 (id ")


# Options


def test_options_of_the_login_are_those_of_modules():
    documented = yaml.safe_load(ovc.DOCUMENTATION)["options"]
    assert set(ovc.CONNECTION) == set(GROUPS["ovc_auth"])
    for name, argument in GROUPS["ovc_auth"].items():
        assert documented[name].get("type") == argument["type"]
        assert documented[name].get("default") == argument.get("default")
        assert documented[name].get("choices") == argument.get("choices")
        assert documented[name].get("required", False) == argument.get("required", False)
        assert documented[name]["env"] == [{"name": "OVC_" + name.upper()}]


def test_documented_groups_are_those_that_there_are():
    documented = yaml.safe_load(ovc.DOCUMENTATION)["options"]["default_groups"]
    assert documented["default"] == documented["choices"] == list(ovc_hosts.GROUPS)


@pytest.mark.parametrize(
    "options, words",
    [
        ({"exlude": "x"}, "exlude: there is no such option: do you mean exclude?"),
        ({"account": ["acme"]}, "account: there is no such option: do you mean accounts?"),
        ({"connect_by": ["port_forwards"]}, "port_forwards: do you mean port_forward?"),
        ({"validate_certs": "ture"}, "validate_certs: 'ture' is neither true nor false"),
        ({"local_ports": [0]}, "local_ports: 0 is not the number of a port"),
        ({"local_ports": ["ssh"]}, "local_ports: ssh is not the number of a port"),
        ({"local_ports": [], "connect_by": ["port_forward"]}, "local_ports: an empty list leaves"),
        ({"include": "ovc.status =="}, "include: ovc.status == is not a condition: unexpected 'end of template'"),
        ({"vars_name": "hostvars"}, "vars_name: 'hostvars' is not a valid name"),
        ({"url": "http://platform.example.com"}, "url: http://platform.example.com would send secrets in clear"),
        ({"username": "me", "password": "x"}, "are two logins: give only one of them"),
    ],
)
def test_what_is_wrong_is_refused_before_anything_is_read(ovc_inventory, cloud, options, words):
    assert words in fails(ovc_inventory, **options)
    assert cloud.journal.entries() == []


@pytest.mark.parametrize("option", ["include", "exclude"])
def test_condition_that_fails_for_a_host_fails_the_inventory(ovc_inventory, option):
    text = fails(ovc_inventory, **{option: "ovc.description == 'web'"})
    assert text.startswith("%s: the condition ovc.description == 'web' cannot be evaluated for db01 (id " % option)
    assert text.endswith("as in ovc.description | default('') == 'web'")
    assert "the result is text, not true or false" in fails(ovc_inventory, **{option: "ovc.status"})


def test_session_key_is_a_login_too(parser, cloud):
    found = parser(ovc, url=cloud.url, **cloud.session_login)()
    assert found.hosts == ["db01", "new01", "web01", "web02", "win01"]


@pytest.mark.parametrize(
    "name, fits", [("ovc.yml", True), ("a.ovc.yaml", True), ("itcare.yml", False), ("ovc.json", False)]
)
def test_names_of_files(tmp_path, name, fits):
    (tmp_path / name).write_text("plugin: cegedim.cloud.ovc")
    assert ovc.InventoryModule().verify_file(str(tmp_path / name)) is fits


# What is loaded


def loaded_with(*modules):
    """The Python modules (set) that a process of its own has after it imports these."""
    text = "import importlib, sys\n"
    text += "for name in %r:\n    importlib.import_module('ansible_collections.cegedim.cloud.plugins.' + name)\n"
    text += "print('\\n'.join(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", text % (modules,)],
        env={"PYTHONPATH": str(COLLECTIONS), "HOME": "/tmp"},
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.split())


def test_plugin_is_light():
    assert "requests" not in loaded_with("inventory.ovc")


def test_nothing_of_itcare_is_loaded():
    found = loaded_with("inventory.ovc", "module_utils.openvcloud", "plugin_utils.ovc_estate")
    ours = {name.rpartition("cloud.plugins.")[2] for name in found if ".cegedim.cloud.plugins." in name}
    assert "plugin_utils.ovc_estate" in ours
    assert [name for name in ours if "itcare" in name or "products" in name] == []
    assert not ours & {"module_utils.client", "module_utils.lifecycle", "module_utils.identity", "module_utils.paging"}


@pytest.mark.parametrize("changed", [{"path": "id", "value": 999}, {"path": "id", "value": "x"}])
def test_page_of_another_machine_is_not_taken_for_it(ovc_inventory, cloud, changed):
    cloud.fault("mutate", times=1, path="/machines/get", set=changed)
    with pytest.raises(AnsibleParserError, match="the record of %s" % changed["value"]):
        ovc_inventory(gather=["details"])
