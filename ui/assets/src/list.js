// A list of datasets is narrowed without loading the page anew: the same page
// is fetched and its list put in the place of this one's. Whatever goes wrong,
// the link is followed as it would be without this script.
const list = document.querySelector("[data-live]");
let waiting = null;

function sameList(url) {
  return url.origin === location.origin && url.pathname === location.pathname;
}

// keepOpen remembers what is unfolded, for the new list to be like the old one.
function keepOpen() {
  return [...list.querySelectorAll("details[data-keep][open]")].map((d) => d.dataset.keep);
}

// replace puts the parts of a fetched page in their places.
function replace(page, focus) {
  const next = page.getElementById(list.id);
  if (!next) throw new Error("the answer has no list");
  const open = keepOpen();
  list.replaceChildren(...next.childNodes);
  for (const d of list.querySelectorAll("details[data-keep]")) {
    if (open.includes(d.dataset.keep)) d.open = true;
  }
  for (const part of document.querySelectorAll("[data-swap]")) {
    const other = page.querySelector(`[data-swap="${part.dataset.swap}"]`);
    if (other) part.replaceChildren(...other.childNodes);
  }
  const field = document.querySelector(".p-pagehead input[type=search]");
  const asked = page.querySelector(".p-pagehead input[type=search]");
  if (field && asked && field !== document.activeElement) field.value = asked.value;
  document.title = page.title;
  const total = document.getElementById("total");
  const again = focus && [...list.querySelectorAll("[data-key]")].find((e) => e.dataset.key === focus);
  if (again) again.focus({ preventScroll: true });
  else if (focus !== undefined) total.focus({ preventScroll: true });
  document.querySelector(list.dataset.live).textContent = total.textContent;
}

async function show(url, focus) {
  if (waiting) waiting.abort();
  const mine = new AbortController();
  waiting = mine;
  const live = document.querySelector(list.dataset.live);
  const slow = setTimeout(() => { live.textContent = live.dataset.loading; }, 600);
  list.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(url, { headers: { Accept: "text/html" }, signal: mine.signal });
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (waiting === mine) replace(page, focus);
  } finally {
    clearTimeout(slow);
    if (waiting === mine) {
      waiting = null;
      list.removeAttribute("aria-busy");
    }
  }
}

async function go(url, focus, top) {
  try {
    await show(url, focus);
    history.pushState({ list: true }, "", url);
    if (top) document.getElementById("total").scrollIntoView();
  } catch (problem) {
    if (problem.name !== "AbortError") location.assign(url);
  }
}

if (list) {
  history.replaceState({ list: true }, "");
  list.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const url = new URL(link.href);
    if (!sameList(url) || url.hash) return;
    event.preventDefault();
    go(url, link.dataset.key || "", Boolean(link.closest(".p-pager")));
  });
  const form = document.querySelector(".p-pagehead form");
  if (form) {
    form.addEventListener("submit", (event) => {
      const url = new URL(form.action);
      if (!sameList(url)) return;
      event.preventDefault();
      url.search = new URLSearchParams([...new FormData(form)].filter(([, v]) => v !== "")).toString();
      go(url, undefined, false);
    });
  }
  window.addEventListener("popstate", (event) => {
    if (event.state && event.state.list) show(location.href).catch(() => location.reload());
  });
}
