// How areas are painted: the ways to class one indicator, and two indicators at once.

/** @typedef {{book: Book, cells: Cell[], seconds: Cell[], places: number[], apart: (number|null)[], colours: string[], hatches: Hatch[], labels: string[], pair: boolean}} Paint */

/** Class of a value: 0 …, -1 missing, -2 secret. @param {number|null} value @param {string} sign @param {Classes|undefined} classes */
function classOf(value, sign, classes) {
  if (value === null || !classes) return sign === "." ? -2 : -1;
  let place = 0;
  while (place < classes.breaks.length && value >= classes.breaks[place]) place++;
  return place;
}

/** @param {number} indicator */
function schemesOf(indicator) {
  return data.classes[`${state.level} ${indicator}`] || {};
}

/** The chosen way to class, where the indicator has it on this level. */
function currentScheme() {
  return state.scheme in schemesOf(state.indicator) ? state.scheme : "quantiles";
}

/** Two indicators at once, where both can be divided into thirds. */
function isPair() {
  return state.second >= 0 && "thirds" in schemesOf(state.indicator) && "thirds" in schemesOf(state.second);
}

/** The date of the second indicator: the same where it has it, else its newest. @param {Book} [book] */
function secondDate(book = data) {
  const dates = datesOf(state.level, state.second, book);
  return dates.includes(state.date) ? state.date : dates[0] || "";
}

/** Of up to three classes the third they stand for. @param {number} place @param {Classes} classes */
function thirdOf(place, classes) {
  return classes.labels.length < 2 ? 0 : Math.round((2 * place) / (classes.labels.length - 1));
}

/** A value minus that of the area above, both as they are shown.
 * @param {Book} book @param {number} level @param {number} area @param {Cell} cell @param {string} date */
function deviationOf(book, level, area, cell, date) {
  const own = book.levels[level];
  if (cell.value === null || own.parent < 0) return null;
  const above = cellOf(findSeries(own.parent, state.indicator, date, book), own.parents[area], book);
  return above.value === null ? null : subtract(cell.value, above.value);
}

/** Differences keep the decimals that are shown. @param {number} a @param {number} b */
function subtract(a, b) {
  const scale = 10 ** data.indicators[state.indicator].digits;
  return Math.round(a * scale - b * scale) / scale + 0;
}

/** @param {Book} book @param {string} date @returns {Paint} */
function mix(book, date) {
  const size = book.levels[state.level].ids.length;
  const series = findSeries(state.level, state.indicator, date, book);
  const cells = Array.from({ length: size }, (_, i) => cellOf(series, i, book));
  const none = { colours: [], hatches: [] };
  if (isPair()) {
    const second = findSeries(state.level, state.second, secondDate(book), book);
    const seconds = cells.map((_, i) => cellOf(second, i, book));
    const a = schemesOf(state.indicator).thirds, b = schemesOf(state.second).thirds;
    const places = cells.map((cell, i) => {
      const x = classOf(cell.value, cell.sign, a), y = classOf(seconds[i].value, seconds[i].sign, b);
      return x < 0 || y < 0 ? Math.min(x, y, -1) : 3 * thirdOf(y, b) + thirdOf(x, a);
    });
    return { book, cells, seconds, places, apart: [], colours: data.look.pair.flat(), hatches: data.look.pairHatches.flat(), labels: [], pair: true };
  }
  const scheme = currentScheme(), classes = schemesOf(state.indicator)[scheme];
  const apart = scheme === "deviation" ? cells.map((c, i) => deviationOf(book, state.level, i, c, date)) : [];
  const places = cells.map((c, i) => classOf(scheme === "deviation" ? apart[i] : c.value, c.sign, classes));
  return { ...(classes ? data.scales[classes.scale] : none), book, cells, seconds: [], places, apart, labels: classes ? classes.labels : [], pair: false };
}

/** @param {number} x @param {number} digits */
function writeSigned(x, digits) {
  return (x > 0 ? "+" : "") + write(x, digits);
}

/** Difference of two values of an indicator. @param {number} x @param {Indicator} indicator */
function writeDifference(x, indicator) {
  const unit = indicator.unit === "%" ? say("points") : indicator.unit;
  return writeSigned(x, indicator.digits) + (unit ? `\u00a0${unit}` : "");
}

/** What the map tells of an area. @param {number} i @param {Paint} [paint] */
function readValue(i, paint = state.paint) {
  const indicator = data.indicators[state.indicator];
  const own = writeValue(paint.cells[i], indicator);
  if (paint.pair) return `${own}; ${data.indicators[state.second].title}: ${writeValue(paint.seconds[i], data.indicators[state.second])}`;
  const apart = paint.apart[i];
  return apart == null ? own : `${own} (${writeDifference(apart, indicator)})`;
}

/** The fill of a place. @param {number} place @param {Paint} paint @param {string} prefix of the patterns */
function fillOf(place, paint, prefix) {
  if (!data.series.length) return data.look.land;
  return state.hatch || place < 0 || !paint.colours.length ? `url(#${prefix}${place})` : paint.colours[place];
}
