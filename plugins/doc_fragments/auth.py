# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The options of the group ``auth``: how to reach and enter ITCare."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  api_url:
    description:
      - Base address of the ITCare API.
      - Falls back to the environment variable E(ITCARE_API_URL).
    type: str
    default: https://api.cegedim.cloud/itcare
  token_url:
    description:
      - Address that hands out tokens (OAuth 2.0, client credentials).
      - Falls back to the environment variable E(ITCARE_TOKEN_URL).
    type: str
    default: https://accounts.cegedim.cloud/auth/realms/cloud/protocol/openid-connect/token
  client_id:
    description:
      - The API account. Needed unless O(access_token) is given.
      - Falls back to the environment variable E(ITCARE_CLIENT_ID).
    type: str
  client_secret:
    description:
      - The secret of the API account. Needed unless O(access_token) is given.
      - Falls back to the environment variable E(ITCARE_CLIENT_SECRET).
    type: str
  client_authentication:
    description:
      - How the client shows its secret to the token address. V(basic) sends it in the C(Authorization) header,
        V(post) in the form.
      - Use V(post) when a secret with special characters such as C(+) or C(%) is refused, since token servers
        disagree on how these are written in the header.
      - Falls back to the environment variable E(ITCARE_CLIENT_AUTHENTICATION).
    type: str
    choices:
      - basic
      - post
    default: basic
  scope:
    description:
      - Scope to ask for. ITCare needs none.
      - Falls back to the environment variable E(ITCARE_SCOPE).
    type: str
  access_token:
    description:
      - A ready-made token. It is used as it is, instead of O(client_id) and O(client_secret), and cannot be renewed.
      - Falls back to the environment variable E(ITCARE_ACCESS_TOKEN).
    type: str
  token_store:
    description:
      - Whether to keep the token for the tasks that follow, in a file that only this user can read, in the user's
        runtime directory.
      - Falls back to the environment variable E(ITCARE_TOKEN_STORE).
    type: bool
    default: true
  ca_path:
    description:
      - File or directory with the certificate authorities to trust, in PEM form, instead of the usual ones.
      - Falls back to the environment variable E(ITCARE_CA_PATH).
    type: path
  validate_certs:
    description:
      - Whether to verify the server's certificate. Leave it on; use O(ca_path) for a private authority.
      - Falls back to the environment variable E(ITCARE_VALIDATE_CERTS).
    type: bool
    default: true
  proxy:
    description:
      - Address of an HTTP proxy, such as V(http://proxy.example.com:3128). By default the usual environment variables
        decide (E(HTTPS_PROXY), E(NO_PROXY)).
      - Falls back to the environment variable E(ITCARE_PROXY).
    type: str
  connect_timeout:
    description:
      - Seconds to wait for a connection.
      - Falls back to the environment variable E(ITCARE_CONNECT_TIMEOUT).
    type: float
    default: 10
  read_timeout:
    description:
      - Seconds to wait for an answer.
      - Falls back to the environment variable E(ITCARE_READ_TIMEOUT).
    type: float
    default: 60
  retry_timeout:
    description:
      - Seconds to go on trying when the platform is not available for a moment (connection errors, HTTP 429, 500,
        502, 503, 504, and answers that cannot be read).
      - Where the platform answers HTTP 429, they count from its last answer to any request of the same process, so
        that requests which wait for one another are not given up.
      - A host that has not answered yet gets five seconds, since its address is more likely wrong than it is
        restarting.
      - Only what is certain not to have happened is sent again. After a lost answer to a write, the module looks
        whether the write took effect first.
      - Falls back to the environment variable E(ITCARE_RETRY_TIMEOUT).
    type: float
    default: 120
  parallel_requests:
    description:
      - The most requests that one process has in flight at the same time, between 1 and 100.
      - Where the platform allows fewer (HTTP 429), the number halves, and grows back as it answers.
      - Falls back to the environment variable E(ITCARE_PARALLEL_REQUESTS).
    type: int
    default: 20
requirements:
  - python >= 3.9
  - requests
"""
