// What a phone keeps of one register: the names on it and the ticks not sent yet, of one session, for one person. No pupil.
// On every page: whatever somebody else left here is forgotten, and signing out forgets it all.

const NAME = "register";
const CACHE = "register";
const A_DAY = 24 * 60 * 60 * 1000;
let keeps = false;

function settled(request) {
  return new Promise((resolve, reject) => {
    request.addEventListener("success", () => resolve(request.result));
    request.addEventListener("error", () => reject(request.error));
  });
}

async function within(mode, act) {
  const request = indexedDB.open(NAME, 1);
  request.addEventListener("upgradeneeded", () => {
    request.result.createObjectStore("state");
    request.result.createObjectStore("ticks", { keyPath: "line" });
  });
  const base = await settled(request);
  try {
    const work = base.transaction(["state", "ticks"], mode);
    const found = await act(work.objectStore("state"), work.objectStore("ticks"));
    if (mode === "readwrite") {
      await new Promise((resolve, reject) => {
        work.addEventListener("complete", resolve);
        work.addEventListener("abort", () => reject(work.error));
      });
    }
    return found;
  } finally {
    base.close();
  }
}

// The register this phone keeps, and the ticks of it that are not sent yet; nothing is made where nothing is.
export async function read() {
  const there = await indexedDB.databases();
  if (!there.some((each) => each.name === NAME)) return { state: null, ticks: [] };
  return within("readonly", async (state, ticks) => ({
    state: (await settled(state.get("state"))) ?? null,
    ticks: await settled(ticks.getAll()),
  }));
}

export function keepState(kept) {
  keeps = true;
  return within("readwrite", (state) => settled(state.put({ ...kept, keptAt: Date.now() }, "state")));
}

export function keepTick(tick) {
  return within("readwrite", (state, ticks) => settled(ticks.put(tick)));
}

// A tick that was sent goes, unless the line was ticked again meanwhile.
export function dropTicks(sent) {
  return within("readwrite", async (state, ticks) => {
    for (const tick of sent) {
      const now = await settled(ticks.get(tick.line));
      if (now?.at === tick.at) await settled(ticks.delete(tick.line));
    }
  });
}

// The page and its look, so that it opens without a connection.
export async function keepPage(addresses) {
  const cache = await caches.open(CACHE);
  await cache.addAll(addresses);
}

export async function forget() {
  await settled(indexedDB.deleteDatabase(NAME));
  if (!("caches" in window)) return;
  await caches.delete(CACHE);
  for (const each of await navigator.serviceWorker.getRegistrations()) await each.unregister();
}

// A register that was made ready before its day is kept until that day is over.
const over = (state) => Date.now() - Math.max(state.keptAt, Date.parse(state.opens) || 0) > A_DAY;

async function tidy() {
  const person = document.body.dataset.person;
  if (!person) return;
  const { state, ticks } = await read();
  if (!state) return;
  const old = !ticks.length && over(state);
  if (state.owner !== person || old) await forget();
  else keeps = true;
}

// Where nothing is kept signing out is the form's own, at once; the answer to it clears what a browser holds in any case.
async function signOut(event) {
  if (!keeps) return;
  event.preventDefault();
  const form = event.target;
  try {
    const { ticks } = await read();
    const many = ticks.length === 1 ? "1 tick of a register is" : `${ticks.length} ticks of a register are`;
    if (ticks.length && !window.confirm(`${many} not sent yet and will be lost. Sign out all the same?`)) return;
    await forget();
  } catch {
    // A browser that keeps nothing has nothing to forget.
  }
  form.submit();
}

for (const form of document.querySelectorAll("form[action$='/logout/']")) form.addEventListener("submit", signOut);

try {
  await tidy();
} catch {
  // The same.
}
