# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The options of the group ``cockpit_auth``: how to reach and enter a Cockpit ITSM portal."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  url:
    description:
      - Address of the portal, such as V(https://portal.example.com).
      - Falls back to the environment variable E(COCKPIT_URL).
    type: str
    required: true
  allow_http:
    description:
      - Whether O(url) may begin with V(http), which sends the password and the token in clear. Addresses of this very
        host may always.
      - Falls back to the environment variable E(COCKPIT_ALLOW_HTTP).
    type: bool
    default: false
  client_id:
    description:
      - The C(ID client) of the API access in the portal. Needed unless O(access_token) is given.
      - Falls back to the environment variable E(COCKPIT_CLIENT_ID).
    type: str
  client_secret:
    description:
      - The C(Secret client) of the API access. Needed unless O(access_token) is given.
      - Falls back to the environment variable E(COCKPIT_CLIENT_SECRET).
    type: str
  username:
    description:
      - The operator whose rights the requests have. Needed unless O(access_token) is given.
      - Falls back to the environment variable E(COCKPIT_USERNAME).
    type: str
  password:
    description:
      - The password of the operator. Needed unless O(access_token) is given.
      - Falls back to the environment variable E(COCKPIT_PASSWORD).
    type: str
  access_token:
    description:
      - A ready-made token. It is used as it is, instead of the client and the operator, and cannot be renewed.
      - Falls back to the environment variable E(COCKPIT_ACCESS_TOKEN).
    type: str
  token_store:
    description:
      - Whether to keep the token for the tasks that follow, in a file that only this user can read, in the user's
        runtime directory.
      - Falls back to the environment variable E(COCKPIT_TOKEN_STORE).
    type: bool
    default: true
  ca_path:
    description:
      - File or directory with the certificate authorities to trust, in PEM form, instead of the usual ones.
      - Falls back to the environment variable E(COCKPIT_CA_PATH).
    type: path
  validate_certs:
    description:
      - Whether to verify the server's certificate. Leave it on; use O(ca_path) for a private authority.
      - Falls back to the environment variable E(COCKPIT_VALIDATE_CERTS).
    type: bool
    default: true
  proxy:
    description:
      - Address of an HTTP proxy, such as V(http://proxy.example.com:3128). By default the usual environment variables
        decide (E(HTTPS_PROXY), E(NO_PROXY)).
      - Falls back to the environment variable E(COCKPIT_PROXY).
    type: str
  connect_timeout:
    description:
      - Seconds to wait for a connection.
      - Falls back to the environment variable E(COCKPIT_CONNECT_TIMEOUT).
    type: float
    default: 10
  read_timeout:
    description:
      - Seconds to wait for an answer.
      - Falls back to the environment variable E(COCKPIT_READ_TIMEOUT).
    type: float
    default: 60
  retry_timeout:
    description:
      - Seconds to go on trying when the portal is not available for a moment (connection errors, HTTP 429, 500,
        502, 503, 504, and answers that cannot be read).
      - Where the portal answers HTTP 429, they count from its last answer to any request of the same process, so
        that requests which wait for one another are not given up.
      - A host that has not answered yet gets five seconds, since its address is more likely wrong than it is
        restarting.
      - Only what is certain not to have happened is sent again. After a lost answer to a write, the task fails
        and says so.
      - Falls back to the environment variable E(COCKPIT_RETRY_TIMEOUT).
    type: float
    default: 120
  parallel_requests:
    description:
      - The most requests that one process has in flight at the same time, between 1 and 100.
      - Where the portal allows fewer (HTTP 429), the number halves, and grows back as it answers.
      - Falls back to the environment variable E(COCKPIT_PARALLEL_REQUESTS).
    type: int
    default: 20
requirements:
  - python >= 3.9
  - requests
"""
