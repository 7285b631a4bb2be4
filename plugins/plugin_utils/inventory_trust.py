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
# where a playbook hands it on as a condition (`when: "{{ comment }}"`): then it must not call a lookup. Both can be
# spelled with a backslash in a quoted text, which conditions and YAML have (`from_yaml` leaves the mark on the result).
TEMPLATE = re.compile(r"[{]|\A\s*#|#jinja2")
LOOKUP = re.compile(r"\b(?:lookup|query|q)\b")
QUOTE = re.compile(r"[\"']")
NO_TEXTS = frozenset((int, bool, float, type(None)))


def is_risky(text):
    """Whether ``text`` may be a template, or a call of a lookup."""
    # Most texts have none of the characters that are looked for first, which takes less time than an expression.
    return (
        (("{" in text or "#" in text) and TEMPLATE.search(text) is not None)
        or ("(" in text and _is_before(LOOKUP, text, "("))
        or ("\\" in text and _is_before(QUOTE, text, "\\"))
    )


def _is_before(pattern, text, last):
    found = pattern.search(text)
    return found is not None and found.end() <= text.rfind(last)


def harmless(text):
    """``text`` (str) as Ansible may know it: marked as trusted unless it is risky.

    Before ansible-core 2.19 it is the other way round: marked as unsafe where it is risky.
    """
    if trust_as_template is None:
        return wrap_var(text) if is_risky(text) else text
    return text if is_risky(text) else trust_as_template(text)


def harmless_key(text):
    """The same for the key of a dict, which is no template since ansible-core 2.19, whatever it holds."""
    return harmless(text) if trust_as_template is None else text


MARKED = type(harmless(""))  # of a text that is marked as trusted: by this collection, or in a file of the user


class Texts(dict):
    """``texts[text]`` is ``harmless(text)``: worked out once, and one object for all hosts."""

    def __missing__(self, text):
        shown = self[text] = harmless(text)
        return shown

    def unmarked(self, value):
        """A copy of ``value`` without the marks that these texts got: for ansible-core to evaluate expressions with.

        It leaves the mark on some results, and takes a marked text for a condition in ``groups: {x: "{{ comment }}"}``.
        """
        kind = value.__class__
        if kind is dict:
            return {key: self.unmarked(item) for key, item in value.items()}
        if kind is list:
            return [self.unmarked(item) for item in value]
        return str(value) if kind is MARKED and self.get(value) is value else value


class Results:
    """Marks what expressions made of the texts: it is not known to be harmless because they are."""

    def __init__(self, texts):
        self._texts, self._known = texts, {}

    def mark(self, variables, names):
        """Mark the harmless texts in those ``variables`` (dict, changed in place) that have one of the ``names``.

        Does nothing before ansible-core 2.19.
        """
        if trust_as_template is None:
            return
        for name in names:
            if name in variables:
                variables[name] = self._marked(variables[name])

    def _marked(self, value):
        kind = value.__class__
        if kind is str:
            return self._texts[value]
        if kind in NO_TEXTS:
            return value
        if id(value) not in self._known:
            self._known[id(value)] = value, self._of_other(value)  # while it is kept, no other gets its id()
        return self._known[id(value)][1]

    def _of_other(self, value):
        """A dict or list is changed in place; the other marks of a text, such as that it was vaulted, stay."""
        if isinstance(value, str):
            return value if is_trusted_as_template(value) or is_risky(value) else trust_as_template(value)
        if isinstance(value, (dict, list)):
            for key, item in value.items() if isinstance(value, dict) else enumerate(value):
                value[key] = self._marked(item)
        return value
