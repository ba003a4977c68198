// Names and values on the map: each on its area, none on another or on a mark.

const ruler = /** @type {CanvasRenderingContext2D} */ (document.createElement("canvas").getContext("2d"));

/** @param {string} text @returns {string[][]} one line, or the best two */
function foldName(text) {
  const found = [[text]];
  let best = Infinity;
  text.replace(/[\s-]/g, (sign, at) => {
    const pair = [text.slice(0, at + (sign === "-" ? 1 : 0)), text.slice(at + 1)];
    const widest = Math.max(pair[0].length, pair[1].length);
    if (pair[0] && pair[1] && widest < best) { best = widest; found[1] = pair; }
    return sign;
  });
  return found;
}

/** No letter of a name is narrower, in pixels. */
const NARROW = 2.5;

/** @param {string[]} texts */
function longest(texts) {
  return Math.max(...texts.map((text) => text.length));
}

/** White letters read better on it than dark ones. @param {string} colour */
function isDark(colour) {
  const [r, g, b] = [1, 3, 5].map((i) => (parseInt(colour.slice(i, i + 2), 16) / 255) ** 2.2);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b < 0.18;
}

/** Is a place inside? Every border to the east of it is crossed once more. @param {number[][][]} polygons @param {Line[]} from @param {number} x @param {number} y */
function contains(polygons, from, x, y) {
  let inside = false;
  for (const rings of polygons) for (const ring of rings) for (const arc of ring) {
    const { at, box } = from[arc < 0 ? ~arc : arc];
    if (y < box[1] || y > box[3] || x > box[2]) continue;
    for (let i = 2; i < at.length; i += 2) {
      const ax = at[i - 2], ay = at[i - 1], bx = at[i], by = at[i + 1];
      if (ay > y !== by > y && x < ax + ((bx - ax) * (y - ay)) / (by - ay)) inside = !inside;
    }
  }
  return inside;
}

/** Does a box lie in the area? Corners may stick out a little, the middle line may not.
 * @param {number[][][]} polygons @param {Line[]} from @param {number[]} box on the screen */
function lies(polygons, from, [x0, y0, x1, y1]) {
  const y = (y0 + y1) / 2, dx = (x1 - x0) / 8;
  return [[x0, y], [x1, y], [x0 + dx, y0 + 3], [x1 - dx, y0 + 3], [x0 + dx, y1 - 3], [x1 - dx, y1 - 3]]
    .every(([sx, sy]) => contains(polygons, from, (sx - view.x) / view.k, (sy - view.y) / view.k));
}

/** @type {Map<string, number>} */
const widths = new Map();

/** @param {string} text */
function widthOf(text) {
  let width = widths.get(text);
  if (width === undefined) widths.set(text, (width = ruler.measureText(text).width));
  return width;
}

function drawNames() {
  const older = state.before && olderMap, off = !state.names || !view.width;
  if (!off && !widths.size) ruler.font = "600 12px " + getComputedStyle(document.body).fontFamily;
  map.names.replaceChildren(...(off ? [] : namesOf(state.paint, data.topology, lines, drawn[state.level].boxes, [...state.marks, ...state.ranks], state.gapBoxes.map(onScreen))));
  if (older) older.names.replaceChildren(...(off ? [] : olderNames()));
}

/** Corners of the map with its buttons and its scale. */
function corners() {
  const { width, height } = view, tools = state.printing ? 0 : 1;
  return [[width - 56 * tools, 0, width, 128 * tools], [0, height - 56 * finer(), 150 * finer(), height]];
}

/** @param {Paint} paint @param {Topo} topology @param {Line[]} from @param {number[][]} boxes of the areas
 * @param {{x: number, y: number}[]} marks @param {number[][]} gaps on the screen */
function namesOf(paint, topology, from, boxes, marks, gaps) {
  const level = paint.book.levels[state.level], shapes = topology.objects[level.id].geometries;
  const indicator = data.indicators[state.indicator], under = paint.book === data && waysShown();
  const made = [], taken = [...corners(), ...marks.map(({ x, y }) => [x - 13, y - 13, x + 13, y + 13])];
  const order = boxes.map((b, i) => [(b[2] - b[0]) * (b[3] - b[1]), i]).sort((a, b) => b[0] - a[0]);
  for (const [, i] of order) {
    const extent = onScreen(boxes[i]), [cx, cy] = toScreen(level.points[i][0], -level.points[i][1]);
    if (cx < 0 || cy < 0 || cx > view.width || cy > view.height || extent[2] - extent[0] < 20) continue;
    const cell = paint.cells[i], apart = paint.apart[i];
    const number = cell.value === null || paint.pair || under ? [] : [apart == null ? writeValue(cell, indicator, indicator.unit.length < 3) : writeSigned(apart, indicator.digits)];
    const folds = foldName(level.names[i]);
    if (NARROW * longest(folds[folds.length - 1]) > extent[2] - extent[0]) continue;
    const choices = folds.flatMap((name) => [[...name, ...number], name]);
    const found = placeName(choices, [cx, cy], extent[2] - extent[0], shapes[i].arcs, from, taken, gaps.filter((g) => meet(g, extent)), boxes.length <= FEW);
    if (!found) continue;
    const { text, box } = found;
    taken.push(box);
    const ground = state.hatch || under ? "#ffffff" : paint.colours[paint.places[i]] || "#ffffff";
    made.push(svg("text", { y: box[1] + 12, stroke: ground, fill: isDark(ground) ? "#fff" : data.look.ink }, ...text.map((t, n) =>
      svg("tspan", { x: (box[0] + box[2]) / 2, dy: n ? 14 : 0, class: number[0] === t && n === text.length - 1 ? "zahl" : null }, t))));
  }
  return made;
}

/** So many areas may look for a place beside their middle before it takes too long. */
const FEW = 80;

/** Where a name may go: the middle, or aside of it, the nearest first. */
const ASIDE = [0, 10, -10, 24, -24, 48, -48].flatMap((dx) => [0, 10, -10, 20, -20, 32, -32, 48, -48, 64, -64].map((dy) => [dx, dy]))
  .sort((a, b) => Math.hypot(...a) - Math.hypot(...b));

/** The fullest text that fits: in the middle, or aside of it; over gaps if there is no room.
 * @param {string[][]} choices @param {number[]} middle @param {number} room across @param {number[][][]} polygons @param {Line[]} from @param {number[][]} taken @param {number[][]} gaps @param {boolean} few */
function placeName(choices, [cx, cy], room, polygons, from, taken, gaps, few) {
  for (const off of gaps.length ? [[...taken, ...gaps], taken] : [taken]) {
    const steps = few || off !== taken ? ASIDE : ASIDE.slice(0, 1);
    for (const text of choices) {
      const width = Math.max(...text.map(widthOf)) + 6, height = text.length * 14 + 4;
      if (width > room) continue;
      for (const [dx, dy] of steps) {
        const x = cx + dx - width / 2, y = cy + dy - height / 2, box = [x, y, x + width, y + height];
        if (x < 2 || y < 2 || box[2] > view.width - 2 || box[3] > view.height - 2) continue;
        if (!off.some((other) => meet(other, box)) && lies(polygons, from, box)) return { text, box };
      }
    }
  }
  return null;
}

/** @param {number[]} a @param {number[]} b boxes */
function meet(a, b) {
  return a[0] < b[2] && a[2] > b[0] && a[1] < b[3] && a[3] > b[1];
}

/** @param {number[]} box of the map */
function onScreen([x0, y0, x1, y1]) {
  return [...toScreen(x0, y0), ...toScreen(x1, y1)];
}
