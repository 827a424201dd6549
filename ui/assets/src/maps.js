// Maps that move: of a table's rows, from the same address as the download, and
// of municipalities with their datasets. What is beside them says the same
// without this script.
import { circleMarker, control, geoJSON, map as newMap, tileLayer } from "leaflet/dist/leaflet-src.esm.js";

const blue = "#0066cc";

// describe shows a row in words, as text alone.
function describe(properties) {
  const list = document.createElement("dl");
  for (const [name, value] of Object.entries(properties ?? {}).slice(0, 12)) {
    if (value === null) continue;
    const term = document.createElement("dt");
    const text = document.createElement("dd");
    term.textContent = name;
    text.textContent = String(value).slice(0, 200);
    list.append(term, text);
  }
  return list;
}

// card shows a municipality or a dataset with the way to it. Addresses are those
// of this site.
function card(title, text, url, go) {
  const box = document.createElement("div");
  const head = document.createElement("strong");
  head.textContent = title;
  box.append(head);
  if (text) {
    const line = document.createElement("p");
    line.className = "mb-1";
    line.textContent = text;
    box.append(line);
  }
  if (url) {
    const address = new URL(url, location.href);
    const link = document.createElement("a");
    link.href = address.pathname + address.search;
    link.textContent = go;
    box.append(document.createElement("br"), link);
  }
  return box;
}

async function load(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(answer.statusText);
  return answer.json();
}

// begin makes a map in a box that can be seen, on its ground.
async function begin(box, options, tiles) {
  box.setAttribute("role", "region");
  box.setAttribute("aria-label", box.dataset.label);
  box.hidden = false;
  const ground = box.dataset.tiles || box.dataset.wms;
  const map = newMap(box, { zoomControl: false, attributionControl: Boolean(ground), scrollWheelZoom: false, maxZoom: 19, zoomSnap: ground ? 1 : 0.25, ...options });
  map.attributionControl?.setPrefix(false);
  control.zoom({ zoomInTitle: box.dataset.in, zoomOutTitle: box.dataset.out }).addTo(map);
  control.scale({ imperial: false }).addTo(map);
  if (ground) box.classList.add("p-map-over");
  if (box.dataset.wms) {
    tileLayer.wms(box.dataset.wms, { layers: box.dataset.wmsLayers, format: "image/png", version: "1.3.0", attribution: plain(box.dataset.wmsBy) }).addTo(map);
  }
  return { map, ground: async () => { if (tiles && box.dataset.tiles) (await tiles({ ...box.dataset, tilesBy: plain(box.dataset.tilesBy) })).addTo(map); } };
}

// plain makes text of what Leaflet takes for HTML.
function plain(text) {
  const span = document.createElement("span");
  span.textContent = text ?? "";
  return span.innerHTML;
}

// rows shows the rows of a table.
async function rows(box, tiles) {
  const status = document.createElement("p");
  status.className = "p-map-status";
  status.setAttribute("role", "status");
  status.textContent = box.dataset.loading;
  box.hidden = false;
  box.before(status);
  try {
    await draw(box, await load(box.dataset.features), status, tiles);
  } catch {
    box.hidden = true;
    status.textContent = box.dataset.failed;
  }
}

async function draw(box, features, status, tiles) {
  const layer = geoJSON(features, {
    style: { color: blue, weight: 2, fillOpacity: 0.2 },
    pointToLayer: (_, at) => circleMarker(at, { radius: 6, color: "#fff", weight: 1.5, fillColor: blue, fillOpacity: 0.9 }),
    onEachFeature: (feature, shape) => { shape.bindPopup(() => describe(feature.properties), { maxHeight: 260 }); },
  });
  const bounds = layer.getBounds();
  if (!bounds.isValid()) {
    box.hidden = true;
    status.textContent = box.dataset.empty;
    return;
  }
  const { map, ground } = await begin(box, { preferCanvas: layer.getLayers().length > 500 }, tiles);
  map.fitBounds(bounds, { padding: [20, 20], maxZoom: 16, animate: false });
  layer.addTo(map);
  status.remove();
  await ground().catch(() => {}); // the rows are there without it
  await nearby(box, map).catch(() => {});
}

// nearby draws the outlines of the municipalities around, for orientation.
async function nearby(box, map) {
  if (!box.dataset.nearby) return;
  const around = map.getBounds().pad(0.5);
  const outlines = await load(`${box.dataset.nearby}?bbox=${around.toBBoxString()}`);
  geoJSON(outlines, { interactive: false, style: { className: "p-area p-area-ground", fillOpacity: 0.6 } }).addTo(map).bringToBack();
}

// places shows municipalities with their datasets in place of the picture that
// the server has drawn, in its colours, and where datasets lie.
async function places(box, tiles) {
  const still = box.parentElement.querySelector(".p-still");
  const classes = new Map();
  for (const shape of still.querySelectorAll("[data-code]")) classes.set(shape.dataset.code, shape.getAttribute("class"));
  const outlines = box.dataset.outlines ? await load(box.dataset.outlines) : null;
  const extents = await load(box.dataset.extents);
  const areas = outlines && geoJSON(outlines, {
    filter: (feature) => classes.has(feature.id),
    style: (feature) => ({ className: classes.get(feature.id), weight: 1, fillOpacity: 1 }),
    onEachFeature: ({ properties }, shape) => {
      const n = properties.dataset ?? 0;
      const text = n === 0 ? box.dataset.none : (n === 1 ? box.dataset.countOne : box.dataset.countOther).replace("{0}", n.toLocaleString(box.dataset.lang));
      shape.bindPopup(() => card(properties.nome, text, properties.url, box.dataset.go));
    },
  });
  const boxes = geoJSON(extents, {
    style: { className: "p-area p-area-box", weight: 1.5, fillOpacity: 0.12 },
    pointToLayer: (_, at) => circleMarker(at, { radius: 6, color: "#fff", weight: 1.5, fillColor: blue, fillOpacity: 0.9 }),
    onEachFeature: ({ properties }, shape) => { shape.bindPopup(() => card(properties.titolo, properties.titolare, properties.url, box.dataset.go)); },
  });
  const bounds = (areas?.getLayers().length ? areas : boxes).getBounds();
  if (!bounds.isValid()) return;
  const { map, ground } = await begin(box, {}, tiles);
  still.hidden = true;
  map.invalidateSize();
  map.fitBounds(bounds, { padding: [10, 10], maxZoom: 14, animate: false });
  (areas ?? boxes).addTo(map);
  if (areas && boxes.getLayers().length) control.layers(null, { [plain(box.dataset.extentsLabel)]: boxes }, { collapsed: false }).addTo(map);
  await ground().catch(() => {});
}

// start shows the maps of a page. Where tiles is given it makes the layer of the
// site's own tiles.
export function start(tiles) {
  for (const box of document.querySelectorAll("[data-features]")) rows(box, tiles);
  for (const box of document.querySelectorAll("[data-extents]")) places(box, tiles).catch(() => { box.hidden = true; }); // the picture is there
}
