//! A passkey provider without a screen: what a browser and a security key do together, in the few
//! lines of WebAuthn that a test needs. The site's own browser tests use Chromium's.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// User present, user verified, may be backed up, is backed up (WebAuthn, 6.1).
const FLAGS: u8 = 0b0001_1101;
/// A new key is in the data as well.
const WITH_KEY: u8 = 0b0100_0000;

/// One passkey.
#[derive(Clone)]
pub(crate) struct SoftPasskey {
    id: Vec<u8>,
    user: String,
    document: Vec<u8>,
    /// How often it was used; keys that are kept in a cloud always say zero.
    pub(crate) counter: u32,
    /// The site that it answers for.
    pub(crate) origin: String,
}

impl SoftPasskey {
    /// Makes a passkey for the site at `origin`, as the question wants it, with the answer.
    pub(crate) fn make(options: &Value, origin: &str) -> (Self, Value) {
        let random = SystemRandom::new();
        let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random);
        let passkey = Self {
            id: Sha256::digest(options["challenge"].as_str().unwrap()).to_vec(),
            user: options["user"]["id"].as_str().unwrap().to_owned(),
            document: document.unwrap().as_ref().to_vec(),
            counter: 0,
            origin: origin.to_owned(),
        };
        let host = options["rp"]["id"].as_str().unwrap();
        let mut data = passkey.data(host, FLAGS | WITH_KEY);
        data.extend([0; 16]);
        data.extend(u16::try_from(passkey.id.len()).unwrap().to_be_bytes());
        data.extend(&passkey.id);
        data.extend(passkey.public_key());
        let mut object = vec![0xA3];
        object.extend(b"\x63fmt\x64none\x67attStmt\xA0\x68authData\x59");
        object.extend(u16::try_from(data.len()).unwrap().to_be_bytes());
        object.extend(data);
        let client = passkey.client_data("webauthn.create", options);
        let answer = passkey.answer(&json!({
            "attestationObject": text(&object), "clientDataJSON": text(client.as_bytes()),
        }));
        (passkey, answer)
    }

    /// Answers a question of somebody who comes in.
    pub(crate) fn prove(&self, options: &Value) -> Value {
        let data = self.data(options["rpId"].as_str().unwrap(), FLAGS);
        let client = self.client_data("webauthn.get", options);
        let signed = [data.as_slice(), &Sha256::digest(client.as_bytes())].concat();
        let signature = self.pair().sign(&SystemRandom::new(), &signed).unwrap();
        self.answer(&json!({
            "authenticatorData": text(&data), "clientDataJSON": text(client.as_bytes()),
            "signature": text(signature.as_ref()), "userHandle": self.user,
        }))
    }

    fn pair(&self) -> EcdsaKeyPair {
        let random = SystemRandom::new();
        EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &self.document, &random).unwrap()
    }

    /// The public key as COSE has it: an elliptic-curve key for ES256 on P-256.
    fn public_key(&self) -> Vec<u8> {
        let pair = self.pair();
        let (x, y) = pair.public_key().as_ref()[1..].split_at(32);
        let head = b"\xA5\x01\x02\x03\x26\x20\x01\x21\x58\x20";
        [head.as_slice(), x, b"\x22\x58\x20", y].concat()
    }

    fn data(&self, host: &str, flags: u8) -> Vec<u8> {
        let mut data = Sha256::digest(host).to_vec();
        data.push(flags);
        data.extend(self.counter.to_be_bytes());
        data
    }

    fn client_data(&self, kind: &str, options: &Value) -> String {
        let challenge = &options["challenge"];
        json!({ "type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": false })
            .to_string()
    }

    fn answer(&self, response: &Value) -> Value {
        let id = text(&self.id);
        json!({ "id": id, "rawId": id, "type": "public-key", "response": response })
    }
}

fn text(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
