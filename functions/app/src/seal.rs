//! Secrets: keyed hashes of addresses, random tokens, and sealed values that only this community
//! can open. The cryptography is the RustCrypto crates' (HMAC-SHA-256, XChaCha20-Poly1305).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 24;
/// 256 bits: nobody guesses one in the fifteen minutes or sixty days that a token lives.
const TOKEN_BYTES: usize = 32;

/// What a sealed value is for. A value sealed for one purpose does not open for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// The time at which a form was made.
    Form,
    /// A mail waiting in the outbox.
    Mail,
    /// The link that confirms a waitlist entry.
    WaitlistConfirm,
    /// The link with which a waitlist entry is seen and left.
    WaitlistPlace,
    /// The link that stops mails.
    StopMail,
    /// What a browser takes along to its company's sign-in page.
    CompanyWay,
    /// A company account that a member may connect.
    CompanyOffer,
    /// A challenge to add a passkey.
    PasskeyAdding,
    /// A challenge to come in with a passkey.
    PasskeyEntry,
}

impl Purpose {
    fn label(self) -> &'static [u8] {
        match self {
            Self::Form => b"form",
            Self::Mail => b"mail",
            Self::WaitlistConfirm => b"waitlist-confirm",
            Self::WaitlistPlace => b"waitlist-place",
            Self::StopMail => b"stop-mail",
            Self::CompanyWay => b"company-way",
            Self::CompanyOffer => b"company-offer",
            Self::PasskeyAdding => b"passkey-adding",
            Self::PasskeyEntry => b"passkey-entry",
        }
    }
}

/// The random source of the operating system did not answer.
#[derive(Debug, thiserror::Error)]
#[error("no random numbers from the operating system: {0}")]
pub struct RandomError(getrandom::Error);

/// How many sealing keys are kept: the newest, and those before it, which still open.
const GENERATIONS: usize = 4;

/// The community's secret keys. The hashing key stays: items of the table are found by its hashes.
/// The sealing key can be renewed; what an older one sealed still opens, until it is forgotten.
#[derive(Clone)]
pub struct Keys {
    hashing: [u8; KEY_BYTES],
    sealing: [u8; KEY_BYTES],
    /// Newest first.
    older: Vec<[u8; KEY_BYTES]>,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keys(secret)")
    }
}

impl Keys {
    /// New random keys, for a community that has none.
    ///
    /// # Errors
    /// When the operating system gives no random numbers.
    pub fn generate() -> Result<Self, RandomError> {
        Ok(Self {
            hashing: random()?,
            sealing: random()?,
            older: Vec::new(),
        })
    }

    /// These keys with a new sealing key. The last three sealing keys still open what they sealed;
    /// those before are forgotten.
    ///
    /// # Errors
    /// When the operating system gives no random numbers.
    pub fn rotated(&self) -> Result<Self, RandomError> {
        Ok(Self {
            hashing: self.hashing,
            sealing: random()?,
            older: self.generations().take(GENERATIONS - 1).collect(),
        })
    }

    /// Reads what [`Keys::to_text`] wrote: generations between commas, newest first, each 64 bytes
    /// in URL-safe Base64 without padding.
    pub fn from_text(text: &str) -> Option<Self> {
        let mut generations = text.trim().split(',').map(generation);
        let (hashing, sealing) = generations.next()??;
        let older = generations
            .map(|pair| pair.filter(|pair| pair.0 == hashing).map(|pair| pair.1))
            .collect::<Option<_>>()?;
        Some(Self {
            hashing,
            sealing,
            older,
        })
    }

    /// The keys as a line of text, for a secret store or a file that only its owner reads.
    pub fn to_text(&self) -> String {
        self.generations()
            .map(|sealing| URL_SAFE_NO_PAD.encode([self.hashing, sealing].concat()))
            .collect::<Vec<_>>()
            .join(",")
    }

    /// What the CDN says to the functions, so that they answer nobody else. Made from the newest
    /// sealing key, so it is renewed with it.
    pub fn origin_secret(&self) -> String {
        origin_secret(&self.sealing)
    }

    /// Whether this is the secret of the CDN, or the one before a renewal.
    pub fn knows_origin(&self, secret: &str) -> bool {
        self.generations()
            .any(|sealing| same(origin_secret(&sealing).as_bytes(), secret.as_bytes()))
    }

    /// What these keys are called, which is no secret: another name after each renewal.
    pub fn generation(&self) -> String {
        let mut mac = mac(&self.sealing);
        mac.update(b"generation");
        let name = mac.finalize().into_bytes();
        URL_SAFE_NO_PAD.encode(&name[..9])
    }

    fn generations(&self) -> impl Iterator<Item = [u8; KEY_BYTES]> {
        std::iter::once(self.sealing).chain(self.older.iter().copied())
    }

    /// A keyed hash (HMAC-SHA-256): the same for the same text, and useless without the key.
    pub fn hash(&self, kind: &str, text: &str) -> String {
        let mut mac = mac(&self.hashing);
        mac.update(kind.as_bytes());
        mac.update(b"\0");
        mac.update(text.as_bytes());
        URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
    }

    /// Seals a value (XChaCha20-Poly1305) into text that fits in an address.
    ///
    /// # Errors
    /// When the operating system gives no random numbers.
    pub fn seal(&self, purpose: Purpose, value: &impl Serialize) -> Result<String, RandomError> {
        let nonce: [u8; NONCE_BYTES] = random()?;
        let plain = serde_json::to_vec(value)
            .unwrap_or_else(|_| unreachable!("sealed values are plain structs"));
        let payload = Payload {
            msg: &plain,
            aad: purpose.label(),
        };
        let sealed = cipher(&self.sealing)
            .encrypt(&XNonce::from(nonce), payload)
            .unwrap_or_else(|_| unreachable!("a value in memory is short enough to seal"));
        Ok(URL_SAFE_NO_PAD.encode([nonce.as_slice(), &sealed].concat()))
    }

    /// Opens what was sealed for this purpose; nothing if it was changed or made elsewhere.
    pub fn open<T: DeserializeOwned>(&self, purpose: Purpose, text: &str) -> Option<T> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (nonce, sealed) = bytes.split_at_checked(NONCE_BYTES)?;
        let nonce: [u8; NONCE_BYTES] = nonce.try_into().ok()?;
        let open = |sealing: [u8; KEY_BYTES]| {
            let payload = Payload {
                msg: sealed,
                aad: purpose.label(),
            };
            let nonce = XNonce::from(nonce);
            cipher(&sealing).decrypt(&nonce, payload).ok()
        };
        let plain = self.generations().find_map(open)?;
        serde_json::from_slice(&plain).ok()
    }
}

fn generation(text: &str) -> Option<([u8; KEY_BYTES], [u8; KEY_BYTES])> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    let (hashing, sealing) = bytes.split_at_checked(KEY_BYTES)?;
    Some((hashing.try_into().ok()?, sealing.try_into().ok()?))
}

fn cipher(sealing: &[u8; KEY_BYTES]) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(&(*sealing).into())
}

fn mac(key: &[u8; KEY_BYTES]) -> Hmac<Sha256> {
    <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(key)
        .unwrap_or_else(|_| unreachable!("HMAC takes keys of every length"))
}

fn origin_secret(sealing: &[u8; KEY_BYTES]) -> String {
    let mut mac = mac(sealing);
    mac.update(b"origin");
    URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
}

/// Compares hashes, so that the time it takes tells nothing of the secrets themselves.
fn same(left: &[u8], right: &[u8]) -> bool {
    Sha256::digest(left) == Sha256::digest(right)
}

/// A random secret that is handed out once; the table keeps only its hash.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// A new token of 256 random bits.
    ///
    /// # Errors
    /// When the operating system gives no random numbers.
    pub fn generate() -> Result<Self, RandomError> {
        Ok(Self(URL_SAFE_NO_PAD.encode(random::<TOKEN_BYTES>()?)))
    }

    /// A token that came back in a link or a cookie.
    pub fn presented(text: &str) -> Self {
        Self(text.chars().take(2 * TOKEN_BYTES).collect())
    }

    /// The token itself, for the link or cookie that carries it.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What the table keeps: SHA-256, which suffices for 256 random bits.
    pub fn hash(&self) -> String {
        URL_SAFE_NO_PAD.encode(Sha256::digest(self.0.as_bytes()))
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(secret)")
    }
}

fn random<const N: usize>() -> Result<[u8; N], RandomError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(RandomError)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_value_opens_only_whole_for_its_purpose_and_with_its_key() {
        let keys = Keys::generate().unwrap();
        let sealed = keys.seal(Purpose::Mail, &"hello").unwrap();

        assert_eq!(
            keys.open::<String>(Purpose::Mail, &sealed).as_deref(),
            Some("hello")
        );
        assert_eq!(keys.open::<String>(Purpose::Form, &sealed), None);
        assert_eq!(
            Keys::generate()
                .unwrap()
                .open::<String>(Purpose::Mail, &sealed),
            None
        );
        for at in 0..sealed.len() {
            let mut broken = sealed.clone().into_bytes();
            broken[at] = if broken[at] == b'A' { b'B' } else { b'A' };
            let broken = String::from_utf8(broken).unwrap();
            assert_eq!(
                keys.open::<String>(Purpose::Mail, &broken),
                None,
                "changed at {at}"
            );
        }
    }

    #[test]
    fn keys_survive_being_written_down() {
        let keys = Keys::generate().unwrap();
        let again = Keys::from_text(&format!("{}\n", keys.to_text())).unwrap();

        assert_eq!(
            keys.hash("address", "a@example.org"),
            again.hash("address", "a@example.org")
        );
        assert_ne!(
            keys.hash("address", "a@example.org"),
            keys.hash("network", "a@example.org")
        );
        assert!(Keys::from_text("too short").is_none());
    }

    #[test]
    fn renewed_keys_open_what_the_last_three_sealed_and_find_the_same_items() {
        let first = Keys::generate().unwrap();
        let sealed = first.seal(Purpose::WaitlistPlace, &1).unwrap();
        let hash = first.hash("address", "a@example.org");
        let mut keys = first.clone();
        for renewals in 1..=5 {
            let before = keys.origin_secret();
            keys = Keys::from_text(&keys.rotated().unwrap().to_text()).unwrap();
            let opened = keys.open::<u8>(Purpose::WaitlistPlace, &sealed);
            assert_eq!(opened.is_some(), renewals <= 3, "{renewals} renewals");
            assert_eq!(keys.hash("address", "a@example.org"), hash);
            assert_ne!(keys.origin_secret(), before);
            assert_ne!(keys.generation(), first.generation());
            assert!(keys.knows_origin(&before) && keys.knows_origin(&keys.origin_secret()));
        }
        assert!(!keys.knows_origin(&first.origin_secret()));
        assert!(!keys.knows_origin(""));
    }

    #[test]
    fn generations_of_different_communities_do_not_mix() {
        let texts = [Keys::generate(), Keys::generate()].map(|keys| keys.unwrap().to_text());
        assert!(Keys::from_text(&texts.join(",")).is_none());
    }
}
