# SPDX-License-Identifier: GPL-3.0-or-later
"""The kinds of resource that an estate is made of: every Resource that a module brings to a state.

They are found by what the modules import, so a new product is a kind by being there.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ..module_utils.errors import InvalidInput
from ..module_utils.neighbours import question
from ..module_utils.resource import Resource

MODULES = Path(__file__).parent.parent / "modules"
PLACE = __name__.rpartition(".plugin_utils.")[0] + ".modules."
SYSTEM = "itcare_"
CONVERGES = "on_fixed_difference"  # an option of those modules only that bring a whole resource to a state


@dataclass(frozen=True)
class Kind:
    """A kind of resource: its Resource, and the module (imported) that brings it to a state."""

    resource: Resource
    module: object

    @property
    def name(self):
        return self.resource.kind

    @property
    def spec(self):
        return self.module.SPEC["argument_spec"]


@cache
def kinds():
    """``{name: Kind}`` of all modules."""
    names = sorted(path.stem for path in MODULES.glob(SYSTEM + "*.py"))
    modules = [importlib.import_module(PLACE + name) for name in names]
    found = [_kind_of(module) for module in modules if CONVERGES in module.SPEC["argument_spec"]]
    return {one.name: one for one in found}


def chosen(names):
    """The Kinds (list) of these names, all of them without any. Raises InvalidInput."""
    known = kinds()
    for name in names or ():
        if name not in known:
            raise InvalidInput(
                "kinds: there is no kind %s%s" % (name, question(name, known) or "; there are " + ", ".join(known))
            )
    return [known[name] for name in (names or known)]


def _kind_of(module):
    resources = {id(value): value for value in vars(module).values() if isinstance(value, Resource)}
    (resource,) = resources.values()
    return Kind(resource, module)
