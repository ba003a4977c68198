// Gaps in a list.

/** @param {number} measure an indicator, or none that is shown */
function gapTitle(measure) {
  return (data.indicators[measure] || { gap: "" }).gap || say("gap");
}

function drawGaps() {
  if (!data.gaps.length) { refill("luecken", html("p", {}, say("no_gaps"))); return; }
  const choose = html("label", { class: "feldname" }, html("span", {}, say("measure")),
    html("select", { onchange: (/** @type {Event} */ e) => { state.gapMeasure = Number(/** @type {HTMLSelectElement} */ (e.target).value); setGaps(true); drawGaps(); refocus("#luecken select"); } },
      ...gapMeasures().map((m) => html("option", { value: m, selected: m === state.gapMeasure, lang: EDITION }, gapTitle(m)))));
  const rows = data.gaps.map((gap, i) => gapShown(i) && html("li", {}, html("button", { type: "button", class: "eintrag", "data-gap": i, onclick: () => reveal({ kind: "gap", index: i }, () => document.querySelector(`#luecken [data-gap="${i}"]`), true) },
    html("span", { class: "rang" }, gap.rank),
    html("span", {}, html("span", { class: "titel" }, gapPeople(gap)), html("span", { class: "leise" }, gapWay(gap)))))).filter(Boolean);
  const limit = data.gaps.filter((_, i) => gapShown(i))[0].limit;
  refill("luecken", choose, html("h3", { class: "auf-papier", lang: EDITION }, gapTitle(state.gapMeasure)), html("p", { class: "leise" }, say("gaps_note", { limit: limit === null ? "?" : write(limit) })), html("ol", { class: "liste" }, ...rows));
}
