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
  await rest();
  // From here on the script draws; before, and without script, the page shows its still map.
  document.documentElement.className = "mit-skript";
  startOlder();
  startControls();
  startTabs();
  startSearch();
  startWays();
  startGround();
  readHash();
  buildMap();
  await rest();
  apply();
  startPrint();
  addEventListener("hashchange", () => { readHash(); apply(); });
  document.documentElement.dataset.bereit = "ja";
}

start();
