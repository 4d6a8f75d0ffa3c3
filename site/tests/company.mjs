// A company with a certified OpenID Connect provider of its own, on a free port of this machine.

import { createServer } from "node:http";
import { Provider } from "oidc-provider";

const SECRET = "a secret that both know";
const DOMAIN = "works.example";

/** The provider's own pages, without the font that they would fetch from elsewhere and with an icon. */
async function keepAtHome(ctx, next) {
  if (ctx.path === "/favicon.ico") { ctx.status = 204; return; }
  await next();
  if (typeof ctx.body === "string") ctx.body = ctx.body.replace(/@import url\([^)]*\);/g, "");
}

/** Starts the provider for a community that will be at `url`. */
export async function startCompany(url) {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [{ client_id: "sodium", client_secret: SECRET, redirect_uris: [`${url}/api/sign-in/company/works/back`] }],
    claims: { openid: ["sub"], email: ["email", "email_verified"] },
    pkce: { required: () => true },
    // What has expired is gone: by itself, the provider would wait another quarter of a minute.
    clockTolerance: 0,
    ttl: { AuthorizationCode: (_, code) => (code.accountId.startsWith("late-") ? 1 : 60) },
    cookies: { keys: ["for tests"] },
    findAccount: (_, id) => ({
      accountId: id,
      claims: () => ({ sub: id, email: `${id}@${DOMAIN}`, email_verified: !id.startsWith("unverified-") }),
    }),
  });
  provider.use(keepAtHome);
  server.on("request", provider.callback());
  return {
    provider,
    /** The community's list of companies. */
    list: [
      "[[company]]", 'id = "works"', 'name = "Example Works"', `issuer = "${issuer}"`, 'client_id = "sodium"',
      `client_secret = "${SECRET}"`, `domains = ["${DOMAIN}"]`, "",
    ].join("\n"),
    address: (login) => `${login}@${DOMAIN}`,
    stop: () => new Promise((resolve) => { server.closeAllConnections(); server.close(resolve); }),
  };
}
