// Builds what the pages look like into ../static/build: one style sheet, one
// small script, those of maps, the icons in use, the fonts and the licences of all that. Every
// name carries a hash of its bytes, and manifest.json tells Go which is which.
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { PurgeCSS } from "purgecss";
import { compile } from "sass";

const here = dirname(fileURLToPath(import.meta.url));
const ui = dirname(here);
const out = join(ui, "static", "build");
const italia = join(here, "node_modules", "bootstrap-italia");
const leaflet = join(here, "node_modules", "leaflet");
const manifest = {};

// emit writes bytes under a name with their hash and notes it.
function emit(name, bytes) {
  const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 10);
  const dot = name.lastIndexOf(".");
  const file = `${name.slice(0, dot)}.${hash}${name.slice(dot)}`;
  writeFileSync(join(out, file), bytes);
  manifest[name] = file;
  return file;
}

function clean() {
  mkdirSync(out, { recursive: true });
  for (const file of readdirSync(out)) {
    if (file !== ".gitkeep") rmSync(join(out, file), { recursive: true });
  }
}

// The fonts of the Italian design system, in the four weights that we use.
const fonts = {
  "titillium-300.woff2": ["Titillium_Web", "titillium-web-v10-latin-ext_latin-300.woff2", "Titillium Web", 300],
  "titillium-400.woff2": ["Titillium_Web", "titillium-web-v10-latin-ext_latin-regular.woff2", "Titillium Web", 400],
  "titillium-600.woff2": ["Titillium_Web", "titillium-web-v10-latin-ext_latin-600.woff2", "Titillium Web", 600],
  "titillium-700.woff2": ["Titillium_Web", "titillium-web-v10-latin-ext_latin-700.woff2", "Titillium Web", 700],
  "roboto-mono-400.woff2": ["Roboto_Mono", "roboto-mono-v13-latin-ext_latin-regular.woff2", "Roboto Mono", 400],
};

function fontFaces() {
  return Object.entries(fonts).map(([name, [folder, file, family, weight]]) => {
    const url = emit(name, readFileSync(join(italia, "dist", "fonts", folder, file)));
    return `@font-face{font-family:"${family}";font-style:normal;font-weight:${weight};font-display:swap;src:url("${url}") format("woff2")}`;
  }).join("");
}

function templates() {
  const files = readdirSync(join(ui, "templates"), { recursive: true, withFileTypes: true });
  const pages = files.filter((f) => f.name.endsWith(".html")).map((f) => join(f.parentPath ?? f.path, f.name));
  const code = readdirSync(ui).filter((f) => f.endsWith(".go") && !f.endsWith("_test.go")).map((f) => join(ui, f));
  return [...pages, ...code, join(here, "src", "main.js"), join(here, "src", "list.js"), join(here, "src", "maps.js")];
}

async function styles(content) {
  const { css } = compile(join(here, "src", "main.scss"), {
    loadPaths: [join(italia, "src", "scss"), join(here, "node_modules")],
    style: "compressed",
    quietDeps: true,
    silenceDeprecations: ["import", "global-builtin", "color-functions", "if-function", "mixed-decls"],
    logger: { warn() {}, debug() {} },
  });
  const [purged] = await new PurgeCSS().purge({
    content,
    css: [{ raw: css }],
    variables: true,
    safelist: {
      // What Markdown makes is in no template.
      standard: ["html", "body", "blockquote", "pre", "code", "ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td", "h2", "h3", "h4", "h5", "h6", "hr", "em", "strong", "del", /^:/],
      variables: ["--bootstrap-italia-version"], // by which the design system is told to be there
    },
  });
  emit("portico.css", fontFaces() + externalize(purged.css));
}

// externalize makes files of the pictures that Bootstrap Italia writes into its
// style sheet, for the policy of the pages allows no data: address.
function externalize(css) {
  const out = css.replace(/url\("data:image\/svg\+xml,([^"]*)"\)/g, (_, svg) => {
    const bytes = Buffer.from(svg.replace(/%([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(parseInt(hex, 16))));
    return `url("${emit(`picture-${createHash("sha256").update(bytes).digest("hex").slice(0, 4)}.svg`, bytes)}")`;
  });
  const remote = out.match(/url\((?:"|')?(?:https?:|data:|\/\/)[^)]{0,60}/);
  if (remote) throw new Error(`the style sheet needs what the policy of the pages forbids: ${remote[0]}`);
  return out;
}

async function script(name, file) {
  const { outputFiles } = await build({
    entryPoints: [join(here, "src", file)],
    bundle: true, minify: true, write: false, target: "es2020", legalComments: "none",
  });
  emit(name, outputFiles[0].contents);
}

// mapStyles is Leaflet's style sheet without its pictures, which the maps do
// not use, and a few lines of ours.
function mapStyles() {
  const css = readFileSync(join(leaflet, "dist", "leaflet.css"), "utf8").replace(/\/\*[\s\S]*?\*\//g, "");
  const rules = [...css.matchAll(/([^{}]+)\{([^{}]*)\}/g)].filter((m) => !/url\(|behavior:|filter:|expression\(/.test(m[2]));
  const plain = rules.map((m) => `${m[1].trim().replace(/\s+/g, " ")}{${m[2].trim().replace(/\s+/g, " ")}}`).join("");
  const { css: own } = compile(join(here, "src", "map.scss"), { style: "compressed" });
  emit("map.css", plain + own);
}

// icons cuts the sprite down to the symbols that a template or a table names.
function icons(content) {
  const text = content.map((f) => readFileSync(f, "utf8")).join("\n");
  const used = new Set([...text.matchAll(/"(it-[a-z0-9-]+)"/g)].map((m) => m[1]));
  const sprite = readFileSync(join(italia, "dist", "svg", "sprites.svg"), "utf8");
  const symbols = [...sprite.matchAll(/<symbol [^>]*?id="([^"]+)"[\s\S]*?<\/symbol>/g)].filter((m) => used.has(m[1]));
  emit("sprites.svg", `<svg xmlns="http://www.w3.org/2000/svg">${symbols.map((m) => m[0]).join("")}</svg>`);
}

// The libraries inside maptiles.js. Not every one of them ships its licence as a
// file: then its name and the licence's stand for it.
const tileLibraries = ["protomaps-leaflet", "pmtiles", "@protomaps/basemaps", "@mapbox/point-geometry", "@mapbox/vector-tile", "pbf", "color2k", "potpack", "rbush", "quickselect", "fflate"];

function licence(name) {
  const folder = join(here, "node_modules", name);
  const { version, license, author } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const file = readdirSync(folder).find((f) => /^licen[cs]e/i.test(f));
  const head = `${name} ${version}: ${license}${author ? `, ${author.name ?? author}` : ""}`;
  return file ? `${head}\n\n${readFileSync(join(folder, file), "utf8").trim()}\n` : `${head}\n`;
}

function licences() {
  const to = join(out, "licenses");
  mkdirSync(to, { recursive: true });
  cpSync(join(italia, "LICENSE"), join(to, "bootstrap-italia.txt"));
  cpSync(join(leaflet, "LICENSE"), join(to, "leaflet.txt"));
  writeFileSync(join(to, "maptiles.txt"), tileLibraries.map(licence).join("\n\n"));
  cpSync(join(italia, "dist", "fonts", "Titillium_Web", "OFL.txt"), join(to, "titillium-web.txt"));
  cpSync(join(italia, "dist", "fonts", "Roboto_Mono", "LICENSE.txt"), join(to, "roboto-mono.txt"));
}

clean();
const content = templates();
await styles(content);
await script("portico.js", "main.js");
await script("map.js", "map.js");
await script("maptiles.js", "maptiles.js");
mapStyles();
icons(content);
licences();
writeFileSync(join(out, "manifest.json"), JSON.stringify(manifest, null, 2) + "\n");
