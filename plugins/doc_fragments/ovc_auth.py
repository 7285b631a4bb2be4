# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The options of the group ``ovc_auth``: how to reach and enter an OpenvCloud."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  url:
    description:
      - Address of the platform, such as V(https://dc-1.example.com), without the path of its API.
      - Falls back to the environment variable E(OVC_URL).
    type: str
    required: true
  allow_http:
    description:
      - Whether O(url) and O(token_url) may begin with V(http), which sends secrets in clear. Addresses of this very
        host may always.
      - Falls back to the environment variable E(OVC_ALLOW_HTTP).
    type: bool
    default: false
  token_url:
    description:
      - Where the identity server gives tokens to clients.
      - Falls back to the environment variable E(OVC_TOKEN_URL).
    type: str
    default: https://itsyou.online/v1/oauth/access_token
  client_id:
    description:
      - The C(Application ID) of an API key of a user. Keys of organizations do not work, since the platform knows users
        only.
      - One login is needed, and only one. It is O(client_id) with O(client_secret), or O(access_token), or O(username)
        with O(password).
      - Falls back to the environment variable E(OVC_CLIENT_ID).
    type: str
  client_secret:
    description:
      - The secret of the API key.
      - Falls back to the environment variable E(OVC_CLIENT_SECRET).
    type: str
  client_authentication:
    description:
      - How the identity server gets O(client_id) and O(client_secret). With V(post) they are in the form, with V(basic)
        in a header.
      - Falls back to the environment variable E(OVC_CLIENT_AUTHENTICATION).
    type: str
    choices:
      - post
      - basic
    default: post
  scope:
    description:
      - Scope to ask for. With V(offline_access) the token can be renewed without the client's secret.
      - Falls back to the environment variable E(OVC_SCOPE).
    type: str
  validity:
    description:
      - Seconds for which the token is to be valid. It can only shorten what the identity server would give, which is
        one day at most.
      - Falls back to the environment variable E(OVC_VALIDITY).
    type: int
  username:
    description:
      - A user of the platform itself, who logs in with O(password) and gets a session key instead of a token. The
        platform reads that key from the address of each request, so its own logs, and those of proxies, may hold it.
      - Falls back to the environment variable E(OVC_USERNAME).
    type: str
  password:
    description:
      - The password of O(username).
      - Falls back to the environment variable E(OVC_PASSWORD).
    type: str
  access_token:
    description:
      - A ready-made JWT of the identity server. It is used as it is, and cannot be renewed.
      - Falls back to the environment variable E(OVC_ACCESS_TOKEN).
    type: str
  token_store:
    description:
      - Whether to keep the token, or the session key, for the tasks that follow, in a file that only this user can
        read, in the user's runtime directory.
      - Falls back to the environment variable E(OVC_TOKEN_STORE).
    type: bool
    default: true
  ca_path:
    description:
      - File or directory with the certificate authorities to trust, in PEM form, instead of the usual ones.
      - Falls back to the environment variable E(OVC_CA_PATH).
    type: path
  validate_certs:
    description:
      - Whether to verify the server's certificate. Leave it on; use O(ca_path) for a private authority.
      - Falls back to the environment variable E(OVC_VALIDATE_CERTS).
    type: bool
    default: true
  proxy:
    description:
      - Address of an HTTP proxy, such as V(http://proxy.example.com:3128). By default the usual environment variables
        decide (E(HTTPS_PROXY), E(NO_PROXY)).
      - Falls back to the environment variable E(OVC_PROXY).
    type: str
  connect_timeout:
    description:
      - Seconds to wait for a connection.
      - Falls back to the environment variable E(OVC_CONNECT_TIMEOUT).
    type: float
    default: 10
  read_timeout:
    description:
      - Seconds to wait for an answer.
      - Falls back to the environment variable E(OVC_READ_TIMEOUT).
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
      - Only what is certain not to have happened is sent again. After a lost answer to a write, the task fails
        and says so.
      - Falls back to the environment variable E(OVC_RETRY_TIMEOUT).
    type: float
    default: 120
  parallel_requests:
    description:
      - The most requests that one process has in flight at the same time, between 1 and 100.
      - Where the platform allows fewer (HTTP 429), the number halves, and grows back as it answers.
      - Falls back to the environment variable E(OVC_PARALLEL_REQUESTS).
    type: int
    default: 5
requirements:
  - python >= 3.9
  - requests
"""
