// SPDX-License-Identifier: GPL-3.0-or-later
// Shows the data of an estate report. Texts become text nodes, never HTML. A list is made when it is opened.
"use strict";
(function () {
  const STEP = 50; // rows of a table at a time
  const data = JSON.parse(document.getElementById("data").textContent);
  const machines = unpacked(data.machines), products = unpacked(data.products), others = unpacked(data.others);
  const balancers = data.loadbalancers;
  const main = document.getElementById("main");
  const order = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
  const number = new Intl.NumberFormat("en");
  const tables = {};

  // Values

  function unpacked(table) {
    if (table === null) return null;
    const value = (cell) => (Array.isArray(cell) ? table.texts[cell[0]] : cell);
    return table.rows.map((row) => Object.fromEntries(table.columns.map((key, at) => [key, value(row[at])])));
  }

  function words(value) {
    if (value === null || value === undefined) return "unknown";
    if (value === true) return "yes";
    if (value === false) return "no";
    return typeof value === "number" ? number.format(value) : String(value);
  }

  // What is searched for: case and accents do not count.
  function foldedText(text) {
    return String(text).normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  }

  function several(count, one, many) {
    return number.format(count) + " " + (count === 1 ? one : many || one + "s");
  }

  function moment(text) {
    const time = new Date(text);
    const shown = { day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit", timeZone: "UTC" };
    return isNaN(time) ? text : time.toLocaleString("en-GB", shown) + " UTC";
  }

  // Elements

  function el(name, attributes, ...children) {
    const made = document.createElement(name);
    return filled(made, attributes, children);
  }

  function svg(name, attributes, ...children) {
    return filled(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);
  }

  function filled(made, attributes, children) {
    for (const [key, value] of Object.entries(attributes || {})) {
      if (key === "on") for (const [event, act] of Object.entries(value)) made.addEventListener(event, act);
      else if (value !== undefined && value !== null) made.setAttribute(key, value);
    }
    made.append(...children.flat().filter((one) => one !== null && one !== undefined));
    return made;
  }

  function section(id, title, hint, ...children) {
    const made = el("section", { id, "aria-labelledby": id + "-title" }, el("h2", { id: id + "-title" }, title));
    if (hint) made.append(el("p", { class: "hint" }, hint));
    made.append(...children.filter(Boolean));
    main.append(made);
    document.getElementById("nav").append(el("a", { href: "#" + id }, title));
    return made;
  }

  function linked(id, name) {
    const text = name === null || name === undefined || name === "" ? "id " + id : String(name);
    if (!data.link || id === null || id === undefined) return text;
    return el("a", { href: data.link.replaceAll("{id}", encodeURIComponent(id)), rel: "noreferrer" }, text);
  }

  function shown(value) {
    return value === null || value === undefined ? el("span", { class: "unknown" }, "unknown") : words(value);
  }

  // What opens makes its content only then. Printing opens it, too.
  function folded(attributes, summary, make) {
    const made = el("details", attributes, summary);
    made.addEventListener("toggle", () => fill(made), { once: false });
    made.fill = () => {
      if (!made.filled) {
        made.filled = true;
        made.append(el("div", { class: "body" }, make()));
      }
    };
    const fill = (one) => one.open && one.fill();
    return made;
  }

  // Tables

  // columns: {key, label, kind: "name" | "right" | "wrap", text(row), node(row), bad(row)}; filters: keys of columns.
  function table(caption, rows, columns, filters, sorted, hint) {
    const state = { search: "", by: {}, extra: null, sort: sorted || null, down: false, shown: STEP };
    const text = (column, row) => (column.text ? column.text(row) : words(row[column.key]));
    const value = (column, row) => (column.value ? column.value(row) : row[column.key]);
    let texts = null; // what is searched, made at the first search
    const body = el("tbody"), status = el("p", { class: "state", role: "status" });
    const more = el("button", { class: "plain more", type: "button", on: { click: () => { state.shown += 10 * STEP; draw(); } } });
    const chip = el("button", { class: "plain", type: "button", hidden: "", on: { click: () => { state.extra = null; draw(); } } });
    const selects = {};

    function matching() {
      const wanted = foldedText(state.search).split(/\s+/).filter(Boolean);
      if (wanted.length && !texts) {
        texts = new Map(rows.map((row) => [row, foldedText(columns.map((column) => text(column, row)).join("\n"))]));
      }
      const given = Object.entries(state.by).filter(([, one]) => one !== "");
      const byKey = Object.fromEntries(columns.map((column) => [column.key, column]));
      return rows.filter((row) =>
        given.every(([key, one]) => text(byKey[key], row) === one) &&
        (!state.extra || state.extra.test(row)) &&
        (!wanted.length || wanted.every((one) => texts.get(row).includes(one))));
    }

    function inOrder(found) {
      const column = columns.find((one) => one.key === state.sort);
      if (!column) return found;
      const sign = state.down ? -1 : 1, none = (one) => one === null || one === undefined || one === "";
      const keyed = found.map((row) => [value(column, row), row]);
      keyed.sort(([a], [b]) => {
        if (none(a) || none(b)) return none(a) - none(b); // what is unknown comes last, in either direction
        return sign * (typeof a === "number" && typeof b === "number" ? a - b : order.compare(a, b));
      });
      return keyed.map(([, row]) => row);
    }

    function cell(column, row) {
      const content = column.node ? column.node(row) : shown(value(column, row));
      if (column.kind === "name") return el("th", { scope: "row" }, content);
      const classes = [column.kind, column.bad && column.bad(row) ? "bad" : ""].filter(Boolean).join(" ");
      return el("td", { class: classes || null }, content);
    }

    function draw() {
      const found = inOrder(matching());
      body.replaceChildren(...found.slice(0, state.shown).map((row) => el("tr", {}, columns.map((column) => cell(column, row)))));
      const all = found.length === rows.length ? several(rows.length, "row") : number.format(found.length) + " of " + several(rows.length, "row");
      status.textContent = all + (found.length > state.shown ? ", the first " + state.shown + " are shown" : "");
      more.hidden = found.length <= state.shown;
      more.textContent = "Show " + number.format(Math.min(10 * STEP, found.length - state.shown)) + " more";
      chip.hidden = !state.extra;
      chip.textContent = state.extra ? state.extra.label + " \u2715" : "";
      chip.setAttribute("aria-label", state.extra ? "Remove the filter " + state.extra.label : "");
      for (const [key, select] of Object.entries(selects)) select.value = state.by[key] || "";
      for (const head of heads) {
        const is = head.dataset.key === state.sort;
        if (is) head.setAttribute("aria-sort", state.down ? "descending" : "ascending");
        else head.removeAttribute("aria-sort");
      }
    }

    function sortBy(key) {
      state.down = state.sort === key && !state.down;
      state.sort = key;
      draw();
    }

    const heads = columns.map((column) => el("th",
      { scope: "col", "data-key": column.key, class: column.kind === "right" ? "right" : null },
      el("button", { type: "button", on: { click: () => sortBy(column.key) } }, column.label)));
    const tools = el("div", { class: "tools" });
    if (rows.length > 8) {
      let timer;
      const search = (event) => { clearTimeout(timer); timer = setTimeout(() => { state.search = event.target.value; state.shown = STEP; draw(); }, 120); };
      tools.append(el("label", { class: "wide" }, "Search", el("input", { type: "search", placeholder: hint || "In this list", on: { input: search } })));
      for (const key of filters || []) {
        const column = columns.find((one) => one.key === key);
        const choices = [...new Set(rows.map((row) => text(column, row)))].sort(order.compare);
        if (choices.length < 2) continue;
        const choose = (event) => { state.by[key] = event.target.value; state.shown = STEP; draw(); };
        selects[key] = el("select", { on: { change: choose } }, el("option", { value: "" }, "all"), choices.map((one) => el("option", { value: one }, one)));
        tools.append(el("label", {}, column.label, selects[key]));
      }
    }
    tools.append(chip);
    const scroll = el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption },
      el("table", {}, el("caption", {}, caption), el("thead", {}, el("tr", {}, heads)), body));
    const node = el("div", {}, tools, status, scroll, more);
    draw();
    return { node, only(label, test) { state.extra = { label, test }; state.by = {}; state.shown = STEP; draw(); node.closest("section").scrollIntoView(); node.querySelector(".plain:not([hidden])").focus({ preventScroll: true }); } };
  }

  const NAME = { key: "name", label: "Name", kind: "name", node: (row) => linked(row.what === "gone" ? null : row.id, row.name) };
  const SERVICE = { key: "service", label: "Service" }, ENVIRONMENT = { key: "environment", label: "Environment" };
  const STATUS = { key: "status", label: "Status" };
  const PLATFORM = { key: "platform", label: "Platform" };
  const PHASE = { key: "support_phase", label: "Support", text: (row) => phase(row.support_phase).label, node: (row) => row.support_phase === null ? shown(null) : phase(row.support_phase).label };
  const UNTIL = { key: "end_of_support", label: "Support until" };
  const PROTECTION = [
    { key: "backup", label: "Backup", bad: (row) => row.backup === false },
    { key: "monitoring", label: "Monitoring", bad: (row) => row.monitoring === false },
    { key: "replication", label: "Replication", bad: (row) => row.replication === false },
  ];
  const PATCHING = { key: "patching", label: "Patching" };
  const TAGS = { key: "tags", label: "Tags", node: (row) => (row.tags === null ? shown(null) : row.tags) };

  function production(row) {
    return /^prod(uction)?$/i.test(row.environment || "");
  }
  for (const column of PROTECTION) {
    const off = column.bad;
    column.bad = (row) => off(row) && production(row);
  }

  // Support phases

  const PHASES = [["STANDARD", "Standard"], ["END_OF_SALES", "End of sales"], ["EXTENDED", "Extended"], ["END_OF_SUPPORT", "End of support"]];

  function phase(text) {
    if (text === null) return { label: "unknown", style: "p-unknown" };
    const key = String(text).replace(/\W/g, "_").toUpperCase();
    const known = PHASES.find(([one]) => one === key);
    return known ? { label: known[1], style: "p-" + key.toLowerCase() } : { label: String(text), style: "p-unknown" };
  }

  // The page

  function times() {
    const place = document.getElementById("times");
    place.append("The estate as it has been since ", el("time", { datetime: data.as_of }, moment(data.as_of)), ". ");
    place.append(data.since ? "Compared with the report of " + moment(data.since) + "." : "This is the first report, so there is nothing to compare it with.");
  }

  function headline() {
    const counts = data.numbers;
    const kinds = counts.kinds.map((one) => several(one.count, one.value)).join(", ");
    const families = counts.product_families.slice(0, 3).map((one) => words(one.value)).join(", ") + (counts.product_families.length > 3 ? " \u2026" : "");
    const unknown = (count) => (count ? "unknown for " + several(count, "machine") : "in all machines");
    const sum = (total, lacking) => (lacking && lacking === counts.machines ? null : total);
    const serious = data.attention.filter((one) => one.level === "serious").reduce((total, one) => total + one.items.length, 0);
    const tiles = [
      ["Serious findings", serious, serious ? "see below" : "nothing serious is known"],
      ["Machines", counts.machines, kinds],
      ["Products", counts.products, families],
      counts.loadbalancers === null ? null : ["Load balancers", counts.loadbalancers, counts.urls === null ? "URLs unknown" : several(counts.urls, "URL")],
      ["Services", data.services.length, ""],
      ["CPUs", sum(counts.cpu, counts.cpu_unknown), unknown(counts.cpu_unknown)],
      ["Memory, GB", sum(counts.ram, counts.ram_unknown), unknown(counts.ram_unknown)],
    ].filter(Boolean);
    main.append(el("dl", { class: "tiles" }, tiles.map(([name, value, more]) =>
      el("div", { class: "tile" + (name === "Serious findings" && value ? " serious" : "") }, el("dt", {}, name), el("dd", { class: "value" }, shown(value)), el("dd", { class: "more" }, more)))));
  }

  function attention() {
    const found = data.attention.filter((one) => one.items.length);
    const rest = data.attention.filter((one) => !one.items.length);
    const unknown = rest.filter((one) => one.of && one.unknown === one.of), clear = rest.filter((one) => !unknown.includes(one));
    const named = (several) => several.map((one) => one.title.toLowerCase() + (one.unknown ? " (unknown for " + number.format(one.unknown) + " of " + number.format(one.of) + ")" : "")).join("; ");
    section("attention", "What needs attention", null,
      el("div", { class: "findings" }, found.map(finding)),
      clear.length ? el("p", { class: "quiet" }, el("strong", {}, "Nothing found: "), named(clear) + ".") : null,
      unknown.length ? el("p", { class: "quiet" }, "Not known, since the platform did not show it or was not asked: " + unknown.map((one) => one.title.toLowerCase()).join("; ") + ".") : null);
  }

  function finding(check) {
    const of = "of " + number.format(check.of) + (check.unknown ? ", unknown for " + number.format(check.unknown) : "");
    const summary = el("summary", {}, el("span", { class: "many" }, number.format(check.items.length)),
      el("span", { class: "title" }, check.title, el("span", { class: "of" }, of)));
    const columns = [NAME, SERVICE, ENVIRONMENT, { key: "detail", label: "Detail", kind: "wrap", node: (row) => row.detail || "" }];
    return folded({ class: "finding " + check.level }, summary, () =>
      [el("p", { class: "hint" }, check.about), table(check.title, check.items, columns, ["service", "environment"]).node]);
  }

  const WHAT = { added: "Added", gone: "Gone", resized: "Resized", status: "Status" };
  const KINDS = { machines: "machine", products: "product", loadbalancers: "load balancer" };

  function changes() {
    if (data.changes === null) return;
    const counts = Object.keys(WHAT).map((key) => WHAT[key].toLowerCase() + " " + number.format(data.changes.filter((one) => one.what === key).length));
    const columns = [
      NAME, { key: "what", label: "What", text: (row) => WHAT[row.what], node: (row) => WHAT[row.what] },
      { key: "table", label: "Kind", text: (row) => KINDS[row.table], node: (row) => KINDS[row.table] }, SERVICE, ENVIRONMENT,
      { key: "before", label: "Before" }, { key: "after", label: "After" },
    ];
    section("changes", "What changed", "Since " + moment(data.since) + ": " + counts.join(", ") + ".",
      data.changes.length ? table("What changed", data.changes, columns, ["what", "table", "service"]).node : null);
  }

  function bars() {
    const chart = (field, label) => {
      const counted = data.numbers.machines_by[field], most = Math.max(1, ...counted.map((one) => one.count));
      const bar = (one) => el("li", {}, el("button",
        { type: "button", title: "Show these machines", on: { click: () => tables.machines.only(label + ": " + words(one.value), (row) => row[field] === one.value) } },
        el("span", { class: "label" + (one.value === null ? " unknown" : "") }, words(one.value)),
        svg("svg", { "aria-hidden": "true" }, svg("rect", { class: "track", width: "100%", height: 12, rx: 3 }),
          svg("rect", { class: "fill" + (one.value === null ? " none" : ""), width: (100 * one.count) / most + "%", height: 12, rx: 3 })),
        el("span", { class: "number" }, number.format(one.count))));
      const list = el("ul", { class: "bars" }, counted.slice(0, 8).map(bar));
      const card = el("div", { class: "card" }, el("h3", {}, "By " + label.toLowerCase()), list);
      if (counted.length > 8) {
        const all = el("button", { type: "button", class: "plain more", on: { click: () => { list.append(...counted.slice(8).map(bar)); all.remove(); } } }, several(counted.length - 8, "more"));
        all.textContent = number.format(counted.length - 8) + " more";
        card.append(all);
      }
      return card;
    };
    section("estate", "Machines", "Choose a bar to see its machines.", el("div", { class: "charts" },
      [["environment", "Environment"], ["family", "Family"], ["zone", "Zone"], ["sizing", "Size"]].map(([field, label]) => chart(field, label))));
  }

  function support() {
    const ends = data.support.ends, thisYear = Number(data.as_of.slice(0, 4)), today = data.as_of.slice(0, 10);
    const dated = ends.filter((one) => one.end_of_support), unknown = data.support.resources - dated.reduce((sum, one) => sum + one.count, 0);
    const bucket = (day) => (day < today ? "ended" : Number(day.slice(0, 4)) > thisYear + 6 ? "later" : day.slice(0, 4));
    const names = ["ended", ...Array.from({ length: 7 }, (_, at) => String(thisYear + at)), "later"];
    const columns = names.map((name) => ({ name, rows: dated.filter((one) => bucket(one.end_of_support) === name) }));
    const resources = [...machines.map((one) => ({ ...one, what: one.kind })), ...products.map((one) => ({ ...one, what: "product" })),
      ...(others || []).filter((one) => one.support_phase || one.end_of_support).map((one) => ({ ...one, what: "other" }))];
    const kind = { key: "what", label: "Kind" }, chosen = el("div");
    const choose = (label, test) => {
      const head = el("h3", { tabindex: "-1" }, label);
      chosen.replaceChildren(head, table(label, resources.filter(test), [NAME, kind, SERVICE, ENVIRONMENT, PLATFORM, PHASE, UNTIL], ["what", "service", "environment", "platform"], "end_of_support").node);
      head.scrollIntoView({ block: "nearest" });
      head.focus({ preventScroll: true });
    };
    const total = (rows) => rows.reduce((sum, one) => sum + one.count, 0);
    const most = Math.max(1, ...columns.map((one) => total(one.rows))), wide = 100 / columns.length, high = 140, base = 162;
    const drawing = svg("svg", { role: "group", "aria-label": "Machines, products and other resources by the year in which their support ends" },
      svg("line", { class: "axis", x1: "0", x2: "100%", y1: base, y2: base }));
    columns.forEach((column, at) => {
      const count = total(column.rows), left = wide * at, middle = left + wide / 2 + "%";
      const stack = [...new Set(column.rows.map((one) => phase(one.support_phase).style))].sort();
      let top = base;
      const pieces = stack.map((style) => {
        const height = (high * total(column.rows.filter((one) => phase(one.support_phase).style === style))) / most;
        top -= height;
        return svg("rect", { class: style, x: left + wide * 0.2 + "%", y: top, width: wide * 0.6 + "%", height });
      });
      const label = (column.name === "ended" ? "Support has ended" : column.name === "later" ? "Support ends after " + (thisYear + 6) : "Support ends in " + column.name);
      const show = () => choose(label, (row) => row.end_of_support && bucket(row.end_of_support) === column.name);
      const key = (event) => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); show(); } };
      drawing.append(svg("g", count ? { role: "button", tabindex: "0", "aria-label": label + ": " + several(count, "resource"), on: { click: show, keydown: key } } : { "aria-hidden": "true" },
        svg("rect", { class: "hit", x: left + "%", y: 0, width: wide + "%", height: 186 }), pieces,
        count ? svg("text", { class: "count", x: middle, y: top - 6 }, number.format(count)) : null,
        svg("text", { x: middle, y: base + 18 }, column.name)));
    });
    const legend = el("ul", { class: "legend" }, data.support.phases.map((one) =>
      el("li", {}, el("span", { class: "swatch " + phase(one.value).style }), phase(one.value).label + " ", el("b", {}, number.format(one.count)))));
    const rows = ends.map((one) => ({ ...one, name: one.platform }));
    const list = [
      { key: "name", label: "Platform", kind: "name" }, PHASE, UNTIL, { key: "count", label: "Resources", kind: "right" },
    ];
    section("support", "Support", "When the support of machines, products and other resources ends, by year. Colours are the phases of today. Choose a year to see what it is about.",
      el("div", { class: "card timeline" }, dated.length ? drawing : el("p", { class: "unknown" }, "No end of support is known."), legend,
        unknown ? el("p", { class: "hint" }, "No date is known for " + several(unknown, "resource") + ".") : null),
      chosen, el("h3", {}, "By platform"), table("Support by platform", rows, list, ["support_phase"], "end_of_support").node);
  }

  function patching() {
    const groups = Object.keys((data.services[0] || { patching: {} }).patching);
    const rows = data.services.map((one) => ({ ...one, ...one.patching, total: groups.reduce((sum, key) => sum + one.patching[key], 0) })).filter((one) => one.total);
    const columns = [{ ...NAME, label: "Service", node: (row) => words(row.name) }, ENVIRONMENT,
      ...groups.map((key) => ({ key, label: key[0].toUpperCase() + key.slice(1), kind: "right", node: (row) => (row[key] ? number.format(row[key]) : "\u2013") })),
      { key: "total", label: "All", kind: "right" }];
    let next;
    if (data.parties === null) next = el("p", { class: "hint" }, "The dates of the patch parties were left out.");
    else if (!data.parties.length) next = el("p", { class: "hint" }, "The platform lists no patch party to come.");
    else next = el("ul", {}, data.parties.slice(0, 8).map((one) => el("li", {}, el("b", {}, moment(one.start_at)), " " + words(one.title) + " (" + words(one.environment) + ")")));
    section("patching", "Patching", "The patch groups of machines and products, and the next patch parties. Nodes count with their product; a product without a group is spread by the platform.",
      next, table("Patch groups by service", rows, columns, ["environment"]).node);
  }

  function loadbalancers() {
    if (balancers === null) return;
    const off = (row) => row.members.filter((one) => one.off).length;
    const columns = [NAME, SERVICE, ENVIRONMENT, STATUS,
      { key: "members", label: "Members", kind: "right", value: (row) => row.members.length },
      { key: "off", label: "Off", kind: "right", value: off, bad: (row) => off(row) > 0 },
      { key: "pool", label: "Pool", kind: "wrap", text: (row) => row.members.map((one) => one.name + " " + one.state + " " + one.health).join(" "), value: (row) => row.members.length,
        node: (row) => row.members.slice(0, 20).flatMap((one, at) => [at ? ", " : "", member(one)]).concat(row.members.length > 20 ? " \u2026" : "") },
      { key: "urls", label: "URLs", kind: "wrap", text: (row) => row.urls === null ? "unknown" : row.urls.join(" "), value: (row) => row.urls && row.urls.length, node: (row) => row.urls === null ? shown(null) : row.urls.join(", ") },
      PROTECTION[1]];
    section("loadbalancers", "Load balancers", null, table("Load balancers", balancers, columns, ["service", "environment", "status"]).node);
  }

  function member(one) {
    const text = words(one.name) + (one.port === null ? "" : ":" + one.port);
    if (one.off) return el("span", { class: "bad" }, text + " (" + [one.state, one.health].filter(Boolean).join(", ") + ")");
    return one.off === null ? text + " (unknown)" : text;
  }

  function services() {
    const grouped = (rows, key) => rows.reduce((all, row) => { const at = row[key]; (all.get(at) || all.set(at, []).get(at)).push(row); return all; }, new Map());
    const own = grouped(machines.filter((one) => one.node_of === null), "service_id"), nodes = grouped(machines, "node_of");
    const ofProducts = grouped(products, "service_id"), ofBalancers = grouped(balancers || [], "service_id");
    const pools = new Map();
    for (const one of balancers || []) for (const each of one.members) if (each.machine_id !== null) pools.set(each.machine_id, [...new Set([...(pools.get(each.machine_id) || []), one])]);
    const urls = (one) => (one.urls && one.urls.length ? " \u2192 " + one.urls.join(", ") : "");
    const machine = (one) => el("li", {}, linked(one.id, one.name), " ", el("span", { class: "hint" }, [one.platform, one.sizing, one.zone].filter(Boolean).join(" \u00b7 ")),
      (pools.get(one.id) || []).map((pool) => [" \u2192 ", linked(pool.id, pool.name), urls(pool)]).flat());
    const some = (rows, make) => {
      const list = el("ul", {}, rows.slice(0, 100).map(make));
      if (rows.length > 100) list.append(el("li", {}, el("button", { type: "button", class: "plain", on: { click: (event) => { event.target.parentNode.remove(); list.append(...rows.slice(100).map(make)); } } }, "Show " + number.format(rows.length - 100) + " more")));
      return list;
    };
    const block = (title, rows, make) => (rows && rows.length ? [el("h4", {}, title), some(rows, make)] : []);
    const tree = (one) => {
      const counts = [["machines", "machine"], ["products", "product"], ["loadbalancers", "load balancer"]].filter(([key]) => one[key]).map(([key, kind]) => several(one[key], kind)).join(", ");
      return folded({ class: "tree" }, el("summary", {}, el("b", {}, words(one.name)), el("span", { class: "tag" }, words(one.environment)), " ", el("span", { class: "hint" }, counts)), () => [
        block("Load balancers, their URLs and their pools", ofBalancers.get(one.id), (each) => el("li", {}, linked(each.id, each.name), urls(each),
          each.members.length ? some(each.members, (part) => el("li", {}, member(part))) : el("span", { class: "hint" }, " \u00b7 no members"))),
        block("Products and their nodes", ofProducts.get(one.id), (each) => el("li", {}, linked(each.id, each.name), " ", el("span", { class: "hint" }, [each.platform, each.sizing].filter(Boolean).join(" \u00b7 ")),
          nodes.get(each.id) ? some(nodes.get(each.id), machine) : null)),
        block("Machines, and the pools and URLs that they serve", own.get(one.id), machine),
        own.get(one.id) || ofProducts.get(one.id) || ofBalancers.get(one.id) ? [] : [el("p", { class: "hint" }, "No machine, product or load balancer.")],
      ].flat());
    };
    const place = el("div"), state = el("p", { class: "state", role: "status" });
    let most = 25;
    const draw = (text) => {
      const found = data.services.filter((one) => foldedText(words(one.name)).includes(foldedText(text).trim()));
      place.replaceChildren(...found.slice(0, most).map(tree));
      if (found.length > most) place.append(el("button", { type: "button", class: "plain more", on: { click: () => { most = found.length; draw(text); } } }, "Show " + number.format(found.length - most) + " more"));
      state.textContent = found.length === data.services.length ? several(found.length, "service") : number.format(found.length) + " of " + several(data.services.length, "service");
    };
    const search = el("div", { class: "tools" }, el("label", { class: "wide" }, "Search", el("input", { type: "search", placeholder: "Service", on: { input: (event) => draw(event.target.value) } })));
    section("services", "Services", "What each service is made of: products and their nodes, machines, pools and URLs.", data.services.length > 8 ? search : null, state, place);
    draw("");
  }

  function lists() {
    const columns = [NAME, SERVICE, ENVIRONMENT,
      { key: "node_of_name", label: "Part of", value: (row) => row.node_of_name || "", text: (row) => row.node_of_name || "", node: (row) => (row.node_of === null ? "" : linked(row.node_of, row.node_of_name)) },
      PLATFORM, { key: "sizing", label: "Size" }, { key: "storage", label: "Disks, GB", kind: "right" }, { key: "zone", label: "Zone" }, STATUS,
      { key: "ip_address", label: "IP address" }, PHASE, UNTIL, ...PROTECTION, PATCHING,
      { key: "family", label: "Family" }, TAGS];
    tables.machines = table("All machines", machines, columns, ["service", "environment", "platform", "zone", "status"], "name", "Name, service, address, tag \u2026");
    section("machines", "All machines", null, tables.machines.node);
    if (products.length) {
      const ofProducts = [NAME, SERVICE, ENVIRONMENT, PLATFORM, { key: "version", label: "Version" }, { key: "sizing", label: "Size" },
        { key: "node_count", label: "Nodes", kind: "right" }, STATUS, PHASE, UNTIL, ...PROTECTION, PATCHING, TAGS];
      section("products", "All products", null, table("All products", products, ofProducts, ["service", "environment", "platform", "status"], "name").node);
    }
    if (others && others.length) {
      const ofOthers = [NAME, SERVICE, ENVIRONMENT, { key: "category", label: "Category" }, { key: "type", label: "Type" }, PLATFORM, STATUS, UNTIL, TAGS];
      section("others", "Other resources", null, table("Other resources", others, ofOthers, ["category", "environment"], "name").node);
    }
  }

  times();
  headline();
  attention();
  changes();
  bars();
  support();
  patching();
  loadbalancers();
  services();
  lists();

  let opened = [];
  window.addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details.finding:not([open])")];
    for (const one of opened) { one.fill(); one.open = true; }
  });
  window.addEventListener("afterprint", () => { for (const one of opened) one.open = false; });
})();
