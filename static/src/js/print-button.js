// <button type="button" data-print hidden>Print</button>: shown and working only with JavaScript.

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
