// The map: outlines, colours, names, view, and the way through it by keyboard.

/** @type {{k: number, x: number, y: number, zoom: number, fit: number, width: number, height: number}} */
const view = { k: 1, x: 0, y: 0, zoom: 1, fit: 1, width: 0, height: 0 };
/** @type {any} */
let map;
/** A border line: positions one after the other, those that are drawn, extent, and its course there and back as text.
 * @typedef {{at: Int32Array, drawn: Int32Array, box: number[], courses: (string|undefined)[]}} Line */
/** @type {Line[]} */
let lines = [];
/** @type {{paths: Map<string, string>, nodes: SVGPathElement[], group: any, boxes: number[][], detail: number}[]} */
const drawn = [];
const MAX_ZOOM = 40;

/** Where the grid of a topology begins on that of the map. @param {Topo} topology */
function gridOffset(topology) {
  return topology.transform.translate.map((t, i) => Math.round((t - data.topology.transform.translate[i]) / data.topology.transform.scale[i]));
}

/** Lines of a topology on the grid of the map. @param {Topo} topology @returns {Line[]} */
function readLines(topology) {
  const [x0, y0] = gridOffset(topology);
  return topology.arcs.map((steps) => {
    const at = new Int32Array(steps.length), box = [Infinity, Infinity, -Infinity, -Infinity];
    let x = x0, y = -y0;
    for (let i = 0; i < steps.length; i += 2) {
      at[i] = x += steps[i]; at[i + 1] = y -= steps[i + 1];
      if (x < box[0]) box[0] = x;
      if (y < box[1]) box[1] = y;
      if (x > box[2]) box[2] = x;
      if (y > box[3]) box[3] = y;
    }
    return { at, drawn: at, box, courses: [] };
  });
}

/** How far a drawn line may be from the true one, on the grid. */
let detail = 0;

/** Lines as fine as the screen shows them: to half a pixel. Tells whether they are others than before. */
function fitDetail() {
  const most = state.printing ? 0 : 2 ** Math.floor(Math.log2(0.7 / view.k)), wanted = most < 4 ? 0 : most;
  if (wanted === detail) return false;
  detail = wanted;
  for (const line of lines) {
    line.drawn = detail ? thin(line.at, detail) : line.at;
    line.courses = [];
  }
  return true;
}

/** A line without the positions that are near to it without them (Douglas and Peucker). @param {Int32Array} at @param {number} most */
function thin(at, most) {
  const last = at.length / 2 - 1, keep = new Uint8Array(last + 1), open = [0, last];
  keep[0] = keep[last] = 1;
  let count = 2;
  while (open.length) {
    const b = /** @type {number} */ (open.pop()), a = /** @type {number} */ (open.pop());
    const ax = at[2 * a], ay = at[2 * a + 1], dx = at[2 * b] - ax, dy = at[2 * b + 1] - ay, long = dx * dx + dy * dy;
    let far = most * most, place = -1;
    for (let i = a + 1; i < b; i++) {
      let x = at[2 * i] - ax, y = at[2 * i + 1] - ay;
      const along = long && Math.min(1, Math.max(0, (x * dx + y * dy) / long));
      x -= along * dx; y -= along * dy;
      if (x * x + y * y > far) { far = x * x + y * y; place = i; }
    }
    if (place < 0) continue;
    keep[place] = 1;
    count++;
    open.push(a, place, place, b);
  }
  // A closed line stays an area.
  if (count < 4 && at[0] === at[2 * last] && at[1] === at[2 * last + 1]) return at;
  const few = new Int32Array(2 * count);
  for (let i = 0, n = 0; i <= last; i++) if (keep[i]) { few[n++] = at[2 * i]; few[n++] = at[2 * i + 1]; }
  return few;
}

/** The steps along a line, written once for all areas it surrounds. @param {Line} line @param {number} back 0 or 1 */
function courseOf({ drawn: at, courses }, back) {
  let course = courses[back];
  if (course === undefined) {
    course = "";
    if (back) for (let i = at.length - 2; i > 0; i -= 2) course += `${at[i - 2] - at[i]} ${at[i - 1] - at[i + 1]} `;
    else for (let i = 2; i < at.length; i += 2) course += `${at[i] - at[i - 2]} ${at[i + 1] - at[i - 1]} `;
    courses[back] = course;
  }
  return course;
}

/** @param {number[][][]} polygons @param {Line[]} [from] lines, those of the map unless given */
function pathOf(polygons, from = lines) {
  let path = "";
  for (const rings of polygons) {
    for (const ring of rings) {
      const { drawn: at } = from[ring[0] < 0 ? ~ring[0] : ring[0]], start = ring[0] < 0 ? at.length - 2 : 0;
      path += `M${at[start]} ${at[start + 1]}l`;
      for (const arc of ring) path += arc < 0 ? courseOf(from[~arc], 1) : courseOf(from[arc], 0);
      path += "Z";
    }
  }
  return path;
}

/** @param {number[][]} boxes */
function around(boxes) {
  return boxes.reduce((a, b) => [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[2], b[2]), Math.max(a[3], b[3])], [Infinity, Infinity, -Infinity, -Infinity]);
}

/** @param {number[][][]} polygons @param {Line[]} [from] */
function boxOf(polygons, from = lines) {
  return around(polygons.flat(2).map((arc) => from[arc < 0 ? ~arc : arc].box));
}

/** @param {string} id @param {[number, string, number]} hatch @param {string} ground @param {string} ink */
function pattern(id, [size, path, width], ground, ink) {
  return svg("pattern", { id, width: size, height: size, patternUnits: "userSpaceOnUse" },
    svg("rect", { width: size, height: size, fill: ground }),
    path && svg("path", { d: path, fill: "none", stroke: ink, "stroke-width": width, "stroke-linecap": "round" }));
}

/** Patterns of the legend keep their own ids: those of the map are scaled with it. @param {string} prefix */
function patterns(prefix) {
  const look = data.look;
  return svg("defs", {},
    pattern(`${prefix}-2`, look.hiddenHatch, look.hidden, look.hiddenInk),
    pattern(`${prefix}-1`, look.missingHatch, look.missing, look.missingInk),
    pattern(`${prefix}gap`, look.gapHatch, "none", look.gap));
}

/** Lines; paths and extents of a level are made when it is first looked at. */
function readShapes() {
  lines = readLines(data.topology);
  data.levels.forEach((level, i) => {
    const shapes = data.topology.objects[level.id].geometries;
    /** @type {Map<string, string>|null} */
    let paths = null;
    /** @type {number[][]|null} */
    let boxes = null, written = 0;
    drawn[i] = {
      get paths() {
        if (!paths || written !== detail) paths = new Map(shapes.map((s) => [s.id, pathOf(s.arcs)]));
        written = detail;
        return paths;
      },
      get boxes() { return (boxes = boxes || shapes.map((s) => boxOf(s.arcs))); },
      nodes: [], group: null, detail: 0,
    };
  });
}

/** The whole map, to its scale, is to be seen below the head without scrolling: tells the stage's size. */
function fitStage() {
  const stage = byId("buehne"), sheet = /** @type {HTMLElement} */ (stage.closest(".blatt"));
  const width = stage.clientWidth, height = stage.clientHeight;
  if (state.printing || !matchMedia("(min-width: 62.01rem)").matches) return [width, height];
  // The map sticks to the window, the sheet it lies on does not.
  const above = sheet.getBoundingClientRect().top + scrollY + stage.getBoundingClientRect().top - byId("karten").offsetParent.getBoundingClientRect().top;
  const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
  const own = Math.round(Math.min(58 * rem, Math.max(18 * rem, innerHeight - above - 2.2 * rem)));
  byId("karten").style.setProperty("--hoehe", `${own}px`);
  return [width, own];
}

function buildMap() {
  const stage = byId("buehne"), size = fitStage();
  map = {
    water: svg("g", { "aria-hidden": "true" }), areas: svg("g"), borders: svg("g", { class: "grenzen" }),
    gaps: svg("g"), ring: svg("path", { class: "wahl" }), focus: svg("path", { class: "fokus" }),
    names: svg("g", { class: "namen", "aria-hidden": "true" }), marks: svg("g"), street: svg("g"), defs: svg("defs"),
    spot: svg("circle", { class: "fokus", r: 13, display: "none" }),
  };
  map.zoomed = [
    svg("g", {}, map.areas, map.water, map.borders, svg("path", { class: "wahl weiss", id: "wahlrand" }), map.ring, map.focus),
    svg("g", {}, map.gaps),
  ];
  map.things = svg("g", { role: "listbox", "aria-label": say("things_label") }, map.zoomed[1], map.marks);
  map.root = svg("svg", { class: "karte-svg", "aria-label": say("map_label"), role: "group" },
    map.defs, patterns("m"), map.zoomed[0], map.things, map.names, map.street, map.spot);
  stage.replaceChildren(map.root);
  startAreas();
  new ResizeObserver(() => { if (stage.clientWidth * finer() !== view.width || stage.clientHeight * finer() !== view.height) resize(); }).observe(stage);
  addEventListener("resize", fitStage);
  stage.addEventListener("wheel", onWheel, { passive: false });
  for (const type of ["down", "move", "up", "cancel"]) {
    stage.addEventListener(`pointer${type}`, /** @type {any} */ (onPointer));
  }
  resize(size);
  fitDetail();
  drawWater();
}

function drawWater() {
  const { water } = data.topology.objects;
  map.water.replaceChildren(...(water ? water.geometries : []).map((shape) => svg("path", { d: pathOf(shape.arcs), fill: data.look.water, class: "wasser" })));
}

/** Elements of a level, made when it is first looked at. @param {number} level */
function levelNodes(level) {
  const own = drawn[level];
  if (!own.group) {
    own.nodes = data.levels[level].ids.map((id) => svg("path", {
      d: own.paths.get(id), class: "gebiet", role: "option", tabindex: -1, "aria-selected": "false", "vector-effect": "non-scaling-stroke",
    }));
    own.nodes[0].setAttribute("tabindex", "0");
    own.group = svg("g", { role: "listbox", lang: EDITION, "aria-label": data.levels[level].plural }, ...own.nodes);
  } else if (own.detail !== detail) {
    data.levels[level].ids.forEach((id, i) => point(own.nodes[i], own.paths.get(id) || ""));
  }
  own.detail = detail;
  return own;
}

/** One listener for all areas. @param {string} type @param {(i: number, e: any) => void} act gets the area of the shown level */
function onArea(type, act) {
  // On the stage: a group of SVG that listens to the focus would be a stop for the Tab key itself.
  byId("buehne").addEventListener(type, (/** @type {Event} */ e) => {
    const i = drawn[state.level].nodes.indexOf(/** @type {any} */ (e.target));
    if (i >= 0) act(i, e);
  });
}

function startAreas() {
  onArea("focusin", (i, e) => {
    const own = drawn[state.level];
    own.nodes.forEach((n, j) => n.setAttribute("tabindex", j === i ? "0" : "-1"));
    point(map.focus, e.target.matches(":focus-visible") ? own.paths.get(data.levels[state.level].ids[i]) || "" : "");
    readOut(i);
  });
  onArea("focusout", () => { point(map.focus, ""); readOut(-1); });
  onArea("pointerover", readOut);
  onArea("pointerout", () => readOut(-1));
  onArea("keydown", (i, e) => onAreaKey(e, i));
  onArea("click", (i) => {
    const { level } = state;
    if (!moved) reveal({ kind: "area", level, index: i }, () => drawn[level].nodes[i]);
  });
}

/** @param {SVGPathElement} path @param {string} d */
function point(path, d) {
  path.setAttribute("d", d);
}

function drawAreas() {
  const own = levelNodes(state.level);
  if (map.areas.firstChild !== own.group) map.areas.replaceChildren(own.group);
  const level = data.levels[state.level], paint = state.paint;
  map.root.classList.toggle("schraffiert", state.hatch);
  map.defs.replaceChildren(...paint.hatches.map((h, i) => pattern(`m${i}`, h, "#fff", data.look.ink)));
  scalePatterns();
  own.nodes.forEach((node, i) => {
    node.setAttribute("fill", fillOf(paint.places[i], paint, "m"));
    node.setAttribute("aria-label", `${level.names[i]}: ${readValue(i)}`);
  });
  drawBorders();
}

function drawBorders() {
  map.borders.replaceChildren(...borders(data.topology, lines));
}

/** The higher the level, the broader the joint between its areas. Each line is drawn once, area by area,
 * for one path over the whole map takes long to paint. @param {Topo} topology @param {Line[]} from */
function borders({ objects }, from) {
  /** @type {number[]} */
  const upper = [], seen = new Set();
  for (let l = data.levels[state.level].parent; l > 0; l = data.levels[l].parent) upper.unshift(l);
  return upper.flatMap((l, i) => (objects[data.levels[l].id] || { geometries: [] }).geometries.map(({ arcs }) => {
    const own = arcs.flat(2).map((arc) => arc < 0 ? ~arc : arc).filter((arc) => !seen.has(arc) && seen.add(arc));
    const d = own.map((arc) => `M${from[arc].drawn[0]} ${from[arc].drawn[1]}l${courseOf(from[arc], 0)}`).join("");
    return svg("path", { d, class: `grenze g${Math.min(upper.length - i, 3)}` });
  }));
}

function drawChoice() {
  const choice = state.choice;
  const here = choice && choice.kind === "area" ? drawn[choice.level].paths.get(data.levels[choice.level].ids[choice.index]) : "";
  point(map.ring, here || "");
  point(/** @type {any} */ (map.zoomed[0].querySelector("#wahlrand")), here || "");
  ringOlder();
  drawn[state.level].nodes.forEach((n, i) => n.setAttribute("aria-selected",
    String(Boolean(choice && choice.kind === "area" && choice.level === state.level && choice.index === i))));
}

// ---- view

/** @param {number} x @param {number} y */
function toScreen(x, y) {
  return [x * view.k + view.x, y * view.k + view.y];
}

/** Paper that is held in the hand shows finer lines and letters than the screen. */
function finer() {
  return state.printing && !document.documentElement.classList.contains("a3") ? 1.4 : 1;
}

/** @param {number[]} [size] of the stage, where it is known */
function resize([across, down] = [byId("buehne").clientWidth, byId("buehne").clientHeight]) {
  const width = across * finer(), height = down * finer();
  if (!width || !height) return;
  const centre = view.width ? [(view.width / 2 - view.x) / view.k, (view.height / 2 - view.y) / view.k] : null;
  view.width = width; view.height = height;
  for (const root of [map.root, olderMap && olderMap.root]) if (root) root.setAttribute("viewBox", `0 0 ${width} ${height}`);
  const [x0, y0, x1, y1] = around(drawn[0].boxes);
  view.fit = Math.min((width - 32) / (x1 - x0 || 1), (height - 32) / (y1 - y0 || 1));
  const middle = centre && view.zoom > 1 ? centre : [(x0 + x1) / 2, (y0 + y1) / 2];
  look(view.zoom, middle[0], middle[1]);
}

/** Show a place at a magnification. @param {number} zoom @param {number} x @param {number} y */
function look(zoom, x, y) {
  view.zoom = Math.min(MAX_ZOOM, Math.max(1, zoom));
  view.k = view.fit * view.zoom;
  if (view.zoom === 1) {
    const b = around(drawn[0].boxes);
    x = (b[0] + b[2]) / 2; y = (b[1] + b[3]) / 2;
  }
  view.x = view.width / 2 - x * view.k;
  view.y = view.height / 2 - y * view.k;
  place();
}

let waiting = 0;
/** How far the finished picture was pushed since it was drawn. */
const pushed = { x: 0, y: 0 };

/** Everything that moves as one picture. */
function push() {
  const by = pushed.x || pushed.y ? `translate(${pushed.x}px, ${pushed.y}px)` : "";
  for (const picture of /** @type {NodeListOf<SVGElement|HTMLElement>} */ (document.querySelectorAll("#buehne > .karte-svg, #buehne > canvas, #davor-bild > .karte-svg"))) picture.style.transform = by;
}

/** Drag: the finished picture is pushed and drawn anew when the hand rests. @param {number} dx @param {number} dy */
function drag(dx, dy) {
  view.x += dx; view.y += dy;
  pushed.x += dx; pushed.y += dy;
  push();
  clearTimeout(waiting);
  // While the hand still holds the map, only a long rest is worth a new drawing.
  waiting = setTimeout(redraw, fingers.size ? 500 : 60);
}

function redraw() {
  place();
  clearTimeout(waiting);
  settle();
}

/** What is not seen while the map moves. */
function resting() {
  return [map.names, map.marks, map.street, ...(olderMap ? [olderMap.names] : [])];
}

/** Move what is drawn; names and marks follow when the hand rests. */
function place() {
  if (pushed.x || pushed.y) { pushed.x = pushed.y = 0; push(); }
  for (const group of map.zoomed) group.setAttribute("transform", `translate(${view.x} ${view.y}) scale(${view.k})`);
  scalePatterns();
  drawScale();
  drawWays();
  byId("buehne").classList.toggle("nah", view.zoom > 1);
  for (const one of resting()) one.setAttribute("visibility", "hidden");
  clearTimeout(waiting);
  waiting = setTimeout(settle, 80);
}

function settle() {
  if (fitDetail()) {
    levelNodes(state.level);
    drawWater();
    drawBorders();
    drawChoice();
    drawOlder();
  }
  clearTimeout(waiting);
  for (const one of resting()) one.removeAttribute("visibility");
  if (state.hatch) drawWays(true);
  drawGround();
  drawMarks();
  writeHash(400);
}

function scalePatterns() {
  for (const p of document.querySelectorAll("#karten pattern")) p.setAttribute("patternTransform", `scale(${1 / view.k})`);
}

function drawScale() {
  const metre = view.k / data.topology.transform.scale[0];
  const most = Math.min(120, view.width / 5) / metre;
  const power = 10 ** Math.floor(Math.log10(most));
  const length = [5, 2, 1].map((n) => n * power).find((n) => n <= most) || power;
  byId("massstab-text").textContent = length >= 1000 ? `${write(length / 1000)} km` : `${write(length)} m`;
  byId("massstab-balken").style.width = `${length * metre / finer()}px`;
}

/** @param {number} factor @param {number} [sx] @param {number} [sy] */
function zoomBy(factor, sx = view.width / 2, sy = view.height / 2) {
  const zoom = Math.min(MAX_ZOOM, Math.max(1, view.zoom * factor));
  const f = zoom / view.zoom;
  const x = (view.width / 2 - view.x + (sx - view.width / 2) * (1 - 1 / f)) / view.k;
  const y = (view.height / 2 - view.y + (sy - view.height / 2) * (1 - 1 / f)) / view.k;
  look(zoom, x, y);
}

/** @param {number[]} box @param {number} share of the map it may fill */
function lookAt([x0, y0, x1, y1], share = 0.5) {
  const k = share * Math.min(view.width / (x1 - x0 || 1), view.height / (y1 - y0 || 1));
  look(Math.min(k / view.fit, 16), (x0 + x1) / 2, (y0 + y1) / 2);
}

/** @param {number} sx @param {number} sy */
function bringIntoView(sx, sy) {
  if (sx > 30 && sy > 30 && sx < view.width - 30 && sy < view.height - 30) return;
  look(view.zoom, (sx - view.x) / view.k, (sy - view.y) / view.k);
}

/** @param {WheelEvent} e */
function onWheel(e) {
  if (!e.ctrlKey && !e.metaKey) return;
  e.preventDefault();
  const box = byId("buehne").getBoundingClientRect();
  zoomBy(Math.exp(-e.deltaY / 300), e.clientX - box.left, e.clientY - box.top);
}

/** @type {Map<number, number[]>} */
const fingers = new Map();
let moved = false;

/** @param {PointerEvent} e */
function onPointer(e) {
  const stage = byId("buehne");
  if (e.type === "pointerdown") {
    if (!fingers.size) moved = false;
    fingers.set(e.pointerId, [e.clientX, e.clientY]);
    return;
  }
  const before = fingers.get(e.pointerId);
  if (!before) return;
  if (e.type !== "pointermove") {
    fingers.delete(e.pointerId);
    stage.classList.remove("zieht");
    if (pushed.x || pushed.y) { clearTimeout(waiting); waiting = setTimeout(redraw, 60); }
    return;
  }
  const other = [...fingers].find(([id]) => id !== e.pointerId);
  if (!moved && !other && Math.hypot(e.clientX - before[0], e.clientY - before[1]) < 5) return;
  if (other) {
    const [ox, oy] = other[1], box = stage.getBoundingClientRect();
    const f = Math.hypot(e.clientX - ox, e.clientY - oy) / (Math.hypot(before[0] - ox, before[1] - oy) || 1);
    zoomBy(f, (e.clientX + ox) / 2 - box.left, (e.clientY + oy) / 2 - box.top);
  } else if (view.zoom > 1) {
    if (!moved) stage.setPointerCapture(e.pointerId);
    stage.classList.add("zieht");
    drag(e.clientX - before[0], e.clientY - before[1]);
  }
  moved = true;
  fingers.set(e.pointerId, [e.clientX, e.clientY]);
}

// ---- keyboard

/** The neighbour in a direction: near, and rather straight ahead than aside.
 * @param {number[][]} points on the screen @param {number} from @param {string} key */
function neighbour(points, from, key) {
  const [dx, dy] = /** @type {Record<string, number[]>} */ ({ ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] })[key];
  let best = -1, least = Infinity;
  points.forEach(([x, y], i) => {
    const ahead = (x - points[from][0]) * dx + (y - points[from][1]) * dy;
    const aside = Math.abs((x - points[from][0]) * dy) + Math.abs((y - points[from][1]) * dx);
    if (i === from || ahead <= 0) return;
    const cost = ahead + 2 * aside;
    if (cost < least) { least = cost; best = i; }
  });
  return best;
}

/** @param {KeyboardEvent} e @param {number[][]} points @param {number} from @param {(i: number) => void} go */
function roam(e, points, from, go) {
  const to = e.key.startsWith("Arrow") ? neighbour(points, from, e.key)
    : e.key === "Home" ? 0 : e.key === "End" ? points.length - 1 : null;
  if (to === null) return false;
  e.preventDefault();
  if (to >= 0) go(to);
  return true;
}

/** @param {KeyboardEvent} e @param {number} i */
function onAreaKey(e, i) {
  const own = drawn[state.level];
  const places = data.levels[state.level].points.map(([x, y]) => toScreen(x, -y));
  if (roam(e, places, i, (to) => { bringIntoView(places[to][0], places[to][1]); own.nodes[to].focus({ preventScroll: true }); })) return;
  if (e.key === "Enter" || e.key === " ") {
    e.preventDefault();
    reveal({ kind: "area", level: state.level, index: i }, () => own.nodes[i], true);
  } else if (e.key === "+" || e.key === "-") {
    zoomBy(e.key === "+" ? 1.6 : 1 / 1.6, places[i][0], places[i][1]);
  }
}

/** The line under the map that tells what is pointed at. @param {number} i */
function readOut(i) {
  const level = data.levels[state.level], out = byId("ablesung");
  const choice = state.choice;
  if (i < 0 && choice && choice.kind === "area" && choice.level === state.level) i = choice.index;
  if (i < 0) { out.textContent = ""; return; }
  out.replaceChildren(html("b", {}, level.names[i]), ` ${readValue(i)}`);
}
