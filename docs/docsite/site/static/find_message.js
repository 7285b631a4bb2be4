// SPDX-License-Identifier: GPL-3.0-or-later
// On the page "Troubleshooting": finds the entry of a message that is pasted whole, names and numbers included.
"use strict";

(function () {
  const title = document.querySelector("#troubleshooting > h1");
  if (!title) return;

  const plain = (text) => text.replace(/\s+/g, " ").trim();
  const words = (text) => new Set(text.toLowerCase().match(/[a-z_]{3,}/g) || []);
  const entries = [...document.querySelectorAll("#troubleshooting li > p > code, #troubleshooting .highlight-text pre")]
    .map((element) => ({ element, text: plain(element.textContent) }));

  // How well an entry fits: the length of its own words where all of them are there in order, else the share of them.
  function score(entry, pasted) {
    const parts = entry.text.split("…").map((part) => part.trim()).filter((part) => part.length > 1);
    let at = 0;
    const isThere = parts.every((part) => {
      const found = pasted.indexOf(part, at);
      at = found + part.length;
      return found >= 0;
    });
    if (isThere) return 1 + parts.join("").length;
    const own = words(entry.text);
    const given = words(pasted);
    const common = [...own].filter((word) => given.has(word)).length;
    return common > 2 ? common / Math.max(own.size, given.size) : 0;
  }

  const form = document.createElement("div");
  form.className = "find-message";
  form.innerHTML =
    '<p id="find-message">Paste the whole message here to find its entry:</p>' +
    '<textarea aria-labelledby="find-message" rows="3" spellcheck="false"></textarea><ol aria-live="polite"></ol>';
  title.after(form);
  const list = form.querySelector("ol");

  form.querySelector("textarea").addEventListener("input", (event) => {
    const pasted = plain(event.target.value);
    const best = pasted.length < 8 ? [] : entries
      .map((entry) => ({ ...entry, score: score(entry, pasted) }))
      .filter((entry) => entry.score > 0.3)
      .sort((one, other) => other.score - one.score);
    const sections = [...new Set(best.map((entry) => entry.element.closest("section")))].slice(0, 3);
    list.replaceChildren(...sections.map((section) => {
      const item = document.createElement("li");
      const link = document.createElement("a");
      link.href = "#" + section.id;
      link.textContent = section.querySelector("h2, h3").firstChild.textContent;
      item.append(link);
      return item;
    }));
    if (pasted.length >= 8 && !sections.length) {
      list.textContent = "No entry has these words. The text is probably the platform's own, or that of Ansible.";
    }
  });
})();
