//! An OpenID Connect provider on loopback that can be told to do wrong. The browser tests use a
//! certified one; no certified one lies.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use ring::{digest, hmac};
use serde_json::{Value, json};

/// The secret that the provider and the community share.
pub(crate) const SECRET: &str = "a secret that both know";

/// How a token is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Signed {
    /// With the provider's key.
    Well,
    /// Not at all (`alg: none`).
    Not,
    /// With the shared secret (`HS256`).
    WithSecret,
    /// With the public key as if it were a secret (`HS256`).
    WithPublicKey,
    /// With a key of somebody else, under the provider's name for its own.
    WithOtherKey,
}

/// A provider, running.
#[derive(Clone)]
pub(crate) struct Provider {
    pub(crate) issuer: String,
    inner: Arc<Mutex<Inner>>,
}

struct Inner {
    issuer: String,
    key: EcdsaKeyPair,
    kid: String,
    /// What a code stands for: the address that the browser was sent to.
    codes: HashMap<String, HashMap<String, String>>,
    claims: Value,
    signed: Signed,
    keeps_codes: bool,
    now: i64,
}

impl Provider {
    /// Starts on a free port.
    pub(crate) async fn start(now: jiff::Timestamp) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let inner = Arc::new(Mutex::new(Inner {
            issuer: issuer.clone(),
            key: new_key(),
            kid: "one".into(),
            codes: HashMap::new(),
            claims: json!({
                "sub": "ana-at-acme", "email": "ana.sand@acme.example", "email_verified": true,
            }),
            signed: Signed::Well,
            keeps_codes: false,
            now: now.as_second(),
        }));
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(describe))
            .route("/keys", get(keys))
            .route("/token", post(token))
            .with_state(inner.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { issuer, inner }
    }

    /// The list of companies with this one in it.
    pub(crate) fn listed(&self) -> String {
        format!(
            "[[company]]\nid = \"acme\"\nname = \"Acme\"\nissuer = \"{}\"\nclient_id = \"sodium\"\n\
             client_secret = \"{SECRET}\"\ndomains = [\"acme.example\"]\n",
            self.issuer
        )
    }

    /// Changes what the next tokens say.
    pub(crate) fn says(&self, claims: &Value) {
        let mut inner = self.inner.lock().unwrap();
        for (name, value) in claims.as_object().unwrap() {
            inner.claims[name] = value.clone();
        }
    }

    /// Changes how the next tokens are signed.
    pub(crate) fn signs(&self, signed: Signed) {
        self.inner.lock().unwrap().signed = signed;
    }

    /// Takes a code as often as it comes.
    pub(crate) fn forgets_nothing(&self) {
        self.inner.lock().unwrap().keeps_codes = true;
    }

    /// Has a new key, under a new name.
    pub(crate) fn renews_its_key(&self) {
        let mut inner = self.inner.lock().unwrap();
        (inner.key, inner.kid) = (new_key(), "two".into());
    }

    /// Lets somebody in who was sent here, and sends them back. Returns the path of our site.
    pub(crate) fn lets_in(&self, url: &str) -> String {
        let asked = query(url);
        assert_eq!(asked["response_type"], "code");
        assert_eq!(asked["code_challenge_method"], "S256");
        assert!(asked["scope"].contains("openid") && asked["nonce"].len() >= 16);
        let back = asked["redirect_uri"].strip_prefix(super::BASE_URL).unwrap();
        let mut inner = self.inner.lock().unwrap();
        let code = format!("code-{}", inner.codes.len());
        let (state, issuer) = (asked["state"].clone(), inner.issuer.clone());
        let path = format!("{back}?code={code}&state={state}&iss={issuer}");
        inner.codes.insert(code, asked);
        path
    }
}

type Shared = State<Arc<Mutex<Inner>>>;

async fn describe(State(inner): Shared) -> Json<Value> {
    let issuer = &inner.lock().unwrap().issuer;
    Json(json!({
        "issuer": issuer, "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"), "jwks_uri": format!("{issuer}/keys"),
        "response_types_supported": ["code"], "subject_types_supported": ["public"],
        // A provider that would take anything.
        "id_token_signing_alg_values_supported": ["ES256", "HS256", "none"],
    }))
}

async fn keys(State(inner): Shared) -> Json<Value> {
    let inner = inner.lock().unwrap();
    let (x, y) = inner.key.public_key().as_ref()[1..].split_at(32);
    Json(json!({ "keys": [{
        "kty": "EC", "crv": "P-256", "use": "sig", "kid": inner.kid, "x": text(x), "y": text(y),
    }] }))
}

async fn token(
    State(inner): Shared,
    Form(sent): Form<HashMap<String, String>>,
) -> (StatusCode, Json<Value>) {
    let mut inner = inner.lock().unwrap();
    let asked = match inner.keeps_codes {
        true => inner.codes.get(&sent["code"]).cloned(),
        false => inner.codes.remove(&sent["code"]),
    };
    let proof = digest::digest(&digest::SHA256, sent["code_verifier"].as_bytes());
    let right = asked.filter(|asked| {
        asked["code_challenge"] == text(proof.as_ref())
            && asked["redirect_uri"] == sent["redirect_uri"]
    });
    match right {
        Some(asked) => {
            let id_token = inner.id_token(&asked);
            let answer = json!({
                "access_token": "of no use", "token_type": "Bearer", "expires_in": 60, "id_token": id_token,
            });
            (StatusCode::OK, Json(answer))
        }
        None => (
            StatusCode::BAD_REQUEST,
            Json(json!({ "error": "invalid_grant" })),
        ),
    }
}

impl Inner {
    fn id_token(&self, asked: &HashMap<String, String>) -> String {
        let mut claims = json!({
            "iss": self.issuer, "aud": asked["client_id"], "nonce": asked["nonce"],
            "iat": self.now, "exp": self.now + 300,
        });
        for (name, value) in self.claims.as_object().unwrap() {
            claims[name] = value.clone();
        }
        let algorithm = match self.signed {
            Signed::Well | Signed::WithOtherKey => "ES256",
            Signed::Not => "none",
            Signed::WithSecret | Signed::WithPublicKey => "HS256",
        };
        let header = json!({ "alg": algorithm, "typ": "JWT", "kid": self.kid });
        let [header, claims] = [header, claims].map(|part| text(part.to_string().as_bytes()));
        let signed = format!("{header}.{claims}");
        let signature = self.signature(signed.as_bytes());
        format!("{signed}.{}", text(&signature))
    }

    fn signature(&self, signed: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        let mac = |key: &[u8]| {
            let key = hmac::Key::new(hmac::HMAC_SHA256, key);
            hmac::sign(&key, signed).as_ref().to_vec()
        };
        match self.signed {
            Signed::Well => self.key.sign(&random, signed).unwrap().as_ref().to_vec(),
            Signed::WithOtherKey => new_key().sign(&random, signed).unwrap().as_ref().to_vec(),
            Signed::Not => Vec::new(),
            Signed::WithSecret => mac(SECRET.as_bytes()),
            Signed::WithPublicKey => mac(self.key.public_key().as_ref()),
        }
    }
}

fn new_key() -> EcdsaKeyPair {
    let random = SystemRandom::new();
    let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
    EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document.as_ref(), &random).unwrap()
}

fn text(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The query of an address.
fn query(url: &str) -> HashMap<String, String> {
    let uri: axum::http::Uri = url.parse().unwrap();
    axum::extract::Query::try_from_uri(&uri).unwrap().0
}
