// The legend: classes with how many areas each holds, what is on top, and one sentence on the limits.

/** @param {string} fill @param {string} [stroke] */
function swatch(fill, stroke) {
  return svg("svg", { class: "feld", viewBox: "0 0 40 22", "aria-hidden": "true" }, svg("rect", { x: 0.5, y: 0.5, width: 39, height: 21, fill, class: stroke ? null : "rand", stroke }));
}

/** @param {number} count @param {string} [what] is counted, areas unless said */
function countOf(count, what) {
  const level = data.levels[state.level];
  return html("span", { class: "anzahl" }, write(count), html("span", { class: "nur-vorlesen" }, " ", what || quote(count === 1 ? level.title : level.plural)));
}

/** @param {string} fill @param {string} label @param {number} count @param {number} most @param {string} [what] */
function legendRow(fill, label, count, most, what) {
  return html("li", {}, swatch(fill), html("span", { class: "klasse" }, label),
    svg("svg", { class: "anteil", viewBox: "0 0 60 8", preserveAspectRatio: "none", "aria-hidden": "true" }, svg("rect", { width: Math.max(1, (60 * count) / (most || 1)), height: 8, y: 0 })),
    countOf(count, what));
}

function drawLegend() {
  const paint = state.paint, level = data.levels[state.level], indicator = data.indicators[state.indicator];
  const gap = state.gaps && data.gaps.length > 0 && html("li", {}, swatch("url(#lgap)", data.look.gap), html("span", { class: "klasse" }, tell("legend_gap", { gap: gapTitle(state.gapMeasure) })));
  drawOfferLegend();
  // The writer's sentence speaks of dark and light of one indicator.
  const reading = document.getElementById("lesesatz");
  if (reading) reading.hidden = paint.pair || paint.apart.length > 0 || waysShown();
  if (waysShown()) {
    const { classes, rows } = wayLegend();
    const tiles = svg("svg", { width: 0, height: 0, "aria-hidden": "true", class: "vorrat" }, patterns("l"), svg("defs", {}, ...classes.hatches.map((h, i) => pattern(`l${i}`, h, "#fff", data.look.ink))));
    refill("legende", tiles, html("p", { class: "legende-kopf" }, html("span", {}, say("ways_head")), html("span", {}, say("ways_cells"))), html("ul", {}, ...rows, gap), html("p", { class: "regel" }, say("ways_rule")));
    return;
  }
  /** @type {Map<number, number>} */
  const counts = new Map();
  for (const place of paint.places) counts.set(place, (counts.get(place) || 0) + 1);
  const most = Math.max(...counts.values());
  const others = [-2, -1].filter((i) => counts.has(i) && data.series.length);
  const swatches = svg("svg", { width: 0, height: 0, "aria-hidden": "true", class: "vorrat" }, patterns("l"),
    svg("defs", {}, ...paint.hatches.map((h, i) => pattern(`l${i}`, h, "#fff", data.look.ink))));
  /** @param {number} i */
  const row = (i) => legendRow(fillOf(i, paint, "l"), i >= 0 ? paint.labels[i] : i === -2 ? say("legend_secret") : paint.apart.length ? say("no_deviation") : say("missing"), counts.get(i) || 0, most);
  const unit = paint.apart.length && indicator.unit === "%" ? say("points_in") : indicator.unit;
  const head = html("p", { class: "legende-kopf" }, html("span", {}, unit && !paint.pair ? say("legend_unit", { unit }) : paint.pair ? "" : say("value")), html("span", { lang: EDITION }, level.plural));
  refill("legende", swatches, head,
    paint.pair && pairLegend(counts),
    html("ul", {}, ...(paint.pair ? [] : [...paint.labels.keys()].reverse()).map(row), ...others.map(row), gap),
    data.series.length > 0 && html("p", { class: "regel" }, say(`rule_${paint.pair ? "pair" : currentScheme()}`)),
    sourceLine());
}

/** The marks of the offers that are shown, and what a bundle of them looks like. */
function drawOfferLegend() {
  if (!state.offers) { refill("zeichen"); return; }
  const { categories } = data.offers, counts = tally(state.found);
  refill("zeichen", html("ul", {},
    ...categories.map((c, i) => counts[i] > 0 && html("li", {}, symbol(c), html("span", {}, c.title), html("span", { class: "anzahl" }, write(counts[i]), html("span", { class: "nur-vorlesen" }, ` ${say(counts[i] === 1 ? "offers_one" : "offers")}`)))),
    html("li", {}, svg("svg", { class: "symbol", viewBox: "-9 -9 18 18", "aria-hidden": "true" }, svg("circle", { r: 7.5, class: "buendel" }), svg("text", { y: 3, class: "zahl" }, "2")), html("span", {}, say("legend_bundle")))));
}

/** Whose data the map shows, where it is shown. */
function sourceLine() {
  const shown = [state.indicator, ...(state.paint.pair ? [state.second] : [])];
  const found = shown.flatMap((i) => data.indicators[i].passport.filter(([label]) => label === say("source")).map(([, text]) => text));
  return found.length > 0 && html("p", { class: "regel quelle" }, `${say("source")}: `, html("span", { lang: EDITION }, linkIn([...new Set(found)].join("; "))));
}

/** Thirds of both: the first from left to right, the second upwards. @param {Map<number, number>} counts */
function pairLegend(counts) {
  const a = schemesOf(state.indicator).thirds, b = schemesOf(state.second).thirds;
  const first = data.indicators[state.indicator], second = data.indicators[state.second];
  const date = secondDate();
  /** @param {Indicator} one */
  const name = (one) => one.title + (one.unit ? ` (${one.unit})` : "");
  return html("table", { class: "paar" },
    html("caption", {}, say("pair_caption", { first: name(first), second: `${name(second)}${date === state.date ? "" : `, ${say("as_of", { date: writeDate(date) })}`}` })),
    html("tbody", {}, ...[...b.labels.keys()].reverse().map((y) => html("tr", {}, html("th", { scope: "row" }, b.labels[y]),
      ...a.labels.map((_, x) => {
        const place = 3 * thirdOf(y, b) + thirdOf(x, a);
        return html("td", {}, swatch(fillOf(place, state.paint, "l")), countOf(counts.get(place) || 0));
      })))),
    html("tfoot", {}, html("tr", {}, html("td", {}), ...a.labels.map((l) => html("th", { scope: "col" }, l)))));
}
