// Lists beside the map: the table that is its twin, offers with their filter, gaps.

const PAGE = 50;

/** Areas of the level in the order the table is sorted by. */
function sortedAreas() {
  const level = data.levels[state.level], series = currentSeries();
  const cells = level.ids.map((_, i) => cellOf(series, i));
  const compare = new Intl.Collator("de", { numeric: true }).compare;
  const { column, down } = state.sort;
  const order = level.ids.map((_, i) => i);
  order.sort((a, b) => {
    let n = 0;
    if (column > 0) {
      const key = /** @type {const} */ (["value", "value", "numerator", "denominator"])[column];
      const x = cells[a][key], y = cells[b][key];
      // What is missing or secret stays at the end, whichever way the rest is sorted.
      if (x === null || y === null) { if (x !== y) return x === null ? 1 : -1; } else n = x - y;
    }
    return (down ? -1 : 1) * (n || (column ? 0 : compare(level.names[a], level.names[b]))) || compare(level.names[a], level.names[b]);
  });
  return { order, cells };
}

function drawTable() {
  const level = data.levels[state.level], indicator = data.indicators[state.indicator], series = currentSeries();
  const { order, cells } = sortedAreas();
  const pages = Math.ceil(order.length / PAGE);
  state.page = Math.min(state.page, pages - 1);
  const parts = Boolean(indicator.denominator);
  const heads = [level.title, indicator.unit ? say("value_in", { unit: indicator.unit }) : say("value"), ...(parts ? [say("numerator"), say("denominator")] : [])];
  const head = html("tr", {}, ...heads.map((text, c) => {
    const sorted = state.sort.column === c;
    return html("th", { scope: "col", "aria-sort": sorted ? (state.sort.down ? "descending" : "ascending") : null },
      html("button", { type: "button", onclick: () => { state.sort = { column: c, down: sorted ? !state.sort.down : c > 0 }; state.page = 0; drawTable(); refocus(`#tabelle th:nth-child(${c + 1}) button`); announce(say("sorted", { column: text })); } }, text, html("span", { class: "pfeil", "aria-hidden": "true" }, sorted ? (state.sort.down ? "▼" : "▲") : "")));
  }));
  // On paper the table is whole; on the screen rows beyond the page are left out.
  const shown = state.printing ? order : order.slice(state.page * PAGE, (state.page + 1) * PAGE);
  const body = shown.map((i) => {
    const parent = level.parent > 0 && level.parents[i] >= 0 ? data.levels[level.parent].names[level.parents[i]] : "";
    const cell = cells[i], counted = series ? series.counted : 0;
    /** @param {number|null} n */
    const count = (n) => html("td", {}, n === null ? (cell.sign === "." ? "." : "") : write(n, counted));
    const chosen = state.choice && state.choice.kind === "area" && state.choice.level === state.level && state.choice.index === i;
    return html("tr", { class: chosen ? "gewaehlt" : null },
      html("th", { scope: "row" }, html("button", { type: "button", class: "textlink", "data-area": i, onclick: () => reveal({ kind: "area", level: state.level, index: i }, () => document.querySelector(`#tabelle [data-area="${i}"]`), true) }, level.names[i]), parent && html("span", { class: "leise" }, parent)),
      html("td", { class: cell.value === null ? "leer" : null, title: cell.sign ? data.signs[cell.sign] : null }, writeValue(cell, indicator, false)),
      parts && count(cell.numerator), parts && count(cell.denominator));
  });
  refill("tabelle", 
    html("table", {}, html("caption", {}, say("table_caption", { indicator: indicator.title, level: level.plural, date: series ? writeDate(series.date) : say("missing") }), parts && html("span", { class: "zeile2" }, say("table_parts", { numerator: indicator.numerator, denominator: indicator.denominator }))), html("thead", {}, head), html("tbody", {}, ...body)),
    pager(pages, state.page, (p) => { state.page = p; drawTable(); }, "tabelle"),
    html("button", { type: "button", class: "knopf", onclick: saveTable }, say("save_table")));
}

/** @param {number} pages @param {number} page @param {(p: number) => void} go @param {string} place */
function pager(pages, page, go, place) {
  if (pages < 2) return null;
  /** @param {string} key @param {number} to */
  const step = (key, to) => html("button", { type: "button", class: "knopf", "aria-disabled": to < 0 || to >= pages ? "true" : null, onclick: () => { if (to < 0 || to >= pages) return; go(to); refocus(`#${place} .seiten button:nth-of-type(${key === "previous" ? 1 : 2})`); announce(say("page", { page: to + 1, pages })); } }, say(key));
  return html("nav", { class: "seiten", "aria-label": say("pages") }, step("previous", page - 1), html("span", {}, say("page", { page: page + 1, pages })), step("next", page + 1));
}

/** @param {string} selector */
function refocus(selector) {
  const element = /** @type {HTMLElement|null} */ (document.querySelector(selector));
  if (element) element.focus();
}

/** A text that a spreadsheet neither splits nor computes. @param {string} text */
function csvText(text) {
  const calm = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[;"\n\r]/.test(calm) ? `"${calm.replace(/"/g, '""')}"` : calm;
}

function saveTable() {
  const level = data.levels[state.level], indicator = data.indicators[state.indicator], series = currentSeries();
  const { order, cells } = sortedAreas();
  const counted = series ? series.counted : 0;
  /** @param {number|null} n @param {number} digits */
  const plain = (n, digits) => (n === null ? "" : n.toFixed(digits).replace(".", ","));
  const rows = order.map((i) => [level.title, level.ids[i], level.names[i], indicator.title, indicator.unit, series ? series.date : "", series ? series.borders : ""].map(csvText)
    .concat([indicator.classes ? csvText(indicator.classes[(cells[i].value || 0) - 1] || "") : plain(cells[i].value, indicator.digits), plain(cells[i].numerator, counted), plain(cells[i].denominator, counted), cells[i].sign, csvText(data.qualities[cells[i].quality] || cells[i].quality)]).join(";"));
  const text = `\ufeff${[say("csv_head"), ...rows].join("\r\n")}\r\n`;
  const address = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  const anchor = html("a", { href: address, download: `${level.id}_${indicator.id}_${series ? series.date : ""}.csv`.replace(/[^\w.-]+/g, "_") });
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
  announce(say("saved"));
}

// ---- offers

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

// ---- gaps

function drawGaps() {
  if (!data.gaps.length) { refill("luecken", html("p", {}, say("no_gaps"))); return; }
  const choose = html("label", { class: "feldname" }, html("span", {}, say("measure")),
    html("select", { onchange: (/** @type {Event} */ e) => { state.gapMeasure = Number(/** @type {HTMLSelectElement} */ (e.target).value); setGaps(true); drawGaps(); refocus("#luecken select"); } },
      ...gapMeasures().map((m) => html("option", { value: m, selected: m === state.gapMeasure }, data.indicators[m] ? data.indicators[m].gap : say("missing")))));
  const rows = data.gaps.map((gap, i) => gapShown(i) && html("li", {}, html("button", { type: "button", class: "eintrag", "data-gap": i, onclick: () => reveal({ kind: "gap", index: i }, () => document.querySelector(`#luecken [data-gap="${i}"]`), true) },
    html("span", { class: "rang" }, gap.rank),
    html("span", {}, html("span", { class: "titel" }, gap.people === null ? say("gap_secret") : say("gap_people", { people: write(gap.people) })), html("span", { class: "leise" }, gapWay(gap)))))).filter(Boolean);
  const limit = data.gaps.filter((_, i) => gapShown(i))[0].limit;
  refill("luecken", choose, html("p", { class: "leise" }, say("gaps_note", { limit: limit === null ? "?" : write(limit) })), html("ol", { class: "liste" }, ...rows));
}
