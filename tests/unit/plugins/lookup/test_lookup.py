# SPDX-License-Identifier: GPL-3.0-or-later
"""The lookup plugin: every info module is a kind, names are exact, and its errors are those of the modules."""

from __future__ import annotations

import datetime
import os
import re
from pathlib import Path

import pytest
from ansible.errors import AnsibleLookupError, AnsibleOptionsError

from ansible_collections.cegedim.cloud.plugins.lookup import itcare
from ansible_collections.cegedim.cloud.plugins.plugin_utils import info_rows

MODULES = Path(__file__).parents[4] / "plugins" / "modules"
INFOS = sorted(path.stem for path in MODULES.glob("itcare_*_info.py"))
NOUNS = [re.fullmatch("itcare_(.*)_info", name)[1] for name in INFOS]
# What a kind cannot be listed without.
NEEDED = dict(
    authentication_domain=dict(network="EB_1125_DMZ8", availability_zone="EB-A"),
    backup_policy=dict(service="billing", policy_type="SERVER"),
    certificate=dict(domain="acme.example"),
)


@pytest.fixture
def refusal(query):
    """``refusal("networks", sevice="billing")``: the message of the error that it ends with."""

    def refuse(*terms, **options):
        with pytest.raises((AnsibleLookupError, AnsibleOptionsError)) as problem:
            query(*terms, **options)
        return str(problem.value)

    return refuse


def names(rows):
    return [row["name"] for row in rows]


# Kinds


@pytest.mark.parametrize("noun", NOUNS)
def test_every_info_module_is_a_kind(query, refusal, run, noun):
    given = NEEDED.get(noun, {})
    kind = info_rows.kind_called(noun)
    result = run("itcare_%s_info" % noun, **given)
    if result.get("failed"):
        assert refusal(noun, **given) == refusal(kind.key, **given) == result["msg"]
    else:
        assert query(noun, **given) == query(kind.key, **given) == as_list(result[kind.key])


def as_list(value):
    return value if isinstance(value, list) else [value]


def test_most_kinds_are_listed_above_without_an_error(run):
    refused = [noun for noun in NOUNS if run("itcare_%s_info" % noun, **NEEDED.get(noun, {})).get("failed")]
    assert len(refused) < len(NOUNS) / 3, refused


def test_no_two_kinds_have_the_same_name():
    kinds = info_rows.kinds()
    assert sorted(kinds.values()) == sorted(NOUNS)
    assert not {key: noun for key, noun in kinds.items() if key != noun and key in NOUNS}


def test_unknown_kind_is_an_error_that_names_the_others(sim, refusal):
    assert refusal("netwroks").startswith("netwroks cannot be looked up: do you mean networks? What can be")
    assert refusal("zebra").startswith("zebra cannot be looked up; what can be looked up is: actions, ")
    assert refusal().startswith("the lookup does not say what to look up; what can be looked up is: ")
    assert sim.requests() == []


# Filters


def test_filters_are_those_of_the_module(query):
    assert names(query("instances", services="billing", statuses=["ACTIVE"], names="PEBBILL01")) == ["PEBBILL01"]


def test_alias_of_an_option(query):
    assert query("instances", service="billing") == query("instances", services=["billing"]) != []


def test_nothing_that_fits_is_an_empty_list(query):
    assert query("services", names="nowhere") == []
    assert query("instance", id=1) == []


def test_networks_of_a_service(query):
    assert [row["short_description"] for row in query("networks", service="billing")] == [
        "EB_1125_DMZ8",
        "EB_1126_BACK3",
    ]


def test_result_key(query, refusal):
    assert query("products", gather="support_policies", result_key="support_policies")[0]["support_phase"]
    assert refusal("products", result_key="policies") == "result_key: there is no policies here; there is products"
    assert "result_key: names are those of products" in refusal("product", "deb12", result_key="support_policies")


def test_unknown_option_is_an_error(sim, refusal):
    sentence = refusal("networks", sevice="billing")
    assert sentence.startswith("sevice is not an option for networks: do you mean service? Its options are area, ")
    assert "client_secret" not in sentence
    assert sim.requests() == []


def test_options_that_exclude_each_other(sim, refusal):
    assert refusal("instances", id=1, names="A") == "parameters are mutually exclusive: id|names"
    assert refusal("instance", "500000001", names="A") == "parameters are mutually exclusive: id|names"
    assert sim.requests() == []


def test_option_and_alias_that_differ(refusal):
    assert "services and service are the same option" in refusal("instances", services="billing", service="portal")


def test_what_an_option_cannot_be(refusal):
    assert "gather must be one or more of" in refusal("instances", gather="everything")
    assert refusal("certificates") == "missing required arguments: domain"


# Names


def test_name(query):
    assert names(query("instance", "PEBBILL01")) == ["PEBBILL01"]


def test_names_are_compared_without_case(query):
    assert names(query("instance", "pebbill01")) == ["PEBBILL01"]


def test_names_come_in_their_order(query):
    wanted = ["PEBBILL02", "PEBBILL01", "PEBBILL02"]
    assert names(query("instances", *wanted)) == names(query("instances", wanted)) == wanted


@pytest.mark.parametrize("name", ["EB_1125_DMZ8", "vlan-1125", 1125, "1125"])
def test_network_goes_by_all_of_its_names(query, name):
    assert [row["id"] for row in query("network", name)] == [1125]


@pytest.mark.parametrize("name", ["deb12", "Debian 12"])
def test_product_goes_by_all_of_its_names(query, name):
    assert [row["code"] for row in query("product", name)] == ["deb12"]


def test_number(query):
    number = query("instance", "PEBBILL01")[0]["id"]
    assert names(query("instance", number)) == names(query("instance", str(number))) == ["PEBBILL01"]


def test_name_within_filters(query):
    assert query("instance", "TWIN01", services="intranet")[0]["service_name"] == "intranet"
    assert query("health_check", "tcp", area="EB-EMEA")[0]["listed_in"] == {"region": "EB", "area": "EB-EMEA"}


def test_name_in_a_listing_that_has_no_names(query):
    assert [row["id"] for row in query("network", "EB_1125_DMZ8", area="EB-EMEA")] == [1125]


def test_missing_name_is_an_error_that_says_what_is_near(refusal):
    assert refusal("service", "biling").startswith(
        "there is no service called biling (or this account does not see it): do you mean billing (44411)"
    )
    assert refusal("instance", 1) == "there is no instance called 1 (or this account does not see it)"
    assert refusal("instances", "PEBBILL01", "NOWHERE").startswith("there is no instance called NOWHERE")


def test_part_of_a_name_is_not_a_name(refusal):
    assert refusal("instance", "PEBBILL").startswith("there is no instance called PEBBILL (")


def test_ambiguous_name_is_an_error_that_lists_them(refusal):
    sentence = refusal("instance", "TWIN01")
    assert sentence.startswith("2 things of kind instance are named TWIN01: id ")
    assert "in intranet" in sentence and "in portal-uat" in sentence


def test_removed_machine_does_not_have_its_name_any_more(sim, query, refusal):
    sim.add_instance("GONE")["status"] = "REMOVED"
    assert refusal("instance", "GONE").startswith("there is no instance called GONE")
    there = sim.add_instance("GONE")
    assert [row["id"] for row in query("instance", "GONE")] == [there["id"]]


@pytest.mark.parametrize("name", ["", " ", None])
def test_empty_name_does_not_mean_everything(sim, refusal, name):
    assert refusal("instances", name) == "instances: a name is empty"
    assert sim.requests() == []


def test_empty_list_of_names_is_an_empty_list(sim, query):
    assert query("instances", []) == []
    assert sim.requests() == []


@pytest.mark.parametrize("name", ["ONE,TWO", "!ONE", "Zoé"])
def test_name_that_the_filter_does_not_express(sim, query, name):
    sim.add_instance(name, tags=[{"tagKey": "tier", "tagValue": "odd"}])
    sim.clear_journal()
    found = query("instance", name, gather="tags")
    assert (names(found), found[0]["tags"]) == ([name], {"tier": "odd"})
    assert len([entry for entry in sim.requests() if entry["path"].endswith("/tags")]) == 1


def test_more_is_read_of_what_is_named_only(sim, query):
    found = query("instances", "PEBBILL01", gather=["tags"])
    assert found[0]["tags"]["application"] == "billing"
    assert len([entry for entry in sim.requests() if entry["path"].endswith("/tags")]) == 1


def test_details_of_a_named_product(sim, query):
    found = query("product", "deb12", gather="sizings")
    assert "4cpu8gb" in [one["id"] for one in found[0]["sizings"]]
    assert len([entry for entry in sim.requests() if "/products/" in entry["path"]]) == 1


# What a template gives


def test_what_a_template_gives_becomes_plain():
    class Vaulted:
        def __str__(self):
            return "in clear"

    given = {"a": (1, True, None), "b": (one for one in "xy"), "c": Vaulted(), "d": datetime.date(2026, 1, 2)}
    assert info_rows.plain(given) == {"a": [1, True, None], "b": ["x", "y"], "c": "in clear", "d": "2026-01-02"}


# The login


def test_account_from_the_environment(sim, auth, monkeypatch):
    for name, value in auth.items():
        monkeypatch.setenv("ITCARE_" + name.upper(), str(value))
    assert names(itcare.LookupModule().run(["service", "billing"], variables={})) == ["billing"]


def test_no_account(auth):
    with pytest.raises(AnsibleOptionsError, match="missing: client_id, client_secret; set client_id"):
        itcare.LookupModule().run(["regions"], api_url=auth["api_url"], token_url=auth["token_url"])


def test_lookups_of_a_process_share_token_and_connections(sim, query):
    query("regions", token_store=False)
    query("service", "billing", token_store=False)
    assert len(sim.token_requests()) == 1
    assert len(info_rows._clients) == 1


def test_another_account_has_a_session_of_its_own(sim, query, refusal):
    query("regions", token_store=False)
    assert "refused the login" in refusal("regions", token_store=False, client_secret="another-secret")


def test_forked_process_does_not_use_the_connections_of_its_parent(query):
    query("regions")
    assert info_rows._clients
    child = os.fork()
    if not child:
        os._exit(len(info_rows._clients))
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_token_that_the_platform_has_forgotten_is_replaced(sim, query):
    query("regions")
    sim.revoke_tokens()
    assert query("regions")


# Errors


@pytest.mark.parametrize(
    "options",
    [dict(client_secret="wrong-secret-1"), dict(retry_timeout="wrong-secret-1", client_secret="wrong-secret-1")],
)
def test_no_error_shows_a_secret(refusal, options):
    assert "wrong-secret-1" not in refusal("regions", **options)


def test_no_error_has_a_cause_that_could_show_a_secret(query):
    with pytest.raises(AnsibleLookupError) as problem:
        query("regions", client_secret="wrong-secret-1")
    assert problem.value.__suppress_context__ and problem.value.__cause__ is None


def test_platform_that_fails(sim, refusal):
    sim.fault("status", status=403, operation="list_networks", times=-1)
    assert "the profile of this API account does not allow it" in refusal("networks")


def test_part_of_a_listing_is_an_error(sim, refusal):
    sim.fault("short_page", operation="list_networks", times=-1)
    assert "could not be read completely" in refusal("networks")


def test_bug_is_raised(query, monkeypatch):
    monkeypatch.setattr(info_rows.kind_called("region").module, "run", lambda *words: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        query("regions")


def test_warnings_of_the_module_are_displayed(query, monkeypatch):
    module = info_rows.kind_called("region").module
    true_run, said = module.run, []

    def run(client, params, check):
        outcome = true_run(client, params, check)
        outcome.warnings.append("take care")
        return outcome

    monkeypatch.setattr(module, "run", run)
    monkeypatch.setattr(itcare.Display, "warning", lambda self, text: said.append(text))
    query("regions")
    assert said == ["take care"]
