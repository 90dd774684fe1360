// What the scripts share that drive the review desk: node SCRIPT BASE_URL FOLDER_FOR_SCREENSHOTS [NAME...]
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { chromium } from "playwright-core";

export { join };

const require = createRequire(import.meta.url);
const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
export const [base, shots, ...only] = process.argv.slice(2);
/// What went wrong. Whatever does so on any page counts, whether a script looked for it or not.
export const failures = [];

/// How pages are looked at: both themes as they are on a desk, and both languages as they are on a tablet.
export const SETTINGS = {
  light: { colorScheme: "light" },
  dark: { colorScheme: "dark" },
  tablet: { colorScheme: "light", viewport: { width: 820, height: 1180 }, hasTouch: true },
  chinese: { colorScheme: "dark", locale: "zh-CN", viewport: { width: 820, height: 1180 }, hasTouch: true },
};

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--autoplay-policy=no-user-gesture-required"],
});

/// A page of a browser of its own; everything that goes wrong in it counts. `outside` may be loaded too.
export async function open({ outside, ...options } = {}) {
  const context = await browser.newContext({
    baseURL: base,
    viewport: { width: 1280, height: 720 },
    bypassCSP: false,
    locale: "en-US",
    ...options,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  page.on("console", (message) => {
    // A refusal that a test provokes is logged by the browser too.
    if (message.type() === "error" && !/status of 4\d\d/.test(message.text())) failures.push(`console: ${message.text()} at ${page.url()}`);
  });
  page.on("pageerror", (error) => failures.push(`script: ${error.message} at ${page.url()}`));
  page.on("dialog", (dialog) => { failures.push(`a stranger's script ran: ${dialog.message()}`); dialog.dismiss(); });
  page.on("request", (request) => {
    const { origin } = new URL(request.url());
    if (origin !== new URL(base).origin && origin !== outside) failures.push(`loads from outside: ${request.url()}`);
  });
  return page;
}

/// The cookies of whoever is signed in on `page`, for another browser.
export const cookies = (page) => page.context().storageState();

export function check(holds, what) {
  if (!holds) throw new Error(what);
}

export function same(found, wanted, what) {
  check(JSON.stringify(found) === JSON.stringify(wanted), `${what}: ${JSON.stringify(found)}, not ${JSON.stringify(wanted)}`);
}

export async function api(path, options = {}) {
  const answer = await fetch(base + path, { ...options, headers: { "content-type": "application/json", ...options.headers } });
  check(answer.ok, `${path}: ${answer.status} ${await answer.clone().text()}`);
  return answer.status === 204 ? null : answer.json();
}

export const incidents = async (query = "") => (await api(`/api/v1/incidents?limit=100${query}`)).incidents;
export const incident = async (id) => api(`/api/v1/incidents/${id}`);

export async function violations(page) {
  // The policy of pages forbids scripts that are written into them, so it comes over the debugger.
  await page.evaluate(AXE);
  const found = await page.evaluate(() => axe.run(document, { resultTypes: ["violations"] }));
  return found.violations.flatMap((v) => v.nodes.map((node) => `${v.id}: ${node.html.slice(0, 160)} ${node.failureSummary?.split("\n")[1] ?? ""}`));
}

/// Notes where the page is wider than the window.
export async function fits(page, what) {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  if (wide > 0) failures.push(`${what}: ${wide} px too wide`);
}

/// Looks at what `page` shows, and keeps a picture of it.
export async function look(page, what, whole = false) {
  // Pictures come after the page.
  await page.evaluate(() => {
    const inView = (image) => { const box = image.getBoundingClientRect(); return box.bottom > 0 && box.top < innerHeight; };
    return Promise.all([...document.images].filter(inView).map((image) => image.decode().catch(() => {})));
  });
  for (const violation of await violations(page)) failures.push(`${what}: ${violation}`);
  await fits(page, what);
  await page.screenshot({ path: join(shots, `${what}.png`) });
  if (whole) await page.screenshot({ path: join(shots, `${what}-whole.png`), fullPage: true });
}

/// Looks at each of these pages in every setting. `state` has the cookies; `before` is done on each before it is looked at.
export async function gallery(pages, { state, settings = Object.keys(SETTINGS), whole = [], before = {} } = {}) {
  for (const name of settings) {
    const page = await open({ ...SETTINGS[name], storageState: state });
    for (const [what, path] of Object.entries(pages)) {
      await page.goto(path, { waitUntil: "load" });
      if (before[what]) await before[what](page);
      await look(page, `${what}-${name}`, whole.includes(what));
    }
    await page.context().close();
  }
}

/// Asks the API as a script of the page would.
export const ask = (page, path, method = "GET", body = undefined) => page.evaluate(async ([path, method, body]) => {
  const me = await (await fetch("/api/v1/me")).json();
  const answer = await fetch(path, { method, headers: { ...(body && { "content-type": "application/json" }), "x-csrf-token": me.csrf ?? "" }, body: body && JSON.stringify(body) });
  const text = await answer.text();
  return { status: answer.status, text, json: /[/+]json$/.test(answer.headers.get("content-type") ?? "") && text ? JSON.parse(text) : null };
}, [path, method, body]);

/// Signs in on the page that asks for it.
export async function signIn(page, name, password) {
  await page.locator("main [name=name]").fill(name);
  await page.locator("main [name=password]").fill(password);
  await page.locator("main button.primary").click();
}

/// Runs the tests, tells how they went, and ends the program.
export async function run(tests) {
  for (const [name, test] of Object.entries(tests)) {
    if (only.length > 0 && !only.some((word) => name.includes(word))) continue;
    const before = failures.length;
    const began = Date.now();
    try {
      await test();
    } catch (error) {
      failures.push(`${name}: ${error.message}`);
      for (const context of browser.contexts()) {
        for (const page of context.pages()) await page.screenshot({ path: join(shots, `failed-${Object.keys(tests).indexOf(name)}.png`) }).catch(() => {});
        await context.close();
      }
    }
    console.log(`${failures.length === before ? "ok  " : "FAIL"} ${name} (${Date.now() - began} ms)`);
  }
  await browser.close();
  for (const failure of failures) console.error(failure);
  process.exit(failures.length === 0 ? 0 : 1);
}
