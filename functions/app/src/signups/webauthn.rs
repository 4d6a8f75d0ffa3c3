//! The two ceremonies of WebAuthn. The cryptography and the checks are the crate's; here is what it
//! must remember between the question and the answer. That travels through the browser, sealed, so a
//! question costs no write; that an answer counts once is a condition of the write that it leads to.

use jiff::{SignedDuration, Timestamp};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sodium_domain::id::MemberId;
use uuid::Uuid;
use webauthn_rs::prelude::{
    DiscoverableAuthentication, DiscoverableKey, Passkey, PasskeyRegistration, PublicKeyCredential,
    RegisterPublicKeyCredential, Url, Webauthn, WebauthnBuilder,
};

use crate::seal::Purpose;
use crate::state::App;
use crate::store::passkeys::{Answered, PasskeyId, StoredPasskey};
use crate::web::problem::AppError;

/// How long a person may take to find their key, and how long an answer may be on its way.
const CHALLENGE_LIFE: SignedDuration = SignedDuration::from_mins(5);

/// A question for the browser's authenticator, with what only we can open again.
#[derive(Debug, Serialize)]
pub(crate) struct Question {
    options: Value,
    challenge: String,
}

#[derive(Serialize, Deserialize)]
struct Challenge<T> {
    id: Uuid,
    ends: Timestamp,
    /// Who is asked, where that is known.
    member: Option<MemberId>,
    state: T,
}

/// A passkey that proved itself.
pub(crate) struct Proof {
    pub(crate) answered: Answered,
    pub(crate) member: MemberId,
    /// The passkey as it was when it was checked.
    pub(crate) passkey: StoredPasskey,
    /// What to keep of it from now on.
    pub(crate) credential: String,
}

impl App {
    /// The question with which a passkey is made.
    pub(crate) fn ask_for_new_passkey(
        &self,
        member: MemberId,
        name: &str,
        have: &[StoredPasskey],
    ) -> Result<Question, AppError> {
        let known = have.iter().filter_map(|passkey| read(&passkey.credential));
        let known = known
            .map(|passkey: Passkey| passkey.cred_id().clone())
            .collect();
        let (question, state) = self
            .relying_party()?
            .start_passkey_registration(member.into(), name, name, Some(known))
            .map_err(|error| refused(&error))?;
        let mut options = serde_json::to_value(question.public_key).unwrap_or_default();
        // The key must say whose it is, so that nobody has to type an address to come in.
        options["authenticatorSelection"]["residentKey"] = "required".into();
        options["authenticatorSelection"]["requireResidentKey"] = true.into();
        self.passkey_question(Purpose::PasskeyAdding, Some(member), options, state)
    }

    /// The passkey that answers such a question.
    pub(crate) fn new_passkey(
        &self,
        member: MemberId,
        challenge: &str,
        answer: &str,
    ) -> Result<(Answered, PasskeyId, String), AppError> {
        let (answered, asked, state) =
            self.challenge::<PasskeyRegistration>(Purpose::PasskeyAdding, challenge)?;
        if asked != Some(member) {
            return Err(AppError::PasskeyRefused);
        }
        let answer: RegisterPublicKeyCredential = read(answer).ok_or(AppError::PasskeyRefused)?;
        let passkey = self
            .relying_party()?
            .finish_passkey_registration(&answer, &state)
            .map_err(|error| refused(&error))?;
        Ok((
            answered,
            PasskeyId::of(passkey.cred_id()),
            written(&passkey),
        ))
    }

    /// The question with which anybody comes in who has a passkey here.
    pub(crate) fn ask_for_passkey(&self) -> Result<Question, AppError> {
        let (question, state) = self
            .relying_party()?
            .start_discoverable_authentication()
            .map_err(|error| refused(&error))?;
        let options = serde_json::to_value(question.public_key).unwrap_or_default();
        self.passkey_question(Purpose::PasskeyEntry, None, options, state)
    }

    /// Whose passkey answers such a question, and with which.
    pub(crate) async fn proof(&self, challenge: &str, answer: &str) -> Result<Proof, AppError> {
        let (answered, _, state) =
            self.challenge::<DiscoverableAuthentication>(Purpose::PasskeyEntry, challenge)?;
        let answer: PublicKeyCredential = read(answer).ok_or(AppError::PasskeyRefused)?;
        let relying_party = self.relying_party()?;
        let (member, credential) = relying_party
            .identify_discoverable_authentication(&answer)
            .map_err(|error| refused(&error))?;
        let member = MemberId::from(member);
        let passkey = self
            .store
            .passkey(member, &PasskeyId::of(credential))
            .await?;
        let passkey = passkey.ok_or(AppError::PasskeyRefused)?;
        let mut key: Passkey = read(&passkey.credential).ok_or(AppError::PasskeyRefused)?;
        let result = relying_party
            .finish_discoverable_authentication_v2(&answer, state, DiscoverableKey::from(&key))
            .map_err(|error| refused(&error))?;
        key.update_credential(&result);
        Ok(Proof {
            answered,
            member,
            credential: written(&key),
            passkey,
        })
    }

    fn relying_party(&self) -> Result<Webauthn, AppError> {
        let base = &self.config.base_url;
        let origin = Url::parse(base.as_str()).map_err(|_| AppError::PasskeysNotHere)?;
        WebauthnBuilder::new(base.host(), &origin)
            .and_then(|builder| builder.rp_name("Sodium Learn").build())
            // An address of digits has no passkeys (WebAuthn, 5.1.2): browsers want a name.
            .map_err(|_| AppError::PasskeysNotHere)
    }

    fn passkey_question<T: Serialize>(
        &self,
        purpose: Purpose,
        member: Option<MemberId>,
        options: Value,
        state: T,
    ) -> Result<Question, AppError> {
        let challenge = Challenge {
            id: Uuid::new_v4(),
            ends: self.clock.now() + CHALLENGE_LIFE,
            member,
            state,
        };
        Ok(Question {
            options,
            challenge: self.keys.seal(purpose, &challenge)?,
        })
    }

    fn challenge<T: DeserializeOwned>(
        &self,
        purpose: Purpose,
        sealed: &str,
    ) -> Result<(Answered, Option<MemberId>, T), AppError> {
        let challenge: Option<Challenge<T>> = self.keys.open(purpose, sealed);
        let challenge = challenge
            .filter(|challenge| challenge.ends > self.clock.now())
            .ok_or(AppError::PasskeyRefused)?;
        let answered = Answered {
            challenge: challenge.id,
            ends: challenge.ends,
        };
        Ok((answered, challenge.member, challenge.state))
    }
}

fn read<T: DeserializeOwned>(json: &str) -> Option<T> {
    serde_json::from_str(json).ok()
}

fn written(passkey: &Passkey) -> String {
    serde_json::to_string(passkey).unwrap_or_else(|_| unreachable!("a passkey is plain data"))
}

/// Why an answer does not count is for the log: whoever sent it learns only that it does not.
fn refused(error: &webauthn_rs::prelude::WebauthnError) -> AppError {
    tracing::info!(%error, "a passkey was refused");
    AppError::PasskeyRefused
}
