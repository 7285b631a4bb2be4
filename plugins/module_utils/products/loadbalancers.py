# SPDX-License-Identifier: GPL-3.0-or-later
"""Load balancers as ITCare documents them (the API reference, Load balancers).

Its pool is in loadbalancer_members.py, its URLs are in loadbalancer_urls.py.
"""

from __future__ import annotations

import ipaddress
import re

from ..errors import InvalidInput
from ..identity import called, find, read_page
from ..plan import Step
from ..resource import Field, Operation, Part, Resource, is_true
from . import placement
from .k8s_clusters import K8S_CLUSTER
from .loadbalancer_members import (
    members_of_creation,
    plan_members,
    plan_pool,
    read_pool,
    resolve_members,
    resolve_pool,
    valid_port,
)
from .loadbalancer_names import PATH, bearing, host_of, hosts_of, search
from .management import (
    CHANGE_REFERENCE,
    COMMENT_OPERATION,
    FARM_MANAGEMENT,
    FARM_PATCH_PARTY,
    contradictory,
    on_call_goes_with_monitoring,
    on_call_needs_monitoring,
)
from .offers import LOADBALANCER_OFFERS
from .references import Shown, is_id, is_shown, shows
from .tags import TAGS, read_tags

ITSELF = PATH + "/{address}"
_HOST = re.compile(r"(www\.)?[a-zA-Z][a-zA-Z0-9.-]{2,63}")  # the reference's pattern, without the scheme


# What is refused before anything is sent


def check_url(option, host):
    """Refuse what the reference's pattern does not allow for a new URL."""
    if not _HOST.fullmatch(host):
        raise InvalidInput(
            "%s: %r is no URL for a load balancer: a letter and then 2 to 63 letters, digits, dots and dashes are "
            "allowed, such as www.example.com" % (option, host)
        )


def _spellings(protocol):
    profiles = [value for key, value in sorted(protocol.items()) if key.startswith("profile")]
    return Shown(*(value for value in (protocol.get("name"), protocol.get("port"), *profiles) if value is not None))


# Creation


def prepare(ask, seen, wanted):
    """For Resource.prepare: ids for names, members as the API wants them, and the limits of the documentation."""
    check_url("name", wanted["name"])
    wanted = placement.prepare(ask, seen, wanted)
    if "cluster_id" in wanted:
        wanted["cluster_id"], seen.facts["cluster_address"] = _cluster(ask, wanted["cluster_id"])
    if "members" in wanted:
        wanted["members"], others = members_of_creation(ask.client, wanted["members"])
        seen.facts["otherwise"] = {"members": others} if others != wanted["members"] else {}
    return wanted


def created_at(wanted, seen):
    """For Resource.created_at: in front of a Kubernetes cluster, the creation goes to the cluster."""
    if "cluster_id" in wanted:
        return "/compute/containers/kubernetes/%s/loadbalancers" % seen.facts.get("cluster_address", "{cluster}")
    return PATH


def _cluster(ask, wanted):
    """The id of a Kubernetes cluster given by name or id, and the number that its own paths take."""
    asked = {"id": int(wanted)} if is_id(wanted) else {"name": wanted}
    cluster = find(ask.client, K8S_CLUSTER, asked)
    if cluster and not cluster.is_whole:
        cluster = read_page(ask.client, K8S_CLUSTER, cluster)
    if not cluster:
        ask.missing("there is no Kubernetes cluster called %s (or this account does not see it)" % wanted, wanted)
        return wanted, wanted
    return cluster.record["id"], cluster.address


def _resolve(ask, seen, wanted):
    if wanted.get("state") == "absent":
        if seen and "name" in wanted:
            _refuse_later_url(seen.record, wanted["name"])
        return wanted
    if seen and "update_urls" in wanted:
        wanted = {**wanted, "update_urls": _as_shown(wanted["update_urls"], seen.record)}
    if "members" not in wanted:
        return wanted
    return {**wanted, "members": resolve_members(ask, seen, wanted["members"])}


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
    return plan_members(seen.get("pool", []), wanted["members"], port=wanted.get("port_members"))


def _other_port(wanted, seen):
    """For Field.stuck: the port of the members, which only the pool shows, and which is read with O(members) only."""
    ports = {row.get("port") for row in seen.get("pool") or []}
    if len(ports) != 1 or ports == {int(wanted["port_members"])}:
        return None
    return "port_members is fixed at creation: it is %s, not %s" % (*ports, wanted["port_members"])


# Bot Defense


def read_bot_defense(client, seen):
    """What a load balancer shows of Bot Defense, in the words of the option. A listing may leave out the profile."""
    record = seen.record
    if not seen.is_whole and (
        "botDefenseEnabled" not in record
        or (is_true(record["botDefenseEnabled"]) and not record.get("securityProfile"))
    ):
        record = read_page(client, LOADBALANCER, seen).record or {}
    profile = record.get("securityProfile")
    shown = profile or {}
    return {
        "enabled": is_true(record.get("botDefenseEnabled")),
        "template": shown.get("template"),
        "mode": shown.get("enforcement"),
        # Without a profile, None: it is not shown. In a profile without one, it is empty.
        "white_list": profile and [row["ip"] for row in shown.get("whiteList") or [] if row.get("ip")],
    }


def valid_bot_defense(wanted):
    """For Field.valid: no settings of what is switched off, and addresses only."""
    for option in ("template", "mode", "white_list"):
        if not wanted["enabled"] and wanted.get(option) is not None:
            return "bot_defense: %s goes with enabled=true only" % option
    wrong = [text for text in wanted.get("white_list") or [] if isinstance(_address(text), str)]
    return "bot_defense: white_list: %r is not an IP address" % wrong[0] if wrong else None


def plan_bot_defense(wanted, seen):
    """For Field.steps: from the Bot Defense that was seen to the wanted one."""
    asked = wanted["bot_defense"]
    shown = seen.get("bot_defense") or {"enabled": False}
    reference = {"changeReference": wanted["change_reference"]} if "change_reference" in wanted else {}
    settings = {key: asked[key] for key in ("template", "mode") if asked.get(key)}
    white_list = asked.get("white_list")
    if not asked["enabled"]:
        if not shown["enabled"]:
            return []
        return [_bot_step("delete_bot", reference, shown, {"enabled": False})]
    if not shown["enabled"]:
        steps = [_bot_step("activate_bot", {**reference, **settings}, shown, {"enabled": True, **settings})]
        if white_list is not None:
            steps.append(_first_white_list(white_list, reference))
        return steps
    steps = []
    if not _shows(settings, shown):
        # Both are sent: what is left out would go back to the platform's default.
        options = {key: settings.get(key) or shown[key] for key in ("template", "mode")}
        options = {key: value for key, value in options.items() if value}
        steps.append(_bot_step("update_bot", {**reference, **options}, shown, settings))
    return steps + _white_list_steps(shown, white_list, reference)


def _bot_step(name, options, shown, after):
    return Step(
        name,
        "PATCH",
        ITSELF,
        _body(name, options),
        before={"bot_defense": {key: shown.get(key) for key in after}},
        after={"bot_defense": after},
        done=lambda record: _shows(after, record["bot_defense"]),
        gates=True,
    )


def _first_white_list(wanted, reference):
    # Whether a new profile begins with an empty white list is not written.
    return Step(
        "edit_bot_whitelist",
        "PATCH",
        ITSELF,
        before={"bot_defense": {"white_list": None}},
        after={"bot_defense": {"white_list": wanted}},
        late=lambda seen: _white_list_steps(seen.get("bot_defense"), wanted, reference),
    )


def _white_list_steps(shown, wanted, reference):
    if wanted is None or shown["white_list"] is None:
        return []
    there, asked = ({_address(text): text for text in texts} for texts in (shown["white_list"], wanted))
    return [
        *(_white_list_step("edit_bot_whitelist", asked[one], reference) for one in asked if one not in there),
        *(_white_list_step("delete_bot_whitelist", there[one], reference) for one in there if one not in asked),
    ]


def _white_list_step(name, text, reference):
    adds, there, gone = name == "edit_bot_whitelist", {"white_list": [text]}, {"white_list": []}

    def done(record):
        shown = record["bot_defense"]["white_list"]
        return (_address(text) in [_address(one) for one in shown or []]) == adds

    return Step(
        name,
        "PATCH",
        ITSELF,
        _body(name, {"ip": text, **reference}),
        before={"bot_defense": gone if adds else there},
        after={"bot_defense": there if adds else gone},
        done=done,
    )


def _shows(settings, shown):
    """Whether these settings are shown; what is not shown is not compared."""
    return all(
        shown.get(key) is None or str(shown[key]).casefold() == str(value).casefold() for key, value in settings.items()
    )


def _address(text):
    """An address, or a network of one, in a form that can be compared; text where it is none."""
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return text


def _body(operation, options):
    return {"operation": operation, **({"options": options} if options else {})}


# Monitoring


def shown_urls(record):
    """The monitoring of the URLs that a load balancer shows, by their hosts; None where it shows no URLs."""
    if record.get("urls") is None:
        return None
    return {
        host_of(url["name"]): {
            "monitoring_enabled": is_true(url.get("monitoringEnabled")),
            "on_call_supervision": is_true(url.get("monitoringOnCallEnabled")),
        }
        for url in record["urls"]
        if url.get("name")
    }


def urls_to_update(names, params):
    """The wanted value of ``update_urls``: for each host what ``params`` want of its monitoring. May be refused."""
    asked = {
        name: params[name] for name in ("monitoring_enabled", "on_call_supervision") if params.get(name) is not None
    }
    if not asked:
        raise InvalidInput("update_urls goes with monitoring_enabled or on_call_supervision, which say what to set")
    return {host_of(name): asked for name in names}


def _same_urls(wanted, shown):
    return shown is None or all(
        host in shown and all(shown[host][key] == value for key, value in asked.items())
        for host, asked in wanted.items()
    )


def _as_shown(asked, record):
    """The hosts of ``asked`` as the load balancer spells them: they are the same in any case."""
    spelled = {host.casefold(): host for host in shown_urls(record) or {}}
    return {spelled.get(host.casefold(), host): settings for host, settings in asked.items()}


def _unknown_urls(wanted, seen):
    """For Field.refuse: only URLs that the load balancer has can be changed; a new one has none yet."""
    if not seen:
        return None
    shown = shown_urls(seen.record) or {}
    unknown = [host for host in wanted["update_urls"] if host not in shown]
    if not unknown:
        return None
    return "update_urls: %s has no URL %s; its URLs are %s" % (
        seen.get("name"),
        ", ".join(unknown),
        ", ".join(sorted(shown)) or "none",
    )


def _first_urls_steps(wanted):
    """For Field.new_steps: whether the first URL is monitored as the load balancer that is created with it is not
    written."""
    asked = wanted["update_urls"]
    return [
        Step(
            "update_monitoring",
            "PATCH",
            ITSELF,
            before={"update_urls": None},
            after={"update_urls": asked},
            late=lambda made: _first_urls_update(made.record, asked),
        )
    ]


def _first_urls_update(made, asked):
    asked = {host: settings for host, settings in _as_shown(asked, made).items() if host in (shown_urls(made) or {})}
    if _same_urls(asked, shown_urls(made)):
        return []
    settings = next(iter(asked.values()))
    options = {
        "state": settings.get("monitoring_enabled", is_true(made.get("monitoringEnabled"))),
        "on_call": settings.get("on_call_supervision", is_true(made.get("monitoringOnCallEnabled"))),
        "updateUrls": asked,
    }
    body = _body("update_monitoring", _tidy_monitoring(options))
    return [Step("update_monitoring", "PATCH", ITSELF, body, done=lambda record: _same_urls(asked, shown_urls(record)))]


def _tidy_monitoring(options):
    options = on_call_goes_with_monitoring(options)
    return {**options, "updateUrls": list(options["updateUrls"])} if "updateUrls" in options else options


# The resource


def _shown_names(record):
    names = [host_of(record["name"])] if record.get("name") else []
    return Shown(*dict.fromkeys(names + hosts_of(record))) if names or hosts_of(record) else None


def _rows_of(key, spellings):
    def read(record):
        values = [value for row in record.get(key) or [] for value in spellings(row).spellings if value is not None]
        return Shown(*dict.fromkeys(values)) if values else None

    return read


LOADBALANCER = Resource(
    kind="loadbalancer",
    path=PATH,
    search=search,
    named=bearing,
    unique_name=True,
    delete_also=(CHANGE_REFERENCE,),
    create_dry_run=True,
    changed_running=True,
    valid=contradictory,
    resolve=_resolve,
    prepare=prepare,
    offers=LOADBALANCER_OFFERS,
    created_at=created_at,
    also_read={"tags": read_tags, "bot_defense": read_bot_defense, "pool": read_pool},
    fields=(
        Field("name", created_as="url", read=_shown_names, same=is_shown, identifies=True, required=True),
        *placement.PLACEMENT,
        Field(
            "cluster_id",
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
            "port_members",
            read=None,
            valid=valid_port("port_members"),
            stuck=_other_port,
            required=True,
        ),
        Field("profile_name", read=_rows_of("protocols", _spellings), same=is_shown, required=True),
        Field("certificate_name", read=shows("certificate.certificateName"), same=is_shown),
        # What an answer shows of these cannot be told apart from what the protocol offers.
        Field("ssl_profile", read=None),
        Field("persistence", read=None),
        Field("redirect_to_https", read=None),
        Field("vs_port", read=None, valid=valid_port("vs_port")),
        Field("set_up_dns_enabled", created_as="setUpDNSEnabled", read=None),
        Field("members", read=None, steps=_member_steps),
        *(one for one in FARM_MANAGEMENT if one is not FARM_PATCH_PARTY),
        Field(
            "update_urls",
            created_as=None,
            read=shown_urls,
            same=_same_urls,
            refuse=_unknown_urls,
            new_steps=_first_urls_steps,
            changed_by="update_monitoring",
            as_option=None,
            while_active=True,
        ),
        Field("bot_defense", created_as=None, valid=valid_bot_defense, steps=plan_bot_defense),
        TAGS,
    ),
    operations=(
        Operation("start", also=(CHANGE_REFERENCE,)),
        Operation("stop", also=(CHANGE_REFERENCE,)),
        Operation(
            "update_monitoring",
            also=(("update_urls", "updateUrls"),),
            refuse=on_call_needs_monitoring,
            tidy=_tidy_monitoring,
            dry_run=True,
            gates=True,
        ),
        COMMENT_OPERATION,
    ),
)

POOL = Part(of=LOADBALANCER, key="pool", read=read_pool, plan=plan_pool, resolve=resolve_pool)
