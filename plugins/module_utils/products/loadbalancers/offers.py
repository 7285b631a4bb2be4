# SPDX-License-Identifier: GPL-3.0-or-later
"""What the catalogue says about the options of a load balancer and of its URLs."""

from __future__ import annotations

from ...parallel import in_parallel
from ...preflight import CannotTell, Named, NothingListed, Offer, rows_of
from ...resource import is_false, is_true
from ..shared.offers import BACKUP_OFFERS, PLACE_OFFERS, area_path, areas_meant, of_area, region_id, spellings
from ..shared.references import Shown
from .names import PATH, host_of

DOMAINS = "/networking/domains"
CERTIFICATE_DOMAINS = 20  # that many are looked through, one request each


def certificates(client, wanted, record):
    """The certificates of the area, which are listed for one domain each.

    Whether that domain is the host's or the certificate's own is not written: those of the host come first, and only if
    the wanted one is not among them, those of all domains that the account knows.
    """
    host = host_of(str(wanted.get("name") or "")).casefold()
    parts = host.split(".")
    near = [".".join(parts[number:]) for number in range(len(parts) - 1)] or [host]
    region = region_id(client, wanted, record)
    found = areas_meant(client, wanted, record)

    def listed(domains):
        asked = [(area_path(region, area, "certificates"), domain) for area in found for domain in domains]
        return [row for rows in in_parallel(lambda one: _certificates(client, *one), asked) for row in rows]

    rows = listed(near)
    if any(Shown(*_spellings_of_certificate(row)) == wanted["certificate"] for row in rows):
        return [Named(_spellings_of_certificate(row)) for row in rows]
    domains = [row["name"] for row in rows_of(client, DOMAINS, "name") if str(row["name"]).casefold() not in near]
    if len(domains) > CERTIFICATE_DOMAINS:
        raise CannotTell("they are listed by domain, and there are %d domains" % len(domains))
    return [Named(_spellings_of_certificate(row)) for row in [*rows, *listed(domains)]]


def _certificates(client, path, domain):
    try:
        return rows_of(client, path, "certificateName", {"domain": domain})
    except NothingListed:
        return []


def _spellings_of_certificate(row):
    return spellings(row, ("certificateName", "commonName", "id"))


def protocols(client, wanted, record):
    """The protocols: which of their names, profiles and ports ``profileName`` takes is not clear (choices.rst)."""
    rows = rows_of(client, PATH + "/protocols", "name")
    return [Named(_spellings_of_protocol(row), incomplete=row.get("port") is None) for row in rows]


def certificate_of_protocol(client, wanted, record):
    """For Offer.rule: a protocol may need a certificate."""
    rows = rows_of(client, PATH + "/protocols", "name")
    profile = wanted["profile"]
    fitting = [row for row in rows if Shown(*_spellings_of_protocol({**row, "protocol": None})) == profile]
    fitting = fitting or [row for row in rows if Shown(row.get("protocol")) == profile]
    needs = fitting and all(is_true(row.get("isCertificateRequired")) for row in fitting)
    if needs and record is None and wanted.get("certificate") is None:
        return "certificate: the profile %s needs a certificate" % profile
    return None


def dns_of_host(client, wanted, record):
    """For Offer.rule: DNS can be set up only in a domain that supports it (setUpDNSEnabled)."""
    if not wanted["set_up_dns"]:
        return None
    host = host_of(str(wanted["name"]))
    rows = rows_of(client, DOMAINS, "name")
    managed = [str(row["name"]) for row in rows if not is_false(row.get("isManagedByCegedim"))]
    if any(("." + host.casefold()).endswith("." + domain.casefold().lstrip(".")) for domain in managed):
        return None
    from ...neighbours import of_host, then  # only a refusal needs it

    refusal = "set_up_dns: %s is in no domain in which the platform sets up DNS" % host
    return then(refusal, of_host(host, managed), "; ", "these are: %s" % (", ".join(sorted(managed)) or "none"))


def _spellings_of_protocol(row):
    profiles = sorted(key for key in row if key.startswith("profile"))
    return spellings(row, ("name", "port", *profiles, "protocol"))


# Of the first URL of a load balancer, and of those that are added to it; their name is in ``name``.
URL_OFFERS = (
    Offer("set_up_dns", rule=dns_of_host),
    Offer("ssl_profile", of_area("ssl-profiles"), after=("region", "area"), of=("area",)),
)
LOADBALANCER_OFFERS = (
    *PLACE_OFFERS,
    Offer("healthcheck", of_area("healthchecks"), after=("region", "area"), of=("area",)),
    Offer("profile", protocols, rule=certificate_of_protocol),
    Offer("certificate", certificates, after=("region", "area"), of=("area",)),
    *URL_OFFERS,
    *BACKUP_OFFERS,
)
