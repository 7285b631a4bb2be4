# SPDX-License-Identifier: GPL-3.0-or-later
"""Load balancers as ITCare documents them (the API reference, Load balancers).

Its pool is in loadbalancer_members.py, its URLs are in loadbalancer_urls.py.
"""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import quote

from ..errors import Ambiguous, ApiError, InvalidInput, NotFound
from ..finding import named
from ..plan import Step, called
from ..resource import REMOVED, Field, Operation, Resource
from . import placement
from .loadbalancer_members import check_port, members_of_creation, plan_members, read_pool, resolve_members
from .loadbalancer_names import PATH, bearing, host_of, hosts_of, search
from .management import (
    CHANGE_REFERENCE,
    COMMENT_OPERATION,
    FARM_MANAGEMENT,
    FARM_PATCH_PARTY,
    check_on_call,
    on_call_goes_with_monitoring,
)
from .references import Shown, is_id, is_shown, shows
from .tags import TAGS, read_tags

ITSELF = PATH + "/{id}"
_HOST = re.compile(r"(www\.)?[a-zA-Z][a-zA-Z0-9.-]{2,63}")  # the reference's pattern, without the scheme


# What is refused before anything is sent


def check_url(option, host):
    """Refuse what the reference's pattern does not allow for a new URL."""
    if not _HOST.fullmatch(host):
        raise InvalidInput(
            "%s: %r is no URL for a load balancer: a letter and then 2 to 63 letters, digits, dots and dashes are "
            "allowed, such as www.example.com" % (option, host)
        )


def check_dns(client, host):
    """Refuse to set up DNS in a domain where the platform does not (API reference, L19968)."""
    domains = _listed(client, "/networking/domains")
    managed = [one["name"] for one in domains if one.get("isManagedByCegedim") is not False]
    if domains and not any(_is_inside(host, domain) for domain in managed):
        raise InvalidInput(
            "set_up_dns_enabled: %s is in no domain in which the platform sets up DNS; these are: %s"
            % (host, ", ".join(sorted(managed)) or "none")
        )


def _is_inside(host, domain):
    return ("." + host.casefold()).endswith("." + domain.casefold().lstrip("."))


def _check_offered(client, wanted, option, listing):
    """Refuse what the area does not offer."""
    if option not in wanted or "area" not in wanted:
        return
    place = (*(quote(wanted[name], safe="") for name in ("region", "area")), listing)
    names = [one["name"] for one in _listed(client, "/topology/regions/%s/areas/%s/%s" % place)]
    if names and Shown(*names) != wanted[option]:
        raise InvalidInput(
            "%s: %s is not offered in the area %s; these are: %s"
            % (option, wanted[option], wanted["area"], ", ".join(sorted(names)))
        )


def _check_profile(client, wanted):
    """Which value of a protocol is meant by profileName is not clear (Doubts): its name, its port or a profile's."""
    protocols = _listed(client, PATH + "/protocols")
    fitting = [one for one in protocols if _spellings(one) == wanted["profile_name"]]
    fitting = fitting or [one for one in protocols if Shown(one.get("protocol")) == wanted["profile_name"]]
    if protocols and not fitting:
        raise InvalidInput(
            "profile_name: there is no protocol %s; these are: %s"
            % (wanted["profile_name"], ", ".join(str(one.get("name")) for one in protocols))
        )
    if fitting and all(one.get("isCertificateRequired") for one in fitting) and "certificate_name" not in wanted:
        raise InvalidInput("certificate_name: the profile %s needs a certificate" % wanted["profile_name"])


def _spellings(protocol):
    profiles = [value for key, value in sorted(protocol.items()) if key.startswith("profile")]
    return Shown(*(value for value in (protocol.get("name"), protocol.get("port"), *profiles) if value is not None))


def _listed(client, path):
    """A list to check against; where it cannot be had, the creation itself will tell."""
    try:
        return [row for row in client.find(path) or [] if row.get("name")]
    except ApiError:
        return []


# Creation


def prepare(client, wanted):
    """For Resource.prepare: ids for names, members as the API wants them, and the limits of the documentation."""
    check_url("name", wanted["name"])
    wanted = placement.prepare(client, wanted)
    if "update_urls" in wanted:  # its first URL will be there only then
        wanted["_update_first_urls"] = wanted.pop("update_urls")
    _check_offered(client, wanted, "healthcheck", "healthchecks")
    _check_offered(client, wanted, "ssl_profile", "ssl-profiles")
    _check_profile(client, wanted)
    if wanted.get("set_up_dns_enabled"):
        check_dns(client, wanted["name"])
    if "cluster_id" in wanted:
        wanted["cluster_id"] = _cluster_id(client, wanted["cluster_id"])
    if "members" in wanted:
        wanted["members"] = members_of_creation(client, wanted["members"])
    return wanted


def created_at(wanted):
    """For Resource.created_at: in front of a Kubernetes cluster, the creation goes to the cluster."""
    if "cluster_id" in wanted:
        return "/compute/containers/kubernetes/%s/loadbalancers" % wanted["cluster_id"]
    return PATH


def _cluster_id(client, wanted):
    if is_id(wanted):
        return int(wanted)
    rows = client.pages("/compute/containers/kubernetes", {"names": [wanted]})
    rows = [row for row in named(wanted, rows) if row.get("status") != REMOVED]
    if not rows:
        raise NotFound("there is no Kubernetes cluster called %s (or this account does not see it)" % wanted)
    if len(rows) > 1:
        ids = ", ".join("id %s in service %s" % (row["id"], row.get("serviceName")) for row in rows)
        raise Ambiguous("%d Kubernetes clusters are called %s: %s; give the id" % (len(rows), wanted, ids))
    return rows[0]["id"]


def _resolve(client, record, wanted):
    if wanted.get("state") == "absent":
        if record and "name" in wanted:
            _refuse_later_url(record, wanted["name"])
        return wanted
    if "members" not in wanted:
        return wanted
    return {**wanted, "members": resolve_members(client, record, wanted["members"])}


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


def _member_steps(field, record, wanted):
    return plan_members(record["pool"], wanted["members"], port=wanted.get("port_members"))


def _other_port(wanted, record):
    """For Field.stuck: the port of the members, which only the pool shows, and which is read with O(members) only."""
    ports = {row.get("port") for row in record.get("pool") or []}
    if len(ports) != 1 or ports == {int(wanted["port_members"])}:
        return None
    return "port_members is fixed at creation: it is %s, not %s" % (*ports, wanted["port_members"])


# Bot Defense


def read_bot_defense(client, record):
    """What a load balancer shows of Bot Defense, in the words of the option. A listing may leave out the profile."""
    if "botDefenseEnabled" not in record or (record["botDefenseEnabled"] and not record.get("securityProfile")):
        record = {**record, **(client.find(ITSELF.format(id=record["id"])) or {})}
    profile = record.get("securityProfile")
    shown = profile or {}
    return {
        "enabled": bool(record.get("botDefenseEnabled")),
        "template": shown.get("template"),
        "mode": shown.get("enforcement"),
        # Without a profile, None: it is not shown. In a profile without one, it is empty.
        "white_list": profile and [row["ip"] for row in shown.get("whiteList") or [] if row.get("ip")],
    }


def valid_bot_defense(wanted):
    """Refuse settings of what is switched off, and addresses that are none."""
    for option in ("template", "mode", "white_list"):
        if not wanted["enabled"] and wanted.get(option) is not None:
            raise InvalidInput("bot_defense: %s goes with enabled=true only" % option)
    for text in wanted.get("white_list") or []:
        if isinstance(_address(text), str):
            raise InvalidInput("bot_defense: white_list: %r is no IP address" % text)


def plan_bot_defense(field, record, wanted):
    """The steps (list of Step) from the Bot Defense that ``record`` shows to the wanted one; for Field.steps."""
    asked = wanted["bot_defense"]
    shown = record.get("bot_defense") or {"enabled": False}
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
        done=lambda record: record is not None and _shows(after, record["bot_defense"]),
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
        late=lambda record: _white_list_steps(record["bot_defense"], wanted, reference),
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
        shown = record and record["bot_defense"]["white_list"]
        return record is not None and (_address(text) in [_address(one) for one in shown or []]) == adds

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
            "monitoring_enabled": bool(url.get("monitoringEnabled")),
            "on_call_supervision": bool(url.get("monitoringOnCallEnabled")),
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


def _known_urls(wanted, record):
    shown = shown_urls(record)
    unknown = [host for host in wanted if host not in shown]
    if unknown:
        raise InvalidInput(
            "update_urls: %s has no URL %s; its URLs are %s"
            % (record.get("name"), ", ".join(unknown), ", ".join(sorted(shown)) or "none")
        )


def _first_urls_steps(field, record, wanted):
    # Whether the first URL is monitored as the load balancer that is created with it is not written.
    asked = wanted["_update_first_urls"]
    return [
        Step(
            "update_monitoring",
            "PATCH",
            ITSELF,
            before={"update_urls": None},
            after={"update_urls": asked},
            late=lambda made: _first_urls_update(made, asked),
        )
    ]


def _first_urls_update(made, asked):
    asked = {host: settings for host, settings in asked.items() if host in (shown_urls(made) or {})}
    if _same_urls(asked, shown_urls(made)):
        return []
    settings = next(iter(asked.values()))
    options = {
        "state": settings.get("monitoring_enabled", bool(made.get("monitoringEnabled"))),
        "on_call": settings.get("on_call_supervision", bool(made.get("monitoringOnCallEnabled"))),
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
    resolve=_resolve,
    prepare=prepare,
    created_at=created_at,
    also_read={"tags": read_tags, "bot_defense": read_bot_defense, "pool": read_pool},
    fields=(
        Field("name", created_as="url", read=_shown_names, same=is_shown, required=True),
        *placement.PLACEMENT,
        Field(
            "cluster_id",
            created_as=None,
            read=shows("parentResource.id", "parentResource.name"),
            same=is_shown,
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
            valid=lambda value: check_port("port_members", value),
            stuck=_other_port,
            required=True,
        ),
        Field("profile_name", read=_rows_of("protocols", _spellings), same=is_shown, required=True),
        Field("certificate_name", read=shows("certificate.certificateName"), same=is_shown),
        # What an answer shows of these cannot be told apart from what the protocol offers.
        Field("ssl_profile", read=None),
        Field("persistence", read=None),
        Field("redirect_to_https", read=None),
        Field("vs_port", read=None, valid=lambda value: check_port("vs_port", value)),
        Field("set_up_dns_enabled", created_as="setUpDNSEnabled", read=None),
        Field("members", read=None, steps=_member_steps),
        *(one for one in FARM_MANAGEMENT if one is not FARM_PATCH_PARTY),
        Field(
            "update_urls",
            created_as=None,
            read=shown_urls,
            same=_same_urls,
            allowed=_known_urls,
            changed_by="update_monitoring",
            as_option=None,
            while_active=True,
        ),
        Field("_update_first_urls", created_as=None, read=None, steps=_first_urls_steps),
        Field("bot_defense", created_as=None, valid=valid_bot_defense, steps=plan_bot_defense),
        TAGS,
    ),
    operations=(
        Operation("start", also=(CHANGE_REFERENCE,)),
        Operation("stop", also=(CHANGE_REFERENCE,)),
        Operation(
            "update_monitoring",
            also=(("update_urls", "updateUrls"),),
            check=check_on_call,
            tidy=_tidy_monitoring,
            dry_run=True,
            gates=True,
        ),
        COMMENT_OPERATION,
    ),
)
