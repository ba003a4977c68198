// State, controls, and one thing at a time in the panel.

/** @typedef {{kind: "area", level: number, index: number} | {kind: "offer", index: number} | {kind: "gap", index: number} | {kind: "bundle", members: number[]}} Choice */

/** Where the focus returns to: asked for when it is needed, for lists are drawn anew.
 * @typedef {() => Element|null} Opener */

const state = {
  level: 0, indicator: 0, date: "", scheme: "quantiles", second: -1, ground: false, ways: -1, wayLimit: 0, compare: false, hatch: false,
  /** @type {Paint} */ paint: /** @type {any} */ (null), /** @type {Paint|null} */ before: null,
   names: true, offers: false, gaps: false, gapMeasure: -1,
  /** @type {Choice|null} */ choice: null, /** found street, an entry of the list */ street: -1,
  /** @type {Opener|null} */ opener: null, openerTab: "gebiet",
  /** @type {Filter} */ filter: { categories: new Set(), picks: {}, text: "", age: null, day: -1, minute: 600, unstated: false },
  /** @type {number[]} */ found: [], unknown: 0, offerPage: 0,
  /** @type {Mark[]} */ marks: [], /** @type {number[][]} */ gapBoxes: [], /** @type {{x: number, y: number}[]} */ ranks: [],
  sort: { column: 1, down: true }, page: 0, printing: false,
};

function currentSeries() {
  return findSeries(state.level, state.indicator, state.date);
}

/** The chosen date where the level has it, else its newest. @param {number} level */
function currentDate(level) {
  const dates = datesOf(level, state.indicator);
  return dates.includes(state.date) ? state.date : dates[0] || "";
}

function drawAll() {
  const level = data.levels[state.level], indicator = data.indicators[state.indicator];
  const way = currentWay();
  const titles = way ? [waysToFound() ? say("ways_title_found", { filter: wordFilter() }) : say("ways_title", { category: way.category })] : [indicator, ...(isPair() ? [data.indicators[state.second]] : [])].map((i) => i.title);
  byId("kartentitel").textContent = titles.join(" × ");
  byId("kartentitel").lang = EDITION && !way ? EDITION : document.documentElement.lang;
  if (way && data.cells) refill("kartenzeile", [say("ways_line", { metres: write(data.cells.metres) }), waysToFound() ? writeFound() : ""].filter(Boolean).join(" · "));
  else refill("kartenzeile", quote(level.plural), state.date && ` · ${say("as_of", { date: writeDate(state.date) })}`);
  state.paint = mix(data, state.date);
  fillSchemes();
  drawAreas();
  drawWays(true);
  drawOlder();
  drawLegend();
  markChoice();
  afterPicture(fillPanel);
  writeHash();
}

function fillDates() {
  const dates = datesOf(state.level, state.indicator);
  if (!dates.includes(state.date)) state.date = dates[0] || "";
  const select = /** @type {HTMLSelectElement} */ (byId("w-stand"));
  select.replaceChildren(...dates.map((d) => html("option", { value: d, selected: d === state.date }, writeDate(d))));
  select.disabled = !dates.length;
}

/** Gaps of the shown indicator, if it has any; else those shown before. */
function followGaps() {
  const measures = gapMeasures();
  if (measures.includes(state.indicator)) state.gapMeasure = state.indicator;
  else if (!measures.includes(state.gapMeasure)) state.gapMeasure = measures[0];
}

/** @param {number} level */
function setLevel(level) {
  state.level = level;
  state.page = 0;
  const radio = /** @type {HTMLInputElement} */ (document.querySelector(`input[name=ebene][value="${level}"]`));
  radio.checked = true;
  fillDates();
  drawAll();
  const { ids, title, plural } = data.levels[level];
  announce(say("level_shown", { count: write(ids.length), level: ids.length === 1 ? title : plural }));
}

/** @param {number} indicator */
function setIndicator(indicator) {
  state.indicator = indicator;
  followGaps();
  /** @type {HTMLSelectElement} */ (byId("w-merkmal")).value = String(indicator);
  fillDates();
  drawAll();
  drawGaps();
  announce(data.indicators[indicator].title);
}

/** @param {boolean} on */
function setOffers(on) {
  state.offers = on;
  /** @type {HTMLInputElement} */ (byId("w-angebote")).checked = on;
  drawMarks();
  drawOfferLegend();
  writeHash();
}

/** @param {boolean} on */
function setGaps(on) {
  state.gaps = on;
  /** @type {HTMLInputElement} */ (byId("w-luecken")).checked = on;
  document.documentElement.classList.toggle("zeigt-luecken", on);
  drawMarks();
  drawLegend();
  writeHash();
}

// ---- one thing at a time in the panel

/** @param {Choice} choice @param {Opener|null} opener null keeps the one before @param {boolean} [keyboard] */
function reveal(choice, opener, keyboard = false) {
  state.choice = choice;
  state.street = -1;
  if (opener) {
    state.opener = opener;
    state.openerTab = openTab();
  }
  showChoice();
  showTab("gebiet");
  if (choice.kind === "area") {
    const [x0, y0, x1, y1] = drawn[choice.level].boxes[choice.index];
    if (keyboard) {
      const [x, y] = toScreen((x0 + x1) / 2, (y0 + y1) / 2);
      bringIntoView(x, y);
    }
  } else if (choice.kind === "offer") {
    if (!state.offers) setOffers(true);
    if (keyboard) look(Math.max(view.zoom, 5), data.offers.east[choice.index], -data.offers.north[choice.index]);
  } else if (choice.kind === "gap") {
    if (!state.gaps) setGaps(true);
    lookAt(boxOf(data.topology.objects.gaps.geometries[choice.index].arcs), 0.35);
  }
  const title = byId("einzel-titel");
  if (keyboard) title.focus();
  else {
    announce(title.textContent || "");
    // Beside the map what was clicked must come into sight; below it the map must not run away.
    if (matchMedia("(min-width: 62.01rem)").matches) (document.querySelector(".einzel .wert, .einzel .pass") || title).scrollIntoView({ block: "nearest" });
  }
  writeHash();
}

/** Show the place of a street and the area of the shown level it lies in.
 * @param {number} entry @param {Opener|null} opener */
function revealStreet(entry, opener) {
  const { names, street, areas, places } = /** @type {NonNullable<Data["streets"]>} */ (data.streets);
  const last = data.levels.length - 1, level = state.level || last, inside = data.levels[level].inside;
  let index = areas[entry];
  for (let l = last; !inside && l > level && index >= 0; l = data.levels[l].parent) index = data.levels[l].parents[index];
  if (inside) index = inside[index];
  setLevel(index < 0 ? last : level);
  reveal({ kind: "area", level: state.level, index: index < 0 ? areas[entry] : index }, opener, true);
  state.street = entry;
  look(Math.max(view.zoom, 6), places[entry][0], -places[entry][1]);
  settle();
  announce(say("street_in", { street: names[street[entry]], area: byId("einzel-titel").textContent || "" }));
}

/** Where the choice is seen beside the panel. */
function markChoice() {
  drawChoice();
  drawMarks();
  drawTableChoice();
}

function showChoice() {
  markChoice();
  fillPanel();
}

function fillPanel() {
  const choice = state.choice;
  wishes.delete(fillPanel);
  byId("einzel").classList.toggle("ganz", choice === null);
  refill("einzel", choice === null ? areaDetails(0, 0)
    : choice.kind === "area" ? areaDetails(choice.level, choice.index)
      : choice.kind === "offer" ? offerDetails(choice.index)
        : choice.kind === "gap" ? gapDetails(choice.index) : bundleDetails(choice.members));
}

function drawTableChoice() {
  if (!byId("t-tabelle").hidden || state.printing) drawTable();
}

function goBack() {
  const opener = state.opener;
  state.choice = null;
  state.street = -1;
  state.opener = null;
  showChoice();
  showTab(state.openerTab);
  /** @type {any} */ ((opener && opener()) || byId("einzel")).focus();
  writeHash();
}

function openTab() {
  const tab = document.querySelector("[role=tab][aria-selected=true]");
  return tab ? tab.id.slice(2) : "gebiet";
}

/** @param {string} name */
function showTab(name) {
  for (const tab of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[role=tab]"))) {
    const on = tab.id === `r-${name}`;
    tab.setAttribute("aria-selected", String(on));
    tab.tabIndex = on ? 0 : -1;
    byId(tab.getAttribute("aria-controls") || "").hidden = !on;
  }
  if (name === "tabelle") drawTable();
  if (name === "angebote") { buildFilter(); showFilter(); drawOffers(); }
  writeHash();
}

function startTabs() {
  const tabs = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("[role=tab]")]);
  tabs.forEach((tab, i) => {
    tab.addEventListener("click", () => showTab(tab.id.slice(2)));
    tab.addEventListener("keydown", (e) => {
      const to = e.key === "ArrowRight" ? i + 1 : e.key === "ArrowLeft" ? i - 1 : e.key === "Home" ? 0 : e.key === "End" ? tabs.length - 1 : null;
      if (to === null) return;
      e.preventDefault();
      const next = tabs[(to + tabs.length) % tabs.length];
      showTab(next.id.slice(2));
      next.focus();
    });
  });
}

