// A provider of OpenID Connect for tests/it/oidc.rs: oidc-provider, which is certified, on this machine.
//
//   node provider.mjs ES256|RS256
//
// It prints its issuer. A PUT of JSON to /test tells it who its client is, who sits in front of the browser next, and what
// that person does there.

import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";

import Provider from "oidc-provider";

// Nobody reads more than the issuer there.
console.info = console.error;

const algorithm = process.argv[2];
const people = new Map();
let next = {};
let provider;
let answer;

function key() {
  const { privateKey } =
    algorithm === "ES256" ? generateKeyPairSync("ec", { namedCurve: "P-256" }) : generateKeyPairSync("rsa", { modulusLength: 2048 });
  return { ...privateKey.export({ format: "jwk" }), kid: algorithm, use: "sig", alg: algorithm };
}

function start(issuer, client) {
  provider = new Provider(issuer, {
    clients: [
      {
        ...client,
        grant_types: ["authorization_code"],
        response_types: ["code"],
        id_token_signed_response_alg: algorithm,
      },
    ],
    claims: {
      openid: ["sub"],
      profile: ["preferred_username"],
      email: ["email", "email_verified"],
      groups: ["groups"],
    },
    // Without PKCE nobody is let in.
    pkce: { required: () => true },
    cookies: { keys: ["of this test alone"] },
    features: { devInteractions: { enabled: false } },
    jwks: { keys: [key()] },
    findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ sub, ...people.get(sub) }) }),
    // Nobody is asked whether the service may know who it is.
    async loadExistingGrant(ctx) {
      const { client, session } = ctx.oidc;
      const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
      grant.addOIDCScope("openid profile email groups");
      await grant.save();
      return grant;
    },
  });
  answer = provider.callback();
}

/// What somebody does who is asked to sign in.
async function interact(request, response) {
  const result = next.refuses ? { error: "access_denied" } : { login: { accountId: next.sub } };
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
}

async function told(request, response) {
  let text = "";
  for await (const part of request) text += part;
  const { client, person } = JSON.parse(text);
  if (client) start(issuer, client);
  if (person) {
    const { sub, refuses, ...claims } = person;
    next = { sub, refuses };
    people.set(sub, claims);
  }
  response.writeHead(204).end();
}

const server = createServer((request, response) => {
  const handled =
    request.url === "/test"
      ? told(request, response)
      : request.url.startsWith("/interaction/")
        ? interact(request, response)
        : answer(request, response);
  handled?.catch?.((error) => {
    console.error(error);
    response.writeHead(500).end();
  });
});

let issuer;
server.listen(0, "127.0.0.1", () => {
  // By another name than the service has: for a browser they are two sites.
  issuer = `http://localhost:${server.address().port}`;
  console.log(issuer);
});
