// Print and start.

// ---- print: the map is fitted to the paper, the table is whole

function startPrint() {
  byId("w-papier").addEventListener("change", (e) => document.documentElement.classList.toggle("a3", /** @type {HTMLSelectElement} */ (e.target).value === "a3"));
  let before = { zoom: 1, x: 0, y: 0 };
  addEventListener("beforeprint", () => {
    before = { zoom: view.zoom, x: (view.width / 2 - view.x) / view.k, y: (view.height / 2 - view.y) / view.k };
    state.printing = true;
    document.documentElement.classList.add("druck");
    drawTable();
    resize();
    look(1, 0, 0);
    settle();
  });
  addEventListener("afterprint", () => {
    state.printing = false;
    document.documentElement.classList.remove("druck");
    drawTable();
    resize();
    look(before.zoom, before.x, before.y);
  });
}

async function start() {
  await readData();
  indexSeries(data);
  readShapes();
  // Sizes are asked for before anything changes, while the browser still knows them.
  buildMap();
  startOlder();
  startControls();
  startTabs();
  startSearch();
  startWays();
  startGround();
  readHash();
  apply();
  startPrint();
  // Names and lines are measured again in the page's own letters.
  document.fonts.ready.then(() => { widths.clear(); afterPicture(drawNames); afterPicture(fitStage); });
  addEventListener("hashchange", () => { readHash(); apply(); });
  document.documentElement.dataset.bereit = "ja";
}

// What only a page without script shows is never laid out nor painted: the map comes sooner without.
document.documentElement.className = "mit-skript";
addEventListener("DOMContentLoaded", () => start().catch((error) => {
  document.documentElement.className = "";
  throw error;
}));
