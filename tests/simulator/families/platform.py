# SPDX-License-Identifier: GPL-3.0-or-later
"""Products and their support."""

from __future__ import annotations

from .. import build, pages
from ..call import Call, Refusal, operation
from ..catalogue import SIZINGS
from ..listing import filtered

_DATES = ("releasedAt", "endOfSalesAt", "extendedSupportAt", "endOfSupportAt")


@operation("list_support_policies")
def list_support_policies(call: Call):
    wanted = call.query.get("platform")
    return [
        {
            **{date: product[date] for date in _DATES},
            "category": product["category"],
            "comment": product["comment"],
            "id": product["id"],
            "img": "",
            "label": product["label"],
            "name": product["label"],
            "rawSupportPhase": product["supportPhase"],
            "supportPhase": product["supportPhase"],
            "technology": product["technology"],
        }
        for product in call.state.products.values()
        if wanted is None or wanted in (product["id"], product["label"])
    ]


@operation("get_platform_global_stats")
def get_platform_global_stats(call: Call):
    phases: dict[str, dict] = {}
    for record in filtered(call):
        product = call.state.products.get(record.get("_product"))
        if product is None:
            continue
        phase = phases.setdefault(product["supportPhase"], {"count": 0, "platforms": {}})
        phase["count"] += 1
        platform = phase["platforms"].setdefault(
            product["id"],
            {"count": 0, "label": product["label"], "name": product["id"], "resourceType": product["type"]},
        )
        platform["count"] += 1
    return {
        "phasesStatistic": {
            name: {**phase, "platforms": list(phase["platforms"].values())} for name, phase in phases.items()
        }
    }


@operation("list_resources_obsolescence")
def list_resources_obsolescence(call: Call):
    query = call.query
    tests = [
        (pages.by_list([str(each) for each in query.get("resources", [])]), "id"),
        (pages.by_list(query.get("platforms")), "productName"),
        (pages.by_list(query.get("phases")), "supportPhase"),
    ]
    rows = [
        record for record in filtered(call) if "_product" in record and all(test(record[name]) for test, name in tests)
    ]
    return call.page(rows, "Resource")


@operation("list_products")
def list_products(call: Call):
    wanted = call.query.get("type")
    return [
        build.public(product) for product in call.state.products.values() if wanted is None or product["type"] == wanted
    ]


def _product(call: Call) -> dict:
    product = call.state.products.get(call.path["id"])
    if product is None:
        raise Refusal(404)
    return product


@operation("get_product")
def get_product(call: Call):
    """Storage, sizings and properties only when asked for."""
    product, query = _product(call), call.query
    answer = {"code": product["code"], "enforcedAuthDomain": product["type"] == "WINDOWS"}
    if query.get("sizings"):
        answer["resources"] = [_sizing(call, number, name) for number, name in enumerate(product["_sizings"])]
    if query.get("storage"):
        answer["storage"] = {
            "maxVolumes": 6,
            "minVolumeSize": 1,
            "totalSizeAuthorized": 4096,
            "totalVolumesSize": 40,
            "volumes": [_volume("system", 0, 40, system=True), _volume("data", 1, 0, system=False)],
        }
    if query.get("properties"):
        answer["properties"] = [
            {
                "defaultValue": "true",
                "description": "Hardened when provisioned",
                "displayed": True,
                "editable": True,
                "key": "hardening",
                "mandatory": False,
                "value": "true",
            }
        ]
    return answer


def _sizing(call: Call, number: int, name: str) -> dict:
    cpu, ram = SIZINGS.get(name, (2, 4))
    return {
        "available": True,
        "id": name,
        "optionDescrEn": f"{cpu} CPU, {ram} GB",
        "optionDescrFr": f"{cpu} CPU, {ram} Go",
        "optionName": name,
        "optionOrder": str(number),
        "ram": ram * (1024 if call.settings.ram_unit == "mb" else 1),
        "vcpus": cpu,
    }


def _volume(name: str, order: int, size: int, system: bool) -> dict:
    return {
        "description": name.capitalize(),
        "editable": 1,
        "exclFromSnap": 0,
        "id": name,
        "mandatory": system,
        "max": 4096,
        "min": 1,
        "order": order,
        "sizeGb": size,
        "system": system,
    }


@operation("list_product_regions")
def list_product_regions(call: Call):
    _product(call)
    return list(call.state.regions.values())
