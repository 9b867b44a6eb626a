// The register on a phone: each tick is kept here first and sent when there is a connection. The page without scripts is a
// plain form; the shell that the service worker keeps has no names, and shows what this phone keeps.

const QUIET_MS = 400;
const RETRY_MS = 15000;
const PATIENCE_MS = 20000;
const A_MINUTE = 60000;
const LETTERS = 2;
const HERE = "present";
const ABSENT = "absent";
const address = location.pathname;

const root = document.querySelector("[data-register]");
const part = (name) => root.querySelector(`[data-${name}]`);
const form = part("form");

// By the address the page gives, since files are served under names that tell their content.
const { dropTicks, forget, keepPage, keepState, keepTick, read } = await import(root.dataset.kept);

let state = null;
let token = "";
let pending = new Map();
let busy = false;
let timer = null;
let ready = false;

const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().trim();
const many = (number, one, more) => `${number} ${number === 1 ? one : more}`;
const ticksWords = () => many(pending.size, "tick is", "ticks are");

function say(words, kind = "") {
  const line = part("sync");
  line.textContent = words;
  line.className = `register__sync${kind ? ` register__sync--${kind}` : ""}`;
}

// What is shown: the register as it was last known, and over it what was ticked here since.
function lines() {
  const known = state.lines.map((line) => {
    const tick = pending.get(line.key);
    return tick ? { ...line, came: tick.came } : line;
  });
  const keys = new Set(state.lines.map((line) => line.key));
  const added = [...pending.values()].filter((tick) => !keys.has(tick.line)).map((tick) => ({
    key: tick.line,
    person: tick.person,
    name: tick.name,
    school: tick.from,
    school_id: tick.school,
    stood: "walked_in",
    came: tick.came,
  }));
  return [...known, ...added].sort((one, other) => fold(one.name).localeCompare(fold(other.name)));
}

// Before the session's day, by the server's clock as this phone knows it, nobody can be marked.
const early = () => Date.now() + state.ahead < Date.parse(state.opens);

function atRest() {
  if (!early()) return "Everything is sent.";
  return ready ? "This phone is ready: on the day the register opens here without a signal." : "";
}

const there = (line) => line.came !== "" && line.came !== ABSENT;
const seats = (all) => all.filter((line) => (line.stood === "placed" ? line.came !== ABSENT : there(line))).length;

function rowOf(line) {
  const found = root.querySelector(`[data-line="${line.key}"]`);
  if (found) return found;
  const row = part("line-template").content.firstElementChild.cloneNode(true);
  row.dataset.line = line.key;
  for (const radio of row.querySelectorAll("input[type=radio]")) {
    radio.name = `came-${line.key}`;
    radio.id = `came-${line.key}-${radio.value}`;
    radio.nextElementSibling.htmlFor = radio.id;
  }
  return row;
}

function show() {
  if (form.hidden) return;
  part("find").closest("[data-live]").hidden = early();
  part("finish").classList.toggle("govuk-button--secondary", early());
  part("finish").textContent = early() ? "Take it off this phone" : "Finish and close";
  const all = lines();
  const asked = fold(part("find").value);
  const keys = new Set(all.map((line) => line.key));
  for (const row of root.querySelectorAll("[data-line]")) if (!keys.has(row.dataset.line)) row.remove();
  for (const group of root.querySelectorAll("[data-group]")) {
    const list = group.querySelector("ul");
    const mine = all.filter((line) => line.stood === group.dataset.group);
    const rows = mine.map((line) => {
      const row = rowOf(line);
      row.querySelector("[data-name]").textContent = line.name;
      row.querySelector("[data-school]").textContent = line.school;
      for (const radio of row.querySelectorAll("input[type=radio]")) {
        radio.checked = radio.value === line.came;
        radio.disabled = early();
      }
      row.hidden = !fold(`${line.name} ${line.school}`).includes(asked);
      return row;
    });
    if (rows.some((row, place) => list.children[place] !== row)) list.append(...rows);
    group.hidden = rows.every((row) => row.hidden);
  }
  count(all);
}

function count(all) {
  const placed = all.filter((line) => line.stood === "placed");
  const left = placed.filter((line) => line.came === "").length;
  const here = all.filter(there).length;
  const over = seats(all) - state.capacity;
  const full = over > 0 ? ` That makes ${seats(all)} for ${many(state.capacity, "place", "places")}.` : "";
  const marked = `${here} here, ${left ? `${left} not marked yet` : "all with a place are marked"}.${full}`;
  part("count").textContent = early() ? `${many(placed.length, "person has", "people have")} a place.` : marked;
  part("count").classList.toggle("register__count--over", over > 0);
  const rest = part("rest");
  rest.hidden = left === 0 || early();
  rest.textContent = left === 1 ? "The last one “Not here”" : `The other ${left} “Not here”`;
  const nobody = part("nobody");
  if (nobody) nobody.hidden = all.length > 0;
}

async function tick(line, came) {
  const made = {
    line: line.key,
    id: line.person ? crypto.randomUUID() : line.key,
    person: line.person,
    name: line.name,
    school: line.school_id,
    from: line.school,
    came,
    at: new Date(Date.now() + state.ahead).toISOString(),
  };
  pending.set(made.line, made);
  await keepTick(made);
}

async function ticked(...ticks) {
  say("Sending…");
  await Promise.all(ticks);
  show();
  clearTimeout(timer);
  timer = setTimeout(sync, QUIET_MS);
}

class SignedOut extends Error {}
class Gone extends Error {}
class Refused extends Error {}
class CalledOff extends Error {}

async function ask(path, options = {}) {
  const how = { credentials: "same-origin", redirect: "manual", cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS) };
  const answer = await fetch(path, { ...how, ...options });
  if (answer.type === "opaqueredirect") throw new SignedOut();
  if (answer.status === 404) throw new Gone();
  return answer;
}

// The register as it stands, with a fresh token. Somebody else who signed in here meanwhile gets nothing of it.
async function fresh(path, owner) {
  const answer = await ask(path);
  if (!answer.ok) throw new Error(String(answer.status));
  const found = await answer.json();
  if (found.owner !== owner) await leave(address);
  token = found.token;
  return found;
}

async function post(path, owner, ticks, again = true) {
  if (!token) await fresh(path, owner);
  const sent = ticks.map(({ id, person, name, school, came, at }) => ({ id, person, name, school, came, at }));
  const answer = await ask(path, {
    method: "POST",
    body: JSON.stringify({ owner, ticks: sent }),
    headers: { "Content-Type": "application/json", "X-CSRFToken": token },
  });
  if (answer.status === 403 && again) {
    token = "";
    return post(path, owner, ticks, false);
  }
  if (answer.status === 409) await leave(address);
  if (answer.status === 422) {
    const { why, off } = await answer.json();
    throw off ? new CalledOff(why) : new Refused(why);
  }
  if (!answer.ok) throw new Error(String(answer.status));
  const stands = await answer.json();
  token = stands.token;
  return stands;
}

async function leave(where) {
  await forget();
  location.assign(where);
  await new Promise(() => {}); // the page is going
}

async function take(stands) {
  const { token: unused, now, refused, notes, ...kept } = stands;
  const off = Date.parse(now) - Date.now(); // a slow answer is not a wrong clock
  state = { schools: state?.schools ?? [], ...kept, ahead: Math.abs(off) > A_MINUTE ? off : 0 };
  await keepState(state);
}

async function sync() {
  if (busy) return;
  busy = true;
  clearTimeout(timer);
  const sent = [...pending.values()];
  if (sent.length) say("Sending…");
  try {
    const path = `${address}sync/`;
    const stands = sent.length ? await post(path, state.owner, sent) : await fresh(path, state.owner);
    if (stands.off) throw new CalledOff(stands.closed);
    await dropTicks(sent);
    for (const each of sent) if (pending.get(each.line) === each) pending.delete(each.line);
    await take(stands);
    part("again").hidden = true;
    const faults = sent.filter((each) => stands.refused?.[each.id]).map((each) => `${each.name}: ${stands.refused[each.id]}`);
    const told = [...faults, ...(stands.notes ?? [])];
    if (told.length) say(told.join(" "), "failed");
    else if (pending.size) say("Sending…");
    else say(atRest(), "saved");
    if (stands.closed && !early()) say(stands.closed, "failed");
  } catch (fault) {
    if (fault instanceof CalledOff) await calledOff(fault.message);
    else failed(fault);
  } finally {
    busy = false;
  }
  show();
  const since = [...pending.values()].some((each) => !sent.includes(each));
  if (since) timer = setTimeout(sync, QUIET_MS);
}

// What can count no longer is told before it goes; where nothing was ticked, there is nothing to read.
async function calledOff(why) {
  const lost = pending.size;
  say(lost ? `${why} ${many(lost, "tick", "ticks")} on this phone ${lost === 1 ? "was" : "were"} not taken.` : why, "failed");
  form.hidden = true;
  part("find").closest("[data-live]").hidden = true;
  part("count").hidden = true;
  part("seen").hidden = !lost;
  if (!lost) await forget();
}

function failed(fault) {
  const kept = pending.size ? ` ${ticksWords()} kept on this phone` : "";
  if (fault instanceof SignedOut) {
    say(`You are signed out.${kept ? `${kept} until ${state.taker} signs in again.` : ""}`, "failed");
    const again = part("again");
    again.href = `${root.dataset.signIn}?next=${encodeURIComponent(address)}`;
    again.hidden = false;
  } else if (fault instanceof Gone) {
    say(`This register is no longer yours to take.${kept ? `${kept} and cannot be sent.` : ""}`, "failed");
  } else if (fault instanceof Refused) {
    say(fault.message, "failed");
  } else {
    const alone = early() ? "No connection. This register opens on the day." : "No connection. What you tick is kept on this phone.";
    say(kept ? `No connection:${kept} and sent as soon as there is one.` : alone, "failed");
    timer = setTimeout(sync, RETRY_MS);
  }
}

// Finding and adding -----------------------------------------------------------------------------------------------

let asking = null;

function find() {
  const words = part("find").value.trim();
  show();
  part("add").hidden = fold(words).length < LETTERS;
  part("add-new").textContent = `Add “${words}”`;
  clearTimeout(asking);
  part("people").replaceChildren();
  if (fold(words).length >= LETTERS) asking = setTimeout(() => propose(words), 300);
}

async function propose(words) {
  let people = [];
  try {
    const answer = await ask(`${address}people/?q=${encodeURIComponent(words)}`);
    if (answer.ok) ({ people } = await answer.json());
  } catch {
    return; // without a connection a name and a school do
  }
  if (part("find").value.trim() !== words) return;
  part("people").replaceChildren(
    ...people.map((each) => {
      const item = document.createElement("li");
      const button = document.createElement("button");
      button.type = "button";
      button.className = "govuk-button govuk-button--secondary register__person";
      button.textContent = `Add ${each.name}, ${each.school}`;
      button.addEventListener("click", () => add({ ...each, key: each.person }));
      item.append(button);
      return item;
    }),
  );
}

async function add(line) {
  part("find").value = "";
  find();
  await ticked(tick(line, HERE));
  part("find").focus();
}

function addNew() {
  const name = part("find").value.trim();
  const from = part("from");
  if (!from.value) {
    say("Choose the school they come from.", "failed");
    from.focus();
    return;
  }
  add({ key: crypto.randomUUID(), person: "", name, school: from.selectedOptions[0].textContent, school_id: from.value });
}

// The page of a session that is called off: what this phone still has of it.
async function told(why, ticks) {
  pending = new Map(ticks.map((each) => [each.line, each]));
  part("seen").addEventListener("click", () => leave(root.dataset.done));
  root.querySelector(".register__state").hidden = false;
  await calledOff(why);
}

// Beginning --------------------------------------------------------------------------------------------------------

// Ticks of another session that this phone still keeps are sent before it keeps this one.
async function another(kept) {
  const path = address.replace(state.session, kept.state.session);
  try {
    if (kept.ticks.length) await post(`${path}sync/`, kept.state.owner, kept.ticks);
  } catch {
    say(`${many(kept.ticks.length, "tick", "ticks")} of “${kept.state.title}” could not be sent. Open that register first.`, "failed");
    const way = part("again");
    way.textContent = "Open that register";
    way.href = path;
    way.hidden = false;
    root.querySelector("[data-live]").hidden = false;
    return false;
  }
  token = "";
  await forget();
  return true;
}

async function prepare() {
  if (!("serviceWorker" in navigator)) return;
  await navigator.serviceWorker.register(`${address}worker.js`, { scope: address });
  await navigator.serviceWorker.ready;
  await document.fonts.ready;
  const used = performance.getEntriesByType("resource").map((each) => new URL(each.name));
  const files = used.filter((url) => url.origin === location.origin && /\.(css|js|woff2|svg)$/.test(url.pathname));
  const own = files.filter((url) => !url.pathname.startsWith(address));
  await keepPage([`${address}shell/`, ...new Set(own.map((url) => url.href))]);
  ready = true;
  root.dataset.ready = "true";
}

function wire() {
  for (const plain of root.querySelectorAll("[data-plain]")) plain.hidden = true;
  for (const live of root.querySelectorAll("[data-live]")) live.hidden = false;
  part("finish").hidden = false;
  for (const [id, name] of state.schools) part("from").append(new Option(name, id));
  part("title").textContent = state.title;
  part("when").textContent = state.when;
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("change", (event) => {
    const key = event.target.closest("[data-line]")?.dataset.line;
    const line = key && lines().find((each) => each.key === key);
    if (line) ticked(tick(line, event.target.value));
  });
  part("find").addEventListener("input", find);
  part("add-new").addEventListener("click", addNew);
  part("rest").addEventListener("click", () => {
    const rest = lines().filter((line) => line.stood === "placed" && line.came === "");
    ticked(...rest.map((line) => tick(line, ABSENT)));
  });
  part("seen").addEventListener("click", () => leave(root.dataset.done));
  part("finish").addEventListener("click", async () => {
    const left = early() ? 0 : lines().filter((line) => line.stood === "placed" && line.came === "").length;
    if (left && !window.confirm(`${many(left, "person is", "people are")} not marked yet. Close all the same? You can come back.`)) return;
    if (pending.size) await sync();
    if (pending.size) part("sync").scrollIntoView({ block: "center" });
    else await leave(root.dataset.done);
  });
  window.addEventListener("online", sync);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") sync();
  });
}

async function begin() {
  const embedded = document.getElementById("register-state");
  let kept = await read();
  if (embedded) {
    const found = JSON.parse(embedded.textContent);
    token = found.token;
    state = found;
    if (found.off) {
      const mine = kept.state?.session === found.session && kept.state.owner === found.owner;
      if (mine) await told(found.closed, kept.ticks);
      return;
    }
    if (kept.state && kept.state.session !== found.session) {
      if (!(await another(kept))) return;
      token = found.token;
      kept = { state: null, ticks: [] };
    }
    await take(found);
  } else if (kept.state && address.includes(kept.state.session)) {
    state = kept.state;
  } else {
    part("title").textContent = "";
    part("when").textContent = "This register is not on this phone. Open it once while there is a connection.";
    form.hidden = true;
    return;
  }
  pending = new Map(kept.ticks.map((each) => [each.line, each]));
  wire();
  show();
  ready = !embedded;
  if (embedded && !pending.size) say(atRest(), "saved");
  else await sync();
  try {
    if (embedded) await prepare();
    if (embedded && early()) say(atRest(), "saved");
  } catch {
    // It works while the page stays open, as it does where a browser has no such workers.
  }
}

if (window.isSecureContext && "indexedDB" in window) await begin();
