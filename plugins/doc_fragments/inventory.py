# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The options that every inventory of this collection has, beside those of ansible-core."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  include:
    description:
      - A condition or a list of conditions, as in C(when). Only machines that meet all of them become hosts.
      - The variables are those of the host, without O(compose).
      - The inventory fails if a condition cannot be evaluated for a host, or if its result is not a boolean, whatever
        O(strict) says. Use C(default()) for values that not every host has, such as tags.
    type: raw
  exclude:
    description:
      - A condition or a list of conditions. Machines that meet any of them do not become hosts.
      - A condition that cannot be evaluated fails the inventory, as with O(include).
    type: raw
  vars_style:
    description:
      - V(nested) puts everything that the platform shows of a host into one variable, O(vars_name), as a dictionary.
      - V(prefixed) makes each field a variable of its own, whose name begins with O(vars_name) and an underscore.
    type: str
    choices:
      - nested
      - prefixed
    default: nested
  cache_stale_if_error:
    description:
      - Whether to use cached data of any age if the platform cannot be reached or fails. A warning shows the age.
        Complete cached data is preferred to what O(on_partial=warn) could read.
      - Refused credentials are still an error.
    type: bool
    default: false
notes:
  - The cache contains what the platform listed, but no secrets. Other users may be able to read it, depending on the
    cache plugin; choose a directory of your own.
  - The cached data depends on the address, the account and the filters, not on the name of the file. So O(compose),
    O(groups), O(hostnames) and O(include) can be changed without reading anything again.
"""
