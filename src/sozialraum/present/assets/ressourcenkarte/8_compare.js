// An older edition beside this one: its map, and what the table tells of it.

/** @typedef {Book & {created: string, topology: Topo|null, match: number[][], moved: number[][], changed: number[]}} Older */

/** @type {{root: any, zoomed: any, defs: any, ring: any, names: any, borders: any, level: number, detail: number, nodes: Element[]}|null} */
let olderMap = null;

/** @type {Line[]|null} */
let olderLines = null;

/** @param {boolean} on */
function setCompare(on) {
  state.compare = on;
  drawOlder();
  showChoice();
  announce(say(on ? "compare_on" : "compare_off"));
  writeHash();
}

/** The older edition's own date: what it showed as newest. */
function olderDate() {
  return data.older ? datesOf(state.level, state.indicator, data.older)[0] || "" : "";
}

/** Why old and new are not to be subtracted, if so. */
function whyNot() {
  const older = /** @type {Older} */ (data.older);
  if (!older.levels[state.level].ids.length) return say("older_no_level");
  if (!olderDate()) return say("older_no_indicator");
  if (older.changed.includes(state.indicator)) return say("older_changed");
  return older.moved[state.level].length ? say("older_moved", { count: older.moved[state.level].length }) : "";
}

function startOlder() {
  if (data.older) indexSeries(data.older);
}

function buildOlder() {
  const defs = svg("defs"), ring = svg("g"), shapes = svg("g"), borders = svg("g", { class: "grenzen" });
  const names = svg("g", { class: "namen", "aria-hidden": "true" });
  const zoomed = svg("g", {}, shapes, map.water.cloneNode(true), borders, ring);
  const root = svg("svg", { class: "karte-svg", role: "img", viewBox: map.root.getAttribute("viewBox") }, patterns("a"), defs, zoomed, names);
  byId("davor-bild").replaceChildren(root);
  map.zoomed.push(zoomed);
  return { root, zoomed: shapes, defs, ring, names, borders, level: -1, detail: 0, nodes: /** @type {Element[]} */ ([]) };
}

function drawOlder() {
  const older = data.older;
  const other = byId("davor").hidden === state.compare;
  byId("karten").classList.toggle("zwei", state.compare);
  byId("davor").hidden = byId("ausgabe").hidden = !state.compare;
  state.before = null;
  if (!state.compare || !older) return;
  const own = olderMap = olderMap || buildOlder();
  const date = olderDate(), level = older.levels[state.level];
  const paint = state.before = mix(older, date);
  if (own.level !== state.level || own.detail !== detail) {
    own.nodes = level.ids.map((id, i) => svg("path", { d: olderPath(id, i), class: "gebiet", "vector-effect": "non-scaling-stroke", onclick: () => {
      const index = older.match[state.level].indexOf(i);
      if (!moved && index >= 0) reveal({ kind: "area", level: state.level, index }, null);
    } }));
    own.zoomed.replaceChildren(...own.nodes);
    own.borders.replaceChildren(...borders(older.topology || data.topology, olderLine()));
    own.level = state.level;
    own.detail = detail;
  }
  own.root.classList.toggle("schraffiert", state.hatch);
  own.defs.replaceChildren(...paint.hatches.map((h, i) => pattern(`a${i}`, h, "#fff", data.look.ink)));
  own.nodes.forEach((node, i) => node.setAttribute("fill", fillOf(paint.places[i], paint, "a")));
  const shown = [say("edition_of", { date: writeDate(older.created) }), date ? say("as_of", { date: writeDate(date) }) : ""].filter(Boolean).join(" · ");
  own.root.setAttribute("aria-label", `${say("older_map")}: ${shown}`);
  refill("davor-zeile", html("b", {}, shown), " ", whyNot());
  refill("ausgabe", html("b", {}, say("this_edition")), state.date ? ` · ${say("as_of", { date: writeDate(state.date) })}` : "");
  ringOlder();
  scalePatterns();
  // The lines above the maps take room from them.
  if (other) fitStage();
  place();
}

/** The chosen area, where the older edition has it too. */
function ringOlder() {
  const older = data.older, choice = state.choice;
  if (!older || !olderMap) return;
  const at = choice && choice.kind === "area" && choice.level === state.level ? older.match[state.level][choice.index] : -1;
  const d = at >= 0 ? olderPath(older.levels[state.level].ids[at], at) : "";
  olderMap.ring.replaceChildren(...(d ? ["wahl weiss", "wahl"] : []).map((name) => svg("path", { class: name, d })));
}

/** Lines of the older edition: its own, or those of this one. */
function olderLine() {
  const { topology } = /** @type {Older} */ (data.older);
  if (!topology) return lines;
  if (!olderLines) {
    olderLines = readLines(topology);
    // Its points lie on its own grid.
    const [x, y] = gridOffset(topology);
    for (const level of /** @type {Older} */ (data.older).levels) for (const at of level.points) { at[0] += x; at[1] += y; }
  }
  return olderLines;
}

function olderNames() {
  const older = /** @type {Older} */ (data.older), topology = older.topology || data.topology, from = olderLine();
  const shapes = topology.objects[data.levels[state.level].id];
  if (!state.before || !shapes || !older.levels[state.level].ids.length) return [];
  return namesOf(state.before, topology, from, shapes.geometries.map(({ arcs }) => boxOf(arcs, from)), [], []);
}

/** @param {string} id @param {number} i */
function olderPath(id, i) {
  const older = /** @type {Older} */ (data.older);
  if (!older.topology) return drawn[state.level].paths.get(id) || "";
  return pathOf(older.topology.objects[data.levels[state.level].id].geometries[i].arcs, olderLine());
}

/** @param {Function} figures @param {Function} differences @returns {TableColumn[]} */
function olderColumns(figures, differences) {
  const older = data.older, before = state.before;
  if (!older || !before) return [];
  const indicator = data.indicators[state.indicator], match = older.match[state.level];
  const kept = new Set(match.keys());
  for (const i of older.moved[state.level]) kept.delete(i);
  /** @param {number} i */
  const cell = (i) => before.cells[match[i]] || NOTHING;
  const difference = (/** @type {number} */ i) => {
    const { value } = state.paint.cells[i], was = cell(i).value;
    return value === null || was === null || !kept.has(i) ? null : subtract(value, was);
  };
  const date = olderDate();
  const columns = [figures(date ? say("older_value", { date: writeDate(date) }) : say("older_none"), cell, indicator)];
  const able = !older.changed.includes(state.indicator) && !indicator.classes;
  return able ? [...columns, differences(say("change"), difference)] : columns;
}
