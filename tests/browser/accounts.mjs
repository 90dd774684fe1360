// Drives what accounts are for, from the first start on: node accounts.mjs BASE_URL FOLDER_FOR_SCREENSHOTS
// Each test goes on with what those before it left: the first one makes the admin.
import { createServer } from "node:http";
import { ask, base, check, cookies, gallery, look, open, run, same, signIn } from "./harness.mjs";

const PASSWORD = process.env.PASSWORD;
const NEXT = "another good password";
const link = process.env.SETUP_LINK;

/// A page for each role, signed in, and who they are.
const people = {};
const NAMES = { viewer: "vic", reviewer: "ria", lead: "lee", admin: "ana" };

const tests = {};

/// The path of a link, wherever the service says that it is.
const path = (link) => { const url = new URL(link); return url.pathname + url.search; };

async function choose(page, password, again = password) {
  await page.locator("[name=password]").fill(password);
  await page.locator("[name=again]").fill(again);
  await page.locator("main button.primary").click();
}

/// Sends a form as a page of ours would, and waits for the page behind it; the status of the answer.
async function send(page, to, fields) {
  const [answer] = await Promise.all([
    page.waitForResponse((response) => response.request().method() === "POST" && new URL(response.url()).pathname === to),
    page.waitForEvent("load"),
    page.evaluate(([to, fields]) => {
      const form = document.createElement("form");
      form.method = "post";
      form.action = to;
      for (const [name, value] of Object.entries(fields)) form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
      document.body.append(form);
      form.submit();
    }, [to, fields]),
  ]);
  return answer.status();
}

const csrf = (page) => page.locator("input[name=csrf]").first().getAttribute("value");

/// That the page says in words what is refused and why, and leads on.
async function refused(page, words) {
  same(await page.locator("h1").innerText(), "You may not do this", `what is refused at ${page.url()}`);
  const said = await page.locator("main").innerText();
  check(said.includes(words), `why it is refused: ${said}`);
  check(await page.locator("nav.main a[href='/']").isVisible(), "the way back");
}

const users = async () => (await ask(people.admin, "/api/v1/users")).json.users.map((user) => `${user.name} ${user.role}`).sort();

tests["the first link makes an admin, and works once"] = async () => {
  await gallery({ setup: link });
  const page = await open();
  await page.goto(link);
  await page.locator("[name=name]").fill(NAMES.admin);
  await choose(page, PASSWORD, "something else 9");
  const error = page.locator("p.error[role=alert]");
  await error.waitFor();
  check((await error.innerText()).includes("not the same"), await error.innerText());
  same(await page.locator("[name=name]").inputValue(), NAMES.admin, "the name is kept");
  same(await page.locator("[name=password]").inputValue(), "", "no password is sent back");
  await look(page, "setup-refused");
  await choose(page, PASSWORD);
  await page.waitForURL(`${base}/`);
  same((await ask(page, "/api/v1/me")).json.role, "admin", "the role");
  people.admin = page;
  const again = await open();
  same((await again.goto(link)).status(), 404, "the link works once");
  same(await again.locator("h1").innerText(), "There is nothing here", "a page says so");
  await look(again, "setup-over");
  await again.context().close();
};

tests["who signs in comes to where they wanted, and signs out"] = async () => {
  const page = await open();
  await page.goto("/audit?who=ana");
  await page.waitForURL(/\/login\?next=/);
  await signIn(page, NAMES.admin, "a wrong password");
  const error = page.locator("p.error[role=alert]");
  await error.waitFor();
  same(await error.innerText(), "The name or the password is wrong.", "what was wrong");
  same([await page.locator("[name=name]").inputValue(), await page.locator("[name=password]").inputValue()], [NAMES.admin, ""], "what is kept");
  await look(page, "login-refused");
  await signIn(page, NAMES.admin, PASSWORD);
  await page.waitForURL(/\/audit\?who=ana$/);
  const session = (await page.context().cookies()).find((cookie) => cookie.name.endsWith("waylay_session"));
  same([session.httpOnly, session.sameSite], [true, "Strict"], "the cookie");
  same(await page.evaluate(() => document.cookie.includes("session")), false, "no script sees it");
  await page.locator(".menu summary").click();
  await look(page, "menu");
  await page.locator("form[action='/logout'] button").click();
  await page.waitForURL(`${base}/login`);
  await page.goto("/");
  await page.waitForURL(`${base}/login`);
  await page.context().close();
  await gallery({ login: "/login?next=%2Faudit" });
};

tests["whoever guesses is told to wait"] = async () => {
  const page = await open();
  await page.goto("/login");
  const said = [];
  for (let tries = 0; tries < 6; tries += 1) {
    await Promise.all([page.waitForEvent("load"), signIn(page, "mallory", "a wrong password")]);
    said.push(await page.locator("p.error").innerText());
  }
  same(new Set(said.slice(0, 5)).size, 1, "the first five");
  same(said[5], "Too many attempts: try again later.", "and then");
  await page.context().close();
};

tests["an invitation is shown once and works once"] = async () => {
  const page = people.admin;
  await page.goto("/users");
  const form = page.locator("form.fields[action='/users']");
  await form.locator("[name=name]").fill(NAMES.viewer);
  await form.locator("[name=role]").selectOption("viewer");
  await form.locator("button").click();
  const made = page.locator("[data-test=made]");
  await made.waitFor();
  const invitation = path(await made.innerText());
  await look(page, "users-made");
  await page.goto("/users");
  check(!(await page.content()).includes(invitation.split("token=")[1]), "it is not shown again");
  check((await page.locator("main").innerText()).includes("invited"), "who was invited is listed so");

  await gallery({ invite: invitation });
  const invited = await open();
  await invited.goto(invitation);
  await choose(invited, "short and long 1", "short and long 2");
  await invited.locator("p.error").waitFor();
  await choose(invited, PASSWORD);
  await invited.waitForURL(`${base}/`);
  people.viewer = invited;
  const again = await open();
  same((await again.goto(invitation)).status(), 404, "it works once");
  await again.context().close();
  for (const role of ["reviewer", "lead"]) {
    const { json } = await ask(page, "/api/v1/users", "POST", { name: NAMES[role], role });
    people[role] = await open();
    await people[role].goto(path(json.link));
    await choose(people[role], PASSWORD);
    await people[role].waitForURL(`${base}/`);
  }
  same(await users(), ["ana admin", "lee lead", "ria reviewer", "vic viewer"], "who is there");
};

/// What each role finds, and how the pages answer that are not for all.
const FINDS = {
  viewer: { main: ["/", "/campaigns", "/wall", "/scan"], menu: ["/help", "/account"], decides: 0, decidesMany: 0, quality: 403, deliveries: 403, audit: 403, users: 403 },
  reviewer: { main: ["/", "/campaigns", "/wall", "/scan"], menu: ["/help", "/account"], decides: 1, decidesMany: 0, quality: 403, deliveries: 403, audit: 403, users: 403 },
  lead: { main: ["/", "/campaigns", "/wall", "/scan", "/quality"], menu: ["/help", "/account", "/deliveries", "/audit"], decides: 1, decidesMany: 1, quality: 200, deliveries: 200, audit: 200, users: 403 },
  admin: { main: ["/", "/campaigns", "/wall", "/scan", "/quality"], menu: ["/help", "/account", "/users", "/deliveries", "/audit"], decides: 1, decidesMany: 1, quality: 200, deliveries: 200, audit: 200, users: 200 },
};

tests["each role finds what it may do, and is refused the rest"] = async () => {
  const [one] = (await ask(people.admin, "/api/v1/incidents?limit=100")).json.incidents;
  const [campaign] = (await ask(people.admin, "/api/v1/campaigns?kind=destination")).json.campaigns;
  check(one && campaign, "there is something to decide on");
  for (const [role, finds] of Object.entries(FINDS)) {
    const page = people[role];
    await page.goto("/");
    const hrefs = (links) => page.locator(links).evaluateAll((all) => all.map((a) => a.getAttribute("href")));
    same([await hrefs("nav.main a"), await hrefs(".sheet .links a")], [finds.main, finds.menu], `where a ${role} is led`);
    same(await page.locator("[data-test=next]").count(), finds.decides, `a ${role} is given the next one`);
    await page.goto(`/incidents/${one.id}`);
    same(await page.locator("#decide, .note, .skip-form").count(), 3 * finds.decides, `a ${role} decides`);
    await page.goto(`/campaigns/${campaign.id}`);
    same(await page.locator("form.decide").count(), finds.decidesMany, `a ${role} decides on many`);
    for (const where of ["quality", "deliveries", "audit", "users"]) {
      same((await page.goto(`/${where}`)).status(), finds[where], `${role} at /${where}`);
      if (finds[where] === 403) await refused(page, `the permission \`${where}\``);
    }
    // What no page shows it can be sent all the same.
    const forms = [
      [finds.decides, `/incidents/${one.id}/note`, "decide", { text: `by a ${role}` }],
      [finds.decides, "/streams/none/cut", "cut", { reason: "x", minutes: "1", sure: "yes" }],
      [finds.decidesMany, `/campaigns/${campaign.id}/decide`, "decide_many", { decision: "misread", reason: "x", expected: "-1" }],
      [finds.users === 200, "/users", "users", { name: "eve", role: "nobody" }],
      [finds.users === 200, "/tokens", "users", { name: "eve", role: "nobody", days: "1" }],
    ];
    for (const [may, to, permission, fields] of forms) {
      await page.goto("/help");
      const status = await send(page, to, { csrf: await csrf(page), ...fields });
      same(status === 403, !may, `${role} sends ${to}: ${status}`);
      if (!may) await refused(page, `the permission \`${permission}\``);
    }
  }
  const after = (await ask(people.admin, `/api/v1/incidents/${one.id}`)).json;
  same(after.review, "open", "nobody decided");
  const notes = after.history.filter((event) => event.type.includes("noted")).map((event) => event.event.data.text);
  same(notes.sort(), ["by a admin", "by a lead", "by a reviewer"], "who wrote notes");
  same((await ask(people.admin, `/api/v1/campaigns/${campaign.id}`)).json.waiting, campaign.waiting, "all of it waits");
  same((await users()).length, 4, "nobody was made");
  await gallery({ forbidden: "/users" }, { state: await cookies(people.viewer) });
};

tests["a form that no page of the session sent changes nothing"] = async () => {
  const page = people.admin;
  const eve = { name: "eve", role: "admin" };
  await people.lead.goto("/help");
  const theirs = await csrf(people.lead);
  for (const fields of [eve, { ...eve, csrf: "" }, { ...eve, csrf: theirs }]) {
    await page.goto("/users");
    same(await send(page, "/users", fields), 403, `with ${JSON.stringify(fields)}`);
    await refused(page, "not sent by a page of this session");
  }
  await look(page, "forbidden-form");
  // Our own form, robbed of it.
  await page.goto("/account");
  await page.evaluate(() => document.querySelectorAll("form[action='/account/sessions/end'] [name=csrf]").forEach((field) => field.remove()));
  await page.locator("form[action='/account/sessions/end'] button").click();
  await page.locator("h1", { hasText: "You may not do this" }).waitFor();
  await page.goto("/scan");
  await page.evaluate(() => { document.querySelector("form.scan").action = "/scan"; });
  await page.locator("[data-test=text]").fill("x");
  await page.locator("[data-test=look]").click();
  await page.locator("h1", { hasText: "You may not do this" }).waitFor();

  // A page of another origin on this machine, for which the browser does send the cookie; even if it knew the token.
  await page.goto("/users");
  const right = await csrf(page);
  const server = createServer((_, response) => {
    response.setHeader("content-type", "text/html");
    response.end(`<!doctype html><html lang="en"><title>Prize</title><form method="post" action="${base}/users"><input name="name" value="eve"><input name="role" value="admin"><input name="csrf" value="${right}"><button>Win</button></form>`);
  });
  await new Promise((resolve) => { server.listen(0, "127.0.0.1", resolve); });
  const outside = `http://127.0.0.1:${server.address().port}`;
  try {
    const victim = await open({ outside, storageState: await cookies(page) });
    await victim.goto(outside);
    const [sent] = await Promise.all([victim.waitForRequest(`${base}/users`), victim.waitForEvent("load"), victim.locator("button").click()]);
    same((await sent.response()).status(), 403, "another origin");
    check((await sent.allHeaders()).cookie?.includes("waylay_session"), "it did send the cookie");
    await refused(victim, "a page of another site");
    await victim.context().close();
  } finally {
    server.close();
  }
  same((await users()).length, 4, "nobody was made");
  same((await ask(page, "/api/v1/me")).status, 200, "nobody was signed out");
};

tests["whoever is signed in changes the password and ends sessions"] = async () => {
  const page = people.reviewer;
  const elsewhere = await open();
  const signInThere = async (password) => {
    await elsewhere.goto("/login");
    await signIn(elsewhere, NAMES.reviewer, password);
    await elsewhere.waitForURL(`${base}/`);
  };
  const isOut = async () => {
    await elsewhere.goto("/");
    return new URL(elsewhere.url()).pathname === "/login";
  };
  await signInThere(PASSWORD);
  await page.goto("/account");
  same(await page.locator("tbody tr").count(), 2, "two sessions");
  const change = async (old) => {
    await page.locator("[name=old]").fill(old);
    await page.locator("[name=password]").fill(NEXT);
    await page.locator("[name=again]").fill(NEXT);
    await page.locator("form[action='/account/password'] button").click();
  };
  await change("not the one she has");
  await page.locator("p.error").waitFor();
  check(!(await isOut()), "nothing was changed");
  await change(PASSWORD);
  await page.waitForURL(`${base}/account`);
  await page.locator("p.error").waitFor({ state: "detached" });
  check(await isOut(), "the other session is over");
  await signInThere(NEXT);
  await page.goto("/account");
  await page.locator("tbody tr").filter({ hasNot: page.locator(".tag") }).locator("button").click();
  await page.waitForFunction(() => document.querySelectorAll("tbody tr").length === 1);
  check(await isOut(), "the session that was ended is over");
  await signInThere(NEXT);
  await page.goto("/account");
  await page.locator("form[action='/account/sessions/end'] button").click();
  await page.waitForURL(`${base}/login`);
  check(await isOut(), "all of them are over");
  await elsewhere.context().close();
  await signIn(page, NAMES.reviewer, NEXT);
  await page.waitForURL(`${base}/`);
};

tests["a token is shown once, and revoked"] = async () => {
  const page = people.admin;
  await page.goto("/users");
  const form = page.locator("form[action='/tokens']");
  await form.locator("[name=name]").fill("platform");
  await form.locator("[name=role]").selectOption("lead");
  await form.locator("[name=scope][value=read]").check();
  await form.locator("[name=days]").fill("2");
  await form.locator("button").click();
  const made = page.locator("[data-test=made]");
  await made.waitFor();
  const secret = await made.innerText();
  check(secret.startsWith("wl_"), "it is a token");
  await look(page, "token-made", true);
  const me = () => fetch(`${base}/api/v1/me`, { headers: { authorization: `Bearer ${secret}` } });
  same((await (await me()).json()).permissions, ["read"], "what it may");
  await page.goto("/users");
  check(!(await page.content()).includes(secret), "it is not shown again");
  const row = page.locator("tr", { hasText: "platform" });
  await row.locator("button").click();
  await row.getByText("revoked").waitFor();
  same((await me()).status, 401, "it is good for nothing");
};

tests["the audit log tells who did what"] = async () => {
  const page = people.lead;
  await page.goto("/audit");
  const actions = await page.locator("tbody tr td:nth-child(3)").allInnerTexts();
  for (const action of ["link.made", "user.set_up", "user.invited", "user.chose_password", "user.changed_password", "session.refused", "session.all_ended", "token.made", "token.revoked"]) {
    check(actions.includes(action), `${action} is told: ${[...new Set(actions)]}`);
  }
  await page.locator(".filters [name=who]").fill(NAMES.reviewer);
  await page.locator(".filters button").click();
  await page.waitForURL(/who=ria/);
  for (const who of await page.locator("tbody tr td:nth-child(2) bdi").allInnerTexts()) same(who, NAMES.reviewer, "the filter");
  same((await page.goto("/audit?from=yesterday")).status(), 422, "no time");
  await page.locator("p.error").waitFor();
  await look(page, "audit-refused");
};

tests["figures come from decisions"] = async () => {
  // Some are left for others to decide on.
  const all = (await ask(people.reviewer, "/api/v1/incidents?limit=100")).json.incidents;
  const waiting = all.filter((incident) => /^room-20[2-5]$/.test(incident.stream));
  check(waiting.length >= 4, `some wait: ${waiting.length}`);
  for (const [at, { id }] of waiting.entries()) {
    const decision = at % 3 === 2 ? "misread" : "confirm";
    const by = at % 4 === 3 ? people.lead : people.reviewer;
    const { status, text } = await ask(by, `/api/v1/incidents/${id}/decision`, "POST", { decision, reason: "seen" });
    same(status, 200, `${decision}: ${text}`);
  }
  // Somebody else decides again, without knowing what was decided.
  for (const decision of ["confirm", "misread"]) {
    const { claim } = (await ask(people.lead, "/api/v1/queue/next", "POST")).json;
    const { status, text } = await ask(people.lead, `/api/v1/incidents/${claim.incident}/decision`, "POST", { decision, reason: "seen" });
    same(status, 200, `${decision}: ${text}`);
  }
  const page = people.lead;
  await page.goto("/deliveries?state=pending");
  check((await page.locator("tbody").last().locator("tr").count()) >= waiting.length, "what nobody was told yet");
  await page.goto("/quality?days=1");
  const told = await page.locator("main").innerText();
  check(told.includes(NAMES.reviewer) && told.includes(NAMES.lead), `who decided: ${told}`);
  check(/1 of 2 second reviews agree/.test(told), `who decided again: ${told}`);
  const counted = (await page.locator(".figures.big > div").nth(2).locator("dd").first().innerText());
  check(Number(counted) >= waiting.length, `all are counted: ${counted}`);
};

tests["pages of accounts are without violations in both themes, and are kept as pictures"] = async () => {
  for (const room of ["room-203", "room-204", "room-205"]) {
    const added = await ask(people.admin, "/api/v1/streams", "POST", { id: room, url: `rtmp://127.0.0.1:9/live/${room}`, labels: ["host:4711", "new-seller"] });
    same(added.status, 201, added.text);
  }
  const found = async (page) => {
    await page.locator("[data-test=file]").setInputFiles(process.env.SAMPLE_PICTURE);
    await page.locator("[data-test=look]").click();
    await page.locator("article.found").first().waitFor();
  };
  const pages = {
    users: "/users",
    account: "/account",
    audit: "/audit",
    deliveries: "/deliveries?state=pending",
    missing: "/nothing/of/ours",
    "scan-found": "/scan",
    "wall-signed-in": "/wall",
    "quality-figures": "/quality?days=1",
    "campaign-decided": `/campaigns/${(await ask(people.admin, "/api/v1/campaigns?kind=destination&order=latest")).json.campaigns[0].id}`,
  };
  const state = await cookies(people.admin);
  await gallery(pages, { state, before: { "scan-found": found }, whole: ["users", "quality-figures"] });
  // It is long, the same in all languages, and the same stylesheet makes it narrow.
  await gallery({ docs: "/api/v1/docs" }, { state, settings: ["light", "dark"] });
};

await run(tests);
