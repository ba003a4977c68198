// Offers in a list, and what narrows it.

/** @param {number} i @param {Opener|null} [opener] null keeps the one before */
function offerButton(i, opener = () => document.querySelector(`#angebotsliste [data-offer="${i}"]`)) {
  const category = data.offers.categories[data.offers.category[i]];
  return html("button", { type: "button", class: "eintrag", "data-offer": i, onclick: () => reveal({ kind: "offer", index: i }, opener, true) },
    symbol(category), html("span", {}, html("span", { class: "titel" }, nameOf(i)), html("span", { class: "leise" }, [titleOf(data.offers.category[i]), areaName(data.offers.areas[i])].filter(Boolean).join(" · "))));
}

/** @param {number} area */
function areaName(area) {
  return area < 0 ? "" : data.levels[data.levels.length - 1].names[area];
}

/** @param {{path: string, colour: string}|undefined} category */
function symbol(category) {
  return svg("svg", { class: "symbol", viewBox: "-9 -9 18 18", "aria-hidden": "true" }, category && svg("path", { d: category.path, fill: category.colour }));
}

/** The filter is built once; the list follows it. */
function buildFilter() {
  const { categories, category, columns, ids } = data.offers;
  if (!ids.length) { refill("filter", html("p", {}, say("no_offers"))); return; }
  const counts = categories.map((_, i) => category.filter((c) => c === i).length);
  const boxes = categories.map((c, i) => html("label", {}, html("input", { type: "checkbox", name: "kategorie", value: i, onchange: (/** @type {Event} */ e) => {
    const on = /** @type {HTMLInputElement} */ (e.target).checked;
    if (on) state.filter.categories.add(i); else state.filter.categories.delete(i);
    filterOffers();
  } }), symbol(c), html("span", {}, c.title), html("span", { class: "anzahl" }, write(counts[i]))));
  const selects = columns.filter((c) => ["traeger", "target_groups"].includes(c.id)).map((c) => {
    const known = c.values.map((v, i) => html("option", { value: i }, v));
    return html("label", { class: "feldname" }, html("span", {}, c.label), html("select", { name: c.id, onchange: (/** @type {Event} */ e) => {
      const value = /** @type {HTMLSelectElement} */ (e.target).value;
      if (value === "") delete state.filter.picks[c.id]; else state.filter.picks[c.id] = Number(value);
      filterOffers();
    } }, html("option", { value: "" }, say("all")), ...known, c.codes.includes(-1) && html("option", { value: -1 }, say("missing"))));
  });
  const text = html("label", { class: "feldname" }, html("span", {}, say("free_text")), html("input", { type: "search", name: "text", autocomplete: "off", oninput: (/** @type {Event} */ e) => { state.filter.text = /** @type {HTMLInputElement} */ (e.target).value; filterOffers(); } }));
  refill("filter", html("fieldset", { class: "arten" }, html("legend", {}, say("categories")), ...boxes), html("div", { class: "felder" }, ...selects, text));
}

function filterOffers() {
  state.found = shownOffers();
  state.offerPage = 0;
  drawOffers();
  if (!state.offers) setOffers(true); else drawMarks();
  announce(say("found", { count: write(state.found.length), all: write(data.offers.ids.length) }));
  writeHash();
}

function drawOffers() {
  const pages = Math.ceil(state.found.length / PAGE);
  const page = state.found.slice(state.offerPage * PAGE, (state.offerPage + 1) * PAGE);
  refill("angebotsliste", 
    html("p", { class: "fund" }, say("found", { count: write(state.found.length), all: write(data.offers.ids.length) })),
    html("ul", { class: "liste" }, ...page.map((i) => html("li", {}, offerButton(i)))),
    pager(pages, state.offerPage, (p) => { state.offerPage = p; drawOffers(); }, "angebotsliste"));
}

