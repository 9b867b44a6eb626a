// <form data-passkey="get|create" data-options="id of a JSON script" or data-options-from="address">: its button (hidden
// without JavaScript) asks the browser for a passkey, puts the answer into `credential` and sends the form.
// `webauthnJSON` comes with the account library; a message that is in the page already says what went wrong.

async function optionsOf(form) {
  const { options, optionsFrom } = form.dataset;
  if (options) return JSON.parse(document.getElementById(options).textContent);
  const answer = await fetch(optionsFrom, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`passkey options: ${answer.status}`);
  return answer.json();
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const fault = document.getElementById(form.dataset.fault);
  const button = document.querySelector(`button[form="${form.id}"]`) ?? form.querySelector("button");
  if (!window.PublicKeyCredential) continue;
  button.hidden = false;
  button.addEventListener("click", async (event) => {
    event.preventDefault();
    fault.hidden = true;
    try {
      const data = await optionsOf(form);
      const answer =
        form.dataset.passkey === "create"
          ? await window.webauthnJSON.create(data.creation_options)
          : await window.webauthnJSON.get(data.request_options);
      form.elements.credential.value = JSON.stringify(answer);
      form.submit();
    } catch {
      fault.hidden = false; // cancelled, no passkey here, or no network: the same words help with each
      fault.focus();
    }
  });
}
