# SPDX-License-Identifier: GPL-3.0-or-later
"""A stand-in for the REST API of AWX, as far as the modules of awx.awx ask it.

It keeps what it is given, refuses what AWX refuses, and never shows a secret: it returns ``$encrypted$`` as AWX does.

    with Controller() as controller:
        ...                             # CONTROLLER_HOST=controller.address CONTROLLER_OAUTH_TOKEN=controller.token
        controller.all("job_templates")
"""

from __future__ import annotations

import json
import re
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from jinja2 import StrictUndefined, sandbox

ENCRYPTED = "$encrypted$"
PAGE = 25
ROOT = "/api/v2/"
NOTIFICATIONS = "notification_templates_started", "notification_templates_success", "notification_templates_error"
SECRETS_OF_NOTIFICATIONS = {
    "awssns": ("aws_secret_access_key", "aws_session_token"),
    "email": ("password",),
    "grafana": ("grafana_key",),
    "irc": ("password",),
    "pagerduty": ("token",),
    "slack": ("token",),
    "twilio": ("account_token",),
    "webhook": ("password",),
}
# AWX completes a configuration with these
DEFAULTS_OF_NOTIFICATIONS = {
    "email": {"timeout": 30},
    "slack": {"hex_color": ""},
    "webhook": {"http_method": "POST", "disable_ssl_verification": False, "username": "", "password": ""},
}
QUESTIONS = {
    "text": str,
    "textarea": str,
    "password": str,
    "multiplechoice": str,
    "multiselect": str,
    "integer": int,
    "float": float,
}
JOB_KINDS = ("ssh", "vault", "cloud", "net", "kubernetes")


@dataclass(frozen=True)
class Kind:
    """One kind of thing: its defaults, what it needs, what it refers to, and what goes away with it.

    ``refers``: {field: kind}; ``unique``: the fields that no two have in common.
    """

    defaults: dict
    needs: tuple = ()
    refers: dict = field(default_factory=dict)
    unique: tuple = ("name", "organization")
    lists: dict = field(default_factory=dict)


KINDS = {
    "organizations": Kind({"name": "", "description": "", "max_hosts": 0}, ("name",), unique=("name",)),
    "credential_types": Kind(
        {"name": "", "description": "", "kind": "", "inputs": {}, "injectors": {}, "managed": False},
        ("name", "kind"),
        unique=("name", "kind"),
    ),
    "credentials": Kind(
        {"name": "", "description": "", "organization": None, "credential_type": None, "inputs": {}},
        ("name", "credential_type"),
        {"organization": "organizations", "credential_type": "credential_types"},
        ("name", "organization", "credential_type"),
    ),
    "execution_environments": Kind(
        {"name": "", "description": "", "organization": None, "image": "", "pull": "", "credential": None},
        ("name", "image"),
        {"organization": "organizations", "credential": "credentials"},
        ("name",),
    ),
    "notification_templates": Kind(
        {
            "name": "",
            "description": "",
            "organization": None,
            "notification_type": "",
            "notification_configuration": {},
            "messages": None,
        },
        ("name", "organization", "notification_type"),
        {"organization": "organizations"},
    ),
    "projects": Kind(
        {
            "name": "",
            "description": "",
            "organization": None,
            "scm_type": "",
            "scm_url": "",
            "scm_branch": "",
            "credential": None,
            "scm_update_on_launch": False,
            "scm_update_cache_timeout": 0,
            "scm_revision": "",
        },
        ("name", "organization"),
        {"organization": "organizations", "credential": "credentials"},
    ),
    "inventories": Kind(
        {"name": "", "description": "", "organization": None, "kind": "", "host_filter": None, "variables": ""},
        ("name", "organization"),
        {"organization": "organizations"},
    ),
    "inventory_sources": Kind(
        {
            "name": "",
            "description": "",
            "inventory": None,
            "source": "",
            "source_path": "",
            "source_project": None,
            "source_vars": "",
            "credential": None,
            "execution_environment": None,
            "overwrite": False,
            "overwrite_vars": False,
            "enabled_var": "",
            "enabled_value": "",
            "update_on_launch": False,
            "update_cache_timeout": 0,
        },
        ("name", "inventory"),
        {
            "inventory": "inventories",
            "source_project": "projects",
            "credential": "credentials",
            "execution_environment": "execution_environments",
        },
        ("name", "inventory"),
    ),
    "job_templates": Kind(
        {
            "name": "",
            "description": "",
            "organization": None,
            "job_type": "run",
            "inventory": None,
            "project": None,
            "playbook": "",
            "execution_environment": None,
            "extra_vars": "",
            "limit": "",
            "timeout": 0,
            "survey_enabled": False,
            "ask_variables_on_launch": False,
            "ask_job_type_on_launch": False,
            "ask_diff_mode_on_launch": False,
        },
        ("name", "project", "playbook"),
        {
            "organization": "organizations",
            "inventory": "inventories",
            "project": "projects",
            "execution_environment": "execution_environments",
        },
        lists={"credentials": "credentials", **dict.fromkeys(NOTIFICATIONS, "notification_templates")},
    ),
    "schedules": Kind(
        {
            "name": "",
            "description": "",
            "unified_job_template": None,
            "rrule": "",
            "extra_data": {},
            "job_type": None,
            "enabled": True,
        },
        ("name", "unified_job_template", "rrule"),
        {"unified_job_template": "job_templates"},
        ("name", "unified_job_template"),
    ),
}


class Refused(Exception):
    """The status and the body of an answer that is an error."""

    def __init__(self, status, body):
        super().__init__(str(body))
        self.status, self.body = status, body


class Controller:
    """A running stand-in. ``playbooks`` (list of str) are what it finds in each project."""

    token = "token-of-the-controller"

    def __init__(self, playbooks=(), version="24.6.1"):
        self.playbooks = list(playbooks)
        self.version = version
        self.things = {kind: {} for kind in KINDS}
        self.surveys = {}
        self.associated = {}
        self.requests = []
        self._next = 1
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.address = "http://127.0.0.1:%d" % self._server.server_port

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_error):
        self._server.shutdown()
        self._server.server_close()

    # For tests

    def all(self, kind):
        """What there is of a kind, as the API shows it (list of dict)."""
        return [self._shown(kind, number) for number in self.things[kind]]

    def writes(self):
        """Requests that changed something: ``[(method, path, body), ...]``, without secrets."""
        return [one for one in self.requests if one[0] != "GET"]

    def created(self, collection, /, **fields):
        """Something that another person has created; its ID."""
        return self._create(collection, fields)["id"]

    def environment_of(self, credential):
        """The variables (dict) that a job with the credential of that name has, as AWX injects them."""
        one = next(one for one in self.things["credentials"].values() if one["name"] == credential)
        kind = self.things["credential_types"][one["credential_type"]]
        # what was not given is undefined, which an ordinary Jinja environment turns into nothing
        given = {name: value for name, value in one["inputs"].items() if value != ""}
        jinja = sandbox.ImmutableSandboxedEnvironment()
        env = kind["injectors"].get("env", {})
        return {name: jinja.from_string(text).render(**given) for name, text in env.items()}

    # Requests

    def answer(self, method, path, query, body):
        """Status and body (dict, or None) for one request."""
        words = path[len(ROOT) :].strip("/").split("/")
        with self._lock:
            if words[0] == "unified_job_templates":
                return 200, self._page("job_templates", query)
            if words[0] == "project_updates":
                return 200, {"id": int(words[1]), "status": "successful", "failed": False}
            if words[0] not in KINDS:
                raise Refused(404, {"detail": "Not found."})
            return self._of_kind(method, words, query, body)

    def _of_kind(self, method, words, query, body):
        kind = words[0]
        if len(words) == 1:
            return (200, self._page(kind, query)) if method == "GET" else (201, self._create(kind, body))
        number = int(words[1])
        if number not in self.things[kind]:
            raise Refused(404, {"detail": "Not found."})
        if len(words) == 3:
            return self._below(method, kind, number, words[2], body)
        if method == "DELETE":
            return self._delete(kind, number)
        return 200, self._change(kind, number, body) if method == "PATCH" else self._shown(kind, number)

    def _below(self, method, kind, number, name, body):
        if name == "survey_spec" and kind == "job_templates":
            return self._survey(method, number, body)
        if name not in KINDS[kind].lists:
            raise Refused(404, {"detail": "Not found."})
        listed = self.associated.setdefault((kind, number, name), [])
        if method == "GET":
            shown = [self._shown(KINDS[kind].lists[name], one) for one in listed]
            return 200, {"count": len(shown), "next": None, "previous": None, "results": shown}
        other = body["id"]
        if body.get("disassociate"):
            listed.remove(other)
        else:
            if other not in self.things[KINDS[kind].lists[name]]:
                raise Refused(400, {"detail": "%s does not exist" % other})
            if name == "credentials":
                self._may_have(listed, other)
            listed.append(other)
        return 204, None

    def _may_have(self, listed, other):
        types = [self.things["credentials"][one]["credential_type"] for one in [*listed, other]]
        if len(set(types)) < len(types):
            raise Refused(400, {"error": "Cannot assign multiple credentials of one type."})
        kind = self.things["credential_types"][types[-1]]["kind"]
        if kind not in JOB_KINDS:
            raise Refused(400, {"error": "Cannot assign a Credential of kind `%s`." % kind})

    def _survey(self, method, number, body):
        if method == "GET":
            return 200, _without_defaults_of_passwords(self.surveys.get(number, {}))
        if method == "DELETE":
            self.surveys.pop(number, None)
        else:
            check_survey(body)
            self.surveys[number] = body
        return 200, {}

    def _page(self, kind, query):
        wanted, page = dict(query), 1
        page = int(wanted.pop("page", 1))
        either = {name[4:]: wanted.pop(name) for name in list(wanted) if name.startswith("or__")}
        unknown = set(wanted) - set(KINDS[kind].defaults) - {"id"}
        if unknown:
            raise Refused(400, {"detail": "%s has no field named %s" % (kind, sorted(unknown))})
        rows = [self._shown(kind, number) for number in self.things[kind]]
        rows = [row for row in rows if all(str(row[name]) == value for name, value in wanted.items())]
        if either:
            rows = [row for row in rows if any(str(row[name]) == value for name, value in either.items())]
        part = rows[(page - 1) * PAGE : page * PAGE]
        more = "%s%s/?page=%d" % (ROOT, kind, page + 1) if len(rows) > page * PAGE else None
        return {"count": len(rows), "next": more, "previous": None, "results": part}

    def _create(self, kind, body):
        missing = [name for name in KINDS[kind].needs if body.get(name) in (None, "")]
        if missing:
            raise Refused(400, {name: ["This field is required."] for name in missing})
        number, self._next = self._next, self._next + 1
        fields = {name: body[name] for name in KINDS[kind].defaults if name in body}
        self._accept(kind, number, {**KINDS[kind].defaults, **fields})
        return self._shown(kind, number, fresh=True)

    def _change(self, kind, number, body):
        old = self.things[kind][number]
        fields = {name: body[name] for name in KINDS[kind].defaults if name in body}
        self._accept(kind, number, {**old, **fields})
        return self._shown(kind, number)

    def _accept(self, kind, number, thing):
        """Keep a thing as it was given. Raises Refused as AWX would."""
        for name, other in KINDS[kind].refers.items():
            if thing[name] is not None and thing[name] not in self.things[other]:
                raise Refused(400, {name: ['Invalid pk "%s" - object does not exist.' % thing[name]]})
        for number_, one in self.things[kind].items():
            if number_ != number and all(one[name] == thing[name] for name in KINDS[kind].unique if name in thing):
                raise Refused(400, {"__all__": ["%s with this Name already exists." % kind]})
        check = getattr(self, "_check_" + kind, None)
        if check:
            check(thing, self.things[kind].get(number))
        if kind == "inventories":
            thing = {**thing, "kind": thing["kind"] or ""}
        if kind == "projects" and thing["scm_type"]:
            thing = {**thing, "scm_revision": "%040d" % number}
        self.things[kind][number] = thing

    def _delete(self, kind, number):
        used = [one["name"] for one in self.things["credentials"].values() if one["credential_type"] == number]
        if kind == "credential_types" and used:
            raise Refused(400, {"detail": "Credential types that are in use cannot be deleted: %s" % used})
        self._forget(kind, number)
        return (202 if kind == "inventories" else 204), None

    def _forget(self, kind, number):
        """A thing goes; with an organization, inventory or job template goes what is in it. Else references end."""
        del self.things[kind][number]
        self.surveys.pop(number, None)
        for listed in self.associated.values():
            listed[:] = [one for one in listed if one != number]
        for other, rules in KINDS.items():
            for name in [name for name, referred in rules.refers.items() if referred == kind]:
                needed = kind == "organizations" or name in rules.needs and other != "job_templates"
                for one in [one for one, thing in self.things[other].items() if thing[name] == number]:
                    if needed:
                        self._forget(other, one)
                    else:
                        self.things[other][one] = {**self.things[other][one], name: None}

    # What AWX checks

    def _check_credential_types(self, thing, _old):
        fields = {one["id"]: one for one in thing["inputs"].get("fields", [])}
        for one in fields.values():
            if one["type"] not in ("string", "boolean") or "label" not in one or not set(one) <= FIELD_KEYS:
                raise Refused(400, {"inputs": ["not a valid field: %s" % one]})
        jinja = sandbox.ImmutableSandboxedEnvironment(undefined=StrictUndefined)
        for name, text in thing["injectors"].get("env", {}).items():
            if name.startswith("ANSIBLE_"):
                raise Refused(400, {"injectors": ["Environment variable %s is not allowed" % name]})
            try:
                jinja.from_string(text).render({one: "EXAMPLE" for one in fields})
            except Exception as error:  # AWX names what Jinja says, whatever it is
                raise Refused(400, {"injectors": ["%s: %s" % (name, error)]}) from error

    def _check_credentials(self, thing, old):
        kind = self.things["credential_types"][thing["credential_type"]]
        fields = {one["id"]: one for one in kind["inputs"].get("fields", [])}
        kept = (old or {}).get("inputs", {})
        for name, value in list(thing["inputs"].items()):
            if name not in fields:
                raise Refused(400, {"inputs": {name: ["Additional properties are not allowed"]}})
            if not isinstance(value, str):
                raise Refused(400, {"inputs": {name: ["%s is not of type 'string'" % type(value).__name__]}})
            if fields[name].get("choices") and value not in fields[name]["choices"]:
                raise Refused(400, {"inputs": {name: ["not one of %s" % fields[name]["choices"]]}})
            if value == ENCRYPTED:
                thing["inputs"] = {**thing["inputs"], name: kept[name]}

    def _check_notification_templates(self, thing, _old):
        defaults = DEFAULTS_OF_NOTIFICATIONS.get(thing["notification_type"], {})
        thing["notification_configuration"] = {**defaults, **thing["notification_configuration"]}

    def _check_projects(self, thing, _old):
        if thing["scm_type"] and not thing["scm_url"]:
            raise Refused(400, {"scm_url": ["SCM URL is required."]})

    def _check_inventory_sources(self, thing, _old):
        if thing["source"] == "scm" and not thing["source_project"]:
            raise Refused(400, {"detail": ["Project required for scm type sources."]})

    def _check_job_templates(self, thing, _old):
        if thing["playbook"] not in self.playbooks:
            raise Refused(400, {"playbook": ["Playbook not found for project."]})
        if not thing["inventory"]:
            raise Refused(400, {"inventory": ["You must either set a default value or ask to prompt on launch."]})

    def _check_schedules(self, thing, _old):
        if not re.fullmatch(r"DTSTART\S*:\d{8}T\d{6}Z? RRULE:\S*FREQ=\S+", thing["rrule"]):
            raise Refused(400, {"rrule": ["rrule is not valid"]})
        template = self.things["job_templates"][thing["unified_job_template"]]
        if thing["job_type"] and not template["ask_job_type_on_launch"]:
            raise Refused(400, {"job_type": ["Field is not configured to prompt on launch."]})
        survey = self.surveys.get(thing["unified_job_template"], {}) if template["survey_enabled"] else {}
        errors = [error for one in survey.get("spec", []) for error in wrong_answer(one, thing["extra_data"])]
        if errors:
            raise Refused(400, {"variables_needed_to_start": errors})

    # How things are shown

    def _shown(self, kind, number, fresh=False):
        thing = json.loads(json.dumps(self.things[kind][number]))
        if kind == "credentials":
            fields = self.things["credential_types"][thing["credential_type"]]["inputs"].get("fields", [])
            hide(thing["inputs"], [one["id"] for one in fields if one.get("secret")])
        if kind == "notification_templates":
            hide(thing["notification_configuration"], SECRETS_OF_NOTIFICATIONS.get(thing["notification_type"], ()))
        here = "%s%s/%d/" % (ROOT, kind, number)
        below = [*KINDS[kind].lists, *(["survey_spec"] if kind == "job_templates" else [])]
        running = {"current_update": {"id": number}} if kind == "projects" and fresh else {}
        return {
            "id": number,
            "type": kind[:-1],
            "url": here,
            "related": {name: here + name + "/" for name in below},
            "summary_fields": running,
            **thing,
        }


FIELD_KEYS = {
    "id",
    "label",
    "type",
    "secret",
    "choices",
    "help_text",
    "multiline",
    "format",
    "default",
    "ask_at_runtime",
}


def hide(values, names):
    """Replace those of the values (dict) that are secret."""
    for name in names:
        if values.get(name):
            values[name] = ENCRYPTED


def _without_defaults_of_passwords(spec):
    shown = json.loads(json.dumps(spec))
    for one in shown.get("spec", []):
        if one["type"] == "password":
            hide(one, ["default"])
    return shown


def check_survey(spec):
    """Raises Refused for a survey that AWX does not accept."""
    names = set()

    def refuse(number, why):
        raise Refused(400, {"error": "survey question %d: %s" % (number, why)})

    if not isinstance(spec.get("name"), str) or not isinstance(spec.get("description"), str) or not spec.get("spec"):
        refuse(0, "name, description and spec are needed")
    for number, one in enumerate(spec["spec"]):
        types = {"type": str, "question_name": str, "variable": str, "required": bool}
        for name, wanted in types.items():
            if not isinstance(one.get(name), wanted):
                refuse(number, "%s expected to be %s" % (name, wanted.__name__))
        if one["variable"] in names or " " in one["variable"]:
            refuse(number, "variable %s is there twice, or holds a blank" % one["variable"])
        names.add(one["variable"])
        if one["type"] not in QUESTIONS:
            refuse(number, "type %s is not known" % one["type"])
        default = one.get("default", "")
        if default != "" and not isinstance(default, QUESTIONS[one["type"]]):
            refuse(number, "default expected to be %s" % QUESTIONS[one["type"]].__name__)
        if any(not isinstance(one.get(name), (int, type(None))) for name in ("min", "max")):
            refuse(number, "min and max expected to be integers")
        if one["type"] in ("multiplechoice", "multiselect"):
            if "choices" not in one:
                refuse(number, "it must specify choices")
            if any(choice not in one["choices"] for choice in default.splitlines()):
                refuse(number, "the default must be one of the choices")


def wrong_answer(question, answers):
    """What AWX finds wrong with an answer (list of str), where it is in these answers (dict)."""
    name = question["variable"]
    if name not in answers:
        return ["'%s' value missing" % name] if question["required"] else []
    value, kind = answers[name], question["type"]
    if kind in ("text", "textarea", "password"):
        if not isinstance(value, str):
            return ["Value for '%s' expected to be a string." % name]
        size = len(value)
        return ["'%s' is too small or too large." % name] if not question["min"] <= size <= question["max"] else []
    if kind == "integer" and (not isinstance(value, int) or isinstance(value, bool)):
        return ["Value for '%s' expected to be an integer." % name]
    if kind == "float" and type(value) not in (float, int):
        return ["Value for '%s' expected to be a numeric type." % name]
    if kind == "multiplechoice" and value not in question["choices"]:
        return ["Value for '%s' expected to be one of %s." % (name, question["choices"])]
    if kind == "multiselect" and not (isinstance(value, list) and set(value) <= set(question["choices"])):
        return ["Value for '%s' expected to be a list of %s." % (name, question["choices"])]
    return []


def _handler(controller):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_words):
            pass

        def _serve(self):
            parts = urlsplit(self.path)
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length) or "{}") if length else {}
            try:
                if self.headers.get("Authorization") != "Bearer " + controller.token:
                    raise Refused(401, {"detail": "Authentication credentials were not provided."})
                # the body is that of the request: what is kept must not change with it
                kept = json.loads(json.dumps(body))
                status, data = controller.answer(self.command, parts.path, parse_qsl(parts.query), kept)
                controller.requests.append((self.command, parts.path, _blackened(body)))
            except Refused as error:
                status, data = error.status, error.body
            text = b"" if data is None else json.dumps(data).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.send_header("X-API-Product-Name", "AWX")
            self.send_header("X-API-Product-Version", controller.version)
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_POST = do_PATCH = do_DELETE = _serve

    return Handler


def _blackened(body):
    """A body for the journal: the values of accounts and notifications are nobody's business."""
    return {
        key: sorted(value) if key in ("inputs", "notification_configuration") else value for key, value in body.items()
    }
