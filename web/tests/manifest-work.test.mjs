// Tally reports and transhipment in a browser: the pages of each role in both languages and on a phone, a tally sent, a mismatch mended, a box loaded.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { DESKTOP, loginAs, openPage, PHONE, read, silent, sound, startBrowser, startPort, visit } from "./harness.mjs";
import { send, shipInPort } from "./setting.mjs";

let port;
let browser;

before(async () => {
  port = await startPort();
  browser = await startBrowser();
});

after(async () => {
  await browser?.close();
  await port?.stop();
});

const ASIDE = [403, 404];
const ROLE_PAGES = {
  terminal: ["/tally-reports", "/tally-reports?status=overdue", "/transhipments"],
  agent: ["/transhipments", "/transhipments/new", "/outbound-bills", "/outbound-bills/new"],
  customs: ["/tally-reports?status=late", "/transhipments"],
  "port-office": ["/tally-reports", "/transhipments"],
};

for (const [role, pages] of Object.entries(ROLE_PAGES)) {
  test(`tally and transhipment pages of the ${role}`, async (t) => {
    for (const [lang, device] of [["zh", DESKTOP], ["en", DESKTOP], ["zh", PHONE]]) {
      await t.test(`${lang}, ${device.name}`, async () => {
        const page = await openPage(browser, port.base, { lang, device, allow: ASIDE });
        try {
          await loginAs(page, role);
          const paths = [...pages];
          const { items } = await read(page, "/transhipments?limit=200");
          const shown = items.find((item) => item.status === "mismatched") ?? items[0];
          if (shown) paths.push(`/transhipments/${shown.id}`);
          for (const path of paths) {
            await visit(page, path);
            await sound(page, `${role}${path.replace(/\W+/g, "-")}`);
          }
        } finally {
          await page.context().close();
        }
      });
    }
  });
}

test("the demonstration shows tallies in time and late, and transhipments released and differing", async () => {
  const page = await openPage(browser, port.base, { allow: ASIDE });
  await loginAs(page, "port-office");
  for (const status of ["on-time", "late"]) {
    const { items } = await read(page, `/tally-reports?status=${status}&limit=1`);
    assert.equal(items.length, 1, `a tally report that is ${status}`);
  }
  const { items } = await read(page, "/transhipments?limit=200");
  const states = new Set(items.map((item) => item.status));
  assert.ok(states.has("mismatched") || states.has("waiting"), `something is open: ${[...states].join()}`);
  assert.ok(states.has("released") || states.has("loaded"), `something was released: ${[...states].join()}`);
  const months = await read(page, "/tally-reports/statistics");
  assert.ok(months.items.some((month) => month.on_time > 0 && month.due >= month.on_time));
  const csv = await page.request.get(`${port.base}/api/v1/tally-reports/export?status=late`);
  assert.match(await csv.text(), /container,call,ship/);
  silent(page);
  await page.context().close();
});

test("a terminal sends the tally of a box that is owed", async () => {
  const page = await openPage(browser, port.base, { allow: ASIDE });
  const ship = await shipInPort(browser, port.base, { boxes: 1 });
  await loginAs(page, "terminal");
  await send(page, "/demo/login", { user: ship.terminal.user });
  await send(page, "/containers/discharge", { reports: [{ container: ship.boxes[0], call: ship.call, at: new Date().toISOString(), position: "A01-03-1" }] });
  const [container] = ship.boxes;
  await visit(page, `/tally-reports?status=awaited&q=${container}`);
  const row = page.locator("tbody tr").filter({ hasText: container }).first();
  await row.getByRole("button", { name: "发送理货报告" }).click();
  const dialog = page.getByRole("dialog", { name: `理货报告 ${container}` });
  await dialog.getByRole("textbox", { name: "实点件数" }).fill("7");
  await dialog.getByRole("textbox", { name: "理货公司" }).fill("示范理货");
  await dialog.getByRole("button", { name: "发送理货报告" }).click();
  await page.getByText("理货报告已登记").waitFor();
  const { items } = await read(page, `/tally-reports?q=${container}`);
  assert.ok(["on-time", "late"].includes(items[0].status) && items[0].packages === 7, JSON.stringify(items[0]));
  silent(page);
  await page.context().close();
});
