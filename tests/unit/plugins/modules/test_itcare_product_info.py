# SPDX-License-Identifier: GPL-3.0-or-later
"""The listing of products against the simulator: what it answers, and exactly what it asks."""

from __future__ import annotations

import pytest

PATH = "/compute/platform/products"
SUPPORT = "/compute/platform/support-policy"


@pytest.fixture
def info(sim, run):
    """``info(**options)``: the result, or the message of a failure; and what was asked: ``[(path, query)]``."""

    def run_info(check=False, **options):
        sim.clear_journal()
        result = run("itcare_product_info", check=check, **options)
        assert sim.writes() == []
        asked = sorted(((entry["path"], entry["query"]) for entry in sim.requests()), key=str)
        if result.get("failed"):
            return result["msg"], asked
        assert result["changed"] is False
        return result, asked

    return run_info


def ids(result):
    return [row["id"] for row in result["products"]]


def test_all_products_without_a_filter(sim, info):
    result, asked = info()
    assert ids(result) == list(sim.state.products) and len(result["products"]) == 22
    assert "support_policies" not in result
    assert asked == [(PATH, {})]


def test_check_mode_reads_the_same(info):
    assert info(check=True, id="deb12", gather=["sizings"]) == info(id="deb12", gather=["sizings"])


def test_fields_are_in_snake_case(info):
    (product,) = info(id="windows2022")[0]["products"]
    assert (product["support_phase"], product["backup_policy_type"]) == ("STANDARD", "SERVER")
    assert (product["platform"], product["end_of_support_at"][:4]) == ("windows2022", "2031")


@pytest.mark.parametrize(
    "options, query, found",
    [
        (dict(type="POSTGRESQL"), {"type": "POSTGRESQL"}, ["pg16", "pg15", "pg14"]),
        (dict(type="LINUX", id="deb12"), {"type": "LINUX"}, ["deb12"]),
        (dict(type="WINDOWS", clouds=[101, 102]), {"type": "WINDOWS", "clouds": "101,102"}, ["windows2022"]),
        (dict(type="NOWHERE"), {"type": "NOWHERE"}, []),
        (dict(id="deb12"), {}, ["deb12"]),
        (dict(id="DEB12"), {}, ["deb12"]),
        (dict(code="pg16"), {}, ["pg16"]),
        (dict(id="deb13"), {}, []),
    ],
)
def test_filters_are_sent_and_select(info, options, query, found):
    result, asked = info(**options)
    assert ids(result) == found
    assert asked == [(PATH, query)]


def test_by_code_where_no_id_is_the_same(sim, info):
    sim.state.products["deb12"]["code"] = "DEBIAN_12"
    sim.state.products["deb11"]["code"] = "ol9"
    assert ids(info(id="debian_12")[0]) == ["deb12"]
    assert ids(info(id="ol9")[0]) == ["ol9"]


@pytest.mark.parametrize(
    "options, words",
    [
        (dict(type=""), ["type", "empty"]),
        (dict(type="LINUX,WINDOWS"), ["type", "LINUX,WINDOWS", "comma"]),
        (dict(id=" "), ["id", "empty"]),
        (dict(clouds=[]), ["clouds", "empty list"]),
        (dict(clouds=["acme"]), ["clouds", "acme", "int"]),
        (dict(platform="Debian 12"), ["platform", "support_policies", "gather"]),
        (dict(platform="", gather=["support_policies"]), ["platform", "empty"]),
        (dict(gather=["sizes"]), ["gather", "sizes", "sizings"]),
    ],
)
def test_refused_before_anything_is_sent(sim, info, options, words):
    message, asked = info(**options)
    assert [word for word in words if word not in message] == []
    assert asked == [] and sim.token_requests() == []


@pytest.mark.parametrize("path", [PATH, SUPPORT])
@pytest.mark.parametrize("status", [400, 404])
def test_refusal_of_a_listing_is_told(sim, info, path, status):
    sim.fault("status", status=status, path=path + "$")
    assert "%s: %d" % (path, status) in info(gather=["support_policies"])[0]


@pytest.mark.parametrize("choice", ["properties", "sizings", "storage"])
def test_gather_one_of_the_details(info, choice):
    result, asked = info(id="deb12", gather=[choice])
    assert asked == [(PATH, {}), (PATH + "/deb12", {choice: "true"})]
    (product,) = result["products"]
    assert product[choice] and product["enforced_auth_domain"] is False
    assert {"properties", "sizings", "storage", "resources"} & set(product) == {choice}
    assert product["label"] == "Debian 12"


def test_gather_everything_of_several(info):
    choices = ["properties", "sizings", "storage", "regions", "support_policies", "sizings"]
    result, asked = info(type="KUBERNETES", clouds=[101], gather=choices)
    details = {"properties": "true", "sizings": "true", "storage": "true", "clouds": "101"}
    assert asked == [
        (PATH, {"type": "KUBERNETES", "clouds": "101"}),
        (PATH + "/k8s130", details),
        (PATH + "/k8s130/regions", {"clouds": "101"}),
        (PATH + "/k8s131", details),
        (PATH + "/k8s131/regions", {"clouds": "101"}),
        (SUPPORT, {}),
    ]
    newest = result["products"][0]
    assert newest["sizings"][0] == {
        "id": "2cpu4gb",
        "vcpus": 2,
        "ram": 4,
        "available": True,
        "option_name": "2cpu4gb",
        "option_order": "0",
        "option_descr_en": "2 CPU, 4 GB",
        "option_descr_fr": "2 CPU, 4 Go",
    }
    assert newest["storage"]["volumes"][1]["size_gb"] == 0
    assert newest["properties"][0]["default_value"] == "true"
    assert [region["areas"][0]["availability_zones"][0]["id"] for region in newest["regions"]] == ["EB-A", "ET-A"]
    assert len(result["support_policies"]) == 22


def test_support_policies_of_one_platform(info):
    result, asked = info(type="LINUX", platform="Debian 11", gather=["support_policies"])
    assert [(row["name"], row["support_phase"]) for row in result["support_policies"]] == [("Debian 11", "EXTENDED")]
    assert (SUPPORT, {"platform": "Debian 11"}) in asked


def test_no_support_policy_for_the_platform(info):
    result, _asked = info(type="LINUX", platform="Debian 1", gather=["support_policies"])
    assert result["support_policies"] == []


def test_nothing_fits_and_no_details_are_read(info):
    result, asked = info(id="deb13", gather=["sizings", "regions"])
    assert result["products"] == [] and asked == [(PATH, {})]


def test_details_under_the_code_where_there_are_none_under_the_id(sim, info):
    sim.state.products["4711"] = {**sim.state.products["deb12"], "id": "4711"}
    sim.fault("status", status=404, path="/products/4711", times=-1)
    result, asked = info(id="4711", gather=["sizings", "regions"])
    (product,) = result["products"]
    assert product["sizings"][0]["id"] == "1cpu2gb" and [region["id"] for region in product["regions"]] == ["EB", "ET"]
    assert [path for path, _query in asked[1:]] == [
        PATH + "/4711",
        PATH + "/4711/regions",
        PATH + "/deb12",
        PATH + "/deb12/regions",
    ]


def test_no_details_at_all_is_null(sim, info):
    sim.fault("status", status=404, path="/products/deb12", times=-1)
    (product,) = info(id="deb12", gather=["sizings", "storage", "regions"])[0]["products"]
    assert (product["sizings"], product["storage"], product["enforced_auth_domain"]) == (None, None, None)
    assert product["regions"] == []


def test_gather_refused(sim, info):
    sim.fault("status", status=403, path="/products/deb12$")
    assert "/products/deb12: 403" in info(id="deb12", gather=["sizings", "regions"])[0]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (dict(id="deb12"), ["gather: support_policies is not narrowed by id=deb12"]),
        (dict(type="LINUX", clouds=[101]), ["gather: support_policies is not narrowed by type=LINUX and clouds=[101]"]),
        (dict(id="deb12", platform="Debian 12"), None),
        (dict(), None),
    ],
    ids=str,
)
def test_what_does_not_narrow_the_support_policies_is_told(info, options, told):
    assert info(gather=["support_policies"], **options)[0].get("warnings") == told
