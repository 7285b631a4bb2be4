# SPDX-License-Identifier: GPL-3.0-or-later
"""Which texts of the platform Ansible may know as its own.

Since ansible-core 2.19 a text is evaluated as a template only if it is marked as trusted, and whatever is not marked
is ``{"__ansible_unsafe": ...}`` in ``ansible-inventory --list`` and for all that read it, such as AWX. Before, any text
of a variable was evaluated unless it was marked as unsafe. Under both, a text that may be a template, or a call of a
lookup, is never evaluated; all other texts are plain.
"""

from __future__ import annotations

import re

from ansible.utils.unsafe_proxy import wrap_var

try:
    from ansible.template import is_trusted_as_template, trust_as_template
except ImportError:  # before ansible-core 2.19
    trust_as_template = None

# A template begins with a brace, or with `#jinja2:`, which may change the delimiters. A text without any is evaluated
# where a playbook hands it on as a condition (`when: "{{ comment }}"`): then it must not call a lookup.
RISKY = re.compile(r"[{]|\A\s*#|#jinja2|\b(?:lookup|query|q)\b.*\(", re.S)
UNMARKED = frozenset((int, bool, float, type(None)))


def is_risky(text):
    """Whether ``text`` may be a template, or a call of a lookup."""
    # Most texts have none of the characters without which RISKY finds nothing, and these are found sooner.
    return ("{" in text or "#" in text or "(" in text) and RISKY.search(text) is not None


def harmless(value):
    """``value``, marked as unsafe where ansible-core would otherwise evaluate it.

    Since ansible-core 2.19 nothing needs such a mark.
    """
    if trust_as_template is None and isinstance(value, str) and is_risky(value):
        return wrap_var(value)
    return value


class Texts:
    """``known`` (dict) has each text that was seen, and the text to show for it: marked as trusted unless it is risky.

    ``done`` has the ids of the dicts and lists that were looked through: many hosts share one network, for example. The
    hosts keep all of them alive, so that no other gets the same id.
    """

    def __init__(self):
        self.known, self.done, self._results = {}, set(), {}

    def add(self, text):
        """The text to show for one that is not known yet."""
        shown = self.known[text] = text if is_risky(text) else trust_as_template(text)
        return shown

    def of_result(self, text):
        """The same for a text that ansible-core made, whose other marks, such as that it was vaulted, it keeps."""
        if id(text) not in self._results:
            stays = is_trusted_as_template(text) or is_risky(text)
            self._results[id(text)] = text, text if stays else trust_as_template(text)
        return self._results[id(text)][1]


def trust(variables, texts):
    """Mark the harmless texts in ``variables`` (dict or list, changed in place) as trusted.

    ``texts`` (Texts) is for all hosts: a text that thousands of them have is looked at once. The keys of dicts are
    never templates. Does nothing before ansible-core 2.19.
    """
    if trust_as_template is None:
        return
    known, done = texts.known, texts.done
    for key, value in variables.items() if isinstance(variables, dict) else enumerate(variables):
        kind = value.__class__
        if kind is str:
            variables[key] = known[value] if value in known else texts.add(value)
        elif kind in UNMARKED or id(value) in done:
            continue
        elif isinstance(value, (dict, list)):
            done.add(id(value))
            trust(value, texts)
        elif isinstance(value, str):
            variables[key] = texts.of_result(value)
