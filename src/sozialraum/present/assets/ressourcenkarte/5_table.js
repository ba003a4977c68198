// The table that is the twin of the map: sorted, paged, saved.

const PAGE = 50;

/** @typedef {{head: string, value: (i: number) => number|null, text: (i: number) => string, sign: (i: number) => string, digits: number, extra: boolean}} TableColumn */

/** What the table tells of an area beside its name. @returns {TableColumn[]} */
function tableColumns() {
  const indicator = data.indicators[state.indicator], paint = state.paint, series = currentSeries();
  const counted = series ? series.counted : 0;
  /** @param {string} head @param {(i: number) => Cell} cell @param {Indicator} one @returns {TableColumn} */
  const figures = (head, cell, one) => ({ head, value: (i) => cell(i).value, text: (i) => writeValue(cell(i), one, false), sign: (i) => cell(i).sign, digits: one.digits, extra: true });
  /** @param {string} head @param {(i: number) => number|null} value @returns {TableColumn} */
  const differences = (head, value) => ({ head, value, text: (i) => { const x = value(i); return x === null ? "" : writeSigned(x, indicator.digits); }, sign: () => "", digits: indicator.digits, extra: true });
  const unit = indicator.unit === "%" ? say("points_in") : indicator.unit;
  const columns = [{ ...figures(indicator.unit ? say("value_in", { unit: indicator.unit }) : say("value"), (i) => paint.cells[i], indicator), extra: false }];
  /** @type {TableColumn[]} */
  const parts = [];
  for (const key of /** @type {("numerator"|"denominator")[]} */ (indicator.denominator ? ["numerator", "denominator"] : [])) {
    parts.push({ head: say(key), value: (i) => paint.cells[i][key], text: (i) => { const { [key]: n, sign } = paint.cells[i]; return n === null ? (sign === "." ? "." : "") : write(n, counted); }, sign: () => "", digits: counted, extra: false });
  }
  if (paint.apart.length) columns.push(differences(unit ? say("deviation_in", { unit }) : say("deviation"), (i) => paint.apart[i]));
  if (paint.pair) {
    const second = data.indicators[state.second];
    columns.push(figures(second.title + (second.unit ? ` (${second.unit})` : ""), (i) => paint.seconds[i], second));
  }
  // What is set beside the value stands beside it; of what it was made comes last.
  return columns.concat(olderColumns(figures, differences), parts);
}

/** The figure of people without a known place, who are in no area. @returns {Cell|null} */
function lostCell() {
  const series = currentSeries(), row = series && data.unassigned[data.series.indexOf(series)];
  return row ? { value: row[0], numerator: row[1], denominator: row[2], sign: row[3], quality: row[4], steps: row[5] } : null;
}

/** Its texts in the first columns of the table. @param {Cell} cell @param {number} counted */
function lostTexts(cell, counted) {
  const indicator = data.indicators[state.indicator];
  /** @param {number|null} n */
  const part = (n) => (n === null ? (cell.sign === "." ? "." : "") : write(n, counted));
  return [writeValue(cell, indicator, false), ...(indicator.denominator ? [part(cell.numerator), part(cell.denominator)] : [])];
}

/** Areas of the level in the order the table is sorted by. @param {TableColumn[]} columns */
function sortedAreas(columns) {
  const { names, ids } = data.levels[state.level];
  state.sort.column = Math.min(state.sort.column, columns.length);
  const { column, down } = state.sort;
  return ids.map((_, i) => i).sort((a, b) => {
    const byName = compareTexts(names[a], names[b]);
    if (!column) return down ? -byName : byName;
    const x = columns[column - 1].value(a), y = columns[column - 1].value(b);
    // What is missing or secret stays at the end, whichever way the rest is sorted.
    if (x === null || y === null) return x === y ? byName : x === null ? 1 : -1;
    return (down ? y - x : x - y) || byName;
  });
}

function drawTable() {
  const level = data.levels[state.level], indicator = data.indicators[state.indicator];
  const columns = tableColumns(), order = sortedAreas(columns);
  const pages = Math.ceil(order.length / PAGE);
  state.page = Math.min(state.page, pages - 1);
  const head = html("tr", {}, ...[level.title, ...columns.map((c) => c.head)].map((text, c) => {
    const sorted = state.sort.column === c;
    return html("th", { scope: "col", "aria-sort": sorted ? (state.sort.down ? "descending" : "ascending") : null },
      html("button", { type: "button", lang: c ? null : EDITION, onclick: () => { state.sort = { column: c, down: sorted ? !state.sort.down : c > 0 }; state.page = 0; drawTable(); refocus(`#tabelle th:nth-child(${c + 1}) button`); writeHash(); announce(say("sorted", { column: text })); } }, text, html("span", { class: "pfeil", "aria-hidden": "true" }, sorted ? (state.sort.down ? "▼" : "▲") : "")));
  }));
  // On paper the table is whole; on the screen rows beyond the page are left out.
  const shown = state.printing ? order : order.slice(state.page * PAGE, (state.page + 1) * PAGE);
  const body = shown.map((i) => {
    const parent = level.parent > 0 && level.parents[i] >= 0 ? data.levels[level.parent].names[level.parents[i]] : "";
    const chosen = state.choice && state.choice.kind === "area" && state.choice.level === state.level && state.choice.index === i;
    return html("tr", { class: chosen ? "gewaehlt" : null },
      html("th", { scope: "row" }, html("button", { type: "button", class: "textlink", lang: EDITION, "data-area": i, onclick: () => reveal({ kind: "area", level: state.level, index: i }, () => document.querySelector(`#tabelle [data-area="${i}"]`), true) }, level.names[i]), parent && html("span", { class: "leise" }, parent)),
      ...columns.map((c) => html("td", { class: c.value(i) === null ? "leer" : null, title: c.sign(i) ? data.signs[c.sign(i)] : null }, c.text(i))));
  });
  const lost = lostCell(), series = currentSeries();
  if (lost && (state.printing || state.page === pages - 1)) {
    const [text, ...others] = lostTexts(lost, series ? series.counted : 0);
    const texts = columns.map((_, i) => i ? others[i - columns.length + others.length] : text);
    body.push(html("tr", {}, html("th", { scope: "row" }, say("unassigned")), ...columns.map((_, i) => html("td", { class: i ? null : lost.value === null ? "leer" : null, title: i ? null : data.signs[lost.sign] || null }, texts[i] || ""))));
  }
  refill("tabelle",
    html("div", { class: "breit-tabelle" }, html("table", {}, html("caption", {}, tell("table_caption", { indicator: indicator.title, level: level.plural, date: state.date ? writeDate(state.date) : say("missing") }), Boolean(indicator.denominator) && html("span", { class: "zeile2" }, tell("table_parts", { numerator: indicator.numerator, denominator: indicator.denominator }))), html("thead", {}, head), html("tbody", {}, ...body))),
    pager(pages, state.page, (p) => { state.page = p; drawTable(); }, "tabelle"),
    html("button", { type: "button", class: "knopf", onclick: saveTable }, say("save_table")));
}

/** @param {number} pages @param {number} page @param {(p: number) => void} go @param {string} place */
function pager(pages, page, go, place) {
  if (pages < 2) return null;
  /** @param {string} key @param {number} to */
  const step = (key, to) => html("button", { type: "button", class: "knopf", "aria-disabled": to < 0 || to >= pages ? "true" : null, onclick: () => { if (to < 0 || to >= pages) return; go(to); refocus(`#${place} .seiten button:nth-of-type(${key === "previous" ? 1 : 2})`); announce(say("page", { page: to + 1, pages })); } }, say(key));
  return html("nav", { class: "seiten", "aria-label": say("pages") }, step("previous", page - 1), html("span", {}, say("page", { page: page + 1, pages })), step("next", page + 1));
}

/** @param {string} selector */
function refocus(selector) {
  const element = /** @type {HTMLElement|null} */ (document.querySelector(selector));
  if (element) element.focus();
}

/** A text that a spreadsheet neither splits nor computes. @param {string} text */
function csvText(text) {
  const calm = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[;"\n\r]/.test(calm) ? `"${calm.replace(/"/g, '""')}"` : calm;
}

/** @param {number|null} n @param {number} digits */
function csvNumber(n, digits) {
  return n === null ? "" : n.toFixed(digits).replace(".", document.documentElement.lang === "de" ? "," : ".");
}

function saveTable() {
  const level = data.levels[state.level], indicator = data.indicators[state.indicator], series = currentSeries();
  const columns = tableColumns(), extra = columns.filter((c) => c.extra), counted = series ? series.counted : 0;
  const lost = lostCell();
  const rows = [...sortedAreas(columns), ...(lost ? [-1] : [])].map((i) => {
    const cell = i < 0 && lost ? lost : state.paint.cells[i];
    return [level.title, i < 0 ? "nicht_zuzuordnen" : level.ids[i], i < 0 ? say("unassigned") : level.names[i], indicator.title, indicator.unit, series ? series.date : "", series ? series.borders : ""].map(csvText)
      .concat([indicator.classes ? csvText(indicator.classes[(cell.value || 0) - 1] || "") : csvNumber(cell.value, indicator.digits), csvNumber(cell.numerator, counted), csvNumber(cell.denominator, counted), cell.sign, csvText(data.qualities[cell.quality] || cell.quality)])
      .concat(extra.map((c) => i < 0 ? "" : (c.value(i) === null ? csvText(c.sign(i)) : csvNumber(c.value(i), c.digits)))).join(";");
  });
  const text = `\ufeff${[[say("csv_head"), ...extra.map((c) => csvText(c.head))].join(";"), ...rows].join("\r\n")}\r\n`;
  const address = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  const anchor = html("a", { href: address, download: `${level.id}_${indicator.id}_${series ? series.date : ""}.csv`.replace(/[^\w.-]+/g, "_") });
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
  announce(say("saved"));
}
