# SPDX-License-Identifier: GPL-3.0-or-later
"""What can go wrong, one sentence each. An error brings its own details for ``fail_json``."""

from __future__ import annotations


class CloudError(Exception):
    """Something that the user can understand and act on; anything else is a bug and keeps its traceback."""

    def __init__(self, message, **details):
        """``message`` is the whole sentence; ``details`` are further keys of the failed result (never secret)."""
        super().__init__(message)
        self.details = details


class InvalidInput(CloudError):
    """What the user asked for is not allowed; nothing was sent."""


class MissingLibrary(CloudError):
    """A Python library that the collection needs is not installed where the module runs."""


class LoginFailed(CloudError):
    """The token endpoint refused the credentials, or the API refused the token."""


class Unreachable(CloudError):
    """No connection: the host, the proxy or the network is not there; nothing was sent."""


class TlsFailed(Unreachable):
    """The server's certificate could not be verified; nothing was sent."""


class TimedOut(CloudError):
    """A read got no usable answer within the time for retries."""


class ApiError(CloudError):
    """The API answered with an error status.

    ``status`` is the HTTP status (int), ``error_code`` the API's own code or None.
    """

    def __init__(self, message, status, method, path, error_code=None):
        super().__init__(message, status=status, method=method, path=path, error_code=error_code)
        self.status = status
        self.error_code = error_code


class UnexpectedAnswer(CloudError):
    """The answer is not of the documented shape."""


class OutcomeUnknown(CloudError):
    """A write was sent and its answer was lost: it may have taken effect or not."""


class PartialListing(CloudError):
    """A listing could not be read completely."""


class NotFound(CloudError):
    """A name or id that the user gave does not exist."""


class MissingReference(NotFound):
    """Something that this collection could create does not exist: in check mode, an earlier task may have made it."""


class Ambiguous(CloudError):
    """Several things have the name or the number that the user gave."""


class FixedDifference(CloudError):
    """The resource differs from the wanted one in a way that cannot be changed in place."""


class ActionFailed(CloudError):
    """The platform ended an action without success."""


class ActionLost(CloudError):
    """The platform took on an order, and its action can no longer be read: it may have run."""


class Unfinished(CloudError):
    """The resource is in PREPARATION, and no action is in progress that would finish it."""


class Replaced(CloudError):
    """Another resource has the name of the one that the task had found."""


class Protected(CloudError):
    """The resource has the tag that protects it from what cannot be undone."""


class WaitTimeout(CloudError):
    """Something that goes on at the platform did not end within ``wait_timeout``."""


class EffectMissing(CloudError):
    """The platform reports success, yet the effect cannot be seen."""


class DryRunIgnored(CloudError):
    """A dry run was not confirmed by the platform: the write may have taken effect."""


def refuse(*sentences):
    """Raise InvalidInput with all of these sentences, where there are any; empty ones do not count."""
    said = list(dict.fromkeys(one for one in sentences if one))
    if said:
        raise InvalidInput("; ".join(said))
