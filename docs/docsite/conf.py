# SPDX-License-Identifier: GPL-3.0-or-later
"""Sphinx's settings for the site that `make docs` builds."""

import pkgutil
import tempfile
import zlib
from pathlib import Path

import ansible.modules
import ansible.plugins.lookup

project = "cegedim.cloud Ansible collection"
author = "cegedim.cloud collection team"
title = html_short_title = "cegedim.cloud Ansible collection"

extensions = ["sphinx.ext.intersphinx", "sphinx_antsibull_ext"]
html_theme = "sphinx_ansible_theme"
html_show_sphinx = False
html_show_copyright = False
html_copy_source = False
html_use_modindex = False
html_use_index = False
html_static_path = ["site/static"]
html_css_files = ["site.css"]
html_js_files = [("find_message.js", {"defer": "defer"})]
pygments_style = "ansible"
highlight_language = "YAML+Jinja"
default_role = "any"
nitpicky = True

ANSIBLE_DOCS = "https://docs.ansible.com/projects/ansible/devel/"
# The labels of Ansible's own documentation that our pages point at. With them the site also builds without the
# Internet, where intersphinx cannot fetch the list of labels; a reference to any other label then fails the build.
ANSIBLE_LABELS = [
    "action_plugins",
    "ansible_collections.ansible.builtin.constructed_inventory",
    "ansible_configuration_settings",
    "common_return_values",
    "inventory_plugins",
    "playbooks_environment",
    *(
        f"ansible_collections.ansible.builtin.{module.name}_module"
        for module in pkgutil.iter_modules(ansible.modules.__path__)
    ),
    *(
        f"ansible_collections.ansible.builtin.{lookup.name}_lookup"
        for lookup in pkgutil.iter_modules(ansible.plugins.lookup.__path__)
    ),
]
ANSIBLE_VARIABLES = [f"ANSIBLE_CACHE_PLUGIN{end}" for end in ("", "_CONNECTION", "_PREFIX", "_TIMEOUT")]


def local_inventory(labels: list[str], variables: list[str]) -> str:
    """Write an intersphinx inventory of these labels and environment variables, and answer where it lies."""
    places = [(label, "std:label") for label in labels] + [(name, "std:envvar") for name in variables]
    lines = "".join(f"{name} {kind} -1 search.html?q={name} {name}\n" for name, kind in places)
    header = b"# Sphinx inventory version 2\n# Project: Ansible\n# Version: 0\n# The rest is compressed with zlib.\n"
    place = Path(tempfile.mkdtemp()) / "objects.inv"
    place.write_bytes(header + zlib.compress(lines.encode()))
    return str(place)


intersphinx_mapping = {"ansible_devel": (ANSIBLE_DOCS, (None, local_inventory(ANSIBLE_LABELS, ANSIBLE_VARIABLES)))}
intersphinx_timeout = 10
