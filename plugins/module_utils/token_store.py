# SPDX-License-Identifier: GPL-3.0-or-later
"""One token for many tasks, forks and plugins: a file that only its user can read.

The file lies in the user's runtime directory (``XDG_RUNTIME_DIR``, which ends with the session), or else in a
directory of the user's own below the temporary one. Directory 0700, file 0600; both are refused when they belong to
somebody else, since then another user could read or plant a token. Writing is atomic, and whoever needs a new token
holds a lock meanwhile, so that twenty forks send one token request.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import stat
import tempfile
import time

LOCK_SECONDS = 30  # a token request takes less; whoever waited longer asks for a token of its own
LARGEST = 1 << 20  # bytes of a token file


def default_directory():
    """The directory of the store for this user (it may not exist yet)."""
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    if runtime and os.path.isdir(runtime):
        return os.path.join(runtime, "cegedim.cloud")
    return os.path.join(tempfile.gettempdir(), "cegedim.cloud-%d" % os.getuid())


def key_of(*identity):
    """The file name (hex) for one identity at one token address, whatever makes it (texts or None).

    Its secrets are part of it, so that a stored token never hides that one of them is wrong or was changed.
    """
    return hashlib.sha256(json.dumps(identity).encode()).hexdigest()


class TokenStore:
    """The stored token of one identity; every method does nothing where the directory cannot be trusted or used."""

    def __init__(self, key, directory=None):
        self.directory = directory or default_directory()
        self.path = os.path.join(self.directory, key + ".json")

    def load(self):
        """The stored token (the dict that was saved), or None."""
        try:
            if not _is_ours(os.lstat(self.directory), 0o077):
                return None
            # Not blocking: it may be a pipe, whose other end nobody holds.
            descriptor = os.open(self.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            try:
                status = os.fstat(descriptor)
                if not _is_ours(status, 0o077) or not stat.S_ISREG(status.st_mode) or status.st_size > LARGEST:
                    return None
                token = json.loads(os.read(descriptor, LARGEST))
            finally:
                os.close(descriptor)
        except (OSError, ValueError, RecursionError):
            return None
        return token if isinstance(token, dict) else None

    def save(self, token):
        """Store ``token`` (a dict of JSON values) for the others."""
        if not self._directory_is_safe():
            return
        with contextlib.suppress(OSError):
            descriptor, temporary = tempfile.mkstemp(dir=self.directory)  # mkstemp creates it 0600
            try:
                with os.fdopen(descriptor, "w") as file:
                    json.dump(token, file)
                os.replace(temporary, self.path)
            except OSError:
                os.unlink(temporary)
                raise

    def drop(self, access_token):
        """Forget the stored token if it still is ``access_token``: somebody may have stored a fresh one meanwhile.

        It waits for whoever holds the lock, since that one may be about to store it.
        """
        with self.lock():
            stored = self.load()
            if stored and stored.get("access_token") == access_token:
                with contextlib.suppress(OSError):
                    os.unlink(self.path)

    @contextlib.contextmanager
    def lock(self):
        """Hold the lock of this identity, at most LOCK_SECONDS of waiting for it."""
        if not self._directory_is_safe():
            yield
            return
        try:
            descriptor = os.open(self.path + ".lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        except OSError:
            yield
            return
        try:
            deadline = time.monotonic() + LOCK_SECONDS
            while not _try_lock(descriptor) and time.monotonic() < deadline:
                time.sleep(0.05)
            yield
        finally:
            os.close(descriptor)

    def _directory_is_safe(self):
        try:
            os.makedirs(self.directory, mode=0o700, exist_ok=True)
            return _is_ours(os.lstat(self.directory), 0o077) and os.path.isdir(self.directory)
        except OSError:
            return False


def _is_ours(status, forbidden):
    return status.st_uid == os.getuid() and not stat.S_ISLNK(status.st_mode) and not status.st_mode & forbidden


def _try_lock(descriptor):
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
