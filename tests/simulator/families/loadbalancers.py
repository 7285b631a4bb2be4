# SPDX-License-Identifier: GPL-3.0-or-later
"""Load balancers, their URLs and their members."""

from __future__ import annotations

import ipaddress

from .. import contract, pages, rules, seed
from ..actions import IN_PROGRESS
from ..call import Call, Refusal, operation
from ..listing import filtered
from ..state import ACTIVE, COMPUTED, INACTIVE

TEMPLATES, MODES = ("standard", "strict"), ("blocking", "transparent")


@operation("list_loadbalancers")
def list_loadbalancers(call: Call):
    query = call.query
    tests = [
        (pages.by_list(query.get(name)), name)
        for name in ("defaultPersistence", "fallbackPersistence", "loadBalancingMode")
    ]
    # A part of a URL will do: the example is `.cegedim.cloud`.
    url, protocol = pages.by_list(query.get("urls"), "substring"), pages.by_list(query.get("protocols"))
    rows = [
        record
        for record in filtered(call, "loadbalancer")
        if all(test(record[name]) for test, name in tests)
        and (not query.get("urls") or any(url(each["name"]) for each in _urls(call.state, record)))
        and (not query.get("protocols") or any(protocol(each["name"]) for each in record["protocols"]))
        and not query.get("iRules")
    ]
    return call.page(rows, "LoadBalancer")


@operation("get_loadbalancer")
def get_loadbalancer(call: Call):
    return call.state.view(call.resource("loadbalancer"))


@operation("create_loadbalancer")
def create_loadbalancer(call: Call):
    return create(call)


def create(call: Call, cluster: dict | None = None):
    """Creates a load balancer with its first URL, on its own or in front of a Kubernetes cluster."""
    body, state = call.body, call.state
    service = rules.service_of_body(call)
    _region, area, _zones = rules.place_of_body(call, "availabilityZone")
    network = rules.network_of_body(call, area, for_load_balancers=True)
    management = rules.management_of_body(call, service)
    call.require(body["healthcheck"] in [row["name"] for row in state.healthchecks], "Unknown healthcheck")
    protocol = next((row for row in state.protocols if body["profileName"] in (row["name"], str(row["port"]))), None)
    call.require(protocol, "Unknown profileName")
    call.require(body["portMembers"].isdecimal() and int(body["portMembers"]) <= 65535, "portMembers is no port")
    name = body["url"].partition("://")[2] or body["url"]
    _check_dns(call, name, body.get("setUpDNSEnabled"))
    call.require(not state.named(name, "loadbalancer", "url"), "This URL exists")
    _check_ssl_profile(call, body.get("sslProfile"))
    call.require(0 <= body.get("vsPort", 0) <= 65535, "vsPort must be 0 to 65535")
    certificate = next(
        (row for row in state.certificates if row["certificateName"] == body.get("certificateName")), None
    )
    call.require(certificate or not body.get("certificateName"), "Unknown certificate")
    call.require(certificate or not protocol["isCertificateRequired"], "This profile needs certificateName")
    port = int(body["portMembers"])
    if cluster is not None:
        machines = state.nodes(cluster["id"])
    else:
        machines = [call.named_in_body(row.get("id"), "instance") for row in body.get("members") or []]
    call.require(all(machines), "Unknown member")
    call.require(len({machine["network"]["id"] for machine in machines}) <= 1, "The members must be in one network")
    call.commit()
    fields = {"certificate": certificate} if certificate else {}
    if not body.get("persistence", True):
        fields.update(defaultPersistence="", fallbackPersistence="")
    record = seed.load_balancer(
        state, name, service["id"], network, port, body["healthcheck"], protocol["name"], **{**management, **fields}
    )
    record["_members"] = [seed.member(machine, port) for machine in machines]
    if cluster is not None:
        record["_cluster"] = cluster["id"]
    url = seed.url(state, record, name, monitoringEnabled=management["monitoringEnabled"])
    return rules.create(call, record, [url], f"Create {name}")


def _check_dns(call: Call, name: str, wanted: bool | None) -> None:
    """DNS can only be set up in a domain that is managed here."""
    managed = [domain["name"] for domain in call.state.domains if domain["isManagedByCegedim"]]
    call.require(
        not wanted or any(name.endswith("." + domain) for domain in managed), "The domain does not support DNS setup"
    )


def _check_ssl_profile(call: Call, name: str | None) -> None:
    call.require(name in (None, *(row["name"] for row in call.state.ssl_profiles)), "Unknown SSL profile")


@operation("delete_loadbalancer")
def delete_loadbalancer(call: Call):
    return rules.delete(call, call.writable("loadbalancer"))


@operation("update_loadbalancer")
def update_loadbalancer(call: Call):
    record = call.writable("loadbalancer")
    return rules.wanted_operation(call, _OPERATIONS)(call, record)


def _start(call: Call, record: dict):
    return rules.switch(call, record, ACTIVE)


def _stop(call: Call, record: dict):
    return rules.switch(call, record, INACTIVE)


def _set_bot(call: Call, record: dict, process: str):
    template, mode = call.options.get("template", "standard"), call.options.get("mode", "blocking")
    call.require(template in TEMPLATES, "template must be standard or strict")
    call.require(mode in MODES, "mode must be blocking or transparent")
    profile = {
        "comment": "",
        "description": "",
        "enforcement": mode,
        "id": f"bot-{record['id']}",
        "name": f"bot-{record['name']}",
        "profile": "bot-defense",
        "template": template,
        "whiteList": record.get("securityProfile", {}).get("whiteList", []),
    }
    return call.start(
        record,
        process,
        f"Bot Defense of {record['name']}",
        lambda: record.update(botDefenseEnabled=True, securityProfile=profile),
    )


def _activate_bot(call: Call, record: dict):
    call.require(not record["botDefenseEnabled"], "Bot Defense is active already")
    return _set_bot(call, record, "ACTIVATE_BOT")


def _update_bot(call: Call, record: dict):
    _require_bot(call, record)
    return _set_bot(call, record, "UPDATE_BOT")


def _delete_bot(call: Call, record: dict):
    _require_bot(call, record)

    def effect():
        record["botDefenseEnabled"] = False
        record.pop("securityProfile", None)

    return call.start(record, "DELETE_BOT", f"Bot Defense of {record['name']}", effect)


def _require_bot(call: Call, record: dict) -> None:
    call.require(record["botDefenseEnabled"], "Bot Defense is not active")


def _edit_whitelist(call: Call, record: dict):
    """It updates or adds an address, so one that is there is no mistake."""
    ip = _whitelist_ip(call, record)
    try:
        ipaddress.ip_network(ip, strict=False)
    except ValueError:
        call.refuse("ip is no IP address")
    rows = record["securityProfile"]["whiteList"]

    def effect():
        if ip not in [row["ip"] for row in rows]:
            rows.append({"comment": "", "ip": ip, "url": ""})

    return call.start(record, "EDIT_BOT_WHITELIST", f"Whitelist of {record['name']}", effect)


def _delete_whitelist(call: Call, record: dict):
    ip = _whitelist_ip(call, record)
    rows = record["securityProfile"]["whiteList"]
    row = next((row for row in rows if row["ip"] == ip), None)
    call.require(row, "The address is not on the whitelist")
    return call.start(record, "DELETE_BOT_WHITELIST", f"Whitelist of {record['name']}", lambda: rows.remove(row))


def _whitelist_ip(call: Call, record: dict) -> str:
    _require_bot(call, record)
    call.require(call.options.get("ip"), "ip is missing")
    return call.options["ip"]


def _monitoring(call: Call, record: dict):
    """updateUrls: 'names or ids' is not written; both are taken."""
    urls = {each["name"]: each for each in _urls(call.state, record)}
    urls |= {str(call.body_number(each["id"])): each for each in urls.values()}
    wanted = call.options.get("updateUrls")
    call.require(all(name in urls for name in wanted or []), "Unknown URL")
    touched = [urls[name] for name in wanted] if wanted else list(urls.values())
    action = rules.update_monitoring(call, record, "on_call", "monitoringOnCallEnabled")
    own_effect = action.effect

    def effect():
        own_effect()
        for url in touched:
            url["monitoringEnabled"] = call.options.get("state", url["monitoringEnabled"])
            url["monitoringOnCallEnabled"] = call.options.get("on_call", url["monitoringOnCallEnabled"])

    action.effect = effect
    return action


_OPERATIONS = {
    "start": _start,
    "stop": _stop,
    "activate_bot": _activate_bot,
    "update_bot": _update_bot,
    "delete_bot": _delete_bot,
    "edit_bot_whitelist": _edit_whitelist,
    "delete_bot_whitelist": _delete_whitelist,
    "update_monitoring": _monitoring,
}


# URLs


def _urls(state, record: dict) -> list[dict]:
    return [each for each in state.nodes(record["id"]) if each["_state"] == "live"]


@operation("list_loadbalancer_urls")
def list_loadbalancer_urls(call: Call):
    nodes = call.state.nodes(call.resource("loadbalancer")["id"])
    return call.views([each for each in nodes if each["_state"] in ("live", "leaving")], part=True)


@operation("create_loadbalancer_url")
def create_loadbalancer_url(call: Call):
    record, body = call.writable("loadbalancer"), call.body
    name = body["name"].partition("://")[2] or body["name"]
    _check_dns(call, name, body.get("setUpDNSEnabled"))
    call.require(not call.state.named(name, "url"), "This URL exists")
    _check_ssl_profile(call, body.get("sslProfile"))
    call.commit()
    monitored = body.get("monitoringEnabled", False)
    on_call = monitored and body.get("onCallSupervision", False)
    url = seed.url(call.state, record, name, monitoringEnabled=monitored, monitoringOnCallEnabled=on_call)
    return rules.create(call, url, [], f"Create {name}")


def _url(call: Call) -> dict:
    record = call.resource("loadbalancer")
    url = call.writable("url", name="urlId")
    if url["_parent"] != record["id"]:
        raise Refusal(404)
    return url


@operation("update_loadbalancer_url")
def update_loadbalancer_url(call: Call):
    url = _url(call)
    call.require((call.body or {}).get("operation") == "update_monitoring", "operation is missing")
    return rules.update_monitoring(call, url, "onCall", "monitoringOnCallEnabled")


@operation("delete_loadbalancer_url")
def delete_loadbalancer_url(call: Call):
    return rules.delete(call, _url(call))


# Members


def _member_view(call: Call, member: dict) -> dict | None:
    machine = call.state.get(member["resourceId"])
    if machine is None:
        return None
    return {
        "address": machine["ipAddress"],
        "category": machine["category"],
        "family": machine["family"],
        "internalType": machine["internalType"],
        "labelArea": machine["labelArea"],
        "name": machine["name"],
        "port": member["port"],
        "productName": machine["productName"],
        "resourceId": call.body_number(machine["id"]),
        "serviceId": machine["serviceId"],
        "state": member["state"],
        "status": _health(member, machine),
        "technicalId": f"{machine['name']}:{member['port']}",
        "technology": machine["technology"],
    }


def _health(member: dict, machine: dict) -> str:
    """up, down or user_down: taken out by the user, or not answering."""
    if member["state"] != "enabled":
        return "user_down"
    return "up" if machine["status"] == ACTIVE else "down"


def _members(call: Call, record: dict) -> list[dict]:
    return [view for view in (_member_view(call, member) for member in record["_members"]) if view]


@operation("list_loadbalancer_members")
def list_loadbalancer_members(call: Call):
    return _members(call, call.resource("loadbalancer"))


@operation("add_loadbalancer_member")
def add_loadbalancer_member(call: Call):
    """Only resourceId and port count; the member must be in the others' network."""
    record, body = call.writable("loadbalancer"), call.body
    machine = call.named_in_body(body["resourceId"], "instance", "application_server")
    call.require(machine, "Unknown resource")
    call.require(0 <= body["port"] <= 65535, "port must be 0 to 65535")
    others = [call.state.get(member["resourceId"]) for member in record["_members"]]
    networks = {other["network"]["id"] for other in others if other}
    call.require(
        not networks or machine["network"]["id"] in networks, "The member must be in the network of the others"
    )
    taken = [(member["resourceId"], member["port"]) for member in record["_members"]]
    call.require((machine["id"], body["port"]) not in taken, "This member exists")
    call.commit()
    record["_members"].append(seed.member(machine, body["port"]))
    return _members(call, record)


def _meant(call: Call) -> tuple[dict, list[dict]]:
    """The example names a member by the number of its resource; which of its ports is meant is not written."""
    record, wanted, settings = call.writable("loadbalancer"), call.path["memberId"], call.settings
    by_itself = [row for row in record["_members"] if (_member_view(call, row) or {}).get("technicalId") == wanted]
    if by_itself and settings.member_paths == "either":
        return record, by_itself
    members = [row for row in record["_members"] if str(call.body_number(row["resourceId"])) == wanted]
    if not members:
        raise Refusal(404)
    call.require(len(members) == 1 or settings.member_ports != "refused", "The resource has several ports")
    return record, members if settings.member_ports == "all" else members[:1]


@operation("update_loadbalancer_member")
def update_loadbalancer_member(call: Call):
    _balancer, members = _meant(call)
    wanted = (call.body or {}).get("operation")
    call.require(wanted, "operation is missing")
    call.commit()
    for member in members:
        member["state"] = wanted
    return _member_view(call, members[0])


@operation("delete_loadbalancer_member")
def delete_loadbalancer_member(call: Call):
    record, members = _meant(call)
    call.commit()
    record["_members"] = [row for row in record["_members"] if row not in members]
    return _members(call, record)


# The rest


@operation("get_loadbalancer_stats")
def get_loadbalancer_stats(call: Call):
    """The keys are not documented. An offline member has no connections, nor has one of a stopped balancer."""
    record = call.resource("loadbalancer")
    return [
        {
            view["technicalId"]: {
                "currentConnections": 3 if view["state"] != "offline" and record["status"] == ACTIVE else 0,
                "state": view["state"],
                "status": view["status"],
            }
        }
        for view in _members(call, record)
    ]


@operation("get_loadbalancer_ssl_profiles")
def get_loadbalancer_ssl_profiles(call: Call):
    """For one URL; the default of the parameter is the word `url`, which stands for all of them."""
    record = call.resource("loadbalancer")
    certificate, url = record.get("certificate", {}).get("certificateName"), call.query["url"]
    hosts = [each["name"] for each in _urls(call.state, record) if url in ("url", each["name"])]
    valid = [
        row
        for row in call.state.ssl_profiles
        if row["certificat"] == certificate and any(host.endswith("." + row["serverName"]) for host in hosts)
    ]
    return {"isValidSSLProfilInstalled": bool(valid), "validSSLProfiles": valid}


@operation("list_loadbalancer_events")
def list_loadbalancer_events(call: Call):
    record, size = call.resource("loadbalancer"), call.query["size"]
    if size < 0:
        raise contract.Violation("size must not be negative")
    begin, end = (contract.moment_of(call.query[name]) for name in ("from", "to"))
    call.require(begin <= end, "from is after to")
    if not record["botDefenseEnabled"]:
        return []
    blocking = record["securityProfile"]["enforcement"] == "blocking"
    event = {
        "date": call.query["from"],
        "type": call.query["type"],
        "criteria": call.query["criteria"],
        "action": "blocked" if blocking else "logged",
        "sourceIp": "192.0.2.7",
    }
    return [event] * min(2, size)


@operation("list_loadbalancers_protocols")
def list_loadbalancers_protocols(call: Call):
    return call.state.protocols


@operation("list_loadbalancers_internal_whitelist")
def list_loadbalancers_internal_whitelist(call: Call):
    return call.state.internal_whitelist


def _computed(state, record: dict) -> dict:
    machines = [state.get(member["resourceId"]) for member in record["_members"]]
    machines = [state.view(machine, "Instance") for machine in machines if machine is not None]
    fields = {
        "members": machines,
        "nodeCount": len(machines),
        "urls": [state.view(url) for url in _urls(state, record)],
    }
    changing = [action for action in state.actions.of(record["id"]) if action.status == IN_PROGRESS]
    fields["botDefenseUpdating"] = any("_BOT" in action.process for action in changing)
    cluster = state.get(record.get("_cluster"))
    if cluster is not None:
        fields["parentResource"] = state.view(cluster, "ManagedResource")
    return fields


COMPUTED["loadbalancer"] = _computed
