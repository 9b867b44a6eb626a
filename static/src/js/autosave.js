// Saves as one writes: <form data-autosave="URL">, or a part of a form whose fields share the beginning of their names:
// <section data-autosave="URL" data-prefix="helps-">, posted without it.
// After two quiet seconds the whole form, or that part, is posted. 200 with {"version": n, "saved_at": iso} means
// saved; 422 with {"errors": {field: [text]}} is told; 409 brings a panel with both texts, which is shown above the form while the writing stays.
// Nothing is kept in the browser. The words of the status line come from the page (data-*-text).

const QUIET_MS = 2000;
const RETRY_MS = 10000;
const TOKEN = "csrfmiddlewaretoken";
const SIGNED_OUT = "Not saved: you are signed out. Copy your words, then sign in again in another window and come back.";

function ago(ms) {
  const seconds = Math.round(ms / 1000);
  if (seconds < 10) return "just now";
  if (seconds < 60) return `${Math.floor(seconds / 10) * 10} seconds ago`;
  const minutes = Math.floor(seconds / 60);
  if (minutes === 1) return "1 minute ago";
  if (minutes < 60) return `${minutes} minutes ago`;
  return "more than an hour ago";
}

class Autosave {
  constructor(form) {
    this.form = form;
    this.prefix = form.dataset.prefix ?? "";
    this.line = form.querySelector("[data-autosave-status]");
    this.text = this.line?.querySelector("[data-autosave-text]") ?? this.line;
    this.timer = null;
    this.saving = false;
    this.again = false;
    this.stopped = false;
    this.signedOut = false;
    this.savedAt = null;
    form.addEventListener("input", () => this.changed());
    form.addEventListener("change", () => this.changed());
    form.closest("form").addEventListener("submit", (event) => this.submitted(event));
    // Who turns to another window, or puts the telephone away, has not lost the last two seconds.
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden" && this.form.dataset.unsaved) this.save();
    });
    setInterval(() => this.tell(), 10000);
  }

  changed() {
    if (this.stopped) return;
    this.form.dataset.unsaved = "true";
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), QUIET_MS);
  }

  // Signed out meanwhile, a press of "Save" would lead to the sign-in page and lose the words: they stay where they can be copied.
  submitted(event) {
    if (!this.signedOut) {
      this.stop();
      return;
    }
    event.preventDefault();
    this.line?.scrollIntoView({ block: "center" });
    this.save(); // signed in again in another window, it is saved now and the next press goes on
  }

  stop() {
    this.stopped = true;
    clearTimeout(this.timer);
    delete this.form.dataset.unsaved;
  }

  say(state, words) {
    if (!this.line) return;
    this.line.classList.remove("autosave--saving", "autosave--failed", "autosave--saved");
    this.line.classList.add(`autosave--${state}`);
    this.text.textContent = words;
  }

  tell() {
    if (this.savedAt && !this.saving && !this.form.dataset.unsaved) {
      this.say("saved", `Saved ${ago(Date.now() - this.savedAt)}`);
    }
  }

  async save() {
    if (this.stopped) return;
    if (this.saving) {
      this.again = true;
      return;
    }
    this.saving = true;
    clearTimeout(this.timer);
    this.say("saving", "Saving…");
    delete this.form.dataset.unsaved;
    try {
      const answer = await fetch(this.form.dataset.autosave, {
        method: "POST",
        body: this.fields(),
        credentials: "same-origin",
        keepalive: document.visibilityState === "hidden",
        headers: { "X-Requested-With": "autosave", Accept: "application/json, text/html" },
      });
      await this.take(answer);
    } catch {
      this.failed("Not saved: no connection. Your words are still here; we will try again.");
    } finally {
      this.saving = false;
      if (this.again) {
        this.again = false;
        this.changed();
      }
    }
  }

  fields() {
    const whole = new FormData(this.form.closest("form"));
    if (!this.prefix) return whole;
    const part = new FormData();
    for (const [name, value] of whole) {
      if (name === TOKEN) part.append(name, value);
      else if (name.startsWith(this.prefix)) part.append(name.slice(this.prefix.length), value);
    }
    return part;
  }

  version() {
    return this.form.querySelector(`[name="${this.prefix}version"]`);
  }

  async take(answer) {
    if (answer.status === 409) {
      this.conflict(await answer.text());
      return;
    }
    if (answer.status === 422) {
      const { errors = {} } = await answer.json();
      this.failed(`Not saved: ${Object.values(errors).flat()[0] ?? "look over what you wrote."}`, false);
      return;
    }
    if (!answer.ok || answer.redirected) {
      this.signedOut = answer.redirected || answer.status === 401 || answer.status === 403;
      this.failed(
        this.signedOut ? SIGNED_OUT : "Not saved. Your words are still here; we will try again.",
        !this.signedOut,
      );
      return;
    }
    const kept = answer.headers.get("Content-Type")?.includes("json") ? await answer.json() : {};
    const field = this.version();
    if (field && kept.version !== undefined) field.value = kept.version;
    this.signedOut = false;
    this.savedAt = Date.now();
    if (!this.form.dataset.unsaved) this.say("saved", "Saved just now");
  }

  failed(words, retry = true) {
    this.form.dataset.unsaved = "true";
    this.say("failed", words);
    if (retry && !this.stopped) this.timer = setTimeout(() => this.save(), RETRY_MS);
  }

  conflict(html) {
    this.stopped = true;
    clearTimeout(this.timer);
    this.form.dataset.unsaved = "true";
    const page = new DOMParser().parseFromString(html, "text/html");
    const panel = page.querySelector("[data-conflict]") ?? page.body.firstElementChild;
    // Both texts are before the writer now: the next press of "Save" is theirs to decide.
    const field = this.version();
    const theirs = page.querySelector("form [name=version]");
    if (field && theirs) field.value = theirs.value;
    const old = this.form.parentNode.querySelector("[data-conflict]");
    if (old) old.remove();
    if (panel) {
      panel.tabIndex = -1;
      this.form.before(document.adoptNode(panel));
      panel.focus();
    }
    const who = panel?.hasAttribute("data-own") ? "you changed this in another window" : "someone else has changed this";
    this.say("failed", `Not saved: ${who}. Both texts are shown above.`);
  }
}

for (const form of document.querySelectorAll("[data-autosave]")) new Autosave(form);
