// Puts the reader where the page has something to say: the error summary, else the banner.
// A summary's link focuses its field and shows the question above it.

const summary = document.querySelector("[data-error-summary]");
(summary ?? document.querySelector(".banner[tabindex]"))?.focus();

summary?.addEventListener("click", (event) => {
  const link = event.target.closest("a[href^='#']");
  const field = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
  if (!field) return;
  event.preventDefault();
  const group = field.closest("fieldset") ?? field.closest(".govuk-form-group") ?? field;
  group.scrollIntoView();
  field.focus({ preventScroll: true });
});

// A menu closes on Escape and when one presses elsewhere.
for (const menu of document.querySelectorAll("details[data-menu]")) {
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
  document.addEventListener("click", (event) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
}
