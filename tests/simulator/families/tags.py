# SPDX-License-Identifier: GPL-3.0-or-later
"""Tags, DNS aliases and comments of resources and services."""

from __future__ import annotations

from ..call import Call, Refusal, operation


def tagged(call: Call, write: bool = False) -> dict:
    """The resource or service of the path: tags and comments go on both."""
    service = call.state.services.get(call.path["id"])
    if service is not None:
        return service
    return call.writable() if write else call.resource()


def tags_of(record: dict) -> list[dict]:
    return record["tags"] if "tags" in record else record["_tags"]


@operation("list_resource_tags")
def list_resource_tags(call: Call):
    return tags_of(tagged(call))


@operation("add_resource_tag")
def add_resource_tag(call: Call):
    """Adds one tag; a key that is there already gets the new value."""
    tags = tags_of(tagged(call, write=True))
    call.commit()
    tags[:] = [tag for tag in tags if tag["tagKey"] != call.body["tagKey"]] + [dict(call.body)]
    return tags


@operation("replace_resource_tags")
def replace_resource_tags(call: Call):
    tags = tags_of(tagged(call, write=True))
    keys = [tag["tagKey"] for tag in call.body]
    call.require(len(keys) == len(set(keys)), "A tag key is repeated")
    call.commit()
    tags[:] = [dict(tag) for tag in call.body]
    return tags


@operation("remove_resource_tag")
def remove_resource_tag(call: Call):
    """Removes the tag of key and value; whether the value must match is not said, so it must."""
    tags = tags_of(tagged(call, write=True))
    call.require(call.body in tags, "The resource has no such tag")
    call.commit()
    tags.remove(call.body)


@operation("list_resource_dns_aliases")
def list_resource_dns_aliases(call: Call):
    return call.resource()["_dns"]


@operation("add_resource_dns_alias")
def add_resource_dns_alias(call: Call):
    """The allowed types are not listed; a name without a known zone is refused."""
    record, body = call.writable(), call.body
    call.require(body.get("fqdn"), "fqdn is missing")
    zone = next((d["name"] for d in call.state.domains if body["fqdn"].lower().endswith("." + d["name"])), None)
    call.require(zone, "The name is in no known domain")
    taken = [
        row
        for other in call.state.live(nodes=True)
        for row in other["_dns"]
        if row["fqdn"].lower() == body["fqdn"].lower()
    ]
    call.require(not taken, "This name exists")
    call.commit()
    added = {
        "fqdn": body["fqdn"],
        "type": body.get("type") or "CNAME",
        "value": body.get("value") or record["name"],
        "zone": zone,
    }
    record["_dns"].append(added)
    return [added] if call.settings.dns_answers == "new" else record["_dns"]


@operation("delete_resource_dns_alias")
def delete_resource_dns_alias(call: Call):
    """Removes all records of that name: the path has no more than the name."""
    record = call.writable()
    left = [row for row in record["_dns"] if row["fqdn"].lower() != call.path["fqdn"].lower()]
    if len(left) == len(record["_dns"]):
        raise Refusal(404)
    call.commit()
    record["_dns"][:] = left


@operation("update_resource_comment")
def update_resource_comment(call: Call):
    record = tagged(call, write=True)
    call.commit()
    text = call.body.get("description") or ""
    record["comment"] = text
    if "description" in record:
        record["description"] = text
