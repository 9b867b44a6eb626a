// A file on its way: <form data-upload> gets a moving bar and one press only.
// Without JavaScript the form posts as it is.

for (const form of document.querySelectorAll("form[data-upload]")) {
  const place = form.querySelector("[data-upload-progress]");
  form.addEventListener("submit", () => {
    if (!place) return;
    place.hidden = false;
    place.setAttribute("role", "status");
    place.textContent = form.dataset.uploadText || "Sending the file. Keep this page open.";
  });
}
