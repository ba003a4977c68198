// State, controls, search, address, print, start.

/** @typedef {{kind: "area", level: number, index: number} | {kind: "offer", index: number} | {kind: "gap", index: number} | {kind: "bundle", members: number[]}} Choice */

/** Where the focus returns to: asked for when it is needed, for lists are drawn anew.
 * @typedef {() => Element|null} Opener */

const state = {
  level: 0, indicator: 0, date: "", hatch: false, names: true, offers: false, gaps: false, gapMeasure: -1,
  /** @type {Choice|null} */ choice: null,
  /** @type {Opener|null} */ opener: null, openerTab: "gebiet",
  /** @type {{categories: Set<number>, picks: Record<string, number>, text: string}} */
  filter: { categories: new Set(), picks: {}, text: "" },
  /** @type {number[]} */ found: [], offerPage: 0,
  /** @type {Mark[]} */ marks: [],
  sort: { column: 1, down: true }, page: 0, printing: false,
};

function currentSeries() {
  return findSeries(state.level, state.indicator, state.date);
}

function currentClasses() {
  return data.classes[`${state.level} ${state.indicator}`];
}

/** The chosen date where the level has it, else its newest. @param {number} level */
function currentDate(level) {
  const dates = datesOf(level, state.indicator);
  return dates.includes(state.date) ? state.date : dates[0] || "";
}

function drawAll() {
  const level = data.levels[state.level], indicator = data.indicators[state.indicator];
  byId("kartentitel").textContent = indicator.title;
  byId("kartenzeile").textContent = [level.plural, state.date ? say("as_of", { date: writeDate(state.date) }) : ""].filter(Boolean).join(" · ");
  drawAreas();
  drawLegend();
  drawTable();
  drawMarks();
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
  showChoice();
  announce(say("level_shown", { count: data.levels[level].ids.length, level: data.levels[level].plural }));
}

/** @param {number} indicator */
function setIndicator(indicator) {
  state.indicator = indicator;
  followGaps();
  /** @type {HTMLSelectElement} */ (byId("w-merkmal")).value = String(indicator);
  fillDates();
  drawAll();
  drawGaps();
  showChoice();
  announce(data.indicators[indicator].title);
}

/** @param {boolean} on */
function setOffers(on) {
  state.offers = on;
  /** @type {HTMLInputElement} */ (byId("w-angebote")).checked = on;
  drawMarks();
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
    const [x, y] = data.offers.places[choice.index];
    if (keyboard) look(Math.max(view.zoom, 5), x, -y);
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

function showChoice() {
  const choice = state.choice;
  drawChoice();
  drawMarks();
  drawTableChoice();
  byId("einzel").classList.toggle("ganz", choice === null);
  refill("einzel", choice === null ? areaDetails(0, 0)
    : choice.kind === "area" ? areaDetails(choice.level, choice.index)
      : choice.kind === "offer" ? offerDetails(choice.index)
        : choice.kind === "gap" ? gapDetails(choice.index) : bundleDetails(choice.members));
}

function drawTableChoice() {
  if (!byId("t-tabelle").hidden) drawTable();
}

function goBack() {
  const opener = state.opener;
  state.choice = null;
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

// ---- controls

function startControls() {
  const select = byId("w-merkmal");
  /** @type {Map<string, any>} */
  const groups = new Map();
  data.indicators.forEach((indicator, i) => {
    const option = html("option", { value: i }, indicator.title);
    if (!indicator.theme) { select.append(option); return; }
    if (!groups.has(indicator.theme)) {
      groups.set(indicator.theme, html("optgroup", { label: indicator.theme }));
      select.append(groups.get(indicator.theme));
    }
    groups.get(indicator.theme).append(option);
  });
  select.addEventListener("change", () => setIndicator(Number(/** @type {HTMLSelectElement} */ (select).value)));
  byId("w-ebene").append(...data.levels.map((level, i) => html("label", {}, html("input", { type: "radio", name: "ebene", value: i, onchange: () => setLevel(i) }), html("span", {}, level.plural))));
  byId("w-stand").addEventListener("change", (e) => { state.date = /** @type {HTMLSelectElement} */ (e.target).value; drawAll(); showChoice(); announce(writeDate(state.date)); });
  /** @type {[string, (on: boolean) => void][]} */
  const switches = [["w-schraffur", (on) => { state.hatch = on; drawAreas(); drawNames(); drawLegend(); writeHash(); }], ["w-namen", (on) => { state.names = on; drawNames(); writeHash(); }], ["w-angebote", setOffers], ["w-luecken", setGaps]];
  for (const [id, act] of switches) {
    byId(id).addEventListener("change", (e) => act(/** @type {HTMLInputElement} */ (e.target).checked));
  }
  if (!data.offers.ids.length) /** @type {HTMLElement} */ (byId("w-angebote").closest("label")).hidden = true;
  if (!data.gaps.length) /** @type {HTMLElement} */ (byId("w-luecken").closest("label")).hidden = true;
  const tools = /** @type {HTMLButtonElement[]} */ ([...document.querySelectorAll("#werkzeuge button")]);
  const acts = [() => zoomBy(1.6), () => zoomBy(1 / 1.6), () => look(1, 0, 0)];
  tools.forEach((tool, i) => {
    tool.addEventListener("click", acts[i]);
    tool.addEventListener("focus", () => tools.forEach((t) => { t.tabIndex = t === tool ? 0 : -1; }));
    tool.addEventListener("keydown", (e) => {
      const step = ["ArrowDown", "ArrowRight"].includes(e.key) ? 1 : ["ArrowUp", "ArrowLeft"].includes(e.key) ? -1 : 0;
      if (!step) return;
      e.preventDefault();
      tools[(i + step + tools.length) % tools.length].focus();
    });
  });
  byId("drucken").addEventListener("click", () => print());
  document.addEventListener("keydown", (e) => { if (e.key === "Escape" && state.choice && document.activeElement && document.activeElement.closest("#einzel, #buehne")) goBack(); });
}

// ---- search

/** @typedef {{name: string, kind: string, folded: string, go: () => void}} Hit */

function startSearch() {
  const input = /** @type {HTMLInputElement} */ (byId("suche")), list = byId("treffer");
  /** @type {Hit[]} */
  const all = [];
  for (let l = data.levels.length - 1; l > 0; l--) {
    data.levels[l].names.forEach((name, index) => all.push({ name, kind: data.levels[l].title, folded: fold(name), go: () => { setLevel(l); reveal({ kind: "area", level: l, index }, () => input, true); } }));
  }
  data.offers.ids.forEach((_, index) => all.push({ name: nameOf(index), kind: titleOf(data.offers.category[index]), folded: fold(nameOf(index)), go: () => reveal({ kind: "offer", index }, () => input, true) }));
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
    const wanted = fold(input.value);
    if (!wanted) { close(); return; }
    const found = all.filter((h) => h.folded.includes(wanted));
    hits = [...found.filter((h) => h.folded.startsWith(wanted)), ...found.filter((h) => !h.folded.startsWith(wanted))].slice(0, 12);
    list.replaceChildren(...hits.map((h, i) => html("li", { role: "option", id: `treffer-${i}`, "aria-selected": "false", onpointerdown: (/** @type {Event} */ e) => { e.preventDefault(); choose(i); } }, html("span", {}, h.name), html("span", { class: "leise" }, h.kind))));
    list.hidden = !hits.length;
    input.setAttribute("aria-expanded", String(Boolean(hits.length)));
    input.removeAttribute("aria-activedescendant");
    active = -1;
    announce(say(found.length ? "hits" : "no_hits", { count: found.length }));
  });
  input.addEventListener("keydown", (e) => {
    if (e.key === "ArrowDown" && hits.length) { e.preventDefault(); mark((active + 1) % hits.length); }
    else if (e.key === "ArrowUp" && hits.length) { e.preventDefault(); mark((active - 1 + hits.length) % hits.length); }
    else if (e.key === "Enter") { e.preventDefault(); choose(Math.max(active, 0)); }
    else if (e.key === "Escape") { input.value = ""; hits = []; close(); }
  });
  input.addEventListener("blur", close);
}

// ---- address: what is shown can be sent to others

let writing = false;

function writeHash() {
  if (writing || !/^(file|https?):$/.test(location.protocol)) return;
  const choice = state.choice;
  const parts = new URLSearchParams({ ebene: data.levels[state.level].id, merkmal: data.indicators[state.indicator].id, stand: state.date });
  if (choice && choice.kind === "area") parts.set("gebiet", `${data.levels[choice.level].id}/${data.levels[choice.level].ids[choice.index]}`);
  if (choice && choice.kind === "offer") parts.set("angebot", data.offers.ids[choice.index]);
  if (choice && choice.kind === "gap") parts.set("luecke", data.gaps[choice.index].id);
  if (state.hatch) parts.set("muster", "1");
  if (!state.names) parts.set("namen", "0");
  if (state.gaps) parts.set("luecken", "1");
  if (state.offers) parts.set("angebote", [...state.filter.categories].map((c) => data.offers.categories[c].id).join(",") || "1");
  history.replaceState(null, "", `#${parts}`);
}

function readHash() {
  const parts = new URLSearchParams(location.hash.slice(1));
  /** @param {string} id */
  const levelOf = (id) => data.levels.findIndex((l) => l.id === id);
  /** @param {string} id */
  const indicatorOf = (id) => data.indicators.findIndex((i) => i.id === id);
  const level = levelOf(parts.get("ebene") || ""), indicator = indicatorOf(parts.get("merkmal") || "");
  state.level = level >= 0 ? level : levelOf(data.start[0]);
  state.indicator = indicator >= 0 ? indicator : Math.max(0, indicatorOf(data.start[1]));
  state.date = parts.get("stand") || "";
  state.hatch = parts.get("muster") === "1";
  state.names = parts.get("namen") !== "0";
  state.gaps = parts.get("luecken") === "1" && data.gaps.length > 0;
  followGaps();
  state.offers = parts.has("angebote");
  state.filter.categories = new Set((parts.get("angebote") || "").split(",").map((id) => data.offers.categories.findIndex((c) => c.id === id)).filter((i) => i >= 0));
  state.found = shownOffers();
  const [l, id] = (parts.get("gebiet") || "").split(/\/(.*)/s);
  const area = levelOf(l) >= 0 ? data.levels[levelOf(l)].ids.indexOf(id) : -1;
  const offer = data.offers.ids.indexOf(parts.get("angebot") || ""), gap = data.gaps.findIndex((g) => g.id === parts.get("luecke"));
  state.choice = area >= 0 ? { kind: "area", level: levelOf(l), index: area } : offer >= 0 ? { kind: "offer", index: offer } : gap >= 0 ? { kind: "gap", index: gap } : null;
}

/** Bring every control and drawing to the state. */
function apply() {
  writing = true;
  document.documentElement.classList.toggle("zeigt-luecken", state.gaps);
  for (const [id, on] of /** @type {[string, boolean][]} */ ([["w-schraffur", state.hatch], ["w-namen", state.names], ["w-angebote", state.offers], ["w-luecken", state.gaps]])) {
    /** @type {HTMLInputElement} */ (byId(id)).checked = on;
  }
  for (const box of /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll("input[name=kategorie]"))) box.checked = state.filter.categories.has(Number(box.value));
  /** @type {HTMLSelectElement} */ (byId("w-merkmal")).value = String(state.indicator);
  /** @type {HTMLInputElement} */ (document.querySelector(`input[name=ebene][value="${state.level}"]`)).checked = true;
  fillDates();
  drawAll();
  drawOffers();
  drawGaps();
  showChoice();
  if (state.choice) showTab("gebiet");
  writing = false;
  writeHash();
}

// ---- print: the map is fitted to the paper, the table is whole

function startPrint() {
  let before = { zoom: 1, x: 0, y: 0 };
  addEventListener("beforeprint", () => {
    before = { zoom: view.zoom, x: (view.width / 2 - view.x) / view.k, y: (view.height / 2 - view.y) / view.k };
    state.printing = true;
    document.documentElement.classList.add("druck");
    drawTable();
    resize();
    look(1, 0, 0);
    settle();
  });
  addEventListener("afterprint", () => {
    state.printing = false;
    document.documentElement.classList.remove("druck");
    drawTable();
    resize();
    look(before.zoom, before.x, before.y);
  });
}

async function start() {
  await readData();
  for (const s of data.series) seriesByKey.set(`${s.level} ${s.indicator} ${s.date}`, s);
  state.found = data.offers.ids.map((_, i) => i);
  // From here on the script draws; before, and without script, the page shows its still map.
  document.documentElement.className = "mit-skript";
  startControls();
  startTabs();
  startSearch();
  buildFilter();
  readHash();
  buildMap();
  apply();
  startPrint();
  addEventListener("hashchange", () => { readHash(); apply(); });
  document.documentElement.dataset.bereit = "ja";
}

start();
