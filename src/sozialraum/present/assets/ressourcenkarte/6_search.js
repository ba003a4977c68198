// Search: areas, streets, offers and their addresses.

/** @typedef {{name: string, kind: string, folded: string, go: () => void}} Hit */

function startSearch() {
  const input = /** @type {HTMLInputElement} */ (byId("suche")), list = byId("treffer");
  /** @type {Hit[]} */
  let all = [];
  // Made when the field is first entered: with many offers it takes a while.
  const collect = () => {
    if (all.length) return;
    for (let l = data.levels.length - 1; l > 0; l--) {
      data.levels[l].names.forEach((name, index) => all.push({ name, kind: data.levels[l].title, folded: fold(name), go: () => { setLevel(l); reveal({ kind: "area", level: l, index }, () => input, true); } }));
    }
    const { names, street, areas } = data.streets || { names: [], street: [], areas: [] }, last = data.levels[data.levels.length - 1];
    street.forEach((s, entry) => all.push({ name: names[s], kind: `${say("street")}, ${last.names[areas[entry]]}`, folded: fold(names[s]), go: () => revealStreet(entry, () => input) }));
    data.offers.ids.forEach((_, index) => all.push({ name: nameOf(index), kind: titleOf(data.offers.category[index]), folded: fold(nameOf(index)), go: () => reveal({ kind: "offer", index }, () => input, true) }));
    const address = columnOf("address");
    if (address) address.values.forEach((name, code) => all.push({ name, kind: say("address"), folded: fold(name), go: () => {
      const members = [...address.codes.keys()].filter((i) => address.codes[i] === code);
      reveal(members.length > 1 ? { kind: "bundle", members } : { kind: "offer", index: members[0] }, () => input, true);
    } }));
  };
  input.addEventListener("focus", collect);
  /** @type {Hit[]} */
  let hits = [];
  let active = -1;
  const close = () => { list.hidden = true; input.setAttribute("aria-expanded", "false"); input.removeAttribute("aria-activedescendant"); active = -1; };
  /** @param {number} to */
  const mark = (to) => {
    active = to;
    [...list.children].forEach((c, i) => c.setAttribute("aria-selected", String(i === to)));
    input.setAttribute("aria-activedescendant", `treffer-${to}`);
    const row = list.children[to];
    if (row) row.scrollIntoView({ block: "nearest" });
  };
  /** @param {number} i */
  const choose = (i) => { const hit = hits[i]; close(); if (hit) { input.value = hit.name; hit.go(); } };
  input.addEventListener("input", () => {
    collect();
    const wanted = fold(input.value);
    if (!wanted) { close(); return; }
    let found = all.filter((h) => h.folded.includes(wanted));
    // A house without an offer is not known, its street may be.
    const [, own] = /^(.*\D)\s+\d+\s*[a-z]?$/.exec(wanted) || ["", ""];
    if (!found.length && own) found = all.filter((h) => h.folded.startsWith(own));
    hits = [...found.filter((h) => h.folded.startsWith(wanted)), ...found.filter((h) => !h.folded.startsWith(wanted))].slice(0, 12);
    list.replaceChildren(...hits.map((h, i) => html("li", { role: "option", id: `treffer-${i}`, "aria-selected": "false", onpointerdown: (/** @type {Event} */ e) => { e.preventDefault(); choose(i); } }, html("span", {}, h.name), html("span", { class: "leise" }, h.kind))));
    if (!hits.length) list.append(html("li", { role: "option", "aria-disabled": "true", "aria-selected": "false", class: "leise" }, say("no_hits")));
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    input.removeAttribute("aria-activedescendant");
    active = -1;
    announce(say(found.length ? "hits" : "no_hits", { count: write(found.length) }));
  });
  input.addEventListener("keydown", (e) => {
    if (e.key === "ArrowDown" && hits.length) { e.preventDefault(); mark((active + 1) % hits.length); }
    else if (e.key === "ArrowUp" && hits.length) { e.preventDefault(); mark((active - 1 + hits.length) % hits.length); }
    else if (e.key === "Enter") { e.preventDefault(); choose(Math.max(active, 0)); }
    else if (e.key === "Escape") { input.value = ""; hits = []; close(); }
  });
  input.addEventListener("blur", close);
}

