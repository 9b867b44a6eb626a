// Stands between one register's page and a poor signal. Its address is its scope: no other page passes through it.
// The page itself puts into the cache what it needs: its shell without a name, and the files of its look.

const CACHE = "register";
const SHELL = new URL("shell/", self.registration.scope).href;
const PATIENCE_MS = 5000;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  const url = new URL(request.url);
  if (request.mode === "navigate" && url.href.split(/[?#]/)[0] === self.registration.scope) {
    event.respondWith(page(request));
  } else if (url.origin === self.location.origin && url.pathname.startsWith("{{ static }}")) {
    event.respondWith(file(request));
  }
});

async function kept(address) {
  return (await caches.open(CACHE)).match(address);
}

// The page of the moment if it comes soon enough; else the shell, which shows what this phone keeps.
async function page(request) {
  const shell = await kept(SHELL);
  const fresh = fetch(request);
  if (!shell) return fresh;
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS, shell));
  return Promise.race([fresh.catch(() => shell), late]);
}

async function file(request) {
  try {
    return await fetch(request);
  } catch (fault) {
    const found = await kept(request.url);
    if (!found) throw fault;
    return found;
  }
}
