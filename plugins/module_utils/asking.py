# SPDX-License-Identifier: GPL-3.0-or-later
"""How products ask the platform while a plan is made: they read, warn, and report what does not exist."""

from __future__ import annotations

from .errors import MissingReference


class Ask:
    """What functions of products get to look things up with.

    ``client`` reads, and knows the names of what other tasks that belong together with this one create before it acts.
    ``is_tolerant``: this is check mode, and what does not exist yet may be made by an earlier task of the same play, so
    it is a warning there, or nothing if it ``is_silent``. ``warnings`` (list of str) collects what the user has to
    know.
    """

    def __init__(self, client, is_tolerant=False, is_silent=False):
        self.client = client
        self.is_tolerant = is_tolerant
        self.is_silent = is_silent
        self.warnings = []
        self.has_missing = False

    def warn(self, *sentences):
        """Tell the user each of these once."""
        for sentence in sentences:
            if sentence and sentence not in self.warnings:
                self.warnings.append(sentence)

    def missing(self, sentence, given="", meant=None):
        """Something that this collection could create does not exist. Raises MissingReference, unless tolerant.

        ``given`` is how the user named it, or a list of such names: what has a number was created already, so that is
        never tolerated.
        ``meant()`` returns the question about a misspelled name (see neighbours.py), which only an error has: what an
        earlier task may create has no neighbour to be looked for.
        """
        names = [str(one) for one in (given if isinstance(given, (list, tuple)) else [given]) if one]
        if names and all(name.casefold() in getattr(self.client, "planned", ()) for name in names):
            self.has_missing = True
            return
        if not self.is_tolerant or any(name.isdigit() for name in names):
            raise MissingReference(sentence + (meant() if meant else ""))
        self.has_missing = True
        if not self.is_silent:
            self.warn("%s. In check mode an earlier task may have been about to create it" % sentence)
