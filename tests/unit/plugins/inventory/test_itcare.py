# SPDX-License-Identifier: GPL-3.0-or-later
"""What the inventory holds: hosts, variables and groups, for what the platform has and for what the file asks."""

from __future__ import annotations

import pytest
import yaml
from ansible.errors import AnsibleParserError
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar

from ansible_collections.cegedim.cloud.plugins.inventory import itcare
from ansible_collections.cegedim.cloud.plugins.module_utils.arguments import GROUPS
from ansible_collections.cegedim.cloud.plugins.module_utils.products.shared.tag_values import to_dict
from ansible_collections.cegedim.cloud.plugins.module_utils.resource import to_result
from ansible_collections.cegedim.cloud.plugins.modules.itcare_instance_info import INSTANCES

EVERYTHING = ["instances", "application_servers", "databases", "message_brokers", "kubernetes", "glusterfs"]


def machines(sim, *kinds):
    """What the simulator itself shows of its machines, by name; the twin in portal-uat excepted."""
    views = [sim.state.view(record, "Instance") for record in sim.state.live(*(kinds or ("instance",)))]
    return {view["name"]: view for view in views}


def fails(run, **options):
    with pytest.raises(AnsibleParserError) as failure:
        run(**options)
    return str(failure.value)


def test_every_instance_is_a_host(inventory, sim):
    names = sorted(set(machines(sim)) - {"TWIN01"})
    assert inventory().hosts == [*names[:10], "TWIN01_intranet", "TWIN01_portal-uat", *names[10:]]


def test_variables_are_what_the_platform_tells(inventory, sim):
    found, shown = inventory(), machines(sim)
    for name in set(shown) - {"TWIN01"}:
        record = sim.state.named(name)[0]
        expected = {**to_result(shown[name]), "listing": "instances", "tags": to_dict(record["tags"])}
        assert found.itcare(name) == expected
        assert found.vars(name)["ansible_host"] == record["ipAddress"]
        assert set(found.vars(name)) == {"itcare", "ansible_host", "inventory_file", "inventory_dir"}


def test_groups_of_a_host_are_those_documented(inventory):
    assert inventory().groups_of("PEBBILL01") == [
        "area_EB_EMEA",
        "environment_PRODUCTION",
        "family_DEBIAN",
        "load_balancer_billing_acme_example",
        "product_Debian_12",
        "region_EB",
        "service_billing",
        "status_ACTIVE",
        "tag_application_billing",
        "tag_tier_web",
        "tagged_application",
        "tagged_tier",
        "type_LINUX",
        "zone_EB_A",
    ]


def test_default_groups_are_named_as_keyed_groups_would_be(inventory):
    found = inventory(
        keyed_groups=[
            {"key": "itcare.service_name", "prefix": "keyed_service"},
            {"key": "itcare.product_name", "prefix": "keyed_product"},
            {"key": "itcare.tags", "prefix": "keyed_tag"},
        ]
    )
    for name, group in list(found.data.groups.items()):
        kind, _underscore, rest = name.partition("_")
        if kind in ("service", "product", "tag"):
            assert found.members("keyed_%s_%s" % (kind, rest)) == [host.name for host in group.hosts]


@pytest.mark.slow
@pytest.mark.parametrize("switched_off", sorted(itcare.InventoryModule.GROUPS))
def test_each_default_group_can_be_switched_off(inventory, switched_off):
    wanted = [kind for kind in itcare.InventoryModule.GROUPS if kind != switched_off]
    groups = set(inventory(resource_types=EVERYTHING).data.groups)
    left = set(inventory(resource_types=EVERYTHING, default_groups=wanted).data.groups)
    assert groups - left == {name for name in groups if name.startswith(switched_off + "_")} != set()


def test_no_default_groups(inventory):
    assert set(inventory(default_groups=[]).data.groups) == {"all", "ungrouped"}


def test_options_of_the_account_are_those_of_modules():
    documented = yaml.safe_load(itcare.DOCUMENTATION)["options"]
    assert set(itcare.CONNECTION) == set(GROUPS["auth"])
    for name, argument in GROUPS["auth"].items():
        assert documented[name].get("type") == argument["type"]
        assert documented[name].get("default") == argument.get("default")
        assert documented[name].get("choices") == argument.get("choices")
        assert documented[name]["env"] == [{"name": "ITCARE_" + name.upper()}]


def test_filters_are_those_of_the_info_module():
    assert set(itcare.FILTERS) == {*INSTANCES.filters, "services", "tags"}


def test_every_filter_is_sent_as_documented(inventory, sim):
    inventory(
        services=["billing", 44412],
        names=["PEBBILL01", "!PEBBILL02"],
        types=["LINUX"],
        families=["DEBIAN"],
        environments=["PRODUCTION"],
        statuses=["ACTIVE"],
        tags={"application": "billing", "tier": "web"},
        monitoring_status=True,
        monitoring_on_call_status=True,
        backup_status=True,
        recovery_status=True,
        included_in_patch_party=True,
        availability_zones=["EB-A"],
        ip=["10.59.0.12"],
        vlan=["EB_1125_DMZ8"],
        clouds=[101],
    )
    shared = {
        "services": "44411,44412",
        "names": "PEBBILL01,!PEBBILL02",
        "types": "LINUX",
        "families": "DEBIAN",
        "environments": "PRODUCTION",
        "statuses": "ACTIVE",
        "tags": "application:billing,tier:web",
        "clouds": "101",
        "page": "0",
        "size": "1000",
    }
    assert sim.requests(operation="list_resources")[0]["query"] == shared
    assert sim.requests(operation="list_instances")[0]["query"] == {
        **shared,
        "monitoringStatus": "true",
        "monitoringOnCallStatus": "true",
        "backupStatus": "true",
        "recoveryStatus": "true",
        "includedInPatchParty": "true",
        "az": "EB-A",
        "ip": "10.59.0.12",
        "vlan": "EB_1125_DMZ8",
    }


def test_zones_may_be_given_by_the_word_of_the_api(inventory, sim):
    inventory(az=["EB-A"])
    assert sim.requests(operation="list_instances")[0]["query"]["az"] == "EB-A"


def test_filtered_hosts_are_those_of_the_platform(inventory):
    assert inventory(services=["billing"], statuses=["INACTIVE"]).hosts == ["PEBBILL03"]
    assert inventory(tags={"tier": "web"}).hosts == ["PEBBILL01"]


@pytest.mark.parametrize(
    "option, value, text",
    [
        ("names", ["a,b"], "names: 'a,b' is empty or has a comma, and a comma separates values"),
        ("services", [], "services: an empty list would select everything; leave the option out for that"),
        ("services", ["nosuch"], "there is no service called nosuch (or this account does not see it)"),
        ("vars_name", "ansible", "vars_name: 'ansible' is not a valid name for a variable, or is used by Ansible"),
        ("vars_name", "hostvars", "vars_name: 'hostvars' is not a valid name for a variable, or is used by Ansible"),
        ("vars_name", "a-b", "vars_name: 'a-b' is not a valid name for a variable, or is used by Ansible"),
        ("page_size", 0, "page_size: 0 is not between 1 and 100000"),
        ("resource_types", [], "resource_types: an empty list would select nothing"),
        ("clouds", ["x"], "clouds: 'x' is not the identifier of a cloud, which is a number"),
    ],
)
def test_what_cannot_be_meant_is_refused(inventory, option, value, text):
    assert fails(inventory, **{option: value}) == text


def test_filter_that_a_listing_does_not_know_is_refused(inventory, sim):
    text = fails(inventory, resource_types=["instances", "kubernetes"], availability_zones=["EB-A"], types=["LINUX"])
    assert text == "types, availability_zones: the listing of kubernetes cannot be filtered by it"
    assert sim.requests() == []


def test_include_and_exclude_choose_hosts(inventory):
    found = inventory(
        include=["itcare.service_name == 'billing'", "itcare.cpu >= 4"], exclude="itcare.type == 'WINDOWS'"
    )
    assert found.hosts == ["PEBBILL01", "PEBBILL02"]
    assert "service_intranet" not in found.data.groups


def test_excluded_hosts_need_no_name_of_their_own(inventory):
    assert "TWIN01" in inventory(exclude=["itcare.service_name == 'intranet'"], duplicates="fail").hosts


@pytest.mark.parametrize("strict", [False, True])
def test_condition_that_is_undefined_somewhere(inventory, strict):
    assert "include" in fails(inventory, include="itcare.tags.tier == 'web'", strict=strict)
    assert inventory(include="itcare.tags.tier | default('') == 'web'", strict=strict).hosts == ["PEBBILL01"]


def test_prefixed_variables(inventory):
    found = inventory(vars_style="prefixed", vars_name="vm", keyed_groups=[{"key": "vm_type", "prefix": "keyed"}])
    assert found.vars("PEBBILL01")["vm_service_name"] == "billing"
    assert found.vars("PEBBILL01")["vm_tags"] == {"application": "billing", "tier": "web"}
    assert "itcare" not in found.vars("PEBBILL01")
    assert "PEBBILLW01" in found.members("keyed_WINDOWS")


def test_nested_variables_under_another_name(inventory):
    assert inventory(vars_name="cloud").vars("PEBBILL01")["cloud"]["name"] == "PEBBILL01"


def test_compose_groups_and_keyed_groups(inventory):
    found = inventory(
        compose={
            "ansible_user": "'admin' if itcare.type == 'WINDOWS' else 'ansible'",
            "where": "itcare.network.gateway",
        },
        groups={"web": "itcare.tags.tier | default('') == 'web'"},
        keyed_groups=[{"key": "where", "prefix": "gw", "parent_group": "gateways"}],
    )
    assert found.vars("PEBBILLW01")["ansible_user"] == "admin"
    assert found.members("web") == ["PEBBILL01"]
    assert "PEBBILL01" in found.members("gw_10_59_0_1")
    assert "gw_10_59_0_1" in [group.name for group in found.data.groups["gateways"].child_groups]


def test_composed_ansible_host_wins(inventory):
    assert inventory(compose={"ansible_host": "inventory_hostname"}).vars("PEBBILL01")["ansible_host"] == "PEBBILL01"


# Names


def test_duplicate_names_fail_by_default(inventory, sim):
    ids = [record["id"] for record in sim.state.named("TWIN01")]
    assert fails(inventory, duplicates=None) == (
        "several hosts have the same name: TWIN01 (id %d in service intranet, id %d in service portal-uat); set "
        "duplicates to suffix or first, or choose other hostnames" % tuple(ids)
    )


def test_many_duplicates_are_an_error_of_one_line(inventory, sim):
    sim.add_instances(400, service="sandbox")
    said = fails(inventory, duplicates=None, hostnames=["itcare.service_name"], services=["sandbox"])
    assert said.count("id 5") == 5 and " more); set duplicates" in said


def test_first_of_duplicate_names_has_the_lowest_id(inventory, sim):
    found = inventory(duplicates="first")
    assert found.hosts.count("TWIN01") == 1
    assert found.itcare("TWIN01")["id"] == min(record["id"] for record in sim.state.named("TWIN01"))


def test_duplicates_in_one_service_get_the_id_as_well(inventory, sim):
    ids = [sim.add_instance("SAME", "billing")["id"] for _twin in range(2)]
    other = sim.add_instance("SAME", "intranet")
    found = inventory()
    assert ["SAME_billing_%d" % one for one in ids] + ["SAME_intranet"] == [
        name for name in found.hosts if name.startswith("SAME")
    ]
    assert found.itcare("SAME_intranet")["id"] == other["id"]


def test_suffixed_name_that_is_taken_gets_the_id(inventory, sim):
    sim.add_instance("TWIN01_intranet", "billing")
    found = inventory()
    assert found.itcare("TWIN01_intranet")["service_name"] == "billing"
    twin = sim.state.named("TWIN01")[0]
    assert found.itcare("TWIN01_intranet_%d" % twin["id"])["id"] == twin["id"]


@pytest.mark.parametrize(
    "hostnames, name",
    [
        (["ip_address"], "10.59.0.12"),
        (["tag:nosuch", "tag:tier", "name"], "web"),
        (["itcare.name | lower ~ '.acme.example'"], "pebbill01.acme.example"),
        (["itcare.nosuch", "name"], "PEBBILL01"),
        (["dns_alias", "name"], "web1.acme.example"),
    ],
)
def test_hostnames_are_a_list_of_preferences(inventory, hostnames, name):
    assert inventory(hostnames=hostnames, names=["PEBBILL01"]).hosts == [name]


def test_undefined_hostname_fails_where_strict(inventory):
    assert fails(inventory, hostnames=["itcare.nosuch", "name"], strict=True).startswith("hostnames: itcare.nosuch: ")


def test_misspelled_tag_of_a_name_is_asked_about(inventory):
    text = fails(inventory, hostnames=["tag:teir"], names=["PEBBILL01", "PEBBILL02"])
    assert text.endswith("or exclude them. teir: do you mean tier?")


def test_host_without_a_name_fails(inventory, sim):
    text = fails(inventory, hostnames=["tag:tier"], names=["PEBBILL01", "PEBBILL02"])
    record = sim.state.named("PEBBILL02")[0]
    assert text == (
        "hostnames gives no usable name for PEBBILL02 (id %d); add another entry to hostnames, or exclude them"
        % record["id"]
    )


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "-oProxyCommand=id", "../../etc", "a/b", "a\nb", "..", ""])
def test_name_that_could_do_harm_is_passed_over(inventory, sim, name):
    record = sim.add_instance(name, "sandbox")
    assert inventory(services=["sandbox"], hostnames=["name", "ip_address"]).hosts == [record["ipAddress"]]


@pytest.mark.parametrize("address", ["-oProxyCommand=id", "{{ 7 * 7 }}", "host", "", None, "10.0.0.1 x"])
def test_ansible_host_is_an_address_or_absent(inventory, sim, address):
    sim.add_instance("ODD", "sandbox", ipAddress=address)
    assert "ansible_host" not in inventory(services=["sandbox"]).vars("ODD")


def test_address_of_ipv6(inventory, sim):
    sim.add_instance("SIX", "sandbox", ipAddress="2001:db8::1")
    assert inventory(services=["sandbox"]).vars("SIX")["ansible_host"] == "2001:db8::1"


def tagged(sim, name, **tags):
    rows = [{"tagKey": key.replace("__", "-"), "tagValue": value} for key, value in tags.items()]
    return sim.add_instance(name, "sandbox", tags=rows)


def test_awkward_names_of_groups(inventory, sim):
    tagged(sim, "ODD", **{"cost__center": "équipe 1", "nombre": "1st", "empty": "", "équipe": "ü/ß", "snow": "☃"})
    groups = inventory(services=["sandbox"], default_groups=["tagged", "tag"]).groups_of("ODD")
    assert groups == sorted(
        ["tagged_cost_center", "tagged_nombre", "tagged_empty", "tagged_équipe", "tagged_snow"]
        + ["tag_cost_center_équipe_1", "tag_nombre_1st", "tag_empty", "tag_équipe_ü_ß", "tag_snow_"]
    )


def test_names_that_become_the_same_share_a_group_and_warn(inventory, sim):
    tagged(sim, "ONE", app="a-b")
    tagged(sim, "TWO", app="a.b")
    tagged(sim, "THREE", app="a.b")
    found = inventory(services=["sandbox"])
    assert found.members("tag_app_a_b") == ["ONE", "THREE", "TWO"]
    assert found.warnings == [
        "The group tag_app_a_b is for tag app_a-b and for tag app_a.b: their names differ only in "
        "characters that Ansible does not allow."
    ]


def test_host_of_a_groups_name_keeps_it(inventory, sim):
    sim.add_instance("service_sandbox", "sandbox")
    sim.add_instance("OTHER", "sandbox")
    found = inventory(services=["sandbox"])
    assert "service_sandbox" in found.hosts
    assert "service_sandbox" not in found.data.groups
    assert found.warnings == ["There is no group for service sandbox: a host has its name, service_sandbox."]


def test_tag_with_several_values_is_in_all_their_groups(inventory, sim):
    rows = [{"tagKey": "role", "tagValue": value} for value in ("web", "db")]
    sim.add_instance("BOTH", "sandbox", tags=rows)
    found = inventory(services=["sandbox"])
    assert found.itcare("BOTH")["tags"] == {"role": ["db", "web"]}
    assert {"tag_role_db", "tag_role_web"} <= set(found.groups_of("BOTH"))


# Texts of the platform are no templates

EVIL = "{{ lookup('pipe', 'echo evaluated') }}"


@pytest.mark.parametrize(
    "text", [EVIL, "{% if true %}evaluated{% endif %}", "#jinja2: variable_start_string:'[['\n[[ 7 ]]"]
)
def test_text_of_the_platform_is_never_a_template(inventory, sim, text):
    sim.add_instance("EVIL", "sandbox", comment=text, tags=[{"tagKey": text, "tagValue": text}])
    found = inventory(
        services=["sandbox"],
        compose={"composed": "itcare.comment", "joined": "'x' ~ itcare.comment", "listed": "[itcare.comment]"},
        keyed_groups=[{"key": "itcare.comment", "parent_group": "{{ itcare.comment }}"}, {"key": "itcare.tags"}],
        groups={"g": "itcare.comment == 'evaluated'"},
        include="itcare.comment != 'evaluated'",
    )
    variables = found.vars("EVIL")
    assert variables["composed"] == text
    assert variables["joined"] == "x" + text
    assert variables["listed"] == [text]
    assert not any("evaluated" in name and "lookup" not in name and "if_true" not in name for name in found.data.groups)
    templar = Templar(loader=DataLoader(), variables=variables)
    for value in (
        variables["itcare"]["comment"],
        variables["composed"],
        variables["joined"],
        variables["itcare"]["tags"][text],
    ):
        assert str(templar.template(value)).removeprefix("x") == text


def test_hostname_is_never_a_template(inventory, sim):
    sim.add_instance(EVIL.replace("/", ""), "sandbox")
    assert inventory(services=["sandbox"], hostnames=["itcare.name"]).hosts == ["lookup_pipe_echo_evaluated"]


# Managed products


def test_nodes_of_products_are_hosts(inventory, sim):
    found = inventory(resource_types=["databases"])
    nodes = machines_below(sim, "MANAGED_DATABASES")
    assert found.hosts == sorted(node["name"] for node in nodes)
    cluster = sim.state.named("billingpg")[0]
    assert found.itcare("PEBPGBIL01")["node_of"] == {
        "id": cluster["id"],
        "name": "billingpg",
        "category": "MANAGED_DATABASES",
        "type": "POSTGRESQL",
        "family": "POSTGRESQL",
        "product_name": "PostgreSQL 15",
        "product_version": "15",
        "status": "ACTIVE",
    }
    assert found.itcare("PEBPGBIL01")["listing"] == "databases"
    assert {"node_of_billingpg", "product_PostgreSQL_15"} <= set(found.groups_of("PEBPGBIL01"))


def machines_below(sim, category):
    parents = {record["id"] for record in sim.state.live() if record["category"] == category}
    return [record for record in sim.state.live("instance", nodes=True) if record.get("_parent") in parents]


def test_products_cost_one_request_each_beside_their_listing(inventory, sim):
    found = inventory(resource_types=EVERYTHING)
    products = [record for record in sim.state.live() if record["_kind"] in PRODUCT_KINDS]
    assert len(sim.requests(operation="list_resource_nodes")) == len(products)
    listings = len(EVERYTHING) + 2  # that of the tags, and the nodes among it by their ids
    assert len(sim.requests()) == len(products) + listings
    assert len(found.hosts) > len(sim.requests())


PRODUCT_KINDS = "kubernetes postgresql mariadb sqlserver opensearch redis apache_kafka rabbitmq glusterfs".split()


@pytest.mark.slow
def test_nodes_bear_the_tags_of_their_product(inventory, sim):
    sim.state.named("billingpg")[0]["tags"].append({"tagKey": "owner", "tagValue": "ann"})
    found = inventory(resource_types=["databases"])
    assert found.members("tag_owner_ann") == ["PEBPGBIL01", "PEBPGBIL02"]


def test_products_are_filtered_as_their_listing_allows(inventory, sim):
    found = inventory(resource_types=["databases"], types=["POSTGRESQL"], services=[44411])
    assert found.hosts == ["PEBPGBIL01", "PEBPGBIL02"]
    assert sim.requests(operation="list_databases")[0]["query"]["types"] == "POSTGRESQL"


@pytest.mark.slow
def test_removed_machines_are_no_hosts(inventory, sim):
    sim.configure(removed_visible=True)
    sim.state.delete(sim.state.named("PEBBILL02")[0])
    sim.state.delete(sim.state.named("billingpg")[0])
    found = inventory(resource_types=["instances", "databases"])
    assert "PEBBILL01" in found.hosts
    assert not {"PEBBILL02", "PEBPGBIL01"} & set(found.hosts)


# The account


def test_templates_in_options_of_the_connection(inventory, auth, monkeypatch):
    monkeypatch.setenv("TEST_SECRET", auth["client_secret"])
    found = inventory(
        client_secret="{{ lookup('env', 'TEST_SECRET') }}",
        validate_certs="{{ verify }}",
        services=["{{ service }}"],
        extra_vars={"verify": True, "service": "sandbox"},
    )
    assert found.hosts == []


def test_undefined_template_in_an_option_is_named(inventory):
    assert fails(inventory, client_secret="{{ nosuch }}").startswith("client_secret: ")


def test_account_from_the_environment(inventory, auth, monkeypatch):
    for name in ("api_url", "token_url", "client_id", "client_secret"):
        monkeypatch.setenv("ITCARE_" + name.upper(), auth[name])
    assert "PEBBILL01" in inventory(api_url=None, token_url=None, client_id=None, client_secret=None).hosts


def test_braces_in_the_environment_are_no_template(inventory, monkeypatch):
    monkeypatch.setenv("ITCARE_CLIENT_SECRET", "{{ 7 * 7 }}")
    text = fails(inventory, client_secret=None)
    assert "refused the login" in text and "49" not in text.partition("refused")[2]


def test_missing_account_is_said(inventory):
    assert fails(inventory, client_id=None, client_secret=None).startswith("missing: client_id, client_secret")


@pytest.mark.slow
def test_secret_is_in_no_message_and_no_variable(inventory, sim, auth):
    wrong = auth["client_secret"] + "-wrong"
    assert wrong not in fails(inventory, client_secret=wrong)
    found = inventory()
    assert auth["client_secret"] not in str([found.vars(host) for host in found.hosts])


@pytest.mark.parametrize(
    "name, fits", [("itcare.yml", True), ("a.itcare.yaml", True), ("a.yml", False), ("itcare.json", False)]
)
def test_files_are_known_by_their_names(tmp_path, name, fits):
    (tmp_path / name).write_text("plugin: cegedim.cloud.itcare\n")
    assert itcare.InventoryModule().verify_file(str(tmp_path / name)) is fits
