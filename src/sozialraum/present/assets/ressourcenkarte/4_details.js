// What is known of one area, offer or gap, with the passport of every number.

/** @param {string} label @param {Node|string} content @param {string|null} [lang] */
function pair(label, content, lang) {
  return [html("dt", {}, label), html("dd", { lang }, content)];
}

/** Heading that takes the focus, and the way back. @param {string} over @param {string} title */
function detailHead(over, title) {
  const kind = state.choice ? state.choice.kind : "area";
  return [
    html("p", { class: "ueber", lang: kind === "area" ? EDITION : null }, over),
    html("h3", { id: "einzel-titel", tabindex: -1, lang: kind === "area" || kind === "offer" ? EDITION : null }, title),
    state.choice && html("button", { type: "button", class: "zurueck", onclick: goBack }, say("back")),
  ];
}

/** Where a number comes from. @param {Indicator} indicator @param {Series|undefined} series @param {Cell} cell */
function passport(indicator, series, cell) {
  const own = [];
  if (cell.numerator !== null && series && indicator.denominator) own.push(pair(say("numerator"), html("span", {}, `${write(cell.numerator, series.counted)} · `, quote(indicator.numerator))));
  if (cell.denominator !== null && series && indicator.denominator) own.push(pair(say("denominator"), html("span", {}, `${write(cell.denominator, series.counted)} · `, quote(indicator.denominator))));
  const dates = [say("datenstand"), say("gebietsstand"), say("quality")];
  const general = indicator.passport.filter(([label]) => !dates.includes(label)).map(([label, text]) => pair(label, linkIn(text), EDITION));
  if (series) general.push(pair(say("datenstand"), writeDate(series.date)));
  if (series && series.borders) general.push(pair(say("gebietsstand"), writeDate(series.borders)));
  if (cell.quality) general.push(pair(say("quality"), data.qualities[cell.quality] || cell.quality));
  if (cell.steps) general.push(pair(say("steps"), cell.steps));
  if (cell.sign) general.push(pair(`${say("sign")} ${cell.sign}`, data.signs[cell.sign] || ""));
  return html("dl", { class: "pass" }, ...[...own, ...general].flat());
}

/** Text with its addresses made links. @param {string} text */
function linkIn(text) {
  const parts = text.split(/(https?:\/\/[^\s,;]+)/);
  return parts.length === 1 ? text : html("span", {}, ...parts.map((p, i) => (i % 2 ? link(p) : p)));
}

/** This area beside the one above it and the whole. @param {number} level @param {number} index */
function comparison(level, index) {
  const indicator = data.indicators[state.indicator];
  const date = currentDate(level);
  /** @type {[string, Cell, string][]} */
  const rows = [[data.levels[level].names[index], cellOf(findSeries(level, state.indicator, date), index), "eigen"]];
  let l = level, i = index;
  while (data.levels[l].parent >= 0 && data.levels[l].parents[i] >= 0) {
    i = data.levels[l].parents[i];
    l = data.levels[l].parent;
    rows.push([data.levels[l].names[i], cellOf(findSeries(l, state.indicator, date), i), ""]);
  }
  const most = Math.max(...rows.map(([, c]) => Math.abs(c.value || 0)));
  if (indicator.denominator === "" || rows.length < 2 || !most) return null;
  return html("ul", { class: "vergleich" }, ...rows.map(([name, cell, own]) => html("li", { class: own },
    html("span", {}, name), html("b", {}, writeValue(cell, indicator)),
    cell.value !== null && svg("svg", { viewBox: "0 0 100 6", preserveAspectRatio: "none", "aria-hidden": "true" }, svg("rect", { width: 100, height: 6, class: "bahn" }), svg("rect", { width: (100 * Math.max(0, cell.value)) / most, height: 6 })))));
}

/** The years of one area as a line and as numbers. @param {number} level @param {number} index */
function timeline(level, index) {
  const indicator = data.indicators[state.indicator];
  const dates = [...datesOf(level, state.indicator)].reverse();
  if (dates.length < 2) return null;
  const cells = dates.map((d) => cellOf(findSeries(level, state.indicator, d), index));
  const given = cells.flatMap((c) => (c.value === null ? [] : [c.value]));
  const low = Math.min(...given), span = Math.max(...given) - low || 1;
  const points = cells.map((c, i) => (c.value === null ? null : [8 + (284 * i) / (dates.length - 1), 40 - (32 * (c.value - low)) / span]));
  let path = "";
  points.forEach((p, i) => { if (p) path += `${i && points[i - 1] ? "L" : "M"}${p[0]} ${p[1]}`; });
  return html("figure", { class: "verlauf" },
    html("figcaption", {}, say("history")),
    svg("svg", { viewBox: "0 0 300 48", "aria-hidden": "true" }, svg("path", { d: path, class: "linie" }),
      ...points.flatMap((p) => (p ? [svg("circle", { cx: p[0], cy: p[1], r: 3.2 })] : []))),
    html("ol", {}, ...dates.map((d, i) => html("li", {}, html("span", {}, writeDate(d)), " ", html("b", {}, writeValue(cells[i], indicator, false))))));
}

/** @param {number} level @param {number} index */
function areaDetails(level, index) {
  const own = data.levels[level], indicator = data.indicators[state.indicator];
  const series = findSeries(level, state.indicator, currentDate(level));
  const cell = cellOf(series, index);
  const box = html("div", { class: "einzel" }, ...detailHead(own.title, own.names[index]));
  const parent = own.parents[index];
  if (own.parent > 0 && parent >= 0) {
    box.append(html("p", { class: "teil" }, `${say("part_of")} `, html("button", { type: "button", class: "textlink", lang: EDITION, onclick: () => { setLevel(own.parent); reveal({ kind: "area", level: own.parent, index: parent }, null, true); } }, `${data.levels[own.parent].title} ${data.levels[own.parent].names[parent]}`)));
  }
  fill(box, {}, [
    html("p", { class: "wert" }, html("span", { class: "gross" }, writeValue(cell, indicator)), html("span", { class: "wovon", lang: EDITION }, indicator.title)),
    comparison(level, index), timeline(level, index),
    html("details", { open: true }, html("summary", {}, say("passport")), passport(indicator, series, cell)),
    html("h4", {}, say("all_values")),
  ]);
  /** @type {Map<string, any[]>} */
  const themes = new Map();
  data.indicators.forEach((other, i) => {
    const date = datesOf(level, i)[0];
    if (i === state.indicator || !date) return;
    const its = findSeries(level, i, date), value = cellOf(its, index);
    themes.set(other.theme, [...(themes.get(other.theme) || []), html("details", { class: "zeile", ontoggle: (/** @type {Event} */ e) => {
      const own = /** @type {HTMLDetailsElement} */ (e.target);
      // Forty passports would be made for the one that is read.
      if (own.open && own.children.length < 2) own.append(passport(other, its, value), html("button", { type: "button", class: "textlink", onclick: () => { setIndicator(i); reveal({ kind: "area", level, index }, null, true); } }, say("show_on_map")));
    } },
      html("summary", {}, html("span", { lang: EDITION }, other.title), html("b", {}, writeValue(value, other))))]);
  });
  for (const [theme, rows] of themes) {
    box.append(html("details", { class: "gruppe", open: themes.size === 1 || theme === indicator.theme },
      html("summary", {}, theme ? html("span", { lang: EDITION }, theme) : say("no_theme"), html("span", { class: "anzahl" }, write(rows.length))), ...rows));
  }
  const here = offersIn(level, index);
  if (data.offers.ids.length) {
    const counts = tally(here);
    fill(box, {}, [html("h4", {}, say("offers_here", { count: write(here.length) })),
      counts.some(Boolean) && html("ul", { class: "strich" }, ...data.offers.categories.map((c, i) => counts[i] > 0 && html("li", {}, html("span", {}, c.title), html("b", {}, write(counts[i])))))]);
  }
  return box;
}

/** Offers that lie in an area of any level. @param {number} level @param {number} index */
function offersIn(level, index) {
  const last = data.levels.length - 1, { inside } = data.levels[level], { areas } = data.offers;
  const lies = data.levels[last].ids.map((_, area) => {
    if (inside) return inside[area] === index;
    let l = last, i = area;
    while (l > level && i >= 0) { i = data.levels[l].parents[i]; l = data.levels[l].parent; }
    return l === level && i === index;
  });
  const found = [];
  for (let offer = 0; offer < areas.length; offer++) if (areas[offer] >= 0 && lies[areas[offer]]) found.push(offer);
  return found;
}

/** @param {number} index */
function offerDetails(index) {
  const { category, columns, areas, ids } = data.offers;
  const last = data.levels.length - 1;
  const box = html("div", { class: "einzel" }, ...detailHead(titleOf(category[index]), nameOf(index)));
  const rows = columns.map((c) => pair(c.label, c.codes[index] < 0 ? html("span", { class: "leer" }, say("missing")) : link(c.values[c.codes[index]])));
  rows.push(pair(data.levels[last].title, areas[index] < 0 ? say("outside") : data.levels[last].names[areas[index]]));
  rows.push(pair(say("offer_id"), ids[index]));
  box.append(html("dl", { class: "pass" }, ...rows.flat()));
  return box;
}

/** @param {number} index */
function gapDetails(index) {
  const gap = data.gaps[index];
  const measure = data.indicators[gap.measure];
  const box = html("div", { class: "einzel" }, ...detailHead(say("gap"), gapText(gap)));
  fill(box, {}, [html("p", {}, gapWay(gap)), measure && html("p", { class: "leise" }, measure.gap),
    measure && html("details", { open: true }, html("summary", {}, say("passport")),
      passport(measure, data.series.find((s) => s.indicator === gap.measure), { value: null, numerator: null, denominator: null, sign: gap.people === null ? "." : "", quality: "", steps: "" }))]);
  return box;
}

/** @param {number[]} members */
function bundleDetails(members) {
  const box = html("div", { class: "einzel" }, ...detailHead(say("offers"), say("bundle", { count: write(members.length) })));
  box.append(html("ul", { class: "liste" }, ...members.map((i) => html("li", {}, offerButton(i, null)))));
  return box;
}
