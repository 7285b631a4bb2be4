# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The options of the group ``gopaas_auth``: how to reach and enter GoPaaS."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  url:
    description:
      - Address of the application, with its path, such as V(https://host.example.com/app).
      - Falls back to the environment variable E(GOPAAS_URL).
    type: str
    required: true
  allow_http:
    description:
      - Whether O(url) may begin with V(http), which sends the secret and the token in clear. Addresses of this very
        host may always.
      - Falls back to the environment variable E(GOPAAS_ALLOW_HTTP).
    type: bool
    default: false
  bearer_token:
    description:
      - The token of a GoPaaS user. Requests then go to the paths below C(/api/).
      - It does not go together with O(client_id) and O(client_secret).
      - Falls back to the environment variable E(GOPAAS_BEARER_TOKEN).
    type: str
  client_id:
    description:
      - The C(Client ID) in the section C(OAuth2) of the API user. Requests then go to the paths below C(/api/oauth2/).
        Needed unless O(bearer_token) is given.
      - Falls back to the environment variable E(GOPAAS_CLIENT_ID).
    type: str
  client_secret:
    description:
      - The C(Client Secret) of the API user. Needed unless O(bearer_token) is given.
      - Falls back to the environment variable E(GOPAAS_CLIENT_SECRET).
    type: str
  grant_type:
    description:
      - What to send as C(grant_type). By default V(client_credentials), and where that is refused, V(Client
        Credentials), since the documentation of GoPaaS spells it so. Where the second one is right, setting it here
        saves a request for each token.
      - Falls back to the environment variable E(GOPAAS_GRANT_TYPE).
    type: str
  token_store:
    description:
      - Whether to keep an OAuth2 token for the tasks that follow, in a file that only this user can read, in the user's
        runtime directory.
      - Falls back to the environment variable E(GOPAAS_TOKEN_STORE).
    type: bool
    default: true
  ca_path:
    description:
      - File or directory with the certificate authorities to trust, in PEM form, instead of the usual ones.
      - Falls back to the environment variable E(GOPAAS_CA_PATH).
    type: path
  validate_certs:
    description:
      - Whether to verify the server's certificate. Leave it on; use O(ca_path) for a private authority.
      - Falls back to the environment variable E(GOPAAS_VALIDATE_CERTS).
    type: bool
    default: true
  proxy:
    description:
      - Address of an HTTP proxy, such as V(http://proxy.example.com:3128). By default the usual environment variables
        decide (E(HTTPS_PROXY), E(NO_PROXY)).
      - Falls back to the environment variable E(GOPAAS_PROXY).
    type: str
  connect_timeout:
    description:
      - Seconds to wait for a connection.
      - Falls back to the environment variable E(GOPAAS_CONNECT_TIMEOUT).
    type: float
    default: 10
  read_timeout:
    description:
      - Seconds to wait for an answer.
      - Falls back to the environment variable E(GOPAAS_READ_TIMEOUT).
    type: float
    default: 60
  retry_timeout:
    description:
      - Seconds to go on trying when GoPaaS is not available for a moment (connection errors, HTTP 429, 500,
        502, 503, 504, and answers that cannot be read).
      - Where GoPaaS answers HTTP 429, they count from its last answer to any request of the same process, so
        that requests which wait for one another are not given up.
      - A host that has not answered yet gets five seconds, since its address is more likely wrong than it is
        restarting.
      - Only what is certain not to have happened is sent again. After a lost answer to a write, the task fails
        and says so.
      - Falls back to the environment variable E(GOPAAS_RETRY_TIMEOUT).
    type: float
    default: 120
  parallel_requests:
    description:
      - The most requests that one process has in flight at the same time, between 1 and 100.
      - Where GoPaaS allows fewer (HTTP 429), the number halves, and grows back as it answers.
      - Falls back to the environment variable E(GOPAAS_PARALLEL_REQUESTS).
    type: int
    default: 20
requirements:
  - python >= 3.9
  - requests
"""
