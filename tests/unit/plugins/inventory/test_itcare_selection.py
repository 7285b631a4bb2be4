# SPDX-License-Identifier: GPL-3.0-or-later
"""What is let in and kept out, and what it is called: a mistake fails the inventory, and never lets a machine in."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleParserError
from ansible.inventory.data import InventoryData
from ansible.inventory.manager import InventoryManager, split_host_pattern
from ansible.parsing.dataloader import DataLoader

from ansible_collections.cegedim.cloud.plugins.plugin_utils import inventory_hosts
from ansible_collections.cegedim.cloud.tests.unit.plugins.plugin_utils.test_inventory_constructed import trusted

HINT = ". Use default() for a value that may be missing, as in itcare.tags.tier | default('') == 'web'"


def fails(run, **options):
    with pytest.raises(AnsibleParserError) as failure:
        run(**options)
    return str(failure.value)


def tagged(sim, name, **tags):
    return sim.add_instance(name, "sandbox", tags=[{"tagKey": key, "tagValue": tags[key]} for key in tags])


# Conditions

UNDECIDED = [
    "itcare.tags.tier == 'web'",  # an optional tag
    "itcare.tags['tier'] == 'web'",
    "itcare.nosuch",
    "nosuch.at.all",
    "itcare.tags.tier in ['web']",
    "itcare.status == 'ACTIVE' and itcare.nosuch == 1",
    "itcare.status | nosuchfilter == 'x'",
    "itcare.status is nosuchtest",
    "itcare.name > 5",
    "itcare.comment > 5",  # null
    "itcare.name | from_json == 1",
    "lookup('nosuch', 'x') == 1",
]
NOT_A_BOOLEAN = [
    ("itcare.name", "text"),
    ("'no-ansible'", "text"),
    ("itcare.cpu", "a number"),
    ("1", "a number"),
    ("itcare.cpu / 3", "a number"),
    ("itcare.tags", "a dictionary"),
    ("itcare.loadbalancers", "a list"),
    ("[]", "a list"),
    ("itcare.comment", "null"),
    ("none", "null"),
    ("itcare.status == 'ACTIVE' and itcare.name", "text"),
    ("itcare.name or itcare.status == 'ACTIVE'", "text"),
]


@pytest.fixture
def one(sim):
    """A machine in the service sandbox that has no tag."""
    return sim.add_instance("ONE", "sandbox", comment=None, loadbalancers=[])


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("option", ["include", "exclude"])
@pytest.mark.parametrize("condition", UNDECIDED)
def test_condition_that_fails_for_a_host_fails_the_inventory(inventory, one, option, condition, strict):
    text = fails(inventory, services=["sandbox"], strict=strict, **{option: condition})
    assert text.startswith(
        "%s: the condition %s cannot be evaluated for ONE (id %d): " % (option, condition, one["id"])
    )
    assert text.endswith(HINT)


@pytest.mark.parametrize("option", ["include", "exclude"])
@pytest.mark.parametrize("condition, found", NOT_A_BOOLEAN)
def test_condition_that_is_neither_true_nor_false_fails_the_inventory(inventory, one, option, condition, found):
    assert fails(inventory, services=["sandbox"], **{option: condition}) == (
        "%s: the condition %s cannot be evaluated for ONE (id %d): the result is %s, not true or false%s"
        % (option, condition, one["id"], found, HINT)
    )


def test_condition_that_fails_for_the_last_of_many_hosts_fails_the_inventory(inventory, sim):
    for number in range(20):
        tagged(sim, "HOST%02d" % number, tier="web")
    tagged(sim, "LAST")
    assert "LAST" in fails(inventory, services=["sandbox"], include="itcare.tags.tier == 'web'")
    assert "LAST" in fails(inventory, services=["sandbox"], exclude="itcare.tags.tier == 'db'")
    tagged(sim, "LATER", tier="web")
    assert "LAST" in fails(inventory, services=["sandbox"], exclude="itcare.tags['tier'] is match('d')")


def test_first_value_of_another_kind_fails_the_inventory(inventory, sim):
    for number in range(5):
        sim.add_instance("HOST%02d" % number, "sandbox", monitoringEnabled=True)
    sim.add_instance("LAST", "sandbox", monitoringEnabled="yes")
    assert "LAST (id" in fails(inventory, services=["sandbox"], include="itcare.monitoring_enabled")


@pytest.mark.parametrize("option", ["include", "exclude"])
@pytest.mark.parametrize(
    "condition, problem",
    [
        ("itcare.status ==", "unexpected 'end of template'"),
        ("itcare.status = 'ACTIVE'", "unexpected '=' after its end"),
        ("itcare.status == 'ACTIVE", 'unexpected char "\'" at 17'),
        ("no-ansible in tags", None),  # a valid expression of other names: found with the first host
        ("{{ itcare.flag }}", "expected token ':', got '}'; write conditions without braces"),
    ],
)
def test_syntax_error_is_found_before_anything_is_read(inventory, sim, option, condition, problem):
    if problem is None:
        assert "cannot be evaluated" in fails(inventory, **{option: condition})
        return
    text = fails(inventory, **{option: ["itcare.cpu >= 2", condition]})
    assert text == "%s: %s is not a condition: %s" % (option, condition, problem)
    assert sim.requests() == []


def test_syntax_error_in_hostnames_is_found_before_anything_is_read(inventory, sim):
    text = fails(inventory, hostnames=["itcare.name | lower ~", "name"])
    assert text == "hostnames: itcare.name | lower ~ is not an expression: unexpected 'end of template'"
    assert sim.requests() == []


@pytest.mark.parametrize("condition", ["", "  ", 5, {"itcare.cpu": 2}, [["itcare.cpu >= 2"]], [None]])
@pytest.mark.parametrize("option", ["include", "exclude"])
def test_what_is_no_text_is_no_condition(inventory, sim, option, condition):
    assert fails(inventory, **{option: condition}).endswith("is not a condition; write an expression as text")
    assert sim.requests() == []


def test_true_and_false_are_conditions(inventory, one):
    assert inventory(services=["sandbox"], include=True, exclude=False).hosts == ["ONE"]
    assert inventory(services=["sandbox"], include=["true", "not false"]).hosts == ["ONE"]
    assert inventory(services=["sandbox"], exclude=True).hosts == []


def test_optional_tags_are_written_with_default(inventory, sim):
    tagged(sim, "WEB", tier="web")
    tagged(sim, "DB", tier="db")
    tagged(sim, "BARE")
    assert inventory(services=["sandbox"], include="itcare.tags.tier | default('') == 'web'").hosts == ["WEB"]
    assert inventory(services=["sandbox"], exclude="itcare.tags.tier | default('') == 'web'").hosts == ["BARE", "DB"]
    assert inventory(services=["sandbox"], exclude="'tier' in itcare.tags").hosts == ["BARE"]
    conditions = ["'tier' in itcare.tags", "itcare.tags.tier == 'web'"]
    assert inventory(services=["sandbox"], include=conditions).hosts == ["WEB"]


def test_tag_with_the_name_of_a_method_chooses_by_its_value(inventory, sim):
    tagged(sim, "ONE", items="keep")
    tagged(sim, "TWO", items="drop")
    assert inventory(services=["sandbox"], include="itcare.tags['items'] == 'keep'").hosts == ["ONE"]


@pytest.mark.parametrize("setting", ["ALLOW_BROKEN_CONDITIONALS", "ALLOW_EMBEDDED_TEMPLATES"])
def test_no_setting_of_ansible_makes_text_a_condition(inventory, one, monkeypatch, setting):
    monkeypatch.setenv("ANSIBLE_%s" % setting, "true")
    assert "not true or false" in fails(inventory, services=["sandbox"], include="itcare.name")


# Options


@pytest.mark.parametrize(
    "name, hint",
    [
        ("exlude", ": do you mean exclude?"),
        ("includes", ": do you mean include?"),
        ("Exclude", ": do you mean exclude?"),
        ("service", ": do you mean services?"),
        ("keyed_group", ": do you mean keyed_groups?"),
        ("avaliability_zones", ": do you mean availability_zones?"),
        ("cache_time", ": do you mean cache_timeout?"),
        ("hostname", ": do you mean hostnames?"),
        ("zzz", ""),
    ],
)
def test_unknown_option_is_refused(inventory, sim, name, hint):
    assert fails(inventory, **{name: "x"}) == "%s: there is no such option%s" % (name, hint)
    assert sim.requests() == []


@pytest.mark.parametrize(
    "option, value, words",
    [
        ("on_partial", "wran", ". wran: do you mean warn?"),
        ("gather", ["detals"], ". detals: do you mean details?"),
        ("services", ["sandbx"], ": do you mean sandbox ("),
    ],
)
def test_unknown_value_is_asked_about(inventory, option, value, words):
    assert words in fails(inventory, **{"services": ["sandbox"], option: value})


@pytest.mark.parametrize("name", ["read_tags", "validate_certs", "monitoring_status", "strict", "cache"])
@pytest.mark.parametrize("value", ["ture", "", 2, ["true"]])
def test_what_is_neither_true_nor_false_is_refused(inventory, sim, name, value):
    """For ansible-core it would be false: hosts without the tags that protect them, or an unverified server."""
    assert fails(inventory, **{name: value}) == "%s: %r is neither true nor false" % (name, value)
    assert sim.requests() == []


def test_what_is_neither_true_nor_false_in_the_environment_is_refused(inventory, monkeypatch):
    monkeypatch.setenv("ITCARE_VALIDATE_CERTS", "ture")
    assert fails(inventory) == "ITCARE_VALIDATE_CERTS: 'ture' is neither true nor false"


@pytest.mark.parametrize("value", [True, "yes", "False", 0, "off", "{{ 1 == 1 }}"])
def test_every_spelling_of_true_and_false_is_accepted(inventory, value):
    assert inventory(services=["billing"], cache_stale_if_error=value).hosts


def test_options_of_ansible_core_and_aliases_are_known(inventory, one):
    found = inventory(services=["sandbox"], az=["EB-A", "EB-B"], use_extra_vars=False, cache_prefix="x", cache=False)
    assert set(found.hosts) <= {"ONE"}


# Names


@pytest.mark.parametrize(
    "name, cleaned",
    [
        ("WEB 01", "WEB_01"),
        ("CLOUD NAME - APP - DEV", "CLOUD_NAME_APP_DEV"),
        ("a, b", "a_b"),
        ("web:1", "web_1"),
        ("web[1]", "web_1"),
        ("[web]", "web"),
        ("web[1:3].x", "web_1_3_.x"),
        ("!web", "web"),
        ("&web", "web"),
        ("~web.*", "web."),
        ("@web", "web"),
        ("web*", "web"),
        ("w?b", "w_b"),
        ("web (old)", "web_old"),
        ("a;b", "a_b"),
        ("$(id)", "id"),
        ("`id`", "id"),
        ("{{ x }}", "x"),
        ("équipe\u00a01", "équipe_1"),
        ("a-b_c.d", "a-b_c.d"),
        ("a - b", "a_b"),
        ("a__b", "a__b"),
        ("10.59.0.12", "10.59.0.12"),
        ("2001:db8::1", "2001:db8::1"),
        ("de:ad", "de_ad"),
        ("2001:db8::1/64", None),
        ("a/b", None),
        ("a\\b", None),
        ("a\nb", None),
        ("-o", None),
        ("[-o]", None),
        ("..", None),
        (":", None),
        ("", None),
    ],
)
def test_name_is_cleaned(name, cleaned):
    assert inventory_hosts.selectable(name) == cleaned
    if cleaned:
        assert inventory_hosts.selectable(cleaned) == cleaned
        assert split_host_pattern(cleaned) == [cleaned]


AWKWARD = ["WEB 01", "a, b", "x:y", "z[1]", "!no", "&and", "~re", "s*r", "CLOUD NAME - APP", "q?", "é (1)", "@f", "m,"]


def test_every_host_can_be_selected_by_its_name(inventory, sim):
    for name in AWKWARD:
        sim.add_instance(name, "sandbox")
    found = inventory(services=["sandbox"])
    assert len(found.hosts) == len(AWKWARD)
    manager = InventoryManager(DataLoader(), sources=None)
    manager._inventory = found.data
    for name in found.hosts:
        assert [host.name for host in manager.get_hosts(name)] == [name]
        assert [host.name for host in manager.get_hosts("all,!" + name)] == [one for one in found.hosts if one != name]
        manager.subset(name)
        assert [host.name for host in manager.get_hosts("all")] == [name]
        manager.subset(None)


def test_names_that_become_the_same_are_duplicates(inventory, sim):
    ids = [sim.add_instance(name, "sandbox")["id"] for name in ("WEB 01", "WEB_01")]
    assert "WEB_01 (id %d in service sandbox, id %d" % tuple(ids) in fails(
        inventory, services=["sandbox"], duplicates="fail"
    )
    assert inventory(services=["sandbox"]).hosts == ["WEB_01_sandbox_%d" % one for one in ids]
    assert inventory(services=["sandbox"], duplicates="first").hosts == ["WEB_01"]


def test_service_in_a_suffix_is_cleaned(inventory, sim):
    service = "CLOUD NAME - APP - DEV"
    twins = [sim.add_instance("SAME", "sandbox", serviceName=service), sim.add_instance("SAME", "sandbox")]
    found = inventory(services=["sandbox"])
    assert found.hosts == ["SAME_CLOUD_NAME_APP_DEV", "SAME_sandbox"]
    assert found.itcare(found.hosts[0])["id"] == twins[0]["id"]


def test_address_with_a_suffix_can_be_selected(inventory, sim):
    for _twin in range(2):
        sim.add_instance("SIX", "sandbox", ipAddress="2001:db8::1")
    for name in inventory(services=["sandbox"], hostnames=["ip_address"]).hosts:
        assert name.startswith("2001_db8_1_sandbox_")


def test_hostnames_of_an_expression_are_cleaned_too(inventory, sim):
    sim.add_instance("ONE", "sandbox")
    expression = "itcare.service_name ~ ' / '.strip(' /') ~ ': ' ~ itcare.name"
    assert inventory(services=["sandbox"], hostnames=[expression]).hosts == ["sandbox_ONE"]


@pytest.mark.parametrize("name", ["all", "ungrouped"])
def test_name_of_a_group_of_ansible_is_passed_over(inventory, sim, name):
    record = sim.add_instance(name, "sandbox")
    found = inventory(services=["sandbox"], hostnames=["name", "ip_address"], compose={"mine": "itcare.name"})
    assert found.hosts == [record["ipAddress"]]
    assert found.warnings == [
        "The name %s is not used for a host (id %d): a group has this name." % (name, record["id"])
    ]
    assert found.data.groups[name].vars == {}


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "[localhost]"])
def test_name_of_the_machine_of_ansible_is_passed_over_with_a_warning(inventory, sim, name):
    record = sim.add_instance(name, "sandbox")
    found = inventory(services=["sandbox"], hostnames=["name", "ip_address"])
    assert found.hosts == [record["ipAddress"]]
    assert found.warnings == [
        "The name %s is not used for a host (id %d): it is the machine Ansible runs on."
        % (name.strip("[]"), record["id"])
    ]


def test_name_of_a_group_of_another_source_is_passed_over(inventory, sim):
    record = sim.add_instance("web", "sandbox")
    earlier = InventoryData()
    earlier.add_group("web")
    earlier.groups["web"].set_variable("protected", True)
    found = inventory(into=earlier, services=["sandbox"], hostnames=["name", "ip_address"], compose={"mine": "1"})
    assert found.hosts == [record["ipAddress"]]
    assert found.data.groups["web"].vars == {"protected": True}
    assert found.warnings == ["The name web is not used for a host (id %d): a group has this name." % record["id"]]


def test_host_without_another_name_fails(inventory, sim):
    sim.add_instance("all", "sandbox")
    assert fails(inventory, services=["sandbox"]).startswith("hostnames gives no usable name for ")


@pytest.mark.parametrize(
    "options",
    [
        {"groups": {"web": "itcare.name == 'other'"}},
        {"keyed_groups": [{"key": "'web' if itcare.name == 'other' else ''", "separator": ""}]},
        {"keyed_groups": [{"key": "itcare.name", "prefix": "x", "parent_group": "web"}]},
    ],
)
def test_group_with_the_name_of_a_host_is_left_out(inventory, sim, options):
    sim.add_instance("other", "sandbox")
    sim.add_instance("web", "sandbox")
    found = inventory(services=["sandbox"], compose={"mine": "itcare.name"}, default_groups=[], **options)
    assert "web" not in found.data.groups
    assert found.vars("web")["mine"] == "web"
    assert found.vars("other")["mine"] == "other"
    assert found.warnings == ["The group web is not created: a host has this name."]


def test_host_whose_group_is_left_out_is_in_the_parent(inventory, sim):
    sim.add_instance("other", "sandbox")
    sim.add_instance("web", "sandbox")
    entry = {"key": "'web'", "separator": "", "parent_group": "tiers"}
    found = inventory(services=["sandbox"], default_groups=[], keyed_groups=[entry])
    assert found.members("tiers") == ["other", "web"]


@pytest.mark.parametrize(
    "service, group",
    [
        ("CLOUD NAME - APP - DEV", "service_CLOUD_NAME_APP_DEV"),
        ("FRANCE SANTÉ - PORTAIL (UAT)", "service_FRANCE_SANTÉ_PORTAIL_UAT_"),
        ("billing", "service_billing"),
        ("a_b", "service_a_b"),
        ("a__b", "service_a__b"),
        ("- a", "service_a"),
    ],
)
def test_group_of_a_name_in_words_has_one_underscore_for_a_gap(inventory, sim, service, group):
    sim.add_instance("ONE", "sandbox", serviceName=service)
    found = inventory(services=["sandbox"], default_groups=["service"])
    assert found.groups_of("ONE") == [group]


@pytest.mark.parametrize("style", ["nested", "prefixed"])
def test_template_of_another_source_is_evaluated_for_each_host(inventory, style):
    data = InventoryData()
    for name in ("PEBBILL01", "PEBBILL02", "PEBBILL03"):
        data.add_host(name)
        data.set_variable(name, "role", trusted({"text": "{{ inventory_hostname | lower }}"})["text"])
    data.set_variable("PEBBILL01", "role", trusted({"text": "web"})["text"])
    found = inventory(
        into=data,
        names=["PEBBILL01", "PEBBILL02", "PEBBILL03"],
        vars_style=style,
        compose={"same": "role", "joined": "role ~ '-x'"},
        groups={"second": "role == 'pebbill02'"},
        keyed_groups=[{"key": "role", "prefix": "role"}],
    )
    roles = {"PEBBILL01": "web", "PEBBILL02": "pebbill02", "PEBBILL03": "pebbill03"}
    for name, role in roles.items():
        assert (found.vars(name)["same"], found.vars(name)["joined"]) == (role, role + "-x")
        assert found.members("role_" + role) == [name]
    assert found.members("second") == ["PEBBILL02"]
