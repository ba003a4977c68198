// What can be chosen around the map.

/** Indicators as options, by theme. @param {Element} select @param {number[]} indicators */
function fillIndicators(select, indicators) {
  /** @type {Map<string, any>} */
  const groups = new Map();
  for (const i of indicators) {
    const { title, theme } = data.indicators[i], option = html("option", { value: i, lang: EDITION }, title);
    if (!theme) { select.append(option); continue; }
    if (!groups.has(theme)) {
      groups.set(theme, html("optgroup", { label: theme, lang: EDITION }));
      select.append(groups.get(theme));
    }
    groups.get(theme).append(option);
  }
}

/** Ways to class and partners the shown indicator has on the shown level. */
function fillSchemes() {
  const select = /** @type {HTMLSelectElement} */ (byId("w-klassen")), second = /** @type {HTMLSelectElement} */ (byId("w-zweites"));
  const schemes = Object.keys(schemesOf(state.indicator)).filter((s) => s !== "thirds");
  select.replaceChildren(...schemes.map((s) => html("option", { value: s }, say(`scheme_${s}`))));
  select.value = currentScheme();
  select.disabled = schemes.length < 2 || isPair() || waysShown();
  second.replaceChildren(html("option", { value: -1 }, say("no_second")));
  const able = "thirds" in schemesOf(state.indicator);
  fillIndicators(second, able ? [...data.indicators.keys()].filter((i) => i !== state.indicator && "thirds" in schemesOf(i)) : []);
  if (state.second === state.indicator) state.second = -1;
  second.value = String(isPair() ? state.second : -1);
  second.disabled = second.length < 2 || waysShown();
}

function startControls() {
  const select = byId("w-merkmal");
  fillIndicators(select, data.indicators.map((_, i) => i));
  select.addEventListener("change", () => setIndicator(Number(/** @type {HTMLSelectElement} */ (select).value)));
  byId("w-ebene").addEventListener("change", (e) => setLevel(Number(/** @type {HTMLInputElement} */ (e.target).value)));
  byId("w-stand").addEventListener("change", (e) => { state.date = /** @type {HTMLSelectElement} */ (e.target).value; drawAll(); announce(writeDate(state.date)); });
  /** @type {[string, (on: boolean) => void][]} */
  const switches = [["w-schraffur", (on) => { state.hatch = on; drawAreas(); drawWays(true); drawOlder(); drawNames(); drawLegend(); writeHash(); }], ["w-namen", (on) => { state.names = on; drawNames(); writeHash(); }], ["w-angebote", setOffers], ["w-luecken", setGaps], ["w-vergleich", setCompare]];
  for (const [id, act] of switches) {
    byId(id).addEventListener("change", (e) => act(/** @type {HTMLInputElement} */ (e.target).checked));
  }
  byId("w-klassen").addEventListener("change", (e) => { state.scheme = /** @type {HTMLSelectElement} */ (e.target).value; drawAll(); announce(say(`rule_${currentScheme()}`)); });
  byId("w-zweites").addEventListener("change", (e) => { state.second = Number(/** @type {HTMLSelectElement} */ (e.target).value); drawAll(); announce(byId("kartentitel").textContent || ""); });
  const tools = /** @type {HTMLButtonElement[]} */ ([...document.querySelectorAll("#werkzeuge button")]);
  const acts = [() => zoomBy(1.6), () => zoomBy(1 / 1.6), () => look(1, 0, 0)];
  tools.forEach((tool, i) => {
    tool.addEventListener("click", acts[i]);
    tool.addEventListener("focus", () => tools.forEach((t) => { t.tabIndex = t === tool ? 0 : -1; }));
    tool.addEventListener("keydown", (e) => {
      const step = ["ArrowDown", "ArrowRight"].includes(e.key) ? 1 : ["ArrowUp", "ArrowLeft"].includes(e.key) ? -1 : 0;
      if (!step) return;
      e.preventDefault();
      tools[(i + step + tools.length) % tools.length].focus();
    });
  });
  byId("drucken").addEventListener("click", () => print());
  document.addEventListener("keydown", (e) => { if (e.key === "Escape" && state.choice && document.activeElement && document.activeElement.closest("#einzel, #buehne")) goBack(); });
}

