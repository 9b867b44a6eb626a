// Shows the fields of the chosen answer: <div data-reveal> holds the radios of a question, and in the same form
// <div data-reveal-for="here elsewhere"> what belongs to these answers. Without JavaScript all of it is shown.

for (const question of document.querySelectorAll("[data-reveal]")) {
  const parts = question.closest("form").querySelectorAll("[data-reveal-for]");
  const show = () => {
    const chosen = question.querySelector("input[type=radio]:checked")?.value;
    for (const part of parts) part.hidden = !part.dataset.revealFor.split(" ").includes(chosen);
  };
  question.addEventListener("change", show);
  window.addEventListener("pageshow", show); // a browser that goes back restores the answer after this runs
  show();
}
