// Keeps the officer's phone page (现场查验) on the phone, so that it opens without a line. It keeps the page's own files and nothing else: what the
// platform answers is the page's matter. The list of files and its version are filled in by the build.
const VERSION = "__VERSION__";
const FILES = __FILES__;
const CACHE = `fairway-field-${VERSION}`;
const SHELL = "/field";

self.addEventListener("install", (event) => {
  // All or nothing: a half-kept page would open and then stand still. A new version waits until the page of the old one is closed, whose files go
  // with it.
  const keep = async () => {
    const cache = await caches.open(CACHE);
    await cache.addAll([SHELL, ...FILES].map((path) => new Request(path, { cache: "no-cache" })));
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

/** The kept page with the kept files: on a weak line a new page without its files would be none. A new version comes with its own worker, as a whole. */
async function page(request) {
  return (await caches.match(SHELL, { cacheName: CACHE })) ?? fetch(request);
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
