// Comforts alone: every page works without this script.
import "./list.js";

window.BOOTSTRAP_ITALIA_VERSION = "2.18.3";

// Escape closes what is unfolded, and a click elsewhere closes the menu of
// orders.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const open = event.target instanceof Element && event.target.closest("details[open]");
  if (!open) return;
  open.open = false;
  open.querySelector("summary").focus();
});
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll(".p-sort[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

// What is made to be quoted can be copied.
if (navigator.clipboard) {
  for (const text of document.querySelectorAll("[data-copy]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "p-copy";
    button.textContent = text.dataset.copy;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(text.textContent.trim());
      button.textContent = text.dataset.copied;
      setTimeout(() => { button.textContent = text.dataset.copy; }, 2000);
    });
    text.after(button);
  }
}
