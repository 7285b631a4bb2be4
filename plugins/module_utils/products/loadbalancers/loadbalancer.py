# SPDX-License-Identifier: GPL-3.0-or-later
"""Load balancers as ITCare documents them (the API reference, Load balancers).

Its pool is in pool.py, its members are in members.py, its URLs in urls.py.
"""

from __future__ import annotations

import re

from ...errors import InvalidInput
from ...identity import called, find, meant_by, read_page
from ...resource import Field, Operation, Part, Resource
from ..kubernetes.clusters import K8S_CLUSTER
from ..shared import placement
from ..shared.management import (
    CHANGE,
    CHANGE_REFERENCE,
    FARM_MANAGEMENT,
    FARM_PATCH_PARTY,
    contradictory,
    on_call_needs_monitoring,
)
from ..shared.references import Shown, is_id, is_shown, shows
from ..shared.tags import TAGS, read_tags
from .bot_defense import is_hidden, kept_bot_defense, plan_bot_defense, shown_bot_defense, valid_bot_defense
from .members import members_of_creation, resolve_members, valid_port
from .monitoring import as_shown, first_urls_steps, same_urls, shown_urls, tidy_monitoring, unknown_urls
from .names import KIND, PATH, host_of, hosts_of, listed
from .pool import plan_additions, plan_members, plan_pool, read_pool, resolve_pool

_HOST = re.compile(r"(www\.)?[a-zA-Z][a-zA-Z0-9.-]{2,63}")  # the reference's pattern, without the scheme


# What is refused before anything is sent


def check_url(option, host):
    """Refuse what the reference's pattern does not allow for a new URL."""
    if not _HOST.fullmatch(host):
        raise InvalidInput(
            "%s: %r is not a URL for a load balancer: a letter and then 2 to 63 letters, digits, dots and dashes are "
            "allowed, such as www.example.com" % (option, host)
        )


# Creation


def _new(ask, seen, wanted):
    """Ids for names, members as the API wants them, and the limits of the documentation."""
    check_url("name", wanted["name"])
    wanted = placement.place(ask, seen, wanted)
    if "cluster" in wanted:
        wanted["cluster"], seen.facts["cluster_address"] = _cluster(ask, wanted["cluster"])
    if "members" in wanted:
        first, wanted["further_members"] = _by_port(wanted["members"], wanted["member_port"])
        wanted["members"], others = members_of_creation(ask.client, first, wanted["further_members"])
        seen.facts["otherwise"] = {"members": others} if others != wanted["members"] else {}
    return wanted


def _by_port(members, port):
    """The members that a creation can name, which have one port in common, and those on other ports."""
    first = [one for one in members if one.get("port") in (None, int(port))]
    return first, [one for one in members if one not in first]


def created_at(wanted, seen):
    """For Resource.created_at: in front of a Kubernetes cluster, the creation goes to the cluster."""
    if "cluster" in wanted:
        return "/compute/containers/kubernetes/%s/loadbalancers" % seen.facts.get("cluster_address", "{cluster}")
    return PATH


def _cluster(ask, wanted):
    """The id of a Kubernetes cluster given by name or id, and the number that its own paths take."""
    asked = {"id": int(wanted)} if is_id(wanted) else {"name": wanted}
    cluster = find(ask.client, K8S_CLUSTER, asked)
    if cluster and not cluster.is_whole:
        cluster = read_page(ask.client, K8S_CLUSTER, cluster)
    if not cluster:
        ask.missing(
            "there is no Kubernetes cluster called %s (or this account does not see it)" % wanted,
            wanted,
            lambda: meant_by(ask.client, K8S_CLUSTER, wanted),
        )
        return wanted, wanted
    return cluster.record["id"], cluster.address


def resolve(ask, seen, wanted):
    """For Resource.resolve: which resources the members are; and no removal of more than the URL that is named."""
    if wanted.get("state") == "absent":
        if "name" in wanted:
            _refuse_later_url(seen.record, wanted["name"])
        return wanted
    if seen and "update_urls" in wanted:
        wanted = {**wanted, "update_urls": as_shown(wanted["update_urls"], seen.record)}
    if "members" in wanted:
        wanted = {**wanted, "members": resolve_members(ask, seen, wanted["members"])}
    return wanted if seen else _new(ask, seen, wanted)


def _refuse_later_url(record, host):
    """Refuse to delete a load balancer, with all its URLs, for a URL that was added to it later."""
    urls = sorted((url for url in record.get("urls") or [] if url.get("name")), key=lambda url: url.get("id") or 0)
    meant = [host_of(str(record.get("name"))), *hosts_of({"urls": urls[:1]})]
    if host.casefold() not in [one.casefold() for one in meant]:
        raise InvalidInput(
            "%s is a further URL of %s. To remove this URL, use itcare_loadbalancer_url; to delete the load balancer "
            "with all its URLs, give its name or its id" % (host, called(record))
        )


# The pool


def _member_steps(wanted, seen):
    """For Field.steps: a creation has the members on ``member_port`` (see _new)."""
    if not seen:
        return plan_additions(wanted.get("further_members", []))
    return plan_members(seen.get("pool", []), wanted["members"], port=wanted.get("member_port"))


def _other_port(wanted, seen):
    """For Field.stuck: the port of the members, which only the pool shows."""
    named = [(one["id"], one["port"]) for one in wanted.get("members", ()) if one.get("port") is not None]
    ports = {row.get("port") for row in seen.get("pool") or [] if (row["resourceId"], row.get("port")) not in named}
    if len(ports) != 1 or ports == {int(wanted["member_port"])}:
        return None
    return "member_port is fixed at creation: it is %s, not %s" % (*ports, wanted["member_port"])


# What is shown


def read_bot_defense(client, seen):
    """For Resource.also_read: Bot Defense, from the load balancer's own page where the row leaves it out."""
    record = seen.record
    if not seen.is_whole and is_hidden(record):
        record = read_page(client, LOADBALANCER, seen).record or {}
    return shown_bot_defense(record)


def _shown_names(record):
    names = [host_of(record["name"])] if record.get("name") else []
    return Shown(*dict.fromkeys(names + hosts_of(record))) if names or hosts_of(record) else None


def _spellings(protocol):
    profiles = [value for key, value in sorted(protocol.items()) if key.startswith("profile")]
    return Shown(*(value for value in (protocol.get("name"), protocol.get("port"), *profiles) if value is not None))


def _rows_of(key, spellings):
    def read(record):
        values = [value for row in record.get(key) or [] for value in spellings(row).spellings if value is not None]
        return Shown(*dict.fromkeys(values)) if values else None

    return read


def offers():
    """For Resource.offers."""
    from .offers import LOADBALANCER_OFFERS  # only a change needs them

    return LOADBALANCER_OFFERS


LOADBALANCER = Resource(
    kind=KIND,
    path=PATH,
    listed=listed,
    unique_name=True,
    changed_running=True,
    valid=contradictory,
    resolve=resolve,
    offers=offers,
    created_at=created_at,
    also_read={"tags": read_tags, "bot_defense": read_bot_defense, "pool": read_pool, "member_port": read_pool},
    fields=(
        Field("name", created_as="url", read=_shown_names, same=is_shown, identifies=True, required=True),
        *placement.PLACEMENT,
        Field(
            "cluster",
            created_as=None,
            read=shows("parentResource.id", "parentResource.internalResourceId", "parentResource.name"),
            same=is_shown,
            identifies=True,
        ),
        Field(
            "healthcheck",
            read=_rows_of("healthChecks", lambda row: Shown(row.get("name"))),
            same=is_shown,
            required=True,
        ),
        Field(
            "member_port",
            created_as="portMembers",
            read=None,
            valid=valid_port("member_port"),
            stuck=_other_port,
            required=True,
        ),
        Field(
            "profile", created_as="profileName", read=_rows_of("protocols", _spellings), same=is_shown, required=True
        ),
        Field("certificate", created_as="certificateName", read=shows("certificate.certificateName"), same=is_shown),
        # What an answer shows of these cannot be told apart from what the protocol offers.
        Field("ssl_profile", read=None),
        Field("persistence", read=None),
        Field("redirect_to_https", read=None),
        Field("port", created_as="vsPort", read=None, valid=valid_port("port")),
        Field("set_up_dns", created_as="setUpDNSEnabled", read=None),
        Field("members", read=None, steps=_member_steps),
        *(one for one in FARM_MANAGEMENT if one is not FARM_PATCH_PARTY),
        CHANGE,
        Field(
            "update_urls",
            created_as=None,
            read=shown_urls,
            same=same_urls,
            refuse=unknown_urls,
            steps=first_urls_steps,
            changed_by="update_monitoring",
            as_option=None,
            while_active=True,
            kept=lambda shown, record: None,  # it says which URLs a task changes
        ),
        Field(
            "bot_defense",
            created_as=None,
            valid=valid_bot_defense,
            steps=plan_bot_defense,
            kept=kept_bot_defense,
        ),
        TAGS,
    ),
    operations=(
        Operation("start", also=(CHANGE_REFERENCE,)),
        Operation("stop", also=(CHANGE_REFERENCE,)),
        Operation("delete", also=(CHANGE_REFERENCE,)),
        Operation(
            "update_monitoring",
            also=(("update_urls", "updateUrls"),),
            refuse=on_call_needs_monitoring,
            tidy=tidy_monitoring,
            dry_run=True,
            gates=True,
        ),
    ),
)

POOL = Part(of=LOADBALANCER, key="pool", read=read_pool, plan=plan_pool, resolve=resolve_pool)
