# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The filters of every listing (listing.py, FILTERS and LOOKED_UP)."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  id:
    description:
      - Identifier of one resource, instead of the filters, either of its two numbers. If nothing has that number, the
        result is an empty list. If two resources have it, the task fails and names both.
    type: int
  names:
    description:
      - Names. A leading C(!) excludes a name.
    type: list
    elements: str
    aliases:
      - name
  services:
    description:
      - Services, each as a name or an id. An id saves the request that looks up a name.
    type: list
    elements: str
    aliases:
      - service
  environments:
    description:
      - Environments, such as V(PRODUCTION).
    type: list
    elements: str
  statuses:
    description:
      - Statuses, such as V(ACTIVE) (running) or V(INACTIVE) (stopped).
    type: list
    elements: str
  tags:
    description:
      - Tags, as keys and values. Numbers and booleans become text.
      - The platform decides whether a resource must have all of them or any of them; this is not documented.
    type: dict
  clouds:
    description:
      - Identifiers of clouds.
    type: list
    elements: int
  sort:
    description:
      - The property to sort by, optionally followed by V(,asc) or V(,desc), such as V(name) or V(creation_time,desc).
    type: str
notes:
  - Values of the filters go to the platform as they are, except that a comma and an empty value are refused, since the
    platform would interpret them as several values or as no filter at all.
"""
