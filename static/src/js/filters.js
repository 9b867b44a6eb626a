// Filter forms apply themselves when a choice changes: <form data-auto-submit>.
// Text fields wait for Enter or the button. The panel is open on a desk, folded on a phone.

const wide = window.matchMedia("(min-width: 48em)");

for (const panel of document.querySelectorAll("details[data-open-wide]")) {
  if (wide.matches) panel.open = true;
}

for (const form of document.querySelectorAll("form[data-auto-submit]")) {
  form.addEventListener("change", (event) => {
    const field = event.target;
    const chosen = field.matches("select, input[type=checkbox], input[type=radio]");
    if (chosen) form.requestSubmit();
  });
  // An empty field does not stand in the address.
  form.addEventListener("formdata", (event) => {
    for (const [name, value] of [...event.formData.entries()]) {
      if (value === "") event.formData.delete(name);
    }
  });
}
