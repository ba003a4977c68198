// Data, words, numbers and elements. Names and texts of others only ever become text nodes.

/** @typedef {{id: string, title: string, plural: string, parent: number, ids: string[], names: string[], parents: number[], inside?: number[], points: number[][]}} Level */
/** @typedef {{id: string, title: string, unit: string, digits: number, per: number, classes?: string[], theme: string, numerator: string, denominator: string, passport: string[][], gap: string}} Indicator */
/** @typedef {{level: number, indicator: number, date: string, borders: string, counted: number, at: number, before?: Series, block?: Int32Array}} Series */
/** @typedef {[number, string, number]} Hatch */
/** @typedef {{breaks: number[], labels: string[], scale: number}} Classes */
/** One edition: this one, or an older one beside it. @typedef {{levels: Level[], series: Series[], byKey: Map<string, Series>, dates: Map<string, string[]>}} Book */
/** @typedef {{id: string, label: string, values: string[], codes: Int32Array}} Column */
/** @typedef {{ids: string[], names: string[], east: Int32Array, north: Int32Array, areas: Int32Array, categories: {id: string, title: string, path: string, colour: string}[], category: Int32Array, columns: Column[], week?: {from: string, days: number[][][]}}} Offers */
/** @typedef {{id: string, rank: number, measure: number, people: number|null, minutes: number|null, metres: number|null, limit: number|null, offer: string}} Gap */
/** @typedef {{transform: {scale: number[], translate: number[]}, arcs: Int32Array[], objects: Record<string, {geometries: {id: string, arcs: number[][][]}[]}>}} Topo */
/** @typedef {{corner: number[], size: number, metres: number, columns: number, rows: number, limits: number[], colours: string[], hatches: Hatch[], labels: string[], measures: {id: string, title: string, at: number}[], reach?: ([number, number, number, string]|null)[]}} Cells */
/** @typedef {{title: string, topology: Topo, levels: Level[], indicators: Indicator[], series: Series[], codes: string[][], large: Record<string, number>, classes: Record<string, Record<string, Classes>>, scales: {colours: string[], hatches: Hatch[]}[], byKey: Map<string, Series>, dates: Map<string, string[]>, offers: Offers, gaps: Gap[], unassigned: Record<string, [number|null, number|null, number|null, string, string, string]>, older: Older|null, cells?: Cells, streets?: {names: string[], street: number[], areas: number[], places: number[][]}, basemap?: {title: string, host: string, url: string}, words: Record<string, string>, signs: Record<string, string>, qualities: Record<string, string>, look: {water: string, land: string, hidden: string, hiddenInk: string, missing: string, missingInk: string, gap: string, ink: string, hiddenHatch: Hatch, missingHatch: Hatch, gapHatch: Hatch, pair: string[][], pairHatches: Hatch[][]}, start: string[]}} Data */
/** @typedef {{value: number|null, numerator: number|null, denominator: number|null, sign: string, quality: string, steps: string}} Cell */

/** @type {Data} */
let data;
/** @type {Int32Array} */
let numbers;
/** How many of them, at the beginning, are a quarter of all series. */
let quarter = 0;

const LETTERS =
  "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%:()*+-;,=.?@^_`{|}~";

/** Five letters are four bytes. @param {string} text */
function readLetters(text) {
  const worth = new Uint8Array(128), lack = (5 - text.length % 5) % 5;
  for (let i = 0; i < 85; i++) worth[LETTERS.charCodeAt(i)] = i;
  const signs = new TextEncoder().encode(text + "~".repeat(lack)), size = signs.length / 5 * 4;
  const bytes = new Uint8Array(size);
  for (let i = 0, at = 0; at < size; i += 5, at += 4) {
    const high = (worth[signs[i]] * 85 + worth[signs[i + 1]]) * 85 + worth[signs[i + 2]];
    const word = Math.imul(high, 7225) + worth[signs[i + 3]] * 85 + worth[signs[i + 4]];
    bytes[at] = word >> 24;
    bytes[at + 1] = word >> 16;
    bytes[at + 2] = word >> 8;
    bytes[at + 3] = word;
  }
  return bytes.subarray(0, size - lack);
}

async function readData() {
  const packed = readLetters((byId("daten").textContent || "").trim());
  const { readable, writable } = new DecompressionStream("gzip"), reader = readable.getReader(), writer = writable.getWriter();
  writer.write(packed);
  writer.close();
  // The last four bytes tell how long it is.
  const whole = new Uint8Array(new DataView(packed.buffer).getUint32(packed.length - 4, true));
  for (let at = 0, part; !(part = await reader.read()).done; at += part.value.length) whole.set(part.value, at);
  const length = new DataView(whole.buffer).getUint32(0, true);
  data = JSON.parse(new TextDecoder().decode(whole.subarray(4, 4 + length)));
  readNumbers(whole.buffer, 4 + length);
  widen();
}

/** A byte for each number, those that need more behind in four planes. @param {ArrayBuffer} whole @param {number} at */
function readNumbers(whole, at) {
  const size = new DataView(whole).getUint32(at, true), all = new Int32Array(size);
  const first = new Uint8Array(whole, at + 4, size), planes = new Uint8Array(whole, at + 4 + size), more = planes.length / 4;
  for (let i = 0, k = 0; i < size; i++) {
    let n = first[i];
    if (n === 255) {
      n = planes[k] | planes[k + more] << 8 | planes[k + 2 * more] << 16 | planes[k + 3 * more] << 24;
      k++;
    }
    all[i] = (n >>> 1) ^ -(n & 1);
  }
  numbers = all;
}

/** Numbers come as what they differ by from others; the writer's `pack` says in which order. */
function widen() {
  const books = /** @type {Book[]} */ (data.older ? [data, data.older] : [data]);
  let end = 0;
  for (const book of books) {
    const columns = /** @type {any} */ (book.series);
    book.series = columns.date.map((/** @type {string} */ date, /** @type {number} */ i) => {
      const one = { level: columns.level[i], indicator: columns.indicator[i], date, borders: columns.borders[i], counted: columns.counted[i], at: end };
      end += 4 * book.levels[one.level].ids.length;
      return one;
    });
    book.series.forEach((one, i) => {
      const before = book.series[i - 1];
      if (before && before.level === one.level && before.indicator === one.indicator) one.before = before;
    });
  }
  quarter = end / 4;
  const cells = data.cells;
  let place = cells ? end + cells.measures.length * cells.columns * cells.rows : end;
  /** @param {number} count */
  const take = (count) => numbers.subarray(place, (place += count));
  for (const { topology } of /** @type {any[]} */ (books)) {
    if (!topology) continue;
    const lengths = take(topology.arcs), points = lengths.reduce((a, b) => a + b, 0);
    const east = take(points), north = take(points);
    let at = 0;
    topology.arcs = Array.from(lengths, (n) => {
      const line = new Int32Array(2 * n);
      for (let i = 0; i < n; i++, at++) {
        line[2 * i] = east[at];
        line[2 * i + 1] = north[at];
      }
      return line;
    });
  }
  const offers = /** @type {any} */ (data.offers), count = offers.ids.length;
  offers.areas = take(count);
  offers.category = take(count);
  offers.east = take(count);
  offers.north = take(count);
  const { points } = data.levels[data.levels.length - 1];
  for (let i = 0; i < count; i++) {
    if (offers.areas[i] < 0) continue;
    offers.east[i] += points[offers.areas[i]][0];
    offers.north[i] += points[offers.areas[i]][1];
  }
  for (const column of offers.columns) column.codes = take(count);
}

/** Values, numerators, denominators and codes of a series, one after the other, made when it is first
 * looked at: parts follow from those of the date before, values from their parts. @param {Book} book @param {Series} one */
function blockOf(book, one) {
  if (one.block) return one.block;
  const size = book.levels[one.level].ids.length, earlier = one.before && blockOf(book, one.before);
  const all = one.block = new Int32Array(4 * size);
  for (let column = 1; column < 4; column++) {
    const at = column * size, own = column * quarter + one.at / 4;
    for (let i = 0; i < size; i++) all[at + i] = numbers[own + i] + (earlier ? earlier[at + i] : 0);
  }
  const { per, digits, denominator } = data.indicators[one.indicator], factor = per * 10 ** digits, known = -2147483647;
  for (let i = 0; i < size; i++) {
    const top = all[size + i], bottom = all[2 * size + i];
    const guess = denominator
      ? top > known && bottom > known && bottom ? Math.floor(factor * top / bottom + 0.5) : 0
      : top > known && digits === one.counted ? top : 0;
    all[i] = numbers[one.at / 4 + i] + (Math.abs(guess) < 2147483648 ? guess : 0);
  }
  return all;
}

/** @param {string} id */
function byId(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`#${id}`);
  return found;
}

/**
 * @param {Element} element
 * @param {Record<string, any>} attributes functions become listeners, booleans switch
 * @param {(Node|string|number|null|undefined|false)[]} children
 */
function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, String(value));
  }
  for (const child of children) {
    if (child != null && child !== false) element.append(child instanceof Node ? child : String(child));
  }
}

/** @param {string} id @param {...(Node|string|number|null|undefined|false)} children */
function refill(id, ...children) {
  byId(id).replaceChildren();
  fill(byId(id), {}, children);
}

/**
 * @param {string} tag
 * @param {Record<string, any>} [attributes]
 * @param {...(Node|string|number|null|undefined|false)} children
 * @returns {any}
 */
function html(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  fill(element, attributes, children);
  return element;
}

/**
 * @param {string} tag
 * @param {Record<string, any>} [attributes]
 * @param {...(Node|string|number|null|undefined|false)} children
 * @returns {any}
 */
function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  fill(element, attributes, children);
  return element;
}

/**
 * @param {string} key
 * @param {Record<string, string|number>} [values]
 */
function say(key, values = {}) {
  return data.words[key].replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
}

/** Numbers with the separators of Intl, which takes longer to be ready than the map. @param {number} x @param {number} [digits] */
function write(x, digits = 0) {
  const [whole, part] = x.toFixed(digits).split("."), german = document.documentElement.lang === "de";
  return whole.replace("-", "−").replace(/\B(?=(\d{3})+$)/g, german ? "." : ",") + (part ? (german ? "," : ".") + part : "");
}

/** @type {Intl.Collator|null} */
let collator = null;

/** The order of the reader's language; made once, for that takes a while. @param {string} a @param {string} b */
function compareTexts(a, b) {
  collator = collator || new Intl.Collator(document.documentElement.lang, { numeric: true });
  return collator.compare(a, b);
}

/** @param {string} iso */
function writeDate(iso) {
  const day = iso.slice(0, 10);
  return document.documentElement.lang === "de" ? day.split("-").reverse().join(".") : day;
}

/** @param {string} text */
function fold(text) {
  return text.toLowerCase().replace(/ß/g, "ss").normalize("NFD").replace(/[\u0300-\u036f]/g, "")
    .replace(/([aou])e/g, "$1").replace(/str(\.|(?=\s\d))/g, "strasse").trim();
}

/** A link only for schemes that cannot run anything; it does not take the place of a map in a frame. @param {string} text */
function link(text) {
  const target = /^[\w.+-]+@[\w-]+\.[\w.-]+$/.test(text) ? `mailto:${text}`
    : /^www\./i.test(text) ? `https://${text}` : text;
  const safe = /^(https?:\/\/|mailto:|tel:)/i.test(target) && !/[\s\u0000-\u001f]/.test(target);
  const away = self === top ? {} : { target: "_blank" };
  return safe ? html("a", { href: target, rel: "noopener noreferrer", ...away }, text) : text;
}

/** @type {Cell} */
const NOTHING = { value: null, numerator: null, denominator: null, sign: "", quality: "", steps: "" };

/** @param {Book} book */
function indexSeries(book) {
  book.byKey = new Map(book.series.map((s) => [`${s.level} ${s.indicator} ${s.date}`, s]));
  book.dates = new Map();
  for (const { level, indicator, date } of book.series) {
    const key = `${level} ${indicator}`, dates = book.dates.get(key);
    if (dates) dates.push(date); else book.dates.set(key, [date]);
  }
  for (const dates of book.dates.values()) dates.sort().reverse();
}

/** @param {number} level @param {number} indicator @param {string} date @param {Book} [book] */
function findSeries(level, indicator, date, book = data) {
  return book.byKey.get(`${level} ${indicator} ${date}`);
}

/** Dates of an indicator on a level, newest first. @param {number} level @param {number} indicator @param {Book} [book] */
function datesOf(level, indicator, book = data) {
  return book.dates.get(`${level} ${indicator}`) || [];
}

/** @param {Series|undefined} series @param {number} area @param {Book} [book] @returns {Cell} */
function cellOf(series, area, book = data) {
  if (!series || area < 0) return NOTHING;
  const size = book.levels[series.level].ids.length, block = blockOf(book, series);
  const digits = data.indicators[series.indicator].digits;
  /** @param {number} column @param {number} scale */
  const at = (column, scale) => {
    const place = column * size + area, n = block[place];
    if (n === -2147483648) return null;
    return (n === -2147483647 ? data.large[series.at + place] : n) / 10 ** scale;
  };
  const [sign, quality, steps] = data.codes[block[3 * size + area]];
  return { value: at(0, digits), numerator: at(1, series.counted), denominator: at(2, series.counted), sign, quality, steps };
}

/** A value as it is written everywhere. @param {Cell} cell @param {Indicator} indicator @param {boolean} [unit] */
function writeValue(cell, indicator, unit = true) {
  if (cell.value === null) {
    if (cell.sign === ".") return say("secret");
    return cell.sign || say("missing");
  }
  const text = (indicator.classes ? indicator.classes[cell.value - 1] : write(cell.value, indicator.digits)) + (unit && indicator.unit ? `\u00a0${indicator.unit}` : "");
  return cell.sign === "()" ? `(${text})` : text;
}

/** How often a drawing was wished for. @type {Map<() => void, number>} */
const wishes = new Map();

/** Draw in a task of its own when the picture is on the screen; only the last wish counts. @param {() => void} draw */
function afterPicture(draw) {
  if (state.printing) { draw(); return; }
  const wish = (wishes.get(draw) || 0) + 1;
  wishes.set(draw, wish);
  requestAnimationFrame(() => setTimeout(() => { if (wishes.get(draw) === wish) draw(); }));
}

/** Language of what an edition says, where the page speaks another. */
const EDITION = document.documentElement.lang === "de" ? null : "de";

/** Words of the edition, where the page speaks another language said to be so. @param {string} text */
function quote(text) {
  return EDITION ? html("span", { lang: EDITION }, text) : text;
}

/** A sentence with words of the edition in it; dates are the page's own. @param {string} key @param {Record<string, string>} values */
function tell(key, values) {
  if (!EDITION) return say(key, values);
  return html("span", {}, ...data.words[key].split(/\{(\w+)\}/).map((part, i) => (i % 2 === 0 ? part : part === "date" ? values[part] : quote(values[part]))));
}

/** @param {string} text */
function announce(text) {
  byId("meldung").textContent = text;
}
