// An online map under the areas, if the writer allowed one and the reader switched it on.

/** @type {any} */
let ground = null;

function startGround() {
  const box = document.getElementById("w-grund");
  if (!box || !data.basemap) return;
  box.addEventListener("change", (e) => {
    state.ground = /** @type {HTMLInputElement} */ (e.target).checked;
    map.root.classList.toggle("mit-grund", state.ground);
    drawGround();
  });
}

/** Ask for the picture of what is seen. */
function drawGround() {
  if (!data.basemap) return;
  if (!state.ground) { if (ground) ground.remove(); ground = null; return; }
  const { scale: [size], translate: [east, north] } = data.topology.transform;
  const x = -view.x / view.k, y = -view.y / view.k, width = view.width / view.k, height = view.height / view.k;
  const box = [east + x * size, north - (y + height) * size, east + (x + width) * size, north - y * size];
  const href = `${data.basemap.url}&BBOX=${box.map((v) => v.toFixed(1)).join(",")}&WIDTH=${Math.round(view.width)}&HEIGHT=${Math.round(view.height)}`;
  const picture = svg("image", { href, x, y, width, height, preserveAspectRatio: "none", "aria-hidden": "true" });
  if (ground) ground.replaceWith(picture); else map.zoomed[0].prepend(picture);
  ground = picture;
}
