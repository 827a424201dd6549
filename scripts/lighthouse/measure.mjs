// Measures the pages of a running Portico as Lighthouse sees them on a phone:
// node measure.mjs ORIGIN. It prints a table of medians and fails where one is
// under its bound. Timings are of this machine: measure on one that rests.
import { execFileSync } from "node:child_process";
import { launch } from "chrome-launcher";
import lighthouse from "lighthouse";

const bounds = { performance: 95, accessibility: 100, "best-practices": 100, seo: 100 };
const maxBytes = 300 * 1024;
const maxPaint = 2500; // milliseconds to the largest paint, throttled
const runs = Number(process.env.RUNS ?? 3);
const origin = (process.argv[2] ?? "").replace(/\/$/, "");
if (!origin) {
  console.error("usage: node measure.mjs ORIGIN");
  process.exit(2);
}

// pages are the four that people see most; the dataset is one with a table.
async function pages() {
  const answer = await fetch(`${origin}/api/3/action/package_search?rows=1&q=rifiuti`);
  const [dataset] = (await answer.json()).result.results;
  return {
    home: "/",
    search: "/dataset?q=rifiuti",
    dataset: `/dataset/${dataset.name}`,
    resource: `/dataset/${dataset.name}/resource/${dataset.resources[0].id}`,
  };
}

function chromium() {
  for (const name of ["chromium", "chromium-browser", "google-chrome"]) {
    try {
      return execFileSync("which", [name], { encoding: "utf8" }).trim();
    } catch {
      continue; // it has another name, perhaps
    }
  }
  throw new Error("no Chromium here: scripts/need chromium");
}

async function measure(url, port) {
  const { lhr } = await lighthouse(url, { port, output: "json", logLevel: "error", onlyCategories: Object.keys(bounds) });
  const figures = { bytes: lhr.audits["total-byte-weight"].numericValue, paint: lhr.audits["largest-contentful-paint"].numericValue, shift: lhr.audits["cumulative-layout-shift"].numericValue };
  for (const name of Object.keys(bounds)) figures[name] = Math.round(lhr.categories[name].score * 100);
  const lost = Object.values(lhr.audits)
    .filter((a) => a.score !== null && a.score < 1 && !["informative", "manual", "notApplicable"].includes(a.scoreDisplayMode))
    .map((a) => `${a.id} ${a.displayValue ?? ""}`.trim());
  return { figures, lost };
}

const median = (list) => list.sort((a, b) => a - b)[Math.floor(list.length / 2)];

let failed = false;
const chrome = await launch({ chromePath: chromium(), chromeFlags: ["--headless=new", "--no-sandbox", "--disable-gpu"] });
try {
  console.log("page       perf  a11y  best   seo    KiB   LCP s    CLS");
  for (const [name, path] of Object.entries(await pages())) {
    const all = [];
    for (let i = 0; i < runs; i++) all.push(await measure(origin + path, chrome.port));
    const f = Object.fromEntries(Object.keys(all[0].figures).map((k) => [k, median(all.map((r) => r.figures[k]))]));
    const cells = [...Object.keys(bounds).map((k) => String(f[k]).padStart(4)), (f.bytes / 1024).toFixed(0).padStart(5), (f.paint / 1000).toFixed(2).padStart(6), f.shift.toFixed(3).padStart(6)];
    const under = Object.entries(bounds).some(([k, min]) => f[k] < min) || f.bytes > maxBytes || f.paint >= maxPaint;
    console.log(`${name.padEnd(9)}  ${cells.join("  ")}${under ? "  under its bound" : ""}`);
    if (under || process.env.LOST) console.log(`  lost: ${all.at(-1).lost.join(" · ")}`);
    failed ||= under;
  }
} finally {
  await chrome.kill();
}
process.exit(failed ? 1 : 0);
