// Asks before leaving a page whose form holds words that are not saved yet.
// Marked by <form data-confirm-leave>, or by autosave.js while a save of a form or a part of one is outstanding.

for (const form of document.querySelectorAll("form[data-confirm-leave]")) {
  form.addEventListener("input", () => {
    form.dataset.unsaved = "true";
  });
  form.addEventListener("submit", () => {
    delete form.dataset.unsaved;
  });
}

window.addEventListener("beforeunload", (event) => {
  if (document.querySelector("[data-unsaved]")) event.preventDefault();
});
