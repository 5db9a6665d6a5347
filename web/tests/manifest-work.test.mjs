// Tally reports and transhipment in a browser: the pages of each role in both languages and on a phone, a tally sent, a mismatch mended, a box loaded.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { DESKTOP, loginAs, openPage, PHONE, read, silent, sound, startBrowser, startPort, visit } from "./harness.mjs";
import { containerNumber, imoNumber, send, shipInPort } from "./setting.mjs";

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

/** A manifest as another vendor's system writes it: its own sender, marks outside UNOB, segments out of place, no credit code, a wrong count. */
function ofAnotherSystem({ ship, voyage, bill, boxes }) {
  const body = [
    "UNH+7001+CUSCAR:D:95B:UN:TST10",
    "BGM+785+TS_MANIFEST+9",
    "DTM+137:202611220000:102",
    `TDT+20+${voyage}+1++TSTL:172:166+++${ship.imo}:146::${ship.name}`,
    "LOC+60+NZPOE::139",
    "DTM+132:202611220000:203",
    ...boxes.flatMap((box, at) => [`EQD+CN+${box}+22G1::5++3+5`, "MEA+AAE+G+KGM:12500", `SEL+TS${at}`, "LOC+9+SGSIN::139"]),
    `CNI+8+${bill}`,
    `RFF+BM:${bill}`,
    "LOC+9+SGSIN::139",
    "NAD+CN++Test Plastics Ltd:1 Sample Road",
    "NAD+CZ++Test Exporter Pte:2 Sample Road",
    "GID+1+50:SDR:::Drums",
    "FTX+AAA+++(LOT # 1) POLYETHYLENE",
    "MEA+AAE+G+KGM:25000",
    `SGP+${boxes[0]}+25`,
    `SGP+${boxes[1]}+25`,
  ];
  return `${["UNB+UNOB:1+TSTLINE+ELSEWHERE+261122:0830+7001++++0++0", ...body, "UNT+4135+7001", "UNZ+1+7001"].join("'\n\n")}'\n`;
}

test("a manifest of another system is put right, its consignee named, and its goods can be declared", async () => {
  const run = Math.floor(Math.random() * 900_000);
  const [ship, voyage, bill] = [{ name: `Test Stranger ${run}`, imo: imoNumber(run) }, `TS_${run}`, `TSBOL${run}`];
  const boxes = [containerNumber(run), containerNumber(run + 1)];
  const page = await openPage(browser, port.base, { lang: "en", allow: ASIDE });
  const logins = async (role) => (await read(page, "/demo/logins")).items.find((login) => login.role === role).user;
  await loginAs(page, "trader");
  const trader = (await read(page, "/session")).organisation;
  await loginAs(page, "agent");
  await visit(page, "/messages");
  await page.locator('input[type="file"]').setInputFiles({ name: "stranger.edi", mimeType: "text/plain", buffer: Buffer.from(ofAnotherSystem({ ship, voyage, bill, boxes })) });
  await page.waitForURL(/\/messages\/G/);
  await page.locator('.tag[data-status="rejected"]').first().waitFor();
  // What is forgiven is told and refuses nothing: the count alone is wrong.
  await page.getByText("Forgiven by the agreement segment-structure").first().waitFor();
  await page.getByText("Forgiven by the agreement charset-mismatch").first().waitFor();
  await page.getByRole("link", { name: "Repair", exact: true }).click();
  const count = page.locator(".repair-input[aria-invalid=true]");
  await count.first().waitFor();
  assert.equal(await count.count(), 1);
  await count.fill("UNT+25+7001");
  await page.locator(".repair-state:not(.repair-state-bad)").waitFor();
  await page.getByLabel("Reason").fill("count was wrong");
  await page.getByRole("button", { name: "Save and process again" }).click();
  await page.waitForURL(/\/messages\/G\w+$/);
  // Its ship is unknown yet; announced, the message is processed again as it stands.
  await page.getByText("No announced call matches").first().waitFor();
  await send(page, "/calls", { ship_name: ship.name, imo: ship.imo, flag: "PAN", voyage_in: voyage, voyage_out: `${voyage}W`, terminal: "terminal-east", eta: new Date().toISOString() });
  await page.getByRole("button", { name: "Replay" }).click();
  await page.getByRole("dialog").getByLabel("Reason").fill("the ship is announced");
  await page.getByRole("dialog").getByRole("button", { name: "Replay" }).click();
  await page.locator('.tag[data-status="processed-with-findings"]').first().waitFor();
  await page.locator(".object-list").getByRole("link", { name: bill }).click();
  await page.waitForURL(/\/bills\//);
  await page.getByRole("button", { name: "Name the consignee" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("combobox").fill(trader.name.en);
  await dialog.getByRole("combobox").press("Enter");
  await dialog.getByRole("button", { name: "Name the consignee" }).click();
  await dialog.waitFor({ state: "hidden" });
  await send(page, "/demo/login", { user: await logins("trader") });
  await visit(page, `/bills/${bill}`);
  await page.getByRole("button", { name: "Declare", exact: true }).click();
  await page.waitForURL(/\/declarations\/D/);
  const { form } = await read(page, new URL(page.url()).pathname);
  assert.deepEqual(form.containers.map((box) => box.container_id ?? box.container_no ?? box.number).toSorted(), boxes.toSorted(), JSON.stringify(form.containers));
  silent(page);
  await page.context().close();
});
