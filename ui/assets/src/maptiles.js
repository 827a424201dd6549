// Maps on the tiles of the site's own PMTiles file. The libraries that draw them
// look for Leaflet in the window.
import * as leaflet from "leaflet/dist/leaflet-src.esm.js";
import { start } from "./maps.js";

globalThis.L = { ...leaflet };

start(async ({ tiles, tilesKind, tilesZoom, tilesBy, lang }) => {
  const attribution = tilesBy ?? "";
  const finest = Number(tilesZoom) || 15;
  if (tilesKind === "raster") {
    const { PMTiles, leafletRasterLayer } = await import("pmtiles");
    const layer = leafletRasterLayer(new PMTiles(tiles), { attribution, maxNativeZoom: finest });
    return layer.on("tileloadstart", ({ tile }) => { tile.alt = ""; });
  }
  const { leafletLayer } = await import("protomaps-leaflet");
  return leafletLayer({ url: tiles, flavor: "light", lang: lang ?? "it", attribution, maxDataZoom: finest });
});
