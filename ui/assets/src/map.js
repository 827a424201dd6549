// The map of a table: its rows over a plain ground, from the same address as the
// download. The list beside it says the same without this script.
import { circleMarker, control, geoJSON, map as newMap } from "leaflet/dist/leaflet-src.esm.js";

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

async function show(box) {
  const status = document.createElement("p");
  status.className = "p-map-status";
  status.setAttribute("role", "status");
  status.textContent = box.dataset.loading;
  box.hidden = false;
  box.before(status);
  try {
    const answer = await fetch(box.dataset.features);
    if (!answer.ok) throw new Error(answer.statusText);
    draw(box, await answer.json(), status);
  } catch {
    box.hidden = true;
    status.textContent = box.dataset.failed;
  }
}

function draw(box, features, status) {
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
  box.setAttribute("role", "region");
  box.setAttribute("aria-label", box.dataset.label);
  const map = newMap(box, { preferCanvas: layer.getLayers().length > 500, zoomControl: false, attributionControl: false, scrollWheelZoom: false, maxZoom: 19 });
  control.zoom({ zoomInTitle: box.dataset.in, zoomOutTitle: box.dataset.out }).addTo(map);
  control.scale({ imperial: false }).addTo(map);
  layer.addTo(map);
  map.fitBounds(bounds, { padding: [20, 20], maxZoom: 16, animate: false });
  status.remove();
}

for (const box of document.querySelectorAll("[data-features]")) show(box);
