// Sends the review desk what strangers may write into codes, labels, notes, names of files and browsers, and looks at every page
// that shows it: node hostile.mjs BASE_URL FOLDER_FOR_SCREENSHOTS
import { readFileSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { ask, base, check, fits, look, open, run, same, signIn } from "./harness.mjs";

const PASSWORD = process.env.PASSWORD;
const MARKUP = "<script>window.owned=1</script><img src=x onerror=\"window.owned=1;alert(1)\">";
const TURNED = "\u202egpj.exe";
/// Characters that turn, hide or join others: pages show their numbers.
const HIDDEN = /[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/;
const WORD = "W".repeat(1_900);

const page = await open();
await page.goto("/login");
await signIn(page, "ana", PASSWORD);
await page.waitForURL(`${base}/`);

const incidents = (await ask(page, "/api/v1/incidents?limit=100&review=any")).json.incidents;
const of = (stream) => incidents.find((incident) => incident.stream === stream);
const hostile = of("room-201");
const long = of("room-203");
const named = incidents.find((incident) => incident.stream.startsWith("room-w"));

const tests = {};

/// That nothing on the page is a stranger's but its text, and that this is all there.
async function holds(page, what) {
  check((await page.title()).endsWith(" · Waylay"), `${what}: the title is ours: ${await page.title()}`);
  same(await page.evaluate(() => window.owned), undefined, `${what}: no script of theirs ran`);
  same(await page.locator("main :is(script, iframe, object, embed, form[action^=http]), [onerror], [onload], body img[src=x]").count(), 0, `${what}: no element of theirs`);
  same(await page.locator("main a").evaluateAll((all) => all.filter((a) => a.origin !== location.origin).map((a) => a.href)), [], `${what}: no link to elsewhere`);
  const text = await page.evaluate(() => document.body.innerText);
  check(!HIDDEN.test(text), `${what}: nothing turns or hides text: ${text.match(new RegExp(`.{0,30}${HIDDEN.source}.{0,30}`))}`);
  await fits(page, what);
  return text;
}

tests["text of strangers is text on every page, and breaks none"] = async () => {
  check(hostile && long && named, `the incidents are there: ${incidents.map((incident) => incident.stream)}`);
  for (const id of ["room-201", "room-202"]) {
    const labels = [`host:${MARKUP}`, TURNED, "W".repeat(128), "=HYPERLINK(\"https://evil.example\")"];
    const added = await ask(page, "/api/v1/streams", "POST", { id, url: `rtmp://127.0.0.1:9/live/${id}`, labels });
    same(added.status, 201, added.text);
  }
  const campaigns = {};
  for (const kind of ["destination", "payee", "domain"]) {
    const found = (await ask(page, `/api/v1/campaigns?kind=${kind}&order=latest`)).json.campaigns;
    const theirs = found.find((campaign) => /evil|WWW|script/.test(campaign.key));
    if (theirs) campaigns[`campaign by ${kind}`] = [`/campaigns/${theirs.id}`, []];
  }
  check(Object.keys(campaigns).length >= 2, `campaigns of theirs: ${Object.keys(campaigns)}`);
  const pages = {
    queue: ["/?review=any", ["U+202E", "<img src=x"]],
    search: [`/?review=any&q=${encodeURIComponent(MARKUP)}`, []],
    incident: [`/incidents/${hostile.id}`, ["U+202E", "<script>", "hxxps://evil[.]example"]],
    "long incident": [`/incidents/${long.id}`, ["102400 characters", "U+202E", "<script>"]],
    "long name": [`/incidents/${named.id}`, [named.stream]],
    campaigns: ["/campaigns?order=latest", ["evil[.]example"]],
    ...campaigns,
    wall: ["/wall", ["U+202E", "<script>"]],
    audit: ["/audit?action=stream.added", ["U+202E", "<script>"]],
    quality: ["/quality", []],
    deliveries: ["/deliveries?state=pending", []],
    missing: [`/incidents/${encodeURIComponent(MARKUP + TURNED)}`, ["There is nothing here"]],
    nowhere: [`/${encodeURIComponent(MARKUP + TURNED)}`, ["There is nothing here"]],
    refused: [`/?review=any&until=${encodeURIComponent(TURNED)}&page=${encodeURIComponent(MARKUP)}`, []],
    "wrong query": [`/audit?${encodeURIComponent(MARKUP + TURNED)}=1`, ["U+202E", "<script>"]],
    "wrong login": [`/login?next=${encodeURIComponent(`//evil.example/${MARKUP}`)}`, []],
  };
  for (const viewport of [{ width: 1280, height: 720 }, { width: 820, height: 1180 }]) {
    await page.setViewportSize(viewport);
    for (const [what, [path, wanted]] of Object.entries(pages)) {
      await page.goto(path, { waitUntil: "load" });
      const text = await holds(page, `${what} at ${viewport.width} px`);
      for (const part of wanted) check(text.includes(part), `${what} shows ${part}: ${text.slice(0, 2_000)}`);
    }
  }
  for (const [what, path] of Object.entries({ "hostile-queue": pages.queue[0], "hostile-long": pages["long incident"][0], "hostile-wall": "/wall", "hostile-audit": pages.audit[0], "hostile-refused": pages["wrong query"][0] })) {
    await page.goto(path, { waitUntil: "load" });
    await look(page, what, true);
  }
  await page.setViewportSize({ width: 1280, height: 720 });
};

tests["100 KiB of text are there where somebody asks for them"] = async () => {
  await page.goto(`/incidents/${long.id}`);
  const whole = page.locator(".payload .rest");
  check(!(await whole.isVisible()), "out of sight at first");
  await page.locator(".payload summary").click();
  const told = (await ask(page, `/api/v1/incidents/${long.id}`)).json.told.payload;
  same([...told].length, 102_400, "as it was stored");
  const numbers = (text) => text.match(/U\+202E/g)?.length ?? 0;
  same(numbers(await whole.innerText()), told.match(/\u202e/g).length, "all of it is shown");
  const { height } = await whole.boundingBox();
  check(height < 720, `and scrolls by itself: ${height}`);
  await holds(page, "all of it");
};

tests["notes, filters and reasons are text too"] = async () => {
  for (const text of [MARKUP + TURNED, WORD]) {
    await page.goto(`/incidents/${hostile.id}`);
    await page.locator(".note textarea").fill(text);
    await Promise.all([page.waitForResponse((response) => response.url().endsWith("/note")), page.locator(".note button").click()]);
    await page.locator("#history .said").getByText(text.slice(0, 8)).first().waitFor();
    await holds(page, "a note");
  }
  await page.goto(`/incidents/${hostile.id}`);
  const history = await page.locator("#history").innerText();
  check(history.includes("<script>window[.]owned=1</script>") && history.includes("U+202Egpj[.]exe"), `notes are shown as they are: ${history}`);
  await page.goto("/?review=any&class=unknown");
  await page.locator(".save [name=name]").fill(`<b>${TURNED}`);
  await page.locator(".save button").click();
  const saved = page.locator(".saved-row", { hasText: "<b>U+202Egpj" });
  await saved.waitFor();
  await holds(page, "a filter");
  check((await saved.locator("button.x").getAttribute("aria-label")).includes("<b>U+202Egpj"), "its label");
  await saved.locator("button.x").click();
  await saved.waitFor({ state: "detached" });
};

tests["the scan desk takes a file whatever it is called"] = async () => {
  const buffer = readFileSync(process.env.SAMPLE_PICTURE);
  const name = "<img src=x onerror=alert(1)>.png";
  await page.goto("/scan");
  await page.locator("[data-test=file]").setInputFiles({ name, mimeType: "image/png", buffer });
  await holds(page, "a file that is chosen");
  await page.locator("[data-test=look]").click();
  await page.locator("article.found").first().waitFor();
  await holds(page, "what was found in it");
  // A browser sends the last part of a name; somebody else sends what they like.
  const cookie = (await page.context().cookies()).map((one) => `${one.name}=${one.value}`).join("; ");
  const action = await page.locator("form.scan").getAttribute("action");
  for (const name of ["../../etc/passwd", "/etc/passwd", "..\\..\\x.png", `${TURNED}.png`, "x".repeat(4_000)]) {
    const form = new FormData();
    form.set("file", new File([buffer], name, { type: "image/png" }));
    const answer = await fetch(base + action, { method: "POST", body: form, headers: { accept: "text/html", cookie } });
    const text = await answer.text();
    same([answer.status, text.includes("class=\"panel found"), text.includes("passwd")], [200, true, false], `a file called ${name.slice(0, 40)}`);
  }
  same(readdirSync(tmpdir()).filter((file) => file.startsWith("waylay-scan-")), [], "nothing is kept");
  const text = `${MARKUP}${TURNED} https://evil.example/${"W".repeat(15_000)}`;
  await page.goto("/scan");
  await page.locator("[data-test=text]").fill(text);
  await page.locator("[data-test=look]").click();
  await page.locator(".found, .notice.bad").first().waitFor();
  // What was pasted stands in the field as it was pasted.
  await page.locator("[data-test=text]").fill("");
  await holds(page, "a text that is pasted");
  await look(page, "hostile-scan", true);
};

/// The rows of comma-separated values (RFC 4180).
function table(text) {
  const rows = [[]];
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/gy;
  for (let found = cell.exec(text); found && found.index < text.length; found = cell.exec(text)) {
    rows.at(-1).push(found[1] === undefined ? found[2] : found[1].replaceAll("\"\"", "\""));
    if (found[3] === "\r\n") rows.push([]);
  }
  rows.pop();
  return rows;
}

tests["no export is computed, and none loses a character"] = async () => {
  // In each decisions of an own incident: some have a reason that a table would compute.
  await ask(page, `/api/v1/incidents/${named.id}/decision`, "POST", { decision: "misread", reason: "=1+1" });
  for (const [what, columns] of [["export/incidents?review=any&", 28], ["export/decisions?", 11], ["audit/export?", 8]]) {
    const csv = await ask(page, `/api/v1/${what}format=csv`);
    same(csv.status, 200, what);
    const [head, ...rows] = table(csv.text);
    same([head.length, rows.length > 2], [columns, true], `${what} has columns and rows`);
    for (const row of rows) {
      same(row.length, columns, `${what}: a row of it: ${JSON.stringify(row).slice(0, 300)}`);
      for (const cell of row) check(!/^[\s\u00a0\ufeff]*[=+\-@\uff1d]/.test(cell), `${what}: a cell that computes: ${cell}`);
    }
    const lines = (await ask(page, `/api/v1/${what}format=jsonl`)).text.trimEnd().split("\n").map((line) => JSON.parse(line));
    // The export of the audit log is a line of it.
    check(lines.length === rows.length || what.startsWith("audit"), `${what}: ${lines.length} lines, ${rows.length} rows`);
    if (!what.startsWith("export/incidents")) continue;
    const [label, payload] = ["labels", "payload"].map((name) => head.indexOf(name));
    for (const line of lines) {
      const row = rows.find(([id]) => id === line.id);
      same(row[payload], line.payload ?? "", "the payload of a row");
      if (line.stream === "room-202") check(row[label].startsWith("'="), `a label that would compute: ${row[label]}`);
    }
    check(lines.some((line) => line.payload?.includes("\u202e") && line.payload.includes("<script>")), "payloads are exported as they are");
  }
};

tests["a browser may call itself what it likes"] = async () => {
  const other = await open({ userAgent: `Nice/1 "><script>window.owned=1</script>${"W".repeat(300)}` });
  await other.goto("/login");
  await signIn(other, "ana", PASSWORD);
  await other.waitForURL(`${base}/`);
  await other.goto("/account");
  const text = await holds(other, "sessions");
  check(text.includes("<script>window.owned=1</script>"), `it is shown: ${text}`);
  await look(other, "hostile-account", true);
  await other.context().close();
};

await run(tests);
