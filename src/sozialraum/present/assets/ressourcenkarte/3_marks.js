// What lies on the map: offers, bundled where they crowd, and gaps. Never more ink than needed to
// leave the colours of the areas to be read.

const CROWD = 46, NEAR = 27;

/** @typedef {{x: number, y: number, members: number[]}} Mark */

/** @param {number} category */
function titleOf(category) {
  return category < 0 ? say("missing") : data.offers.categories[category].title;
}

/** @param {number} offer */
function nameOf(offer) {
  return data.offers.names[offer] || say("nameless", { category: titleOf(data.offers.category[offer]) });
}

/** How many of these offers each category has. @param {Iterable<number>} offers */
function tally(offers) {
  const { categories, category } = data.offers, counts = categories.map(() => 0);
  for (const i of offers) if (category[i] >= 0) counts[category[i]]++;
  return counts;
}

/** Offers in one square of the screen become one mark. @returns {Mark[]} */
function bundle() {
  /** @type {Map<string, Mark>} */
  const squares = new Map();
  for (const i of state.found) {
    const gx = data.offers.east[i], gy = data.offers.north[i];
    const [x, y] = toScreen(gx, -gy);
    if (x < -CROWD || y < -CROWD || x > view.width + CROWD || y > view.height + CROWD) continue;
    // The grid is fixed to the ground, so bundles keep their members while the map is dragged.
    const key = `${Math.floor((gx * view.k) / CROWD)} ${Math.floor((gy * view.k) / CROWD)}`;
    const mark = squares.get(key) || { x: 0, y: 0, members: [] };
    mark.x += x; mark.y += y; mark.members.push(i);
    squares.set(key, mark);
  }
  /** @type {Mark[]} */
  const marks = [];
  for (const { x, y, members } of [...squares.values()].sort((a, b) => b.members.length - a.members.length)) {
    const own = { x: x / members.length, y: y / members.length, members };
    const other = marks.find((m) => Math.hypot(m.x - own.x, m.y - own.y) < NEAR);
    if (other) other.members.push(...members); else marks.push(own);
  }
  return marks.sort((a, b) => a.x - b.x || a.y - b.y);
}

function drawMarks() {
  const focused = document.activeElement && map.things.contains(document.activeElement);
  const marks = state.marks = state.offers ? bundle() : [];
  const gaps = state.gaps ? data.topology.objects.gaps.geometries.filter((_, i) => gapShown(i)) : [];
  state.gapBoxes = gaps.map((shape) => boxOf(shape.arcs));
  if (marks.length || gaps.length) map.things.removeAttribute("display");
  else map.things.setAttribute("display", "none");
  /** @type {{node: any, x: number, y: number, go: (keyboard: boolean) => void}[]} */
  const things = [], ranks = /** @type {any[]} */ ([]);
  map.zoomed[1].replaceChildren(...gaps.map((shape, i) => {
    const index = data.gaps.findIndex((g) => g.id === shape.id);
    const [x0, y0, x1, y1] = state.gapBoxes[i];
    const [x, y] = toScreen((x0 + x1) / 2, (y0 + y1) / 2);
    const node = svg("path", { d: pathOf(shape.arcs), class: state.choice && state.choice.kind === "gap" && state.choice.index === index ? "luecke gewaehlt" : "luecke", fill: "url(#mgap)", stroke: data.look.gap, "vector-effect": "non-scaling-stroke", "aria-label": gapText(data.gaps[index]) });
    things.push({ node, x, y, go: (keyboard) => reveal({ kind: "gap", index }, map.nearest, keyboard) });
    const covered = marks.some((m) => Math.hypot(m.x - x, m.y - y) < 20);
    if (data.gaps[index].rank < 10 && (x1 - x0) * view.k > 14 && !covered) ranks.push(svg("text", { x, y: y + 4, class: "rangzahl", fill: data.look.gap, "aria-hidden": "true" }, data.gaps[index].rank));
    return node;
  }));
  map.marks.replaceChildren(...marks.map((mark) => {
    const one = mark.members.length === 1 ? mark.members[0] : -1;
    const radius = 9 + Math.min(6, 1.6 * Math.log2(mark.members.length));
    const category = one >= 0 && data.offers.category[one] >= 0 ? data.offers.categories[data.offers.category[one]] : null;
    const node = svg("g", { class: "marke", transform: `translate(${mark.x} ${mark.y})`, "aria-label": one >= 0 ? `${nameOf(one)}, ${titleOf(data.offers.category[one])}` : say("bundle", { count: write(mark.members.length) }) },
      svg("circle", { r: 12, fill: "transparent" }),
      chosen(mark.members) && svg("circle", { r: 14, class: "wahl weiss" }),
      chosen(mark.members) && svg("circle", { r: 14, class: "wahl" }),
      one < 0 && svg("circle", { r: radius, class: "buendel" }),
      one < 0 && svg("text", { class: "zahl", y: 4 }, mark.members.length),
      one >= 0 && svg("path", { d: category ? category.path : "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0Z", fill: category ? category.colour : data.look.ink, class: "zeichen" }));
    const go = (/** @type {boolean} */ keyboard) => {
      if (one >= 0) return reveal({ kind: "offer", index: one }, map.nearest, keyboard);
      const xs = mark.members.map((i) => data.offers.east[i]), ys = mark.members.map((i) => -data.offers.north[i]);
      const box = [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
      if (view.zoom >= MAX_ZOOM - 0.01 || (box[2] - box[0]) * view.fit * MAX_ZOOM < CROWD / 2 && (box[3] - box[1]) * view.fit * MAX_ZOOM < CROWD / 2) return reveal({ kind: "bundle", members: mark.members }, map.nearest, keyboard);
      const closer = 0.6 * Math.min(view.width / (box[2] - box[0] || 1), view.height / (box[3] - box[1] || 1)) / view.fit;
      look(Math.max(view.zoom * 1.8, Math.min(closer, view.zoom * 6)), (box[0] + box[2]) / 2, (box[1] + box[3]) / 2);
      settle();
      announce(say("closer"));
      if (keyboard) focusNear();
    };
    things.push({ node, x: mark.x, y: mark.y, go });
    return node;
  }));
  map.marks.append(...ranks);
  state.ranks = ranks.map((rank) => ({ x: Number(rank.getAttribute("x")), y: Number(rank.getAttribute("y")) - 4 }));
  map.street.replaceChildren(...streetMark());
  const places = things.map((t) => [t.x, t.y]);
  things.forEach(({ node, x, y, go }, i) => {
    fill(node, {
      role: "option", tabindex: i ? -1 : 0, "aria-selected": "false",
      onclick: () => { if (!moved) go(false); },
      onpointerenter: () => { byId("ablesung").textContent = node.getAttribute("aria-label"); },
      onpointerleave: () => readOut(-1),
      onfocus: () => {
        things.forEach((t, j) => t.node.setAttribute("tabindex", j === i ? "0" : "-1"));
        fill(map.spot, { cx: x, cy: y }, []);
        map.spot.removeAttribute("display");
        byId("ablesung").textContent = node.getAttribute("aria-label");
      },
      onblur: () => { map.spot.setAttribute("display", "none"); readOut(-1); },
      onkeydown: (/** @type {KeyboardEvent} */ e) => {
        if (roam(e, places, i, (to) => things[to].node.focus({ preventScroll: true }))) return;
        if (e.key === "Enter" || e.key === " ") { e.preventDefault(); go(true); }
      },
    }, []);
  });
  map.nearest = () => things.reduce((best, t) => {
    const d = Math.hypot(t.x - view.width / 2, t.y - view.height / 2);
    return d < best.d ? { d, node: t.node } : best;
  }, /** @type {{d: number, node: any}} */ ({ d: Infinity, node: null })).node;
  if (focused) focusNear();
  afterPicture(drawNames);
}

/** The street that was searched for. */
function streetMark() {
  if (!data.streets || state.street < 0) return [];
  const [gx, gy] = data.streets.places[state.street], [x, y] = toScreen(gx, -gy);
  return [svg("g", { class: "strasse", transform: `translate(${x} ${y})`, "aria-hidden": "true" },
    svg("path", { d: "M0 0L-6-12A7 7 0 1 1 6-12Z" }), svg("circle", { cy: -15, r: 2.6 }),
    svg("text", { y: 14 }, data.streets.names[data.streets.street[state.street]]))];
}

/** Is the offer in the panel one of these? @param {number[]} members */
function chosen(members) {
  return Boolean(state.choice && state.choice.kind === "offer" && members.includes(state.choice.index));
}

/** Focus what lies nearest to the middle of the map. */
function focusNear() {
  const node = map.nearest();
  if (node) node.focus({ preventScroll: true });
}

function gapMeasures() {
  return [...new Set(data.gaps.map((g) => g.measure))];
}

/** Is it a gap of the chosen measure? @param {number} index */
function gapShown(index) {
  return data.gaps[index].measure === state.gapMeasure;
}

/** @param {Gap} gap */
function gapPeople({ people }) {
  return people === null ? say("gap_secret") : say(people === 1 ? "gap_people_one" : "gap_people", { people: write(people) });
}

/** @param {Gap} gap */
function gapText(gap) {
  return `${say("gap_rank", { rank: gap.rank })}: ${gapPeople(gap)}`;
}

/** @param {Gap} gap */
function gapWay(gap) {
  if (gap.minutes === null) return say("gap_no_way");
  const way = gap.metres === null ? "" : gap.metres >= 1000 ? `${write(gap.metres / 1000, 1)}\u00a0km` : `${write(gap.metres)}\u00a0m`;
  return say("gap_way", { minutes: write(gap.minutes), way: way || say("missing"), offer: gap.offer || say("missing") });
}
