#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: gopaas_file
short_description: Upload a file to GoPaaS, or find where one can be downloaded
version_added: 1.0.0
description:
  - Uploads a file to a table, and tells where the file in a field of an item can be downloaded.
  - The API says of a file only where it can be downloaded. So an upload can be compared only with the file in a
    field, which is downloaded for that. With O(item_key) and O(field), nothing is uploaded when both files have the
    same checksum. Without them, every run uploads and reports a change.
  - How an uploaded file gets into a field is not documented. The answer to the upload (RV(answer)) may say how the
    file is called; M(cegedim.cloud.gopaas_items) writes that into the field.
author:
  - cegedim.cloud collection team (@cegedim-cloud)
options:
  table:
    description:
      - Name of the table.
    type: str
    required: true
  src:
    description:
      - The file to upload, on the host where the module runs. Without it, nothing is uploaded.
    type: path
  name:
    description:
      - The name to upload the file with. By default that of O(src).
    type: str
  item_key:
    description:
      - The item whose file is meant, by its C(cle) or its id.
    type: str
  field:
    description:
      - The field of the item that holds the file.
    type: str
  get_checksum:
    description:
      - Whether to download the file in order to tell its checksum. With O(src) this is always done.
      - Requires O(item_key) and O(field).
    type: bool
    default: false
  max_bytes:
    description:
      - The most bytes of a download. A larger file is an error.
    type: int
    default: 104857600
extends_documentation_fragment:
  - cegedim.cloud.gopaas_auth
  - cegedim.cloud.attributes.gopaas
attributes:
  check_mode:
    support: full
    details: The file in the field is compared, and nothing is uploaded.
  diff_mode:
    support: full
notes:
  - Whoever has RV(download_url) may be able to download the file without a login for a while. Set C(no_log=true) on
    the task if its result is kept.
  - The token is never sent to another host than that of O(url).
  - Files are documented for O(bearer_token) only. That they are below C(/api/oauth2/) with O(client_id) is an
    assumption.
  - An upload is sent once. After a lost answer, the task fails and says that the file may have been uploaded.
seealso:
  - module: cegedim.cloud.gopaas_items
"""

EXAMPLES = r"""
- name: Upload the contract unless the item has it
  cegedim.cloud.gopaas_file:
    table: commande
    src: contract.pdf
    item_key: C-0007
    field: fichier

- name: Find where it can be downloaded
  cegedim.cloud.gopaas_file:
    table: commande
    item_key: C-0007
    field: fichier
  register: contract
"""

RETURN = r"""
download_url:
  description: Where the file in the field can be downloaded. Null where there is none.
  returned: with O(item_key)
  type: str
checksum:
  description: SHA-256 of the file in the field before the task. Null where there is none.
  returned: with O(item_key), and O(src) or O(get_checksum)
  type: str
steps:
  description: V(upload) if the file was uploaded, or in check mode would be.
  returned: with O(src)
  type: list
  elements: str
  sample: [upload]
diff:
  description: The checksums of both files, where they differ. The first one is null where it is not known.
  returned: with O(src)
  type: list
  elements: dict
answer:
  description: What GoPaaS answered to the upload.
  returned: when a file was uploaded
  type: raw
"""

import hashlib
import os

from ansible_collections.cegedim.cloud.plugins.module_utils import arguments, entry
from ansible_collections.cegedim.cloud.plugins.module_utils.errors import InvalidInput, OutcomeUnknown
from ansible_collections.cegedim.cloud.plugins.module_utils.gopaas import connect, multipart, part
from ansible_collections.cegedim.cloud.plugins.module_utils.outcome import Outcome

SPEC = dict(
    argument_spec=arguments.spec(
        "gopaas_auth",
        table=dict(type="str", required=True),
        src=dict(type="path"),
        name=dict(type="str"),
        item_key=dict(type="str", no_log=False),
        field=dict(type="str"),
        get_checksum=dict(type="bool", default=False),
        max_bytes=dict(type="int", default=100 * 1024 * 1024),
    ),
    required_together=[("item_key", "field")],
    required_one_of=[("src", "item_key")],
    required_by={"name": ("src",)},
    supports_check_mode=True,
)


def run(client, params, check):
    """Look at the file in the field, and upload one that differs; an Outcome."""
    table, src = params["table"], params["src"]
    part("table", table)
    for name in ("item_key", "field"):
        if params[name] is not None:
            part(name, params[name])
    if params["get_checksum"] and params["item_key"] is None:
        raise InvalidInput("get_checksum is true, and without item_key and field there is no file to read")
    if params["max_bytes"] < 1:
        raise InvalidInput("max_bytes: %d is not 1 or more" % params["max_bytes"])
    if src is None:
        return Outcome(False, _there(client, params, params["get_checksum"]))
    name = params["name"] if params["name"] is not None else os.path.basename(src)
    content = _content(src)
    multipart("file", name, b"")  # refuses a name before anything is sent
    here = hashlib.sha256(content).hexdigest()
    found = _there(client, params, True)
    if found.get("checksum") == here:
        return Outcome(False, {**found, "steps": [], "diff": []})
    result = {**found, "steps": ["upload"], "diff": [_diff(table, name, found.get("checksum"), here)]}
    if check:
        return Outcome(True, result)
    result["answer"] = client.shown(_upload(client, table, name, content))
    return Outcome(True, result, _not_in_the_field(client, params, here))


def _there(client, params, with_checksum):
    """What is known of the file in the field (dict): its address and checksum. Empty without a field."""
    if params["item_key"] is None:
        return {}
    address = client.download_address(params["table"], params["item_key"], params["field"])
    found = {"download_url": address}
    if with_checksum:
        found["checksum"] = client.checksum(address, params["max_bytes"]) if address else None
    return found


def _upload(client, table, name, content):
    try:
        return client.upload(table, name, content)
    except OutcomeUnknown as unknown:
        raise OutcomeUnknown(
            "%s. The file may have been uploaded all the same, and it was not sent again: look at the table %s first"
            % (unknown, table)
        ) from unknown


def _not_in_the_field(client, params, here):
    """A warning where the upload alone did not bring the file into the field."""
    if params["item_key"] is None or _there(client, params, True)["checksum"] == here:
        return []
    return [
        "the file was uploaded, and the field %s of %s still has another one or none: write it into the field with "
        "gopaas_items (see answer), else the next run uploads it again" % (params["field"], params["item_key"])
    ]


def _diff(table, name, before, after):
    header = "%s %s" % (table, name)
    return {
        "before_header": header,
        "after_header": header,
        "before": {"checksum": before},
        "after": {"checksum": after},
    }


def _content(src):
    try:
        with open(src, "rb") as file:
            return file.read()
    except OSError as problem:
        raise InvalidInput("src: %s cannot be read (%s)" % (src, problem.strerror)) from problem


def main():
    entry.module(SPEC, run, connect)


if __name__ == "__main__":
    main()
