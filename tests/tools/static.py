# SPDX-License-Identifier: GPL-3.0-or-later
"""The checks that read the collection: linters, documentation, changelog, build and the Galaxy importer."""

from __future__ import annotations

import re
import shutil
import tempfile
from pathlib import Path

import environment
import pages
from environment import BUILD, EXPORT, REQUIREMENTS
from leg import Failed, LeftOut, Leg, Outcome

# Sections of the README that the package does not have, and the comments of the checkout's tools.
CHECKOUT_ONLY = re.compile(r"<!-- only in the checkout -->\n.*?<!-- to here -->\n+", re.S)
COMMENT = re.compile(r"<!--.*?-->\n", re.S)

# Lines of galaxy-importer that cannot be avoided, each with its reason. Empty is best.
IMPORTER_MAY_SAY: tuple[str, ...] = ()


# The pages of plugins and roles that the navigation shows below a guide, and one that belongs to a section.
NAVIGATION = {
    "modules_by_product": ("module",),
    "roles": ("role", "filter"),
    "inventory": ("inventory",),
    "lookup": ("lookup",),
}
IN_SECTION = {"Reference": ("environment_variables",)}


def tools(leg: Leg, name: str) -> Path:
    """The bin directory of the environment made from tests/requirements/<name>.txt, on the newest usable Python."""
    found = environment.interpreters()
    python = next((found[version] for version in ("3.13", "3.12", "3.11", "3.14") if version in found), None)
    if not python:
        raise LeftOut("needs Python 3.11 or newer")
    return environment.venv(leg, name, python, [REQUIREMENTS / f"{name}.txt"]) / "bin"


def ruff(leg: Leg) -> Outcome:
    """Style and formatting of all Python files."""
    programs = tools(leg, "lint")
    output = leg.run(programs / "ruff", "check", "--no-cache", "--output-format", "concise", ".")
    if "No Python files found" in output:  # that is only a warning for ruff
        raise Failed("ruff saw no files")
    leg.run(programs / "ruff", "format", "--no-cache", "--check", "--diff", ".")
    return Outcome(2)


def changelog(leg: Leg) -> Outcome:
    """The changelog's fragments and configuration."""
    programs = tools(leg, "lint")
    leg.run(programs / "antsibull-changelog", "lint", cwd=EXPORT)
    return Outcome()


def release(leg: Leg) -> Outcome:
    """Make the release in a copy: one command takes all fragments into the changelog, with galaxy.yml's version."""
    programs = tools(leg, "lint")
    tree = environment.copy_for(leg.name)
    version = re.search(r"^version: (\S+)$", (tree / "galaxy.yml").read_text(), re.M).group(1)
    released = re.search(rf"^  {re.escape(version)}:$", (tree / "changelogs/changelog.yaml").read_text(), re.M)
    if released:
        return Outcome(1, f"{version} is released")
    (shown,) = pages.run_by(__file__, "releasing")
    program, *words = pages.script(shown).split()
    command = (programs / program, *words, "--version", version)
    leg.run(*command, cwd=tree, path=programs, **collections_path(tree))
    leg.run(programs / "antsibull-changelog", "lint", cwd=tree)
    text = (tree / "CHANGELOG.rst").read_text()
    new_modules = re.findall(r"^- cegedim\.cloud\.itcare_\w+ - ", text, re.M)
    missing = [word for word in (f"v{version}", "Release Summary", "New Modules", "New Roles") if word not in text]
    if missing or not new_modules:
        raise Failed(f"the changelog of {version} has no {', '.join(missing) or 'module'}")
    left = list(tree.glob("changelogs/fragments/*.yml"))
    if left:
        raise Failed(f"{left[0].name} is still there")
    return Outcome(1, f"{version}, {len(new_modules)} modules")


def ansible_lint(leg: Leg) -> Outcome:
    """ansible-lint as strict as it gets: its production profile drops `args`, which checks options of modules."""
    programs = tools(leg, "lint")
    tree = environment.copy_for(leg.name)
    words = ("--offline", "--strict", "--profile", "production", "--enable-list", "args", "--nocolor")
    output = leg.run(programs / "ansible-lint", *words, cwd=tree, path=programs, **collections_path(tree))
    processed = re.search(r"in (\d+) files? processed", output)
    expected = len(list(tree.glob("plugins/modules/*.py"))) + len(list(tree.glob("playbooks/*.yml")))
    if not processed or int(processed.group(1)) < expected:
        raise Failed(f"saw {processed.group(1) if processed else 'no'} files, expected {expected} at least")
    return Outcome(1, f"{processed.group(1)} files")


def collections_path(tree: Path) -> dict[str, str]:
    """Make Ansible find the collection in a copy, and nothing else."""
    return {"ANSIBLE_COLLECTIONS_PATH": str(tree.parents[2])}


def docs_lint(leg: Leg) -> Outcome:
    """The documentation of plugins and the pages beside it, with every reference into the collection."""
    programs = tools(leg, "lint")
    words = ("--plugin-docs", "--validate-collection-refs=dependent", "--disallow-unknown-collection-refs", ".")
    leg.run(programs / "antsibull-docs", "lint-collection-docs", *words, cwd=EXPORT, path=programs)
    return Outcome()


def docs_site(leg: Leg) -> Outcome:
    """Build the documentation site into .build/docs/html; any warning of Sphinx is an error.

    ansible-doc finds no role of a collection below two directories named ansible_collections, as that of a checkout at
    its usual place is: the copy is elsewhere.
    """
    programs = tools(leg, "docs")
    rst, site = BUILD / "docs" / "rst", BUILD / "docs" / "html"
    shutil.rmtree(BUILD / "docs", ignore_errors=True)
    rst.mkdir(parents=True, mode=0o755)  # antsibull-docs refuses a directory that others can write
    with tempfile.TemporaryDirectory() as place:
        tree = Path(place) / environment.COLLECTION
        shutil.copytree(EXPORT, tree, symlinks=True)
        settings = tree / "docs" / "docsite"
        words = ("collection", "--use-current", "--squash-hierarchy", "--fail-on-error", "--dest-dir", rst)
        program = (programs / "antsibull-docs", "--config-file", settings / "antsibull-docs.cfg")
        leg.run(*program, *words, "cegedim.cloud", path=programs, **collections_path(tree))
        front_page(settings / "site", rst)
        sphinx = ("-b", "html", "-W", "--keep-going", "-q", "-c", settings, "-d", BUILD / "docs" / "doctrees")
        leg.run(programs / "sphinx-build", *sphinx, rst, site, path=programs)
    count = len(list(site.rglob("*.html")))
    documented = len([*EXPORT.glob("plugins/modules/*.py"), *EXPORT.glob("roles/*")])
    if count <= documented:
        raise Failed(f"{count} pages for {documented} modules and roles")
    return Outcome(1, f"{count} pages: .build/docs/html/index.html")


def front_page(source: Path, rst: Path) -> None:
    """Put our front page in the place of the list of plugins that antsibull-docs writes, and complete the navigation.

    Only here do the pages of modules and roles exist, to which antsibull-docs allows no guide to refer as pages.
    """
    sections = navigation((source.parent / "extra-docs.yml").read_text())
    (rst / "index.rst").write_text((source / "index.rst").read_text() + sections)
    if (source.parent / "images").exists():
        shutil.copytree(source.parent / "images", rst / "images")
    for guide, kinds in NAVIGATION.items():
        page = rst / "docsite" / f"{guide}.rst"
        stems = [path.stem for kind in kinds for path in sorted(rst.glob(f"*_{kind}.rst"))]
        page.write_text(with_pages(page.read_text(), stems))


def navigation(extra_docs: str) -> str:
    """The sections of extra-docs.yml as parts of the front page. Its form is simple, and Python alone reads no YAML."""
    lines = []
    for title, names in re.findall(r"  - title: (.+)\n    toctree:\n((?:      - \w+\n)+)", extra_docs):
        guides = [f"docsite/{name}" for name in re.findall(r"- (\w+)", names)]
        lines += ["", ".. toctree::", f"    :caption: {title}", "    :hidden:", ""]
        lines += [f"    {page}" for page in (*guides, *IN_SECTION.get(title, ()))]
    return "\n".join([*lines, ""])


def with_pages(text: str, stems: list[str]) -> str:
    """A guide with these pages in the navigation, each below the first section that mentions it, else at the top."""
    parts = re.split(r"(?m)(?=^.+\n-{3,}$)", text)
    below: dict[int, list[str]] = {}
    for stem in stems:
        name, _underscore, kind = stem.rpartition("_")
        place = next((number for number, part in enumerate(parts) if f".{name}#{kind}" in part), 0)
        title = f"{name} ({kind})" if kind == "filter" else name
        below.setdefault(place, []).append(f"    {title} <../{stem}>\n")
    for place, entries in below.items():
        parts[place] += "\n.. toctree::\n    :hidden:\n\n" + "".join(entries) + "\n"
    return "".join(parts)


def build(leg: Leg) -> Path:
    """Build the collection's tarball, with the newest ansible-core there is, and answer where it lies."""
    programs = newest_core(leg)
    tree = environment.copy_for(leg.name)
    prepare(tree)
    place = BUILD / "tarball" / leg.name
    shutil.rmtree(place, ignore_errors=True)
    words = ("collection", "build", tree, "--output-path", place)
    leg.run(programs / "python", programs / "ansible-galaxy", *words, path=programs)
    return next(place.glob("cegedim-cloud-*.tar.gz"))


def prepare(tree: Path) -> None:
    """Make a copy of the checkout ready for `ansible-galaxy collection build`: its README becomes that of the package.

    This is the only file in which the package differs from the checkout.
    """
    readme = tree / "README.md"
    readme.write_text(COMMENT.sub("", CHECKOUT_ONLY.sub("", readme.read_text())))


def newest_core(leg: Leg) -> Path:
    """The bin directory of the newest ansible-core that runs on a Python found here."""
    found = environment.interpreters()
    for core in reversed(environment.CORES):
        python = environment.core_python(core, found)
        if python:
            return environment.core_venv(leg, core, python) / "bin"
    raise LeftOut("needs Python 3.11 or newer")


def tarball(leg: Leg) -> Outcome:
    """Build the tarball and leave it in .build/."""
    made = build(leg)
    shutil.copy2(made, BUILD / made.name)
    return Outcome(1, f".build/{made.name}")


def importer(leg: Leg) -> Outcome:
    """Import the tarball as Ansible Galaxy does. What it finds are warnings with exit code 0: they fail here."""
    programs = tools(leg, "importer")
    work = BUILD / "legs" / leg.name  # it writes its result into the working directory
    work.mkdir(parents=True, exist_ok=True)
    output = leg.run(programs / "python", "-m", "galaxy_importer.main", build(leg), cwd=work, path=programs)
    lines = re.findall(r"^(?:WARNING|ERROR|CRITICAL).*$", output, re.M)
    findings = [line for line in lines if not any(known in line for known in IMPORTER_MAY_SAY)]
    if findings:
        raise Failed(f"{len(findings)} findings, the first: {findings[0]}", 0, len(findings))
    if "Importer processing completed successfully" not in output:
        raise Failed("it did not say that it completed")
    return Outcome()
