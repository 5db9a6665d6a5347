// Keeps the officer's phone page (现场查验) on the phone, so that it opens without a line. It keeps the page's own files and nothing else: what the
// platform answers is the page's matter. The list of files and its version are filled in by the build.
const VERSION = "__VERSION__";
const FILES = __FILES__;
const CACHE = `fairway-field-${VERSION}`;
const SHELL = "/field";
/** A line that gives no page within this time is none, milliseconds. */
const PATIENCE_MS = 4_000;

self.addEventListener("install", (event) => {
  // All or nothing: a half-kept page would open and then stand still.
  const keep = async () => {
    const cache = await caches.open(CACHE);
    await cache.addAll([SHELL, ...FILES].map((path) => new Request(path, { cache: "no-cache" })));
    await self.skipWaiting();
  };
  event.waitUntil(keep());
});

self.addEventListener("activate", (event) => {
  const tidy = async () => {
    for (const name of await caches.keys()) {
      if (name.startsWith("fairway-field-") && name !== CACHE) await caches.delete(name);
    }
    await self.clients.claim();
  };
  event.waitUntil(tidy());
});

async function page(request) {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), PATIENCE_MS);
  try {
    const answer = await fetch(request.url, { signal: controller.signal, credentials: "same-origin", cache: "no-cache" });
    if (answer.ok) return answer;
  } catch {
    // No line: the page that is kept.
  } finally {
    clearTimeout(timer);
  }
  return (await caches.match(SHELL, { cacheName: CACHE })) ?? Response.error();
}

async function asset(request) {
  return (await caches.match(request, { cacheName: CACHE })) ?? fetch(request);
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate" && (url.pathname === SHELL || url.pathname.startsWith(`${SHELL}/`))) {
    event.respondWith(page(request));
  } else if (FILES.includes(url.pathname)) {
    event.respondWith(asset(request));
  }
});
