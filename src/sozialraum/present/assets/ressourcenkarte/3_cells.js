// Ways from a regular grid of cells, on a canvas under the areas: one picture, scaled with the map.

/** @type {{canvas: HTMLCanvasElement, masks: () => HTMLCanvasElement[], whole: HTMLCanvasElement, counts: number[], key: string, found: number[]}|null} */
let ways = null;
const NO_WAY = -2147483648;

/** Ways that can be shown: to the offers of a category, and to those the filter leaves. */
function listWays() {
  const { cells } = data;
  return cells ? [...cells.measures.map(({ id, title: category }) => ({ id, category, title: say("ways_to", { category }) })), ...(cells.reach ? [{ id: FOUND, category: "", title: say("ways_to_found") }] : [])] : [];
}

const FOUND = "auswahl";

/** The way that is shown. */
function currentWay() {
  return listWays()[state.ways];
}

function waysShown() {
  return Boolean(currentWay());
}

/** Is it the way to what the filter leaves? */
function waysToFound() {
  return waysShown() && currentWay().id === FOUND;
}

/** Minutes of every cell; those beyond what was measured count as more than the last limit. */
function readMinutes() {
  const { measures, columns, rows, reach, limits } = /** @type {Cells} */ (data.cells), size = columns * rows;
  const minutes = new Int32Array(size).fill(NO_WAY);
  if (!waysToFound() || !reach) {
    minutes.set(numbers.subarray(measures[state.ways].at, measures[state.ways].at + size));
    return minutes;
  }
  const beyond = limits[limits.length - 1] + 1;
  for (const { at } of measures) for (let i = 0; i < size; i++) if (numbers[at + i] !== NO_WAY) minutes[i] = beyond;
  for (const offer of state.found) {
    const [west, south, width, signs] = reach[offer] || [0, 0, 1, ""];
    for (let n = 0; n < signs.length; n++) {
      const own = parseInt(signs[n], 36), i = (south + Math.floor(n / width)) * columns + west + n % width;
      if (own < beyond && (minutes[i] === NO_WAY || own < minutes[i])) minutes[i] = own;
    }
  }
  return minutes;
}

/** What the filter asks for, in words. */
function wordFilter() {
  /** @param {string} key */
  const low = (key) => say(key)[0].toLowerCase() + say(key).slice(1);
  const { categories, picks, text, age, day, minute } = state.filter;
  return [[...categories].sort((a, b) => a - b).map(titleOf).join(", ") || say("all_offers"), ...Object.values(picks), text && `„${text}“`,
    age !== null && `${low("age")} ${age}`, day >= 0 && `${low("open_day")} ${say("days").split(",")[day]}, ${writeTime(minute)}`].filter(Boolean).join("; ");
}

/** Classes of minutes, or within and beyond one limit. */
function wayClasses() {
  const cells = /** @type {Cells} */ (data.cells);
  if (!state.wayLimit) return { limits: cells.limits, colours: cells.colours, hatches: cells.hatches, labels: cells.labels };
  const limit = state.wayLimit, pick = [0, 3];
  return { limits: [limit], colours: pick.map((i) => cells.colours[i]), hatches: pick.map((i) => cells.hatches[i]), labels: [say("ways_within", { limit }), say("ways_beyond", { limit })] };
}

/** @param {number} columns @param {number} rows */
function sheet(columns, rows) {
  const canvas = document.createElement("canvas");
  canvas.width = columns;
  canvas.height = rows;
  return canvas;
}

/** One pixel a cell: all classes in colour, and when asked for each class alone, to be filled with its pattern. */
function paintWays() {
  const cells = /** @type {Cells} */ (data.cells), { columns, rows } = cells, classes = wayClasses();
  const key = `${state.ways} ${state.wayLimit}`;
  if (ways && ways.key === key && (!waysToFound() || ways.found === state.found)) return ways;
  const known = readMinutes(), size = columns * rows;
  // Red comes first in a picture, in a number last.
  const colours = classes.colours.map((c) => [5, 3, 1].reduce((n, i) => n << 8 | parseInt(c.slice(i, i + 2), 16), 255));
  const counts = colours.map(() => 0), places = new Int8Array(size).fill(-1);
  for (let i = 0; i < size; i++) {
    const minutes = known[i];
    if (minutes === NO_WAY) continue;
    let place = 0;
    while (place < classes.limits.length && minutes > classes.limits[place]) place++;
    counts[place]++;
    // Rows come from the south, pictures from the top.
    places[(rows - 1 - Math.floor(i / columns)) * columns + i % columns] = place;
  }
  /** @param {number} [only] one class */
  const picture = (only = -1) => {
    const own = sheet(columns, rows), image = new ImageData(columns, rows), pixels = new Uint32Array(image.data.buffer);
    for (let i = 0; i < size; i++) if (places[i] >= 0 && (only < 0 || places[i] === only)) pixels[i] = colours[places[i]];
    /** @type {CanvasRenderingContext2D} */ (own.getContext("2d")).putImageData(image, 0, 0);
    return own;
  };
  /** @type {HTMLCanvasElement[]} */
  let alone = [];
  const canvas = ways ? ways.canvas : /** @type {HTMLCanvasElement} */ (html("canvas", { "aria-hidden": "true" }));
  if (!ways) byId("buehne").prepend(canvas);
  ways = { canvas, whole: picture(), masks: () => (alone = alone.length ? alone : colours.map((_, i) => picture(i))), counts, key, found: state.found };
  return ways;
}

/** Bring the canvas to the view. @param {boolean} [resting] hatches are drawn when the hand rests */
function drawWays(resting = false) {
  byId("buehne").classList.toggle("wege", waysShown());
  if (!waysShown()) return;
  const { canvas, whole, masks } = paintWays(), cells = /** @type {Cells} */ (data.cells);
  const ratio = devicePixelRatio || 1, width = Math.round(view.width * ratio), height = Math.round(view.height * ratio);
  if (canvas.width !== width || canvas.height !== height) { canvas.width = width; canvas.height = height; }
  const ink = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const [x, y] = toScreen(cells.corner[0], -cells.corner[1] - cells.rows * cells.size);
  /** @param {CanvasRenderingContext2D} on @param {HTMLCanvasElement} picture */
  const lay = (on, picture) => {
    on.setTransform(ratio, 0, 0, ratio, 0, 0);
    on.imageSmoothingEnabled = false;
    on.drawImage(picture, x, y, cells.columns * cells.size * view.k, cells.rows * cells.size * view.k);
  };
  ink.setTransform(1, 0, 0, 1, 0, 0);
  ink.clearRect(0, 0, width, height);
  if (!state.hatch || !resting) { lay(ink, whole); return; }
  const layer = sheet(width, height), on = /** @type {CanvasRenderingContext2D} */ (layer.getContext("2d"));
  masks().forEach((mask, i) => {
    on.globalCompositeOperation = "copy";
    lay(on, mask);
    on.globalCompositeOperation = "source-in";
    on.fillStyle = /** @type {CanvasPattern} */ (on.createPattern(tile(wayClasses().hatches[i]), "repeat"));
    on.fillRect(0, 0, view.width, view.height);
    ink.setTransform(1, 0, 0, 1, 0, 0);
    ink.drawImage(layer, 0, 0);
  });
}

/** A hatch as a picture that repeats. @param {Hatch} hatch */
function tile([size, path, width]) {
  const times = 2, own = sheet(size * times, size * times), on = /** @type {CanvasRenderingContext2D} */ (own.getContext("2d"));
  on.fillStyle = "#fff";
  on.fillRect(0, 0, own.width, own.height);
  on.strokeStyle = data.look.ink;
  on.lineWidth = width;
  on.lineCap = "round";
  for (let i = 0; i < times; i++) {
    for (let j = 0; j < times; j++) {
      on.setTransform(1, 0, 0, 1, i * size, j * size);
      on.stroke(new Path2D(path));
    }
  }
  return own;
}

/** @param {number} way */
function showWays(way) {
  state.ways = way;
  /** @type {HTMLSelectElement} */ (byId("w-wege")).value = String(way);
  drawAll();
  announce(byId("kartentitel").textContent || "");
}

/** Choice of the offers the way leads to, and of one limit. */
function startWays() {
  const cells = data.cells;
  if (!cells) return;
  /** @param {string} id @param {string} label @param {any[]} options @param {(value: number) => void} take */
  const field = (id, label, options, take) => html("label", { class: "feldname" }, html("span", {}, say(label)), html("select", { id, onchange: (/** @type {Event} */ e) => { take(Number(/** @type {HTMLSelectElement} */ (e.target).value)); drawAll(); announce(byId("kartentitel").textContent || ""); } }, ...options));
  refill("wege", html("div", { class: "felder" },
    field("w-wege", "ways", [html("option", { value: -1 }, say("ways_off")), ...listWays().map((way, i) => html("option", { value: i }, way.title))], (v) => { state.ways = v; }),
    field("w-grenze", "ways_limit", [html("option", { value: 0 }, say("ways_classes")), ...cells.limits.map((l) => html("option", { value: l }, say("ways_within", { limit: l })))], (v) => { state.wayLimit = v; })));
}

function wayLegend() {
  const classes = wayClasses(), { counts } = paintWays(), most = Math.max(...counts);
  return { classes, rows: classes.labels.map((label, i) => legendRow(state.hatch ? `url(#l${i})` : classes.colours[i], label, counts[i], most, say(counts[i] === 1 ? "ways_cells_one" : "ways_cells"))).reverse() };
}
