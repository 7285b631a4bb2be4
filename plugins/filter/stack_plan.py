# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
name: stack_plan
short_description: Compose the resources of an application
version_added: 1.0.0
description:
  - Gives what builds or removes the parts of an application, ready for M(cegedim.cloud.itcare_batch), and says what
    else has to be looked up for it. The role C(application_stack) of this collection uses it and describes the parts.
author:
  - cegedim.cloud collection team (@cegedim-cloud)
options:
  _input:
    description:
      - The parts, under their keys.
    type: dict
    required: true
  service:
    description:
      - The service of all parts.
    type: str
    required: true
  network:
    description:
      - The network of all parts that are in one.
    type: str
  tags:
    description:
      - Tags of all parts.
    type: dict
  patch_groups:
    description:
      - The patch groups over which the machines of each part are spread.
    type: list
    elements: int
  password:
    description:
      - The C(admin_password) of new parts that have none of their own.
    type: str
  minimum:
    description:
      - The least C(vcpus) and C(ram) of new parts.
    type: dict
  state:
    description:
      - Whether the parts are to be built or removed.
    type: str
    choices: [present, absent]
    default: present
  found:
    description:
      - The resources of these names, as M(cegedim.cloud.itcare_resource_info) returns them.
    type: list
    elements: dict
  networks:
    description:
      - The networks, as M(cegedim.cloud.itcare_network_info) returns them.
    type: list
    elements: dict
  regions:
    description:
      - The region of the network with its area and zones, as M(cegedim.cloud.itcare_region_info) returns them.
    type: list
    elements: dict
  health_checks:
    description:
      - The health checks of the area, as M(cegedim.cloud.itcare_health_check_info) returns them.
    type: list
    elements: dict
  catalogue:
    description:
      - For each type its C(products) with their C(sizings); the type is its C(item).
    type: list
    elements: dict
seealso:
  - module: cegedim.cloud.itcare_batch
"""

EXAMPLES = r"""
- name: See what builds an application
  ansible.builtin.debug:
    msg: "{{ (parts | cegedim.cloud.stack_plan(service='billing-qa', network='EB_1127_DMZ9')).entries }}"
  vars:
    parts:
      web: {kind: instance, names: [SHOPWEB01, SHOPWEB02], platform: deb12, sizing: 2cpu4gb, availability_zone: EB-A}
      shop-web.acme.example: {kind: dns_alias, resource: SHOPWEB01}
"""

RETURN = r"""
_value:
  description: The plan.
  type: dict
  contains:
    refusals:
      description: What is wrong with the description.
      type: list
      elements: str
    missing:
      description: What the catalogue does not have.
      type: list
      elements: str
    unknown:
      description: What parts refer to and does not exist.
      type: list
      elements: str
    names:
      description: The names of all resources, and of others to which parts refer.
      type: list
      elements: str
    network:
      description: The network among C(networks), or an empty dictionary.
      type: dict
    is_open:
      description: Whether new parts leave anything to be looked up.
      type: bool
    types:
      description: The types whose products have to be looked up.
      type: list
      elements: str
    needs_health_check:
      description: Whether a new load balancer leaves its health check to be looked up.
      type: bool
    entries:
      description:
        - One entry for each resource, with its C(part), C(kind), C(name) and C(step), and as C(resource) what builds or
          removes it.
      type: list
      elements: dict
"""

from dataclasses import dataclass

from ansible.module_utils.common.validation import check_type_dict

from ansible_collections.cegedim.cloud.plugins.module_utils.neighbours import question, then
from ansible_collections.cegedim.cloud.plugins.module_utils.products.shared.references import is_id, shows
from ansible_collections.cegedim.cloud.plugins.plugin_utils.as_given import as_list
from ansible_collections.cegedim.cloud.plugins.plugin_utils.kinds import RESOURCES, module_of, path_of, turn


@dataclass(frozen=True)
class Kind:
    """What is known about the module itcare_<kind>.

    ``step`` is the turn in which its parts are built; they are removed in reverse order. ``path`` is where the platform
    lists them, None for what is part of something else; ``type`` their type in the catalogue. ``takes`` are the options
    that all parts of the application share, ``looked_up`` those that a new part need not give.
    """

    step: int
    path: str = None
    type: str = None
    takes: tuple = ()
    looked_up: tuple = ()


IN_NETWORK = ("service", "network", "tags")
IN_REGION = ("service", "tags")
FARM = ("platform", "version", "sizing", "admin_password")
PRODUCT = ("platform", "version", "sizing")
# What a new resource need not give, by its kind; another one is a farm.
LOOKED_UP = {
    "instance": ("platform", "sizing", "availability_zone"),
    "k8s_cluster": ("platform", "sizing"),
    "postgresql": ("version", "sizing", "availability_zone", "admin_password"),
    "sqlserver": ("platform", "sizing", "availability_zone", "admin_password"),
    "glusterfs": ("platform", "sizing", "admin_password"),
    "overdrive": ("region", "admin_password"),
    "matomo": ("region", "admin_password"),
    "loadbalancer": ("region", "area", "healthcheck"),
}
TYPES = {"instance": "LINUX"}  # a machine may have other types, too


def _kind_of(resource):
    looked_up = LOOKED_UP.get(resource.kind, FARM)
    return Kind(
        step=turn(module_of(resource)),
        path=resource.path,
        type=TYPES.get(resource.kind, resource.catalogue),
        takes=IN_REGION if "region" in looked_up else IN_NETWORK,
        looked_up=looked_up,
    )


KINDS = {
    **{resource.kind: _kind_of(resource) for resource in RESOURCES},
    "loadbalancer_url": Kind(turn("itcare_loadbalancer_url")),
    "dns_alias": Kind(turn("itcare_dns_alias"), takes=("service",)),
    "loadbalancer_member": Kind(turn("itcare_loadbalancer_member")),
}
OWN = ("kind", "names", "minimum")  # what is not an option of the module
REFERENCES = ("resource", "loadbalancer", "cluster")
SHOWN_SERVICE = shows("service_id", "service_key", "service_name")  # in rows of itcare_resource_info
# What a removal needs to find what is meant, and no other, and how it waits.
OF_ALIAS = ("resource_type", "type", "value")
OF_REMOVAL = ("id", "loadbalancer", "resource", "protection_tag", "wait_timeout", "wait_interval")
MINIMUM = ("vcpus", "ram")


def stack_plan(
    parts, service, network="", tags=None, patch_groups=(), password="", minimum=None, state="present", **read
):
    """The plan (dict); see DOCUMENTATION. ``read`` is what has been looked up."""
    parts = with_lists(parts)
    tags, minimum, patch_groups = check_type_dict(tags or {}), check_type_dict(minimum or {}), as_list(patch_groups)
    refusals = list(refused(parts))
    plan = {"refusals": refusals, "missing": [], "unknown": [], "names": [], "network": {}, "types": [], "entries": []}
    if refusals:
        return plan
    plan["names"] = list(dict.fromkeys(row["name"] for row in rows_of(parts) if KINDS[row["kind"]].path))
    if state == "absent":
        return {**plan, "entries": removals(parts, service)}
    new = new_rows(parts, service, read.get("found") or ())
    others = others_of(parts, [row["part"] for row in new])
    plan["names"] = list(dict.fromkeys([*plan["names"], *(name for _key, name in others)]))
    open_options = {row["part"]: left_open(parts[row["part"]]) for row in new}
    choices = choose(parts, open_options, minimum, read.get("catalogue") or ())
    place = place_of(read.get("regions") or (), read.get("health_checks") or ())
    shared = {"service": service, "network": network, "tags": tags, "patch_groups": patch_groups}
    entries = []
    for row in rows_of(parts):
        options = options_of(row, parts, shared)
        if row in new:
            known = {**place, **choices.get(row["part"], {}), "admin_password": password}
            zones = place["zones"] if "network" not in parts[row["part"]] else []
            known["availability_zone"] = zones[row["index"] % len(zones)] if zones else ""
            options.update({option: known[option] for option in open_options[row["part"]] if known.get(option)})
        entries.append(entry(row, options))
    return {
        **plan,
        "missing": list(missing(parts, choices, open_options, minimum)),
        "unknown": list(unknown(others, read.get("found") or ())),
        "network": network_called(network, read.get("networks") or ()),
        "is_open": any(open_options.values()),
        "types": types_of(parts, open_options),
        "needs_health_check": any("healthcheck" in options for options in open_options.values()),
        "entries": entries,
    }


# The description


def refused(parts):
    """What is wrong with the parts (sentences)."""
    for key, part in parts.items():
        kind = part.get("kind") if isinstance(part, dict) else None
        if kind not in KINDS:
            refusal = "The part %s is of the kind %s" % (key, kind or "(none)")
            yield then(refusal, question(kind or "", KINDS), ". ", "The kinds are %s" % ", ".join(KINDS))
    for key, part in parts.items():
        if isinstance(part, dict) and part.get("state") == "absent":
            yield "The part %s has state=absent. A part is not removed by itself; give its module that state" % key
        if isinstance(part, dict) and part.get("names") == []:
            yield "The part %s has an empty list of names" % key
        if isinstance(part, dict):
            yield from contradictions(key, part)
    for key, part in parts.items():
        for option in REFERENCES:
            target = part.get(option) if isinstance(part, dict) else None
            names = names_of(target, parts[target]) if target in parts and isinstance(parts[target], dict) else []
            if len(names) > 1:
                told = (key, target, target, len(names))
                yield "The part %s refers to %s, but %s has %d resources. Give the name of one of them" % told


def contradictions(key, part):
    """What of a part would have no effect (sentences)."""
    names, name, minimum = part.get("names"), part.get("name"), part.get("minimum")
    if names and name is not None and [str(one) for one in names] != [str(name)]:
        yield "The part %s has the name %s and the names %s. Give one or the other" % (
            key,
            name,
            ", ".join(map(str, names)),
        )
    if names and len(names) > 1 and part.get("id") is not None:
        yield "The part %s has the id %s and %d names, and an id is that of one resource" % (
            key,
            part["id"],
            len(names),
        )
    if minimum is None:
        return
    if not isinstance(minimum, dict):
        yield "The part %s has the minimum %s. It is a dictionary with %s" % (key, minimum, " and ".join(MINIMUM))
        return
    for word in minimum:
        if word not in MINIMUM:
            refusal = "The minimum of the part %s has %s" % (key, word)
            yield then(refusal, question(str(word), MINIMUM), ". ", "It can have %s" % " and ".join(MINIMUM))
    if part.get("kind") in KINDS and "sizing" not in KINDS[part["kind"]].looked_up:
        yield "The part %s has a minimum, and no size is looked up for the kind %s" % (key, part["kind"])


def with_lists(parts):
    """The parts, whose ``names`` and ``members`` may be text, as lists of modules may be."""

    def of_part(part):
        return {option: as_list(part[option]) for option in ("names", "members") if part.get(option) is not None}

    return {key: {**part, **of_part(part)} if isinstance(part, dict) else part for key, part in parts.items()}


def names_of(key, part):
    """The names of the resources of a part."""
    return [str(name) for name in part.get("names") or [part.get("name", key)]]


def rows_of(parts):
    """``[{part, kind, name, index}, ...]``, one for each resource; ``index`` counts those of a part from 0."""
    return [
        {"part": key, "kind": part["kind"], "name": name, "index": index}
        for key, part in parts.items()
        for index, name in enumerate(names_of(key, part))
    ]


def references_of(part, parts):
    """What a part says of other parts, with the names of their resources instead of the keys of the parts."""

    def names(key):
        return names_of(key, parts[key]) if key in parts else [key]

    found = {option: names(part[option])[0] for option in REFERENCES if option in part}
    if part.get("members") is not None:
        found["members"] = [
            {**member, "resource": name} if isinstance(member, dict) else name
            for member in part["members"]
            for name in names(member.get("resource") if isinstance(member, dict) else member)
        ]
    return found


def others_of(parts, new):
    """``[(part, name), ...]`` for what parts refer to, is no part, and has to exist.

    A number is for the module to tell, and so is a member of a load balancer that exists, whose pool may know more
    names than the platform lists.
    """
    found, own = [], {row["name"].lower() for row in rows_of(parts)}
    for key, part in parts.items():
        named = [part.get("resource")] if part["kind"] == "dns_alias" else []
        if key in new and part["kind"] == "loadbalancer":
            members = part.get("members") or []
            named = [*(one.get("resource") if isinstance(one, dict) else one for one in members), part.get("cluster")]
        found += [(key, str(name)) for name in named if name and name not in parts and not is_id(name)]
    return [(key, name) for key, name in found if name.lower() not in own]


def unknown(others, found):
    """What does not exist (sentences)."""
    listed = {str(row.get("name")).lower() for row in found if row.get("status") != "REMOVED"}
    for key, name in others:
        if name.lower() not in listed:
            yield "The part %s refers to %s, which is no part, and there is no resource of that name" % (key, name)


def options_of(row, parts, shared):
    """The options of a resource, without what is looked up."""
    kind, part = KINDS[row["kind"]], parts[row["part"]]
    options = {option: shared[option] for option in kind.takes if option != "tags" and shared[option]}
    options.update({option: value for option, value in part.items() if option not in OWN})
    if row["kind"] != "loadbalancer_member":
        options["name"] = row["name"]
    tags = {**shared["tags"], **part.get("tags", {})} if "tags" in kind.takes else {}
    if tags or "tags" in part:
        options["tags"] = tags
    groups = shared["patch_groups"]
    if row["kind"] == "instance" and groups:
        options.setdefault("patch_party", {"patch_group": groups[row["index"] % len(groups)]})
    return {**options, **references_of(part, parts)}


def entry(row, options):
    return {**row, "step": KINDS[row["kind"]].step, "resource": {"module": "itcare_" + row["kind"], "options": options}}


def removals(parts, service):
    """The entries of a removal. What is part of a load balancer of the application goes with it."""
    entries = []
    for row in rows_of(parts):
        kind, part = KINDS[row["kind"]], parts[row["part"]]
        if part.get("loadbalancer") in parts:
            continue
        given = {**part, **references_of(part, parts)}
        wanted = (*OF_REMOVAL, *OF_ALIAS) if row["kind"] == "dns_alias" else OF_REMOVAL
        options = {option: given[option] for option in wanted if option in given}
        options["state"] = "absent"
        if "service" in kind.takes:
            options["service"] = part.get("service", service)
        if row["kind"] == "loadbalancer_member":
            members = [one if isinstance(one, dict) else {"resource": one} for one in given.get("members") or []]
            options["members"] = [
                {option: member[option] for option in ("resource", "port") if member.get(option) is not None}
                for member in members
            ]
        else:
            options["name"] = row["name"]
        entries.append(entry(row, options))
    return entries


# What is looked up


def new_rows(parts, service, found):
    """The rows of what the platform does not list yet."""
    return [
        row
        for row in rows_of(parts)
        if KINDS[row["kind"]].path
        and not listed(row["kind"], row["name"], parts[row["part"]].get("service", service), found)
    ]


def listed(kind, name, service, found):
    """What is ``found`` of that kind, name and service (a row of itcare_resource_info), or None. A row that does not
    show its service may be meant."""
    for row in found:
        shown = SHOWN_SERVICE(row)
        is_named = str(row.get("name")).lower() == name.lower() and path_of(row) == KINDS[kind].path
        if is_named and row.get("status") != "REMOVED" and (shown is None or not service or shown == service):
            return row
    return None


def left_open(part):
    """The options that a new part leaves to be looked up. With ``nodes``, the sizes are given there."""
    given = {*part, "sizing"} if "nodes" in part else set(part)
    return [option for option in KINDS[part["kind"]].looked_up if option not in given]


def types_of(parts, open_options):
    types = [KINDS[parts[key]["kind"]].type for key, options in open_options.items() if set(options) & set(PRODUCT)]
    return list(dict.fromkeys(types))


def choose(parts, open_options, minimum, catalogue):
    """Of each part that leaves it open the latest product on sale, and its smallest size that will do:
    ``{part: {platform, version, sizing}}``; what the catalogue does not have is an empty text."""
    products = {listed["item"]: listed["products"] for listed in catalogue if "products" in listed}
    choices = {}
    for key, options in open_options.items():
        kind = KINDS[parts[key]["kind"]]
        if set(options) & set(PRODUCT) and kind.type in products:
            product = latest(products[kind.type], parts[key], kind)
            sizing = smallest(product.get("sizings") or (), least(parts[key], minimum))
            choices[key] = {
                "platform": product.get("id") or "",
                "version": product.get("version") or "",
                "sizing": sizing,
            }
    return choices


def latest(products, part, kind):
    """The product on sale that was released last, among those of the platform and the version that the part gives."""
    platform, version = part.get("platform"), part.get("version") if "version" in kind.looked_up else None
    on_sale = [
        product
        for product in products
        if product.get("support_phase") == "STANDARD"
        and isinstance(product.get("released_at"), str)
        and (platform is None or platform == product.get("id"))
        and (version is None or str(version) == str(product.get("version")))
    ]
    return max(on_sale, key=lambda product: product["released_at"], default={})


def smallest(sizings, wanted):
    """The id of the smallest size with the ``vcpus`` and the ``ram`` that are wanted, or an empty text."""
    enough = [
        (float(size["vcpus"]), float(size["ram"]), size["id"])
        for size in sizings
        if float(size["vcpus"]) >= float(wanted["vcpus"]) and float(size["ram"]) >= float(wanted["ram"])
    ]
    return min(enough)[2] if enough else ""


def least(part, minimum):
    return {"vcpus": 1, "ram": 1, **minimum, **(part.get("minimum") or {})}


def missing(parts, choices, open_options, minimum):
    """What the catalogue does not have (sentences)."""
    for key, choice in choices.items():
        options = [option for option in open_options[key] if choice.get(option, "given") == ""]
        if options:
            wanted = least(parts[key], minimum)
            yield (
                "For %s, the catalogue has no product of the type %s on sale that fits, with at least %s CPUs "
                "and %s GB. Give the part %s; itcare_product_info lists the products"
                % (key, KINDS[parts[key]["kind"]].type, wanted["vcpus"], wanted["ram"], " and ".join(options))
            )


def network_called(name, networks):
    """The network of that id, technical id or short description, or an empty dict."""
    for network in networks:
        words = [network.get(key) for key in ("id", "technical_id", "short_description")]
        if name and str(name).lower() in [str(word).lower() for word in words if word is not None]:
            return network
    return {}


def place_of(regions, health_checks):
    """``{region, area, zones, healthcheck}`` of the network; the zones are those of one data centre."""
    region = regions[0] if regions else {}
    area = (region.get("areas") or [{}])[0]
    zones = area.get("availability_zones") or []
    return {
        "region": region.get("id", ""),
        "area": area.get("id", ""),
        "zones": [zone["id"] for zone in zones if zone.get("datacenter_id") == zones[0].get("datacenter_id")],
        "healthcheck": health_checks[0]["name"] if health_checks else "",
    }


class FilterModule:
    """The filter stack_plan."""

    def filters(self):
        return {"stack_plan": stack_plan}
