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
      - Address that issues tokens (OAuth 2.0, client credentials).
      - Falls back to the environment variable E(ITCARE_TOKEN_URL).
    type: str
    default: https://accounts.cegedim.cloud/auth/realms/cloud/protocol/openid-connect/token
  client_id:
    description:
      - The API account. Required unless O(access_token) is given.
      - Falls back to the environment variable E(ITCARE_CLIENT_ID).
    type: str
  client_secret:
    description:
      - The secret of the API account. Required unless O(access_token) is given.
      - Falls back to the environment variable E(ITCARE_CLIENT_SECRET).
    type: str
  client_authentication:
    description:
      - How the client secret is sent to the token address. V(basic) uses the C(Authorization) header, V(post) the form.
      - Use V(post) when a secret with special characters such as C(+) or C(%) is refused, since token servers disagree
        on how these are encoded in the header.
      - Falls back to the environment variable E(ITCARE_CLIENT_AUTHENTICATION).
    type: str
    choices:
      - basic
      - post
    default: basic
  scope:
    description:
      - Scope to request. ITCare does not require one.
      - Falls back to the environment variable E(ITCARE_SCOPE).
    type: str
  access_token:
    description:
      - A ready-made token. It is used as it is, instead of O(client_id) and O(client_secret), and cannot be renewed.
      - Falls back to the environment variable E(ITCARE_ACCESS_TOKEN).
    type: str
  token_store:
    description:
      - Whether to store the token for later tasks, in a file that only this user can read, in the user's runtime
        directory.
      - Falls back to the environment variable E(ITCARE_TOKEN_STORE).
    type: bool
    default: true
  ca_path:
    description:
      - File or directory with the certificate authorities to trust, in PEM format, instead of the default ones.
      - Falls back to the environment variable E(ITCARE_CA_PATH).
    type: path
  validate_certs:
    description:
      - Whether to verify the server's certificate. Leave this enabled; use O(ca_path) for a private certificate
        authority.
      - Falls back to the environment variable E(ITCARE_VALIDATE_CERTS).
    type: bool
    default: true
  proxy:
    description:
      - Address of an HTTP proxy, such as V(http://proxy.example.com:3128). By default, the standard environment
        variables apply (E(HTTPS_PROXY), E(NO_PROXY)).
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
      - Seconds to wait for a response.
      - Falls back to the environment variable E(ITCARE_READ_TIMEOUT).
    type: float
    default: 60
  retry_timeout:
    description:
      - Seconds to keep retrying when the platform is temporarily unavailable (connection errors, HTTP 429, 500, 502,
        503, 504, and responses that cannot be read).
      - If the platform returns HTTP 429, the time starts again with each response to a request of the same process, so
        that requests that wait for one another are not abandoned.
      - A host that has never responded gets five seconds, since its address is probably wrong.
      - A request is repeated only if it certainly had no effect. If the response to a write is lost, the module first
        checks whether the write took effect.
      - Falls back to the environment variable E(ITCARE_RETRY_TIMEOUT).
    type: float
    default: 120
  parallel_requests:
    description:
      - Maximum number of simultaneous requests of a process, from 1 to 100.
      - If the platform allows fewer (HTTP 429), the number is halved, and increases again as requests succeed.
      - Falls back to the environment variable E(ITCARE_PARALLEL_REQUESTS).
    type: int
    default: 20
requirements:
  - python >= 3.9
  - requests
"""
