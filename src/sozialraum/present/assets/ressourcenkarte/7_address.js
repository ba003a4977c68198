// Address: what is shown can be sent to others.

let writing = false;

let hashing = 0;

/** The browser takes its time for an address: it is written after what the reader waits for, and not
 * at every step of the map, which browsers count. @param {number} [delay] */
function writeHash(delay = 0) {
  clearTimeout(hashing);
  if (!writing) hashing = setTimeout(saveHash, delay);
}

/** @type {{zoom: number, x: number, y: number}} what the address wants to be seen */
let wanted = { zoom: 1, x: 0, y: 0 };
let wantedTab = "gebiet";

function saveHash() {
  if (!/^(file|https?):$/.test(location.protocol)) return;
  const choice = state.choice;
  const parts = new URLSearchParams({ ebene: data.levels[state.level].id, merkmal: data.indicators[state.indicator].id, stand: state.date });
  if (choice && choice.kind === "area") parts.set("gebiet", `${data.levels[choice.level].id}/${data.levels[choice.level].ids[choice.index]}`);
  const { streets } = data, last = data.levels[data.levels.length - 1];
  if (streets && state.street >= 0) parts.set("strasse", `${last.ids[streets.areas[state.street]]}/${streets.names[streets.street[state.street]]}`);
  if (choice && choice.kind === "offer") parts.set("angebot", data.offers.ids[choice.index]);
  if (choice && choice.kind === "bundle") for (const i of choice.members.slice(0, 50)) parts.append("angebot", data.offers.ids[i]);
  if (choice && choice.kind === "gap") parts.set("luecke", data.gaps[choice.index].id);
  if (currentScheme() !== data.start[2]) parts.set("klassen", currentScheme());
  if (isPair()) parts.set("zweites", data.indicators[state.second].id);
  if (waysShown()) parts.set("wege", currentWay().id);
  if (waysShown() && state.wayLimit) parts.set("grenze", String(state.wayLimit));
  if (state.compare) parts.set("vergleich", "1");
  if (state.hatch) parts.set("muster", "1");
  if (!state.names) parts.set("namen", "0");
  const measure = data.indicators[state.gapMeasure];
  if (state.gaps) parts.set("luecken", measure ? measure.id : "1");
  const kinds = [...state.filter.categories].map((c) => data.offers.categories[c].id).join(",");
  if (state.offers) parts.set("angebote", kinds || "1"); else if (kinds) parts.set("arten", kinds);
  const { picks, text, age, day, minute, unstated } = state.filter;
  for (const [id, value] of Object.entries(picks)) parts.set(`f.${id}`, value);
  if (text) parts.set("text", text);
  if (age !== null) parts.set("alter", String(age));
  if (day >= 0) parts.set("offen", `${day + 1} ${writeTime(minute)}`);
  if (unstated) parts.set("ohne", "1");
  if (openTab() !== "gebiet") parts.set("reiter", openTab());
  if (state.sort.column !== 1 || !state.sort.down) parts.set("folge", state.sort.column + (state.sort.down ? "-" : ""));
  if (view.zoom > 1.001 && !state.printing) {
    const [size] = data.topology.transform.scale, [east, north] = data.topology.transform.translate;
    const x = (view.width / 2 - view.x) / view.k, y = (view.height / 2 - view.y) / view.k;
    parts.set("karte", [view.zoom.toFixed(2), Math.round(east + x * size), Math.round(north - y * size)].join(","));
  }
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
  state.scheme = parts.get("klassen") || data.start[2];
  state.second = indicatorOf(parts.get("zweites") || "");
  state.ways = listWays().findIndex((way) => way.id === parts.get("wege"));
  state.wayLimit = data.cells && data.cells.limits.includes(Number(parts.get("grenze"))) ? Number(parts.get("grenze")) : 0;
  state.compare = parts.get("vergleich") === "1" && Boolean(data.older);
  state.hatch = parts.get("muster") === "1";
  state.names = parts.get("namen") !== "0";
  state.gaps = parts.has("luecken") && data.gaps.length > 0;
  const measure = indicatorOf(parts.get("luecken") || "");
  state.gapMeasure = measure;
  followGaps();
  if (gapMeasures().includes(measure)) state.gapMeasure = measure;
  state.offers = parts.has("angebote");
  const [day, hour, minute] = (parts.get("offen") || "").split(/[ :]/).map(Number);
  const age = parseFloat(parts.get("alter") || "");
  state.filter = {
    picks: Object.fromEntries(Object.keys(PICKS).flatMap((id) => { const own = parts.get(`f.${id}`), column = columnOf(id); return own && column && choicesOf(column).includes(own) ? [[id, own]] : []; })),
    text: parts.get("text") || "", age: age >= 0 ? age : null, unstated: parts.get("ohne") === "1", categories: new Set(),
    day: data.offers.week && day >= 1 && day <= 7 ? day - 1 : -1, minute: hour < 24 && minute < 60 ? 60 * hour + minute : 600,
  };
  state.filter.categories = new Set((parts.get("angebote") || parts.get("arten") || "").split(",").map((id) => data.offers.categories.findIndex((c) => c.id === id)).filter((i) => i >= 0));
  findOffers();
  const [l, id] = (parts.get("gebiet") || "").split(/\/(.*)/s);
  const area = levelOf(l) >= 0 ? data.levels[levelOf(l)].ids.indexOf(id) : -1;
  const offers = parts.getAll("angebot").map((own) => data.offers.ids.indexOf(own)).filter((i) => i >= 0), gap = data.gaps.findIndex((g) => g.id === parts.get("luecke"));
  state.choice = area >= 0 ? { kind: "area", level: levelOf(l), index: area } : offers.length > 1 ? { kind: "bundle", members: offers } : offers.length ? { kind: "offer", index: offers[0] } : gap >= 0 ? { kind: "gap", index: gap } : null;
  const [inside, street] = (parts.get("strasse") || "").split(/\/(.*)/s), { streets } = data, last = data.levels[data.levels.length - 1];
  state.street = streets ? streets.street.findIndex((s, i) => streets.names[s] === street && last.ids[streets.areas[i]] === inside) : -1;
  const tab = document.getElementById(`r-${parts.get("reiter")}`);
  wantedTab = tab ? tab.id.slice(2) : "gebiet";
  const order = /^(\d)(-?)$/.exec(parts.get("folge") || "1-") || ["", "1", "-"];
  state.sort = { column: Number(order[1]), down: order[2] === "-" };
  const [zoom, x, y] = (parts.get("karte") || "").split(",").map(Number), { scale: [size], translate } = data.topology.transform;
  wanted = zoom > 1 && Number.isFinite(x + y) ? { zoom, x: (x - translate[0]) / size, y: (translate[1] - y) / size } : { zoom: 1, x: 0, y: 0 };
}

/** Bring every control and drawing to the state. */
function apply() {
  writing = true;
  document.documentElement.classList.toggle("zeigt-luecken", state.gaps);
  for (const [id, on] of /** @type {[string, boolean][]} */ ([["w-schraffur", state.hatch], ["w-namen", state.names], ["w-angebote", state.offers], ["w-luecken", state.gaps], ["w-vergleich", state.compare]])) {
    /** @type {HTMLInputElement} */ (byId(id)).checked = on;
  }
  showFilter();
  if (data.cells) {
    /** @type {HTMLSelectElement} */ (byId("w-wege")).value = String(state.ways);
    /** @type {HTMLSelectElement} */ (byId("w-grenze")).value = String(state.wayLimit);
  }
  /** @type {HTMLSelectElement} */ (byId("w-merkmal")).value = String(state.indicator);
  /** @type {HTMLInputElement} */ (document.querySelector(`input[name=ebene][value="${state.level}"]`)).checked = true;
  fillDates();
  drawAll();
  drawGaps();
  showTab(wantedTab);
  if (wanted.zoom !== view.zoom || wanted.zoom > 1) look(wanted.zoom, wanted.x, wanted.y);
  writing = false;
  writeHash(400);
}

