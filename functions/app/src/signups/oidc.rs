//! OpenID Connect's authorization code flow, by the crate of that name: what this browser takes along
//! to the provider, and whose identity comes back. Everything that the answer is held against (state,
//! nonce, PKCE verifier) is in a sealed cookie, so it answers only the browser that asked.

use chrono::DateTime;
use jiff::{SignedDuration, Timestamp};
use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreIdToken, CoreIdTokenVerifier, CoreJwsSigningAlgorithm,
    CoreProviderMetadata, CoreUserInfoClaims,
};
use openidconnect::{
    AccessToken, AccessTokenHash, AuthorizationCode, ClaimsVerificationError, CsrfToken,
    EndUserEmail, EndpointMaybeSet, EndpointNotSet, EndpointSet, Nonce, OAuth2TokenResponse as _,
    PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope, SignatureVerificationError,
    SubjectIdentifier, TokenResponse as _,
};
use serde::{Deserialize, Serialize};
use sodium_domain::email::EmailAddress;
use uuid::Uuid;

use crate::companies::Provider;
use crate::seal::Purpose;
use crate::state::App;
use crate::web::problem::AppError;

/// How long a person may take at their company's sign-in page.
pub(crate) const WAY_LIFE: SignedDuration = SignedDuration::from_mins(10);

/// Signatures that only the provider can make. No shared secret, and never none.
const ALGORITHMS: [CoreJwsSigningAlgorithm; 5] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

type Client = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// What a browser on its way to a provider carries, sealed.
#[derive(Serialize, Deserialize)]
pub(crate) struct OnTheWay {
    pub(crate) id: Uuid,
    pub(crate) ends: Timestamp,
    pub(crate) company: String,
    pub(crate) return_to: String,
    state: String,
    nonce: Nonce,
    verifier: String,
}

/// What comes back in the address.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct CameBack {
    code: Option<String>,
    state: Option<String>,
    iss: Option<String>,
}

/// Who somebody is at their company.
#[derive(Debug, Clone)]
pub(crate) struct Identity {
    pub(crate) issuer: String,
    pub(crate) subject: String,
    /// The address, where the company answers for its domain and says that it was verified.
    pub(crate) address: Option<EmailAddress>,
}

impl App {
    /// The address at the provider to go to, and what to take along.
    pub(crate) async fn way_to(
        &self,
        provider: &Provider,
        return_to: &str,
    ) -> Result<(String, String), AppError> {
        let client = self.client(provider, false).await?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let (url, state, nonce) = client
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                CsrfToken::new_random,
                Nonce::new_random,
            )
            .add_scope(Scope::new("email".into()))
            .set_pkce_challenge(challenge)
            .url();
        let on_the_way = OnTheWay {
            id: Uuid::new_v4(),
            ends: self.clock.now() + WAY_LIFE,
            company: provider.company.id.clone(),
            return_to: return_to.to_owned(),
            state: state.secret().clone(),
            nonce,
            verifier: verifier.secret().clone(),
        };
        let sealed = self.keys.seal(Purpose::CompanyWay, &on_the_way)?;
        Ok((url.into(), sealed))
    }

    /// Who came back.
    pub(crate) async fn identity(
        &self,
        provider: &Provider,
        on_the_way: &OnTheWay,
        came_back: CameBack,
    ) -> Result<Identity, AppError> {
        let right_state = came_back.state.as_deref() == Some(on_the_way.state.as_str());
        let right_issuer = came_back
            .iss
            .is_none_or(|iss| iss == provider.company.issuer.as_str());
        let (true, true, Some(code)) = (right_state, right_issuer, came_back.code) else {
            return Err(refused("state, issuer or code"));
        };
        let client = self.client(provider, false).await?;
        let answer = client
            .exchange_code(AuthorizationCode::new(code))
            .map_err(|_| refused("no token endpoint"))?
            .set_pkce_verifier(PkceCodeVerifier::new(on_the_way.verifier.clone()))
            .request_async(&provider.carrier)
            .await
            .map_err(|_| refused("the code was not taken"))?;
        let token = answer.id_token().ok_or_else(|| refused("no ID token"))?;
        let access = answer.access_token();
        let mut identity = match self.checked(&client, provider, on_the_way, token, access) {
            // The provider has new keys.
            Err(ClaimsVerificationError::SignatureVerification(
                SignatureVerificationError::NoMatchingKey,
            )) => {
                let client = self.client(provider, true).await?;
                self.checked(&client, provider, on_the_way, token, access)
            }
            checked => checked,
        }
        .map_err(|error| refused(kind(&error)))?;
        if identity.address.is_none() {
            identity.address = address_told(&client, provider, access, &identity.subject).await;
        }
        Ok(identity)
    }

    fn checked(
        &self,
        client: &Client,
        provider: &Provider,
        on_the_way: &OnTheWay,
        token: &CoreIdToken,
        access: &AccessToken,
    ) -> Result<Identity, ClaimsVerificationError> {
        let now = self.clock.now();
        let verifier = client
            .id_token_verifier()
            .set_allowed_algs(ALGORITHMS)
            .set_time_fn(move || DateTime::from_timestamp(now.as_second(), 0).unwrap_or_default());
        let claims = token.claims(&verifier, &on_the_way.nonce)?;
        if let Some(expected) = claims.access_token_hash() {
            let right = hash_of(token, access, &verifier)?;
            if right != *expected {
                return Err(ClaimsVerificationError::Other(
                    "the access token is another".into(),
                ));
            }
        }
        Ok(Identity {
            issuer: claims.issuer().to_string(),
            subject: claims.subject().to_string(),
            address: believed(provider, claims.email(), claims.email_verified()),
        })
    }

    async fn client(&self, provider: &Provider, anew: bool) -> Result<Client, AppError> {
        let metadata = provider.metadata(self.clock.now(), anew).await;
        let metadata: CoreProviderMetadata = metadata.ok_or(AppError::CompanyAway)?;
        let company = &provider.company;
        let back = format!("/api/sign-in/company/{}/back", company.id);
        let back = RedirectUrl::new(self.config.base_url.join(&back));
        Ok(CoreClient::from_provider_metadata(
            metadata,
            company.client_id.clone(),
            company.client_secret.clone(),
        )
        .set_redirect_uri(back.map_err(|_| AppError::CompanyAway)?))
    }
}

/// An address that the company verified and answers for.
fn believed(
    provider: &Provider,
    address: Option<&EndUserEmail>,
    verified: Option<bool>,
) -> Option<EmailAddress> {
    address
        .filter(|_| verified == Some(true))
        .and_then(|address| EmailAddress::parse(address).ok())
        .filter(|address| provider.company.answers_for(address))
}

/// The address, where the provider tells it apart from the token (OpenID Connect, 5.4).
async fn address_told(
    client: &Client,
    provider: &Provider,
    access: &AccessToken,
    subject: &str,
) -> Option<EmailAddress> {
    let subject = SubjectIdentifier::new(subject.to_owned());
    let request = client.user_info(access.clone(), Some(subject)).ok()?;
    let told: Result<CoreUserInfoClaims, _> = request.request_async(&provider.carrier).await;
    let told = told.ok()?;
    believed(provider, told.email(), told.email_verified())
}

fn hash_of(
    token: &CoreIdToken,
    access: &AccessToken,
    verifier: &CoreIdTokenVerifier<'_>,
) -> Result<AccessTokenHash, ClaimsVerificationError> {
    let algorithm = token
        .signing_alg()
        .map_err(ClaimsVerificationError::SignatureVerification)?;
    let key = token
        .signing_key(verifier)
        .map_err(ClaimsVerificationError::SignatureVerification)?;
    AccessTokenHash::from_token(access, algorithm, key)
        .map_err(|_| ClaimsVerificationError::Other("no hash for this algorithm".into()))
}

/// What was wrong, without what stands in the token.
fn kind(error: &ClaimsVerificationError) -> &'static str {
    match error {
        ClaimsVerificationError::Expired(_) => "the token has expired",
        ClaimsVerificationError::InvalidAudience(_) => "the token is for somebody else",
        ClaimsVerificationError::InvalidIssuer(_) => "the token is by somebody else",
        ClaimsVerificationError::InvalidNonce(_) => "the nonce is another",
        ClaimsVerificationError::SignatureVerification(_) => "the signature does not count",
        _ => "the token cannot be used",
    }
}

/// Why is for the log: whoever came back learns only that it did not work.
fn refused(why: &'static str) -> AppError {
    tracing::warn!(why, "signing in with a company was refused");
    AppError::CompanyRefused
}
