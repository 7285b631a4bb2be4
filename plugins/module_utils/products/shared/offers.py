# SPDX-License-Identifier: GPL-3.0-or-later
"""What the catalogue says about the options of each product: one small value for each question.

Every function here reads, and returns all that is on offer; module_utils/preflight.py compares and refuses. A tuple
may hold more options than a product has: only those that are given are asked about.
"""

from __future__ import annotations

from urllib.parse import quote

from ...client import in_parallel
from ...preflight import CannotTell, Named, Offer, rows_of, told
from ...resource import is_false
from .management import shown_sizing
from .references import (
    PRODUCT_NAMES,
    SERVICES,
    Shown,
    Unexplained,
    find_service,
    is_id,
    products_called,
    same_version,
    shows,
)
from .topology import (
    REGIONS,
    areas_called,
    doubtful_areas,
    read_areas,
    read_regions,
    regions_called,
    spellings_of_region,
    zones_of,
)

PRODUCTS = "/compute/platform/products"
DOMAINS = "/networking/domains"
CERTIFICATE_DOMAINS = 20  # that many are looked through, one request each

# Types of products that are not machines (the API reference, Hierarchy).
FARM_TYPES = (
    "KUBERNETES POSTGRESQL MARIADB SQLSERVER OPENSEARCH REDIS APACHE_KAFKA RABBITMQ GLUSTERFS OVERDRIVE MATOMO "
    "LOAD_BALANCER"
).split()
REGULATIONS = ("STANDARD", "HDS")  # documented in prose only (choices.rst)


SHOWN_REGION = shows("labelRegion", "region.id", "region", "network.region", "region.dataCenter")
SHOWN_AREA = shows("area.id", "area", "labelArea", "labelAreaList", "network.area")
SHOWN_PRODUCT = shows("imageCode", "productCode", "platform", "productName", "osName")


# Places


def regions(client, wanted, record):
    """The regions, by id, data centre and location."""
    return [Named(spellings_of_region(row), incomplete=not row.get("dataCenter")) for row in read_regions(client)]


def areas(client, wanted, record):
    """The areas of the region, and of the regulation where one is given."""
    region = _region(wanted, record)
    regulation = wanted.get("regulation")
    return [
        Named((str(row["id"]),), doubtful_areas(row, region))
        for row in read_areas(client, region)
        if regulation in (None, row.get("regulation")) or row.get("regulation") not in REGULATIONS
    ]


def regulations(client, wanted, record):
    """The regulations that the areas of the region follow."""
    found = [row.get("regulation") for row in read_areas(client, _region(wanted, record))]
    if not all(one in REGULATIONS for one in found):
        raise CannotTell("the areas of the region %s do not all show their regulation" % _region(wanted, record))
    return list(dict.fromkeys(found))


def zones(client, wanted, record):
    """The zones of the area; without one, of the whole region."""
    return zones_of(areas_meant(client, wanted, record))


def clouds(client, wanted, record):
    """The cloud of the service; there is no list of clouds (choices.rst)."""
    service = told(client, "%s/%s" % (SERVICES, _service(client, wanted, record)))
    if not isinstance(service, dict) or not service.get("cloudId"):
        raise CannotTell("the service does not show its cloud")
    return [str(service["cloudId"])]


def authentication_domains(client, wanted, record):
    """The authentication domains of the network; without a zone, those that any zone of the area has."""
    network = wanted.get("network")
    if not network or not is_id(network):
        raise CannotTell("they depend on the network, which is not given")
    region = region_id(client, wanted, record)
    found = areas_meant(client, wanted, record)
    zone = wanted.get("availability_zone")
    paths = [
        "%s/%s/areas/%s/availability-zones/%s/networks/%s/authentication-domains"
        % (REGIONS, *map(_quoted, (region, area["id"], one, network)))
        for area in found
        for one in zones_of([area])
        if zone is None or str(zone).casefold() == str(one).casefold()
    ]
    listed = in_parallel(lambda path: _in_zone(client, path), paths)
    names = [row["id"] for rows in listed for row in rows or []]
    if None in listed and Shown(*names) != wanted["authentication_domain"]:
        raise CannotTell("not every availability zone lists those of the network %s" % network)
    return names


def _in_zone(client, path):
    """What a zone lists, or None where it does not tell: a network need not reach every zone."""
    try:
        return rows_of(client, path, "id")
    except CannotTell:
        return None


# Products, their sizes and versions


def instance_platforms(client, wanted, record):
    """The platforms that a machine can have."""
    return [_named(row, PRODUCT_NAMES) for row in _machines(client)] + [
        Named((str(row["platform"]),)) for row in _products(client) if row.get("platform")
    ]


def instance_products(client, wanted, record):
    """All products, by code, platform, id or label."""
    return [_named(row, PRODUCT_NAMES) for row in _products(client)]


def instance_sizings(client, wanted, record):
    """The sizes that the machine's platform has or, where another one is named, its product."""
    if record:
        products = _products_shown(record, _products(client))
    else:
        products = products_called(wanted.get("platform"), _machines(client))
        products += products_called(wanted.get("product_code"), _products(client))
    return read_sizings(client, products)


def farm_platforms(kind):
    """For Offer.read: the products of this type, by code, platform, id or label."""

    def read(client, wanted, record):
        return [_named(row, PRODUCT_NAMES) for row in _products(client, kind)]

    return read


def farm_sizings(kind):
    """For Offer.read: the sizes of nodes that the product has; platform and version identify it."""

    def read(client, wanted, record):
        products = _products(client, kind)
        if record:
            return read_sizings(client, _products_shown(record, products))
        platform, version = wanted.get("platform"), wanted.get("version")
        products = products_called(platform, products) if platform else products
        fitting = [row for row in products if version and any(same_version(version, one) for one in _versions(row))]
        return read_sizings(client, fitting or products)

    return read


def farm_versions(kind):
    """For Offer.read: the versions in which there is this product."""

    def read(client, wanted, record):
        products = _products(client, kind)
        if not all(_versions(row) for row in products):
            raise CannotTell("not every product of the type %s shows its version" % kind)
        return [Named(_versions(row)) for row in products]

    return read


def read_sizings(client, products):
    """The sizes (list of Named) that any of these products has. Raises CannotTell where one does not tell."""
    if not products:
        raise CannotTell("the catalogue does not list the product")
    return [size for found in in_parallel(lambda row: _sizings(client, row), products) for size in found]


def _sizings(client, product):
    name = product.get("id") or product.get("code")
    if not name:
        raise CannotTell("the catalogue lists a product without its id")
    path = "%s/%s" % (PRODUCTS, _quoted(name))
    details = told(client, path, {"sizings": True})
    rows = details.get("resources") if isinstance(details, dict) else None
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) and row.get("id") for row in rows):
        raise CannotTell("%s shows no sizes" % path)
    return [Named(_spellings_of_size(row)) for row in rows if not is_false(row.get("available"))]


def _spellings_of_size(row):
    numbers = {"cpu": row.get("vcpus"), "ram": row.get("ram")}
    by_numbers = shown_sizing(numbers) if all(isinstance(one, int) for one in numbers.values()) else None
    return tuple(dict.fromkeys(str(one) for one in (row["id"], row.get("optionName"), by_numbers) if one))


def names_of_product(client, wanted):
    """All the names (a Shown) of the product that goes by this one, except those of other products, too; Unexplained
    where the catalogue does not list it.
    """
    try:
        products = _products(client.reference)
    except CannotTell:
        return Unexplained(wanted)
    found = products_called(wanted, products)
    if not found:
        return Unexplained(wanted)
    others = {name for row in products if row not in found for name in _names(row)}
    return Shown(wanted, *dict.fromkeys(name for row in found for name in _names(row) if name not in others))


def _names(row):
    with_version = ["%s %s" % (row["name"], one) for one in _versions(row)] if row.get("name") else []
    return [*spellings(row, PRODUCT_NAMES), *with_version]


def _products(client, kind=None):
    return rows_of(client, PRODUCTS, "code", {"type": kind} if kind else None)


def _machines(client):
    found = [row for row in _products(client) if str(row.get("type")).upper() not in FARM_TYPES]
    if not found:
        raise CannotTell("the catalogue lists no product that is a machine")
    return found


def _products_shown(record, products):
    """The products that a record shows: by code or id, or else by any name."""
    shown = SHOWN_PRODUCT(record)
    names = shown.spellings if shown else ()
    exact = [row for row in products if any(Shown(row.get("code"), row.get("id")) == name for name in names)]
    return exact or [row for row in products if any(products_called(name, [row]) for name in names)]


def _versions(row):
    return spellings(row, ("version", "productVersion"))


# Backup


def backup_policies(policy_type):
    """For Offer.read: the policies for a service. Whether their id or a name is meant, and what the keys are around
    them, is not written (choices.rst): any of them counts.
    """

    def read(client, wanted, record):
        query = {"serviceId": _service(client, wanted, record), "policyType": policy_type}
        path = "/compute/backup-policies"
        lists = told(client, path, query)
        lists = list(lists.values()) if isinstance(lists, dict) else [None]
        if not all(isinstance(rows, list) and all(isinstance(row, dict) for row in rows) for rows in lists):
            raise CannotTell("%s answers in another shape than documented" % path)
        found = [_named(row, ("policyId", "id", "name", "label")) for rows in lists for row in rows]
        if not all(one.spellings for one in found):
            raise CannotTell("%s lists a policy without a name" % path)
        return found

    return read


# Areas


def of_area(listing):
    """For Offer.read: what the area lists under ``listing``, by name or id."""

    def read(client, wanted, record):
        region = region_id(client, wanted, record)
        paths = [area_path(region, area, listing) for area in areas_meant(client, wanted, record)]
        rows = [row for listed in in_parallel(lambda path: rows_of(client, path, "name"), paths) for row in listed]
        return [_named(row, ("name", "id")) for row in rows]

    return read


# What several of them need


def _region(wanted, record):
    shown = SHOWN_REGION(record) if record else None
    region = shown.spellings[0] if shown else wanted.get("region")
    if not region:
        raise CannotTell("the region is not known")
    return str(region)


def region_id(client, wanted, record):
    """The id of the region, as paths need it."""
    region = _region(wanted, record)
    rows = regions_called(region, read_regions(client))
    if len(rows) != 1:
        raise CannotTell("the platform does not list one region %s" % region)
    return rows[0]["id"]


def areas_meant(client, wanted, record):
    """The areas (list of dict) that are meant; all of the region where none is named. Raises CannotTell."""
    region = _region(wanted, record)
    rows = read_areas(client, region)
    shown = SHOWN_AREA(record) if record else None
    names = shown.spellings if shown else [wanted["area"]] if wanted.get("area") else []
    found = [row for name in names for row in areas_called(name, rows, region)] if names else rows
    if not found:
        raise CannotTell("the platform does not list the area")
    return list({row["id"]: row for row in found}.values())


def area_path(region, area, listing):
    return "%s/%s/areas/%s/%s" % (REGIONS, _quoted(region), _quoted(area["id"]), listing)


def _service(client, wanted, record):
    service = (record or {}).get("serviceId") or wanted.get("service")
    if service is None:
        raise CannotTell("the service is not known")
    return service if is_id(service) else find_service(client, service)["id"]


def spellings(row, keys):
    found = [row.get(key) for key in keys]
    return tuple(dict.fromkeys(str(one) for one in found if isinstance(one, (str, int)) and one != ""))


def _named(row, keys):
    """What goes by any of these keys; all of them are documented, so one that is not there leaves a gap."""
    return Named(spellings(row, keys), incomplete=any(row.get(key) is None for key in keys))


def _quoted(value):
    return quote(str(value), safe="")


# The values


PLACE_OFFERS = (
    Offer("region", regions),
    Offer("regulation", regulations, after=("region",), of=("region",)),
    Offer("area", areas, after=("region", "regulation"), of=("region", "regulation")),
    Offer("availability_zone", zones, after=("region", "area"), of=("area",)),
    Offer("cloud", clouds, of=("service",)),
)
BACKUP_OFFERS = (
    Offer("server_backup_policy", backup_policies("SERVER"), of=("service",)),
    Offer("database_backup_policy", backup_policies("DATABASE"), of=("service",)),
)
DOMAIN_OFFER = Offer(
    "authentication_domain",
    authentication_domains,
    after=("region", "area", "availability_zone"),
    of=("network",),
)

INSTANCE_OFFERS = (
    *PLACE_OFFERS,
    Offer("platform", instance_platforms),
    Offer("product_code", instance_products),
    Offer("sizing", instance_sizings, after=("platform", "product_code"), of=("platform", "product_code")),
    *BACKUP_OFFERS,
    DOMAIN_OFFER,
)


def FARM_OFFERS(kind):
    """The offers for what is made of nodes; ``kind`` is its type in the catalogue, such as ``POSTGRESQL``."""
    return (
        *PLACE_OFFERS,
        Offer("platform", farm_platforms(kind)),
        # An existing one lists the versions that it can be upgraded to itself.
        Offer("version", farm_versions(kind), same=same_version, of_new=True),
        Offer("sizing", farm_sizings(kind), after=("platform",), of=("platform",)),
        *BACKUP_OFFERS,
        DOMAIN_OFFER,
    )


def APPLICATION_SERVICE_OFFERS(kind):
    """The offers for an application service; ``kind`` is its type in the catalogue, such as ``MATOMO``."""
    return (*PLACE_OFFERS, Offer("sizing", farm_sizings(kind)), *BACKUP_OFFERS)
