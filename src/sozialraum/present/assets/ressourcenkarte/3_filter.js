// Which offers are shown. What an offer does not state is neither yes nor no: it is counted apart.

/** @typedef {{categories: Set<number>, picks: Record<string, string>, text: string, age: number|null, day: number, minute: number, unstated: boolean}} Filter */

/** Lists of choices; several entries of one cell are divided by these signs. */
const PICKS = /** @type {Record<string, RegExp>} */ ({ law: /\s*;\s*/, traeger: /\s*;\s*/, target_groups: /\s*[;,]\s*/, barrier_free: /;/ });

/** @param {string} id */
function columnOf(id) {
  return data.offers.columns.find((c) => c.id === id);
}

/** @param {Column} column */
function choicesOf(column) {
  const all = new Set(column.values.flatMap((v) => v.split(PICKS[column.id])).filter(Boolean));
  return [...all].sort(compareTexts);
}

/** @typedef {(offer: number) => boolean|null} Test true, false, or null where the offer does not say */

/** @param {Filter} filter @returns {Test[]} */
function testsOf(filter) {
  /** @type {Test[]} */
  const tests = [];
  for (const [id, wanted] of Object.entries(filter.picks)) {
    const column = columnOf(id);
    if (!column) continue;
    const fits = column.values.map((v) => v.split(PICKS[id]).includes(wanted));
    tests.push((o) => (column.codes[o] < 0 ? null : fits[column.codes[o]]));
  }
  const { age } = filter, from = columnOf("age_from"), to = columnOf("age_to");
  if (age !== null) {
    /** @param {Column|undefined} column @param {number} o */
    const years = (column, o) => (column && column.codes[o] >= 0 ? Number(column.values[column.codes[o]]) : null);
    tests.push((o) => {
      const low = years(from, o), high = years(to, o);
      return low === null && high === null ? null : (low === null || age >= low) && (high === null || age < high);
    });
  }
  const { week } = data.offers, hours = columnOf("opening_hours");
  if (filter.day >= 0 && week && hours) {
    const states = week.days.map((days) => stateAt(days[filter.day], filter.minute));
    tests.push((o) => (hours.codes[o] < 0 ? null : states[hours.codes[o]]));
  }
  return tests;
}

/** Open, closed or unknown. @param {number[]} spans @param {number} minute */
function stateAt(spans, minute) {
  for (let i = 0; i < spans.length; i += 3) {
    if (minute >= spans[i] && minute < spans[i + 1]) return spans[i + 2] === 1 ? true : null;
  }
  return false;
}

/** All an offer says, folded, made when it is first searched for. @type {string[]} */
const folded = [];

/** @param {number} i */
function foldedOffer(i) {
  const { names, category, columns } = data.offers;
  return folded[i] || (folded[i] = fold([names[i], titleOf(category[i]), ...columns.map((c) => c.values[c.codes[i]] || "")].join(" ")));
}

/** Offers that pass every filter; those of which it is not known are counted. */
function findOffers() {
  const { filter } = state, { ids, category } = data.offers;
  const wanted = fold(filter.text), tests = testsOf(filter);
  state.found = [];
  state.unknown = 0;
  for (let i = 0; i < ids.length; i++) {
    if (filter.categories.size && !filter.categories.has(category[i])) continue;
    if (wanted && !foldedOffer(i).includes(wanted)) continue;
    let answer = /** @type {boolean|null} */ (true);
    for (const test of tests) {
      const own = test(i);
      if (own !== true) answer = own;
      if (own === false) break;
    }
    if (answer === null) state.unknown++;
    if (answer || (answer === null && filter.unstated)) state.found.push(i);
  }
}

/** How many were found, and of how many it is not known. */
function writeFound() {
  const all = data.offers.ids.length, count = write(state.found.length);
  const unknown = state.unknown ? ` ${say(state.filter.unstated ? "found_with" : "found_without", { count: write(state.unknown) })}` : "";
  return say(all === 1 ? "found_one" : "found", { count, all: write(all) }) + unknown;
}
