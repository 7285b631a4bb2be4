# SPDX-License-Identifier: GPL-3.0-or-later
"""OpenvCloud and its identity server, as documented, with a setting for each thing that is not.

The documentation is the guide on the Cloud API (JWT, session key, `_async`) and the public source that it belongs to.
What a request may hold is written at each operation: a parameter that is missing, empty, or unknown breaks it.
"""

from __future__ import annotations

import base64
import binascii
import copy
import itertools
import json
import re
import secrets
import time
import urllib.parse
from dataclasses import dataclass

from ..answer import Answer
from .server import Call, Companion, Operation, Violation

CLIENT_ID, CLIENT_SECRET = "G89hSimulated_dY96Om", "simulated-ovc-secret-5f2a+%2F"
ORGANIZATION_ID, ORGANIZATION_SECRET = "acme.operations", "simulated-organization-secret-1c7e"
USERNAME, PASSWORD = "operator", "simulated-ovc-password-3d:8b"
USER, ISSUER = "operator", "itsyouonline"
CLOUD_API = "/restmachine/cloudapi/"
MOST_DISKS = 25
LIMITS = {
    "maxMemoryCapacity": "CU_M",
    "maxVDiskCapacity": "CU_D",
    "maxCPUCapacity": "CU_C",
    "maxNetworkPeerTransfer": "CU_NP",
    "maxNumPublicIP": "CU_I",
}


@dataclass
class Settings:
    """latency: seconds before each answer. The rest is what the documentation leaves open, or what differs.

    Login: expires_in: seconds of a JWT, of which `validity` takes less. token_answer: asked (JSON where Accept asks for
    it), raw, json or string. refreshable: whether a JWT with offline_access can be refreshed. session_seconds: how long
    a session key lasts (419 afterwards).
    Cloudspaces: deploy_seconds: how long VIRTUAL and DEPLOYING last. deploys_itself: whether `create` does it.
    limits: how `get` shows them: resourceLimits, max or hidden. lists_deleted: whether `includedeleted` does so.
    Machines: power_seconds: how long a machine is in a status that ends in ING (0: never). bin: what `get` answers of a
    machine in the bin: missing or record. resize: now, later (202 and false) or later_empty (202 and nothing), for
    machines that run, and their disks. resize_shows: new or old, until the stop and start.
    Tasks: task_seconds: how long one runs. task_running: empty or null. task_race: the first look is answered 404.
    errors_never_end: of asynchronous calls. forget_tasks: as after 600 s.
    """

    latency: float = 0
    expires_in: float = 86400
    token_answer: str = "asked"
    refreshable: bool = True
    session_seconds: float = 3600
    deploy_seconds: float = 0.1
    deploys_itself: bool = True
    limits: str = "resourceLimits"
    lists_deleted: bool = True
    power_seconds: float = 0
    bin: str = "missing"
    resize: str = "now"
    resize_shows: str = "new"
    task_seconds: float = 0
    task_running: str = "empty"
    task_race: bool = False
    errors_never_end: bool = False
    forget_tasks: bool = False


class Refused(Exception):
    """An error of the API: a status, and a JSON string."""

    def __init__(self, status: int, text: str):
        super().__init__(text)
        self.status = status


class Tokens:
    """The JWTs and session keys that are good, with the moment at which each ends."""

    def __init__(self):
        self.jwts: dict[str, float] = {}
        self.sessions: dict[str, float] = {}

    def revoke(self) -> None:
        self.jwts.clear()
        self.sessions.clear()


# The identity server


def token(ovc: OpenvCloud, call: Call) -> Answer:
    """POST /v1/oauth/access_token: a JWT for a client; its credentials are in the form, the query, or Basic."""
    given = {**call.query, **(call.form() if call.raw else {})}
    basic = _basic(call.headers.get("Authorization"))
    client = basic or (given.get("client_id"), given.get("client_secret"))
    if given.get("grant_type") != "client_credentials":
        return Answer(400, b"unsupported_grant_type", "text/plain")
    if given.get("response_type") != "id_token":
        return Answer(400, b"only response_type=id_token gives a JWT", "text/plain")
    owners = {
        (CLIENT_ID, CLIENT_SECRET): {"username": USER},
        (ORGANIZATION_ID, ORGANIZATION_SECRET): {"globalid": ORGANIZATION_ID},
    }
    if client not in owners:
        return Answer(400, b"invalid_client", "text/plain")
    scope = given.get("scope", "")
    seconds = min(float(given.get("validity") or ovc.settings.expires_in), ovc.settings.expires_in)
    jwt = ovc.jwt(seconds, refreshable="offline_access" in scope, **owners[client])
    way = ovc.settings.token_answer
    if way == "asked":
        way = "json" if "application/json" in call.headers.get("Accept", "") else "raw"
    if way == "raw":
        return Answer(200, jwt.encode(), "application/jwt")
    return Answer(200, jwt if way == "string" else {"access_token": jwt, "token_type": "bearer", "scope": scope})


def refresh(ovc: OpenvCloud, call: Call) -> Answer:
    """GET /v1/oauth/jwt/refresh: a new JWT for an old one, be it expired, that was made with offline_access."""
    old = call.headers.get("Authorization", "").partition(" ")[2]
    if old not in ovc.tokens.jwts or not ovc.settings.refreshable:
        return Answer(401, b"unauthorized", "text/plain")
    claims = json.loads(base64.urlsafe_b64decode(old.split(".")[1] + "=="))
    if "refresh_token" not in claims:
        return Answer(403, b"this JWT cannot be refreshed", "text/plain")
    return Answer(200, ovc.jwt(ovc.settings.expires_in, refreshable=True, username=USER).encode(), "application/jwt")


def authenticate(ovc: OpenvCloud, call: Call) -> Answer:
    """users/authenticate: a session key, as a quoted string."""
    given = _given(call)
    if (given.get("username"), given.get("password")) != (USERNAME, PASSWORD):
        return Answer(401, "Invalid username or password")
    key = secrets.token_hex(20)
    ovc.tokens.sessions[key] = time.time() + ovc.settings.session_seconds
    return Answer(200, key)


def task(ovc: OpenvCloud, call: Call) -> Answer:
    """system/task/get: nothing as long as a task runs, then a pair."""
    found = ovc.tasks.get(_given(call).get("taskguid"))
    if found is None or ovc.settings.forget_tasks:
        return Answer(404, "Could not find task")
    if found.pop("race", False):
        return Answer(404, "Could not find task")
    if found["never"] or time.time() < found["due"]:
        return Answer(202, b"null" if ovc.settings.task_running == "null" else None)
    return Answer(200, found["result"])


def _basic(authorization: str | None) -> tuple[str, str] | None:
    scheme, _blank, encoded = (authorization or "").partition(" ")
    try:
        text = base64.b64decode(encoded).decode() if scheme.lower() == "basic" else ""
    except (binascii.Error, UnicodeDecodeError):
        return None
    user, colon, password = text.partition(":")
    return (user, password) if colon else None


# The Cloud API: its calls


OPERATIONS: list[Operation] = []
TYPES = {"int": int, "bool": bool, "str": str, "list": list, "text": (str, dict, list)}


def operation(name: str, parameters: str = "", writes: bool = False, signed: bool = True):
    """A call of the Cloud API, such as machines/get, and its parameters: ``name:type``, with a question mark where one
    may be left out. The function gets the platform and the parameters (dict), and answers JSON data."""
    wanted = {}
    for word in parameters.split():
        key, _colon, kind = word.partition(":")
        wanted[key.rstrip("?")] = (TYPES[kind], key.endswith("?"))

    def register(function):
        def handler(ovc: OpenvCloud, call: Call) -> Answer:
            ovc.settle()
            given = _given(call)
            asynchronous = "_async" in given
            given.pop("_async", None)
            _check(given, wanted)
            try:
                result, error = function(ovc, given), None
                call.applied = writes
            except Refused as refused:
                result, error = None, refused
            if asynchronous:
                return Answer(200, ovc.start_task(result, error))
            if error:
                return ovc.refusal(error.status, str(error))
            return result if isinstance(result, Answer) else Answer(200, result)

        path = re.escape(CLOUD_API + name)
        OPERATIONS.append(Operation(f"ovc.{name}", "POST", path, handler, writes=writes, signed=signed))
        return function

    return register


def _given(call: Call) -> dict:
    """The parameters of a call: of the query, and of a body that is JSON or a form (its values are converted)."""
    query = {name: value for name, value in call.query.items() if name != "authkey"}
    if not call.raw:
        return query
    if call.content_type == "application/json":
        body = call.json()
        if not isinstance(body, dict):
            raise Violation("the body is not an object")
        return {**query, **body}
    form = dict(urllib.parse.parse_qsl(call.raw.decode(), keep_blank_values=True))
    return {**query, **{name: _value(value) for name, value in form.items()}}


def _value(text: str) -> object:
    try:
        return json.loads(text.lower() if text in ("True", "False") else text)
    except ValueError:
        return text


def _check(given: dict, wanted: dict) -> None:
    for name, (_kind, optional) in wanted.items():
        if not optional and given.get(name) in (None, ""):
            raise Violation(f"Param with name:{name} is missing.")
    for name, value in given.items():
        if name not in wanted:
            raise Violation(f"Param with name:{name} is not documented.")
        kind = wanted[name][0]
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise Violation(f"Param with name:{name} is not of its type.")


# Accounts, locations, images, sizes, external networks


@operation("accounts/list")
def list_accounts(ovc, given):
    return [{name: value for name, value in row.items() if name != "status"} for row in ovc.accounts]


@operation("accounts/get", "accountId:int")
def get_account(ovc, given):
    return _one(ovc.accounts, given["accountId"], "Account")


@operation("locations/list")
def list_locations(ovc, given):
    return ovc.locations


@operation("locations/getUrl", signed=False)
def get_url(ovc, given):
    return ovc.base_url


@operation("images/list", "accountId?:int cloudspaceId?:int")
def list_images(ovc, given):
    return [row for row in ovc.images if row["accountId"] in (0, given.get("accountId"))]


@operation("sizes/list", "cloudspaceId?:int location?:str")
def list_sizes(ovc, given):
    if not given:
        raise Refused(400, "Either cloudspaceId or location should be given")
    if "location" in given and given["location"] not in [row["locationCode"] for row in ovc.locations]:
        raise Refused(400, f"Could not find location with code {given['location']}")
    allowed = _cloudspace(ovc, given["cloudspaceId"])["allowedVMSizes"] if "cloudspaceId" in given else []
    return [row for row in ovc.sizes if not allowed or row["id"] in allowed]


@operation("externalnetwork/list", "accountId?:int")
def list_external_networks(ovc, given):
    return [{"id": row["id"], "name": row["name"]} for row in ovc.external_networks]


def _one(rows, number, what):
    for row in rows:
        if row["id"] == number:
            return row
    raise Refused(404, f"{what} with id {number} not found")


# Cloudspaces


def _cloudspace(ovc, number):
    row = ovc.cloudspaces.get(number)
    if row is None or row["status"] == "DESTROYED":
        raise Refused(404, f"Cloudspace with id {number} not found")
    return row


def _check_name(ovc, name, account, but=None):
    for row in ovc.cloudspaces.values():
        if (row["name"], row["accountId"]) == (name, account) and row["status"] != "DESTROYED" and row is not but:
            raise Refused(409, f"Cloud Space with name {name} already exists.")


MAX = " ".join(f"{name}?:int" for name in LIMITS)


@operation(
    "cloudspaces/create",
    f"accountId:int location:str name:str access:str {MAX} externalnetworkId?:int allowedVMSizes?:list "
    "privatenetwork?:str type?:str",
    writes=True,
)
def create_cloudspace(ovc, given):
    _one(ovc.accounts, given["accountId"], "Account")
    location = next((row for row in ovc.locations if row["locationCode"] == given["location"]), None)
    if location is None:
        raise Refused(400, f"Location {given['location']} does not exists")
    if given.get("type", "vgw") not in ("vgw", "routeros"):
        raise Refused(400, "Cloud Space type can only be vgw or routeros")
    if given["access"] not in ovc.users:
        raise Refused(400, f"User {given['access']} is not registered on the system")
    _check_name(ovc, given["name"], given["accountId"])
    row = ovc.add_cloudspace(
        given["name"],
        given["accountId"],
        location,
        status="VIRTUAL",
        privatenetwork=given.get("privatenetwork", "192.168.103.0/24"),
        type=given.get("type", "vgw"),
        externalnetworkId=given.get("externalnetworkId", 1),
        allowedVMSizes=given.get("allowedVMSizes", []),
        limits={name: given.get(name, -1) for name in LIMITS},
        access=given["access"],
    )
    if ovc.settings.deploys_itself:
        ovc.pass_through(row, "DEPLOYING", "DEPLOYED", ovc.settings.deploy_seconds)
    return row["id"]


@operation("cloudspaces/deploy", "cloudspaceId:int", writes=True)
def deploy_cloudspace(ovc, given):
    row = _cloudspace(ovc, given["cloudspaceId"])
    if row["status"] == "VIRTUAL":
        ovc.pass_through(row, "DEPLOYING", "DEPLOYED", ovc.settings.deploy_seconds)
    return row["status"]


@operation("cloudspaces/list", "includedeleted?:bool")
def list_cloudspaces(ovc, given):
    in_bin = given.get("includedeleted") and ovc.settings.lists_deleted
    hidden = ("DESTROYED",) if in_bin else ("DESTROYED", "DELETED")
    names = {row["id"]: row["name"] for row in ovc.accounts}
    shown = ("id", "name", "status", "accountId", "acl", "type", "location", "gid", "publicipaddress")
    return [
        {**{name: row[name] for name in shown}, "accountName": names[row["accountId"]], "descr": ""}
        for row in ovc.cloudspaces.values()
        if row["status"] not in hidden
    ]


@operation("cloudspaces/get", "cloudspaceId:int")
def get_cloudspace(ovc, given):
    row = _cloudspace(ovc, given["cloudspaceId"])
    hidden = ("limits", "until", "then", "allowedVMSizes")
    shown = {name: value for name, value in row.items() if name not in hidden}
    if ovc.settings.limits == "resourceLimits":
        shown["resourceLimits"] = {LIMITS[name]: value for name, value in row["limits"].items()}
    if ovc.settings.limits == "max":
        shown.update(row["limits"], allowedVMSizes=row["allowedVMSizes"])
    return shown


@operation("cloudspaces/update", f"cloudspaceId:int name?:str {MAX} allowedVMSizes?:list", writes=True)
def update_cloudspace(ovc, given):
    row = _cloudspace(ovc, given["cloudspaceId"])
    if "name" in given:
        _check_name(ovc, given["name"], row["accountId"], row)
        row["name"] = given["name"]
    row["limits"].update({name: given[name] for name in LIMITS if name in given})
    row["allowedVMSizes"] = given.get("allowedVMSizes", row["allowedVMSizes"])
    return True


@operation("cloudspaces/delete", "cloudspaceId:int permanently?:bool", writes=True)
def delete_cloudspace(ovc, given):
    row = _cloudspace(ovc, given["cloudspaceId"])
    if row["status"] == "DEPLOYING":
        raise Refused(400, "Can not delete a CloudSpace that is being deployed.")
    inside = [one for one in ovc.machines.values() if one["cloudspaceid"] == row["id"]]
    if any(one["status"] not in ("DELETED", "DESTROYED") for one in inside):
        raise Refused(409, "In order to delete a CloudSpace it can not contain Machines.")
    row["status"] = "DESTROYED" if given.get("permanently") else "DELETED"
    for one in inside if given.get("permanently") else ():
        one["status"] = "DESTROYED"
    return True


@operation("cloudspaces/enable", "cloudspaceId:int reason:str", writes=True)
def enable_cloudspace(ovc, given):
    _cloudspace(ovc, given["cloudspaceId"])["status"] = "DEPLOYED"
    return True


@operation("cloudspaces/disable", "cloudspaceId:int reason:str", writes=True)
def disable_cloudspace(ovc, given):
    row = _cloudspace(ovc, given["cloudspaceId"])
    row["status"] = "DISABLED"
    for one in ovc.machines.values():
        if one["cloudspaceid"] == row["id"] and one["status"] in ("RUNNING", "PAUSED"):
            one["status"] = "HALTED"
    return True


@operation("cloudspaces/restore", "cloudspaceId:int reason:str", writes=True)
def restore_cloudspace(ovc, given):
    row = _cloudspace(ovc, given["cloudspaceId"])
    if row["status"] != "DELETED":
        raise Refused(400, "Can only restore a deleted cloudspace")
    row["status"] = "DEPLOYED"
    return True


# Machines


def _machine(ovc, number, in_bin=False):
    row = ovc.machines.get(number)
    if row is None or row["status"] == "DESTROYED" or (row["status"] == "DELETED" and not in_bin):
        raise Refused(404, f"Machine {number} not found")
    return row


@operation(
    "machines/create",
    "cloudspaceId:int name:str description?:str imageId:int disksize:int sizeId?:int vcpus?:int memory?:int "
    "datadisks?:list userdata?:text",
    writes=True,
)
def create_machine(ovc, given):
    space = _cloudspace(ovc, given["cloudspaceId"])
    if space["status"] not in ("VIRTUAL", "DEPLOYING", "DEPLOYED"):
        raise Refused(400, f"Cloudspace is {space['status']}")
    for row in ovc.machines.values():
        same = (row["cloudspaceid"], row["name"]) == (space["id"], given["name"])
        if same and row["status"] != "DESTROYED":  # those in the bin keep their names
            raise Refused(409, "Selected name already exists")
    _one(ovc.images, given["imageId"], "Image")
    vcpus, memory, size = _sized(ovc, given)
    if len(given.get("datadisks", [])) + 1 > MOST_DISKS:
        raise Refused(400, f"Cannot create more than {MOST_DISKS} disks")
    row = ovc.add_machine(
        given["name"],
        space,
        given["imageId"],
        vcpus=vcpus,
        memory=memory,
        sizeid=size,
        description=given.get("description", ""),
        disksize=given["disksize"],
        datadisks=given.get("datadisks", ()),
        userdata=given.get("userdata"),
    )
    if ovc.settings.power_seconds:
        row["status"] = "VIRTUAL"
        ovc.pass_through(row, "DEPLOYING", "RUNNING", ovc.settings.power_seconds)
    return row["id"]


def _sized(ovc, given):
    if "sizeId" in given:
        if "vcpus" in given or "memory" in given:
            raise Refused(400, "sizeId and (vcpus, memory) are mutually exclusive")
        size = _one(ovc.sizes, given["sizeId"], "Size")
        return size["vcpus"], size["memory"], size["id"]
    if "vcpus" not in given or "memory" not in given:
        raise Refused(400, "sizeId or vcpus and memory should be passed")
    return given["vcpus"], given["memory"], None


@operation("machines/list", "cloudspaceId:int")
def list_machines(ovc, given):
    space = _cloudspace(ovc, given["cloudspaceId"])
    return [
        {
            "id": row["id"],
            "name": row["name"],
            "status": row["status"],
            "hostname": row["hostname"],
            "imageId": row["imageid"],
            "sizeId": row["sizeid"],
            "vcpus": row["vcpus"],
            "memory": row["memory"],
            "nics": row["interfaces"],
            "disks": row["disks"],
            "storage": sum(ovc.disks[number]["sizeMax"] for number in row["disks"]),
        }
        for row in ovc.machines.values()
        if row["cloudspaceid"] == space["id"] and row["status"] not in ("DELETED", "DESTROYED", "DESTROYING", "ERROR")
    ]


@operation("machines/get", "machineId:int")
def get_machine(ovc, given):
    row = _machine(ovc, given["machineId"], in_bin=ovc.settings.bin == "record")
    hidden = ("until", "then", "pending", "userdata")
    shown = {name: copy.deepcopy(value) for name, value in row.items() if name not in hidden}
    fields = ("id", "name", "descr", "sizeMax", "type", "status")
    shown["disks"] = [{name: ovc.disks[number][name] for name in fields} for number in row["disks"]]
    shown["osImage"] = next(one["name"] for one in ovc.images if one["id"] == row["imageid"])
    return shown


@operation("machines/update", "machineId:int name?:str description?:str", writes=True)
def update_machine(ovc, given):
    row = _machine(ovc, given["machineId"])
    if any(
        (one["cloudspaceid"], one["name"]) == (row["cloudspaceid"], given.get("name"))
        and one is not row
        and one["status"] != "DESTROYED"
        for one in ovc.machines.values()
    ):
        raise Refused(409, "Selected name already exists")
    row.update({name: given[name] for name in ("name", "description") if name in given})
    return row["id"]


@operation("machines/delete", "machineId:int permanently?:bool", writes=True)
def delete_machine(ovc, given):
    row = _machine(ovc, given["machineId"], in_bin=True)
    row["status"] = "DESTROYED" if given.get("permanently") else "DELETED"
    row.pop("until", None)
    for number in row["disks"]:
        ovc.disks[number]["status"] = "DESTROYED" if given.get("permanently") else "TOBEDELETED"
    addresses = [nic["ipAddress"] for nic in row["interfaces"]]
    rows = ovc.forwards[row["cloudspaceid"]]
    rows[:] = [one for one in rows if one["localIp"] not in addresses]
    return True


def _power(name, statuses, then, parameters=""):
    """A call that brings a machine from one of these statuses to another."""

    @operation(f"machines/{name}", f"machineId:int {parameters}", writes=True)
    def power(ovc, given):
        row = _machine(ovc, given["machineId"])
        if row["status"] not in statuses:
            raise Refused(409, f"Can not {name} a machine that is {row['status']}")
        if then == "RUNNING" and row["status"] == "HALTED":
            row.update(row.pop("pending", {}))
        if ovc.settings.power_seconds:
            ovc.pass_through(row, name.upper().rstrip("E") + "ING", then, ovc.settings.power_seconds)
        else:
            row["status"] = then
        return True

    return power


_power("start", ("HALTED",), "RUNNING", "diskId?:int")
_power("stop", ("RUNNING", "PAUSED"), "HALTED", "force?:bool")
_power("reboot", ("RUNNING",), "RUNNING")
_power("reset", ("RUNNING",), "RUNNING")
_power("pause", ("RUNNING",), "PAUSED")
_power("resume", ("PAUSED",), "RUNNING")


def _later(ovc, row):
    """The answer of a resize of what a running machine uses: it may take effect only after a stop and start."""
    if row is None or row["status"] == "HALTED" or ovc.settings.resize == "now":
        return True
    return Answer(202, False if ovc.settings.resize == "later" else None)


@operation("machines/resize", "machineId:int sizeId?:int vcpus?:int memory?:int", writes=True)
def resize_machine(ovc, given):
    row = _machine(ovc, given["machineId"])
    vcpus, memory, size = _sized(ovc, given)
    change = {"vcpus": vcpus, "memory": memory, "sizeid": size}
    answer = _later(ovc, row)
    if answer is True or ovc.settings.resize_shows == "new":
        row.update(change)
    else:
        row["pending"] = change
    return answer


@operation(
    "machines/addDisk",
    "machineId:int diskName:str description:str size:int type:str ssdSize?:int iops?:int",
    writes=True,
)
def add_disk(ovc, given):
    row = _machine(ovc, given["machineId"])
    if len(row["disks"]) >= MOST_DISKS:
        raise Refused(400, f"Cannot have more than {MOST_DISKS} disks")
    space = ovc.cloudspaces[row["cloudspaceid"]]
    disk = ovc.add_disk(given["diskName"], space, given["size"], given["type"], "ASSIGNED", given["description"])
    disk["iotune"] = {"total_iops_sec": given.get("iops", 2000)}
    row["disks"].append(disk["id"])
    return disk["id"]


# Disks


def _disk(ovc, number):
    row = ovc.disks.get(number)
    if row is None:
        raise Refused(404, f"Can not find disk with id {number}")
    return row


def _user_of(ovc, disk):
    return next(
        (row for row in ovc.machines.values() if disk["id"] in row["disks"] and row["status"] != "DESTROYED"), None
    )


@operation("disks/list", "accountId:int type?:str")
def list_disks(ovc, given):
    return [
        {**row, "machineId": (_user_of(ovc, row) or {}).get("id")}
        for row in ovc.disks.values()
        if row["accountId"] == given["accountId"]
        and row["status"] != "DESTROYED"
        and given.get("type") in (None, row["type"])
    ]


@operation("disks/get", "diskId:int")
def get_disk(ovc, given):
    return _disk(ovc, given["diskId"])


@operation(
    "disks/create",
    "accountId:int gid:int name:str description:str size:int type:str ssdSize?:int iops?:int",
    writes=True,
)
def create_disk(ovc, given):
    _one(ovc.accounts, given["accountId"], "Account")
    if given["gid"] not in [row["gid"] for row in ovc.locations]:
        raise Refused(400, f"There is no grid {given['gid']}")
    place = {"accountId": given["accountId"], "gid": given["gid"]}
    row = ovc.add_disk(given["name"], place, given["size"], given["type"], "CREATED", given["description"])
    row["iotune"] = {"total_iops_sec": given.get("iops", 2000)}
    return row["id"]


@operation("disks/resize", "diskId:int size:int", writes=True)
def resize_disk(ovc, given):
    row = _disk(ovc, given["diskId"])
    if given["size"] <= row["sizeMax"]:
        raise Refused(400, "The specified size is smaller than or equal the original size")
    row["sizeMax"] = given["size"]
    return _later(ovc, _user_of(ovc, row))


@operation("disks/delete", "diskId:int detach?:bool permanently?:bool", writes=True)
def delete_disk(ovc, given):
    row = _disk(ovc, given["diskId"])
    user = _user_of(ovc, row)
    if user and not given.get("detach"):
        raise Refused(409, "Can not delete disk which is attached")
    if user:
        user["disks"].remove(row["id"])
    row["status"] = "DESTROYED" if given.get("permanently") else "TOBEDELETED"
    return True


# Port forwards


def _shown_forwards(ovc, space, machine=None):
    """The rows of a cloudspace; `id` is the place in the list, and ports are text."""
    found = []
    inside = [
        one for one in ovc.machines.values() if one["cloudspaceid"] == space["id"] and one["status"] != "DESTROYED"
    ]
    for place, row in enumerate(ovc.forwards[space["id"]]):
        users = (one for one in inside if row["localIp"] in [nic["ipAddress"] for nic in one["interfaces"]])
        user = next(users, None)
        shown = {**row, "id": place, "publicPort": str(row["publicPort"]), "localPort": str(row["localPort"])}
        if user:
            shown.update(machineId=user["id"], machineName=f"{user['name']} ({row['localIp']})")
        else:
            shown["machineName"] = row["localIp"]
        if machine is None or (user and user["id"] == machine):
            found.append(shown)
    return found


def _local_address(machine):
    found = [nic["ipAddress"] for nic in machine["interfaces"] if nic["ipAddress"] != "Undefined"]
    if not found:
        raise Refused(404, "Cannot create portforwarding when Virtual Machine did not acquire an IP Address.")
    return found[0]


def _at(rows, address, port, protocol):
    for row in rows:
        if (row["publicIp"], row["publicPort"]) == (address, port) and protocol in (None, row["protocol"]):
            return row
    return None


def _forward(ovc, space, given):
    """The row that a call asks for. Raises Refused."""
    for name in ("publicPort", "localPort"):
        if not 1 <= given[name] <= 65535:
            raise Refused(400, f"{name} should be between 1 and 65535")
    protocol = given.get("protocol") or "tcp"
    if protocol not in ("tcp", "udp"):
        raise Refused(400, "Protocol should be either tcp or udp")
    if space["status"] != "DEPLOYED":
        raise Refused(400, "Cannot create a portforwarding during cloudspace deployment.")
    if given["publicIp"] != space["publicipaddress"]:
        raise Refused(400, f"Invalid public IP {given['publicIp']}")
    machine = _machine(ovc, given["machineId"])
    if machine["cloudspaceid"] != space["id"]:
        raise Refused(400, f"Machine {machine['name']} does not belong to cloudspace {space['name']}")
    return {
        "publicIp": given["publicIp"],
        "publicPort": given["publicPort"],
        "localIp": _local_address(machine),
        "localPort": given["localPort"],
        "protocol": protocol,
    }


@operation("portforwarding/list", "cloudspaceId:int machineId?:int")
def list_forwards(ovc, given):
    space = _cloudspace(ovc, given["cloudspaceId"])
    if space["status"] in ("VIRTUAL", "DEPLOYING"):
        raise Refused(404, "Incorrect cloudspace or there is no corresponding gateway")
    return _shown_forwards(ovc, space, given.get("machineId"))


@operation(
    "portforwarding/create",
    "cloudspaceId:int publicIp:str publicPort:int machineId:int localPort:int protocol:str",
    writes=True,
)
def create_forward(ovc, given):
    space = _cloudspace(ovc, given["cloudspaceId"])
    row = _forward(ovc, space, given)
    if _at(ovc.forwards[space["id"]], row["publicIp"], row["publicPort"], row["protocol"]):
        raise Refused(409, f"Forward to {row['publicIp']} with port {row['publicPort']} already exists")
    ovc.forwards[space["id"]].insert(0, row)  # so that the indexes of all others change
    return True


@operation(
    "portforwarding/updateByPort",
    "cloudspaceId:int sourcePublicIp:str sourcePublicPort:int sourceProtocol:str publicIp:str publicPort:int "
    "machineId:int localPort:int protocol?:str",
    writes=True,
)
def update_forward(ovc, given):
    space = _cloudspace(ovc, given["cloudspaceId"])
    rows = ovc.forwards[space["id"]]
    old = _at(rows, given["sourcePublicIp"], given["sourcePublicPort"], given["sourceProtocol"])
    if old is None:
        raise Refused(404, f"Could not find port forwarding with {given['sourcePublicIp']}")
    row = _forward(ovc, space, given)
    other = _at(rows, row["publicIp"], row["publicPort"], row["protocol"])
    if other is not None and other is not old:
        raise Refused(409, f"Forward for {row['publicIp']} with port {row['publicPort']} already exists")
    rows.remove(old)
    rows.insert(0, row)
    return True


@operation("portforwarding/deleteByPort", "cloudspaceId:int publicIp:str publicPort:int proto?:str", writes=True)
def delete_forward(ovc, given):
    space = _cloudspace(ovc, given["cloudspaceId"])
    rows = ovc.forwards[space["id"]]
    row = _at(rows, given["publicIp"], given["publicPort"], given.get("proto"))
    if row is None:
        raise Refused(404, f"Could not find port forwarding with {given['publicIp']}:{given['publicPort']}")
    rows.remove(row)
    return True


# The platform


class OpenvCloud(Companion):
    """A running OpenvCloud with its identity server.

    Its state: `accounts`, `locations`, `images`, `sizes`, `external_networks` (lists of rows), `cloudspaces`,
    `machines`, `disks` (rows by id, those in the bin and the destroyed ones included), `forwards` (the rows of each
    cloudspace, by its id), `tasks`, `users`.
    """

    name = "ovc"
    system = "OpenvCloud"
    settings_class = Settings
    operations = (
        Operation("ovc.token", "POST", "/v1/oauth/access_token", token, signed=False, token=True),
        Operation("ovc.refresh", "GET", "/v1/oauth/jwt/refresh", refresh, signed=False, token=True),
        Operation(
            "ovc.users/authenticate", "POST", CLOUD_API + "users/authenticate", authenticate, signed=False, token=True
        ),
        Operation("ovc.system/task/get", "POST", "/restmachine/system/task/get", task),
        *OPERATIONS,
    )

    @property
    def token_url(self) -> str:
        return self.base_url + "/v1/oauth/access_token"

    @property
    def login(self) -> dict:
        return dict(token_url=self.token_url, client_id=CLIENT_ID, client_secret=CLIENT_SECRET)

    @property
    def session_login(self) -> dict:
        return dict(username=USERNAME, password=PASSWORD)

    @property
    def organization_login(self) -> dict:
        return {**self.login, "client_id": ORGANIZATION_ID, "client_secret": ORGANIZATION_SECRET}

    def jwt(self, seconds: float = 3600, refreshable: bool = False, **claims) -> str:
        """A JWT that the platform takes, for `username=` or `globalid=`, good for so many seconds."""
        end = time.time() + seconds
        payload = {"iss": ISSUER, "azp": CLIENT_ID, "exp": int(end), "scope": "", **claims}
        if refreshable:
            payload["refresh_token"] = secrets.token_hex(8)
        parts = (_encoded({"alg": "ES384", "typ": "JWT"}), _encoded(payload), secrets.token_urlsafe(24))
        jwt = ".".join(parts)
        self.tokens.jwts[jwt] = end
        return jwt

    def new_tokens(self) -> Tokens:
        return Tokens()

    def authorized(self, call: Call) -> bool:
        self._refused = 401
        key = call.query.get("authkey")
        if key:
            end = self.tokens.sessions.get(key, 0)
            self._refused = 419 if 0 < end <= time.time() else 401
            return end > time.time()
        scheme, _blank, jwt = (call.headers.get("Authorization") or "").partition(" ")
        return scheme.lower() == "bearer" and self.tokens.jwts.get(jwt, 0) > time.time()

    def refusal(self, status: int, text: str = "") -> Answer:
        if status == 401:
            if self._refused == 419:
                return Answer(419, "Session expired")
            return Answer(401, b"<html><head><title>401</title></head><body>Unauthorized</body></html>", "text/html")
        return Answer(status, text or "Not found")

    def start_task(self, result: object, error: Refused | None) -> str:
        """A task that ends with what was done already; its id."""
        number = f"{secrets.token_hex(4)}-{secrets.token_hex(2)}-{secrets.token_hex(2)}-{secrets.token_hex(6)}"
        if isinstance(result, Answer):
            result = json.loads(result.raw or b"null")
        self.tasks[number] = {
            "due": time.time() + self.settings.task_seconds,
            "never": bool(error and self.settings.errors_never_end),
            "race": self.settings.task_race,
            "result": [False, str(error)] if error else [True, result],
        }
        return number

    def pass_through(self, row: dict, status: str, then: str, seconds: float) -> None:
        """Have a row be in a status for so many seconds. A new one is VIRTUAL for the first half of them."""
        now = time.time()
        if row["status"] == "VIRTUAL":
            row.update(until=now + seconds / 2, then=[(status, now + seconds), (then, 0)])
        else:
            row.update(status=status, until=now + seconds, then=[(then, 0)])

    def settle(self) -> None:
        """Let what had to happen by now happen."""
        for row in (*self.cloudspaces.values(), *self.machines.values()):
            while row.get("until") and time.time() >= row["until"]:
                (row["status"], row["until"]), *row["then"] = row["then"]

    # Its data

    def seed(self) -> None:
        self._refused = 401
        self.numbers = itertools.count(101)
        self.tasks: dict[str, dict] = {}
        self.users = {f"{USER}@{ISSUER}", USERNAME, f"colleague@{ISSUER}"}
        self.accounts = [
            {"id": 12, "name": "acme", "status": "CONFIRMED", "acl": []},
            {"id": 13, "name": "acme-labs", "status": "CONFIRMED", "acl": []},
        ]
        self.locations = [
            {"id": 1, "gid": 201, "name": "Geneva", "locationCode": "ch-gen-dc01", "flag": "switzerland"},
            {"id": 2, "gid": 202, "name": "Ghent", "locationCode": "be-g8-4", "flag": "belgium"},
        ]
        self.images = [
            {"id": 31, "name": "Ubuntu 22.04 x64", "type": "Linux", "size": 8, "accountId": 0, "status": "CREATED"},
            {"id": 32, "name": "Windows 2022", "type": "Windows", "size": 40, "accountId": 0, "status": "CREATED"},
            {"id": 33, "name": "acme appliance", "type": "Linux", "size": 12, "accountId": 12, "status": "CREATED"},
        ]
        self.sizes = [
            {"id": 1, "name": "small", "vcpus": 1, "memory": 512, "description": "512 MB", "disks": [10, 20, 50]},
            {"id": 2, "name": "medium", "vcpus": 2, "memory": 4096, "description": "4 GB", "disks": [10, 20, 50, 100]},
            {"id": 3, "name": "large", "vcpus": 4, "memory": 8192, "description": "8 GB", "disks": [20, 50, 100]},
        ]
        self.external_networks = [{"id": 1, "name": "internet"}, {"id": 2, "name": "partners"}]
        self.cloudspaces: dict[int, dict] = {}
        self.machines: dict[int, dict] = {}
        self.disks: dict[int, dict] = {}
        self.forwards: dict[int, list[dict]] = {}
        web = self.add_cloudspace("web", 12, self.locations[0])
        lab = self.add_cloudspace("lab", 13, self.locations[1])
        web01 = self.add_machine("web01", web, 31, vcpus=2, memory=4096, sizeid=2)
        web02 = self.add_machine("web02", web, 31, vcpus=2, memory=4096, sizeid=2)
        self.add_machine("db01", web, 31, vcpus=4, memory=8192, sizeid=3, datadisks=(100,))
        self.add_machine("win01", lab, 32, vcpus=4, memory=8192, sizeid=3)
        self.add_machine("new01", lab, 31, vcpus=1, memory=512, sizeid=1, address="Undefined", status="HALTED")
        for machine, port, local in ((web01, 2201, 22), (web02, 2202, 22), (web01, 80, 8080)):
            self.forwards[web["id"]].append(
                {
                    "publicIp": web["publicipaddress"],
                    "publicPort": port,
                    "localIp": machine["interfaces"][0]["ipAddress"],
                    "localPort": local,
                    "protocol": "tcp",
                }
            )

    def add_cloudspace(self, name, account, location, status="DEPLOYED", access=f"{USER}@{ISSUER}", **fields) -> dict:
        number = next(self.numbers)
        address = f"203.0.113.{len(self.cloudspaces) + 10}"
        row = {
            "id": number,
            "name": name,
            "accountId": account,
            "status": status,
            "location": location["locationCode"],
            "gid": location["gid"],
            "description": "",
            "acl": [{"userGroupId": access, "right": "ACDRUX", "type": "U", "status": "CONFIRMED"}],
            "publicipaddress": address,
            "externalnetworkip": address,
            "externalnetworkId": 1,
            "privatenetwork": "192.168.103.0/24",
            "type": "vgw",
            "secret": secrets.token_hex(16),
            "limits": dict.fromkeys(LIMITS, -1),
            "allowedVMSizes": [],
            **fields,
        }
        self.cloudspaces[number] = row
        self.forwards[number] = []
        return row

    def add_machine(
        self,
        name,
        space,
        image,
        vcpus,
        memory,
        sizeid=None,
        description="",
        disksize=20,
        datadisks=(),
        address=None,
        status="RUNNING",
        userdata=None,
    ) -> dict:
        number = next(self.numbers)
        inside = [row for row in self.machines.values() if row["cloudspaceid"] == space["id"]]
        nic = {
            "deviceName": f"vm-{number:x}",
            "macAddress": f"52:54:00:00:00:{len(self.machines) + 1:02x}",
            "ipAddress": address or f"192.168.103.{250 - len(inside)}",
            "networkId": space["id"],
            "type": "bridge",
        }
        boot = self.add_disk("Boot disk", space, disksize, "B", "ASSIGNED")
        others = [
            self.add_disk(f"Data disk {place}", space, size, "D", "ASSIGNED")
            for place, size in enumerate(datadisks, start=1)
        ]
        row = {
            "id": number,
            "name": name,
            "hostname": name,
            "cloudspaceid": space["id"],
            "status": status,
            "imageid": image,
            "sizeid": sizeid,
            "vcpus": vcpus,
            "memory": memory,
            "description": description,
            "interfaces": [nic],
            "disks": [boot["id"], *(one["id"] for one in others)],
            "accounts": [{"login": "cloudscalers", "password": secrets.token_hex(6)}],
            "storage": disksize,
            "locked": False,
            "userdata": userdata,
        }
        self.machines[number] = row
        return row

    def add_disk(self, name, place, size, kind, status, description="") -> dict:
        """A disk in the account and the grid of a ``place``, such as a cloudspace."""
        number = next(self.numbers)
        row = {
            "id": number,
            "name": name,
            "descr": description or name,
            "sizeMax": size,
            "type": kind,
            "status": status,
            "accountId": place["accountId"],
            "gid": place["gid"],
            "iotune": {"total_iops_sec": 2000},
        }
        self.disks[number] = row
        return row


def _encoded(value: dict) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")
