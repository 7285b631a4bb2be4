# SPDX-License-Identifier: GPL-3.0-or-later
"""ITCare over HTTP: JSON of the documented shape, one fresh token after a 401, pages read completely, dry runs."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from urllib.parse import quote

from . import answers, paging
from .addresses import check_address
from .api import MEANINGS, Api
from .errors import DryRunIgnored, UnexpectedAnswer
from .media_types import ACCEPT, media_type
from .oauth import ITCARE, login_of
from .paging import PAGE_SIZE
from .parallel import in_parallel
from .transport import transport_of

__all__ = ("Client", "PAGE_SIZE", "encode_query", "from_params", "in_parallel")

DRY_RUN = "ITCare-DryRun"

# The general table of the reference: these come with an empty body, so their meaning has to be said here.
_MEANINGS = {
    **MEANINGS,
    403: "the profile of this API account does not allow it",
    409: "it conflicts with the present state, or an action is in progress on the resource",
    500: "the platform failed",
    502: "the platform cannot be reached behind its gateway",
    503: "the platform is not available",
    504: "the platform did not answer its gateway in time",
}


def from_params(params, sender=None):
    """The client for the options of the ``auth`` group (see arguments.py). Sends nothing yet.

    ``sender`` is the name of the module or plugin, for the User-Agent.
    """
    for name in ("api_url", "token_url"):
        check_address(name, params[name])
    transport = transport_of(params, sender)
    return Client(params["api_url"], transport, login_of(ITCARE, params, transport))


class Client(Api):
    """The ITCare API. Paths are relative to the base address and begin with ``/``."""

    option = "api_url"
    example = "/compute/instances"
    meanings = _MEANINGS

    def __init__(self, api_url, transport, login):
        super().__init__(api_url, transport, login)
        self._reference = self
        self._gate = None
        self.planned = frozenset()

    def refusal(self, method, path, response):
        """As that of Api. A path without a number is one of a listing, which is there unless the address is wrong."""
        refused = super().refusal(method, path, response)
        if response.status == 404 and not any(sign.isdigit() for sign in path):
            refused += "; is api_url right? (%s)" % self.transport.redact(self.address)
        return refused

    @property
    def reference(self):
        """The client for reference data, such as the catalogue: the same one, or what ``remember`` was given."""
        return self._reference

    def remember(self, reference):
        """Ask for reference data through ``reference`` (see reference.py) from now on."""
        self._reference = reference

    def behind(self, gate):
        """This client for one of several tasks that belong together; ``hold`` calls ``gate(about, is_decided)``."""
        other = copy.copy(self)
        other._gate = gate
        return other

    def hold(self, about=None, is_decided=False):
        """Called by a task that is about to act: to send what it has decided, or before that to wait for what is under
        way.

        ``about`` is a value that stands for the resource, if it is known. Returns the seconds for which the task was
        held; in a batch it waits here until all items have decided. May raise CloudError: then nothing is to be sent.
        """
        return self._gate(about, is_decided) if self._gate else 0

    def get(self, path, query=None, sharing=None):
        """The JSON at ``path``, of the documented shape. Raises ApiError for any other status than 2xx.

        ``sharing`` as for answers.checked.
        """
        return self.checked("GET", path, self.read(path, query, sharing=sharing)).data

    def find(self, path, query=None):
        """The JSON at ``path``, or None where there is nothing: for a 404, and for an empty answer only where
        that is normal (see answers.EMPTY_IS_NORMAL)."""
        response = self.read(path, query)
        if response.status == 404:
            return None
        data = self.checked("GET", path, response).data
        return None if answers.may_be_empty(path) and answers.is_empty(data) else data

    def exists(self, path, query=None):
        """Whether there is something at ``path``, by a HEAD. Raises ApiError for any other status than 2xx and 404."""
        response = self.call("HEAD", path, query)
        return response.status != 404 and self.checked("HEAD", path, response).ok

    def read(self, path, query=None, until=None, sharing=None):
        """The Response to a GET, whatever its status; a success has JSON of the documented shape.

        An empty answer where something is documented is asked for again, like one that was lost. ``until`` as for
        ``call``, ``sharing`` as for answers.checked. Raises UnexpectedAnswer.
        """

        def unreadable(response):
            return answers.nothing(path, response.data) if response.ok else None

        response = self.call("GET", path, query, until=until, unreadable=unreadable)
        if not response.ok:
            return response
        return replace(response, data=answers.checked("GET", path, response.data, sharing))

    def pages(self, path, query=None, size=PAGE_SIZE, keep=None):
        """All rows of a listing (list of dict), complete, see paging.read_all.

        What is documented without pages is read in one go, whole, without parameters that it does not know.
        """
        if answers.is_sole_page(path):
            return paging.read_sole(self.get, path, query, size)
        if answers.is_paged(path) or not answers.is_documented(path):
            return paging.read_all(self.get, path, query, size, keep)
        rows = self.get(path, query)
        if not isinstance(rows, list):
            raise UnexpectedAnswer("GET %s is neither a page nor a list" % path)
        return rows

    def send(self, method, path, body=None, dry_run=False):
        """Send a write; its JSON answer (an action, a list, ...), or None where it tells nothing.

        Raises ApiError for a refusal, OutcomeUnknown where the write may have taken effect, DryRunIgnored where a dry
        run was not confirmed.
        """
        response = self.accepted(method, path, self.call(method, path, body=body, dry_run=dry_run), dry_run)
        return answers.told_by_write(method, path, response.data)

    def accepted(self, method, path, response, dry_run=False):
        """``response``, the answer of a write, when the platform took it on; otherwise raises as ``send`` does."""
        super().accepted(method, path, response)
        if dry_run and str(response.headers.get(DRY_RUN, "")).lower() != "true":
            raise DryRunIgnored(
                "%s %s was sent as a dry run and the platform did not confirm it: it may have taken effect. Look at "
                "the resource now. It answered %d: %s" % (method, path, response.status, self.words(response.text)),
                status=response.status,
            )
        return response

    def call(self, method, path, query=None, body=None, dry_run=False, content_type=None, until=None, unreadable=None):
        """Send one request as it is; the Response, whatever its status but 401 (which costs one fresh token).

        ``until`` is when the retries end, and ``unreadable`` tells which answers do not count: see ``Transport.send``.
        """
        headers = {"Accept": ACCEPT}
        text = None
        if body is not None:
            headers["Content-Type"] = content_type or media_type(method, path)
            text = json.dumps(body)
        if dry_run:
            headers[DRY_RUN] = "true"
        return self.request(method, path, encode_query(query), headers, text, until=until, unreadable=unreadable)

    def said(self, response):
        """The words of an error, as the section "Errors" of the reference lists them."""
        details = response.data if isinstance(response.data, dict) else {}
        names = ("errorMessage" if details.get("errorMessage") else "message", "errorDesc", "errorCode")
        return [details.get(name) for name in names]

    def error_code(self, response):
        """The ``errorCode`` of an error, or None."""
        return response.data.get("errorCode") if isinstance(response.data, dict) else None


def encode_query(query):
    """``?name=value&...`` from a dict without its None; lists become ``a,b`` (choices.rst).

    Where an item of a list has a comma itself (``sort``: ``name,desc``), the parameter is repeated, as clients do.
    """
    pairs = []
    for name, value in (query or {}).items():
        if value is None:
            continue
        values = [_as_text(item) for item in (value if isinstance(value, (list, tuple)) else [value])]
        groups = [[item] for item in values] if any("," in item for item in values) else [values]
        pairs.extend("%s=%s" % (quote(name), ",".join(quote(item, safe="") for item in group)) for group in groups)
    return "?" + "&".join(pairs) if pairs else ""


def _as_text(value):
    return str(value).lower() if isinstance(value, bool) else str(value)
