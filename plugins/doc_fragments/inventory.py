# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The options that every inventory of this collection has, beside those of ansible-core."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  include:
    description:
      - A condition or a list of them, as in C(when). Only what fulfils all of them becomes a host.
      - The variables are those of the host, without O(compose).
      - The inventory fails if a condition cannot be evaluated for a host, or if its result is not a boolean, whatever
        O(strict) says. Use C(default()) for what not every host has, such as tags.
    type: raw
  exclude:
    description:
      - A condition or a list of them. What fulfils any of them does not become a host.
      - A condition that cannot be evaluated fails the inventory, as with O(include).
    type: raw
  vars_style:
    description:
      - V(nested) puts what the platform tells of a host into one variable, O(vars_name), as a dictionary.
      - V(prefixed) makes a variable of each field, with O(vars_name) and an underscore before its name.
    type: str
    choices:
      - nested
      - prefixed
    default: nested
  cache_stale_if_error:
    description:
      - Whether to use what is cached, however old it is, when the platform cannot be reached or fails. A warning tells
        its age. It goes before what O(on_partial=warn) would leave.
      - Refused credentials are an error all the same.
    type: bool
    default: false
notes:
  - The cache holds what the platform listed, and no secret. Other users may be able to read it, depending on the cache
    plugin; choose a directory of your own.
  - The cached data depends on the address, the account and the filters, not on the name of the file. So O(compose),
    O(groups), O(hostnames) and O(include) can be changed without reading anything again.
"""
