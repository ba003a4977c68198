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

/** The filter is built when it is first opened; the list follows it. */
function buildFilter() {
  if (byId("filter").firstChild) return;
  const { categories, ids } = data.offers;
  if (!ids.length) { refill("filter", html("p", {}, say("no_offers"))); return; }
  const counts = tally(ids.keys());
  const boxes = categories.map((c, i) => html("label", {}, html("input", { type: "checkbox", name: "kategorie", value: i, onchange: (/** @type {Event} */ e) => {
    const on = /** @type {HTMLInputElement} */ (e.target).checked;
    if (on) state.filter.categories.add(i); else state.filter.categories.delete(i);
    filterOffers();
  } }), symbol(c), html("span", {}, c.title), html("span", { class: "anzahl" }, write(counts[i]))));
  const selects = Object.keys(PICKS).flatMap((id) => {
    const column = columnOf(id), choices = column ? choicesOf(column) : [];
    if (!column || !choices.length) return [];
    return [html("label", { class: "feldname" }, html("span", {}, column.label), html("select", { name: id, onchange: (/** @type {Event} */ e) => {
      const { value } = /** @type {HTMLSelectElement} */ (e.target);
      if (value) state.filter.picks[id] = value; else delete state.filter.picks[id];
      filterOffers();
    } }, html("option", { value: "" }, say("all")), ...choices.map((v) => html("option", { value: v }, v))))];
  });
  /** @param {string} name @param {string} label @param {Record<string, any>} attributes @param {(value: string) => void} take */
  const field = (name, label, attributes, take) => html("label", { class: "feldname" }, html("span", {}, say(label)),
    html("input", { name, autocomplete: "off", ...attributes, oninput: (/** @type {Event} */ e) => { take(/** @type {HTMLInputElement} */ (e.target).value); filterOffers(); } }));
  const age = (columnOf("age_from") || columnOf("age_to")) && field("alter", "age", { type: "number", min: 0, max: 130, inputmode: "numeric" }, (v) => { state.filter.age = v === "" ? null : Number(v); });
  const when = data.offers.week && [
    html("label", { class: "feldname" }, html("span", {}, say("open_day")), html("select", { name: "tag", onchange: (/** @type {Event} */ e) => { state.filter.day = Number(/** @type {HTMLSelectElement} */ (e.target).value); filterOffers(); } },
      html("option", { value: -1 }, say("any_time")), ...say("days").split(",").map((d, i) => html("option", { value: i }, d)))),
    field("uhrzeit", "open_time", { type: "time", value: "10:00" }, (v) => { const [h, m] = v.split(":").map(Number); if (v) state.filter.minute = 60 * h + m; }),
  ];
  const text = field("text", "free_text", { type: "search" }, (v) => { state.filter.text = v; });
  const unstated = html("label", { class: "ohne" }, html("input", { type: "checkbox", name: "ohne", onchange: (/** @type {Event} */ e) => { state.filter.unstated = /** @type {HTMLInputElement} */ (e.target).checked; filterOffers(); } }), ` ${say("unstated")}`);
  const reset = html("button", { type: "button", class: "knopf", onclick: () => {
    state.filter = { categories: new Set(), picks: {}, text: "", age: null, day: -1, minute: 600, unstated: false };
    showFilter();
    filterOffers();
  } }, say("reset"));
  refill("filter", html("fieldset", { class: "arten" }, html("legend", {}, say("categories")), ...boxes), html("div", { class: "felder" }, text, ...selects, age, ...(when || [])),
    data.offers.week && html("p", { class: "regel" }, say("usual_week", { date: writeDate(data.offers.week.from) })), html("div", { class: "ohne-zeile" }, unstated, reset, data.cells && data.cells.reach && html("button", { type: "button", class: "knopf", onclick: () => showWays(listWays().length - 1) }, say("ways_show_found"))));
}

/** @param {number} minute */
function writeTime(minute) {
  return [Math.floor(minute / 60), minute % 60].map((n) => String(n).padStart(2, "0")).join(":");
}

/** Bring the fields to the filter. */
function showFilter() {
  const { categories, picks, text, age, day, minute, unstated } = state.filter;
  /** @type {Record<string, string>} */
  const values = { ...picks, text, alter: age === null ? "" : String(age), tag: String(day), uhrzeit: writeTime(minute) };
  for (const one of /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll("#filter [name]"))) {
    if (one.name === "kategorie") one.checked = categories.has(Number(one.value));
    else if (one.name === "ohne") one.checked = unstated;
    else one.value = values[one.name] || "";
  }
}

function filterOffers() {
  findOffers();
  state.offerPage = 0;
  if (!byId("t-angebote").hidden) drawOffers();
  if (!state.offers) setOffers(true); else { drawMarks(); drawOfferLegend(); }
  if (waysToFound()) drawAll();
  announce(writeFound());
  writeHash();
}

function drawOffers() {
  const pages = Math.ceil(state.found.length / PAGE);
  const page = state.found.slice(state.offerPage * PAGE, (state.offerPage + 1) * PAGE);
  refill("angebotsliste", 
    html("p", { class: "fund" }, writeFound()),
    html("ul", { class: "liste" }, ...page.map((i) => html("li", {}, offerButton(i)))),
    pager(pages, state.offerPage, (p) => { state.offerPage = p; drawOffers(); }, "angebotsliste"));
}

