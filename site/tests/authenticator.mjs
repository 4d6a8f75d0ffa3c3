// An authenticator inside Chromium (DevTools' WebAuthn domain), as if the device had one.

/** Gives a page's browser an authenticator whose owner is there and, as a rule, proves it. */
export async function withAuthenticator(page, { verifies = true } = {}) {
  const session = await page.context().newCDPSession(page);
  await session.send("WebAuthn.enable", { enableUI: false });
  const { authenticatorId } = await session.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true,
      isUserVerified: verifies, automaticPresenceSimulation: true,
    },
  });
  return {
    async credentials() {
      const { credentials } = await session.send("WebAuthn.getCredentials", { authenticatorId });
      return credentials;
    },
    /** Takes passkeys over that were made in another browser, as a synchronised key chain does. */
    async take(credentials) {
      for (const credential of credentials) {
        await session.send("WebAuthn.addCredential", { authenticatorId, credential: { ...credential, signCount: credential.signCount + 1000 } });
      }
    },
  };
}
