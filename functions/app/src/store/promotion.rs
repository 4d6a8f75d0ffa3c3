//! Sessions as their pages state them, and free seats that go to people who wait: after the capacity
//! was raised, or a session that was called off takes place after all. What a publication could not
//! finish, the sweep finds through the list of the sessions that are still to come.

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sodium_domain::id::SessionId;
use sodium_domain::seat::{LiveSession, Seat, SeatState, Status, in_line};

use super::seats::{Follow, PLANNED};
use super::transaction::{Commit, Expression, Rule, Transaction};
use super::{ItemExt as _, Store, StoreError, item, keys};

/// How long a session stays in the list after its end, before the table removes it by itself.
const LISTED: SignedDuration = SignedDuration::from_hours(24);

const CONFIRMED: &str = "confirmed";
const WAITING: &str = "waiting";

#[derive(Debug, Serialize, Deserialize)]
struct Coming {
    session: SessionId,
}

impl Store {
    /// Makes a session known or notes what its page says now; seats stay.
    pub(crate) async fn register_session(&self, session: &LiveSession) -> Result<(), StoreError> {
        self.note_coming(session).await?;
        let key = keys::session(&session.id);
        let mut update = self.updating(&key);
        let mut changes = Vec::new();
        let stated = item(&key, session)?;
        for (name, value) in stated {
            if matches!(
                name.as_str(),
                "pk" | "sk" | "confirmed" | "waiting" | "join_link"
            ) {
                continue;
            }
            changes.push(format!("#{name} = :{name}"));
            update = update
                .expression_attribute_names(format!("#{name}"), name.clone())
                .expression_attribute_values(format!(":{name}"), value);
        }
        changes.push("#confirmed = if_not_exists(#confirmed, :zero)".into());
        changes.push("#waiting = if_not_exists(#waiting, :zero)".into());
        let request = update
            .expression_attribute_names("#confirmed", "confirmed")
            .expression_attribute_names("#waiting", "waiting")
            .expression_attribute_values(":zero", AttributeValue::N("0".into()))
            .update_expression(format!("SET {}", changes.join(", ")));
        self.patiently(|| request.clone().send()).await?;
        Ok(())
    }

    /// Keeps the list of the sessions that are still to come.
    async fn note_coming(&self, session: &LiveSession) -> Result<(), StoreError> {
        let key = keys::coming_session(&session.id);
        if session.status != Status::Planned {
            return self.delete(&key).await;
        }
        let coming = Coming {
            session: session.id.clone(),
        };
        let mut listed = item(&key, &coming)?;
        if let Some(end) = session.ends() {
            listed = listed.expiring(end + LISTED);
        }
        self.put(listed).await
    }

    /// The sessions that are still to come, and some that ended lately.
    pub(crate) async fn coming_sessions(&self) -> Result<Vec<SessionId>, StoreError> {
        let coming: Vec<Coming> = self.all(keys::SESSIONS, "").await?;
        Ok(coming.into_iter().map(|coming| coming.session).collect())
    }

    /// Gives the seats that are left to people who wait, the longest waiting first. Returns how many
    /// got one.
    pub(crate) async fn fill_seats(
        &self,
        id: &SessionId,
        now: Timestamp,
        follow: Follow<'_>,
    ) -> Result<usize, StoreError> {
        let mut filled = 0;
        let mut patience = self.patience();
        loop {
            let session = self.session(id).await?;
            let Some(session) = session.filter(|s| s.is_open(now) && s.waiting > 0) else {
                return Ok(filled);
            };
            let left = usize::try_from(session.seats_left()).unwrap_or(0);
            if left == 0 {
                return Ok(filled);
            }
            let seats = self.seats(id).await?;
            let mut refused = false;
            for next in in_line(&seats).into_iter().take(left) {
                let commit = fill(next, follow)?
                    .commit_within(self, &mut patience)
                    .await?;
                refused = commit != Commit::Done;
                if refused {
                    break;
                }
                filled += 1;
                patience = self.patience();
            }
            if !refused {
                return Ok(filled);
            }
            patience.pause().await?;
        }
    }
}

fn fill(next: &Seat, follow: Follow<'_>) -> Result<Transaction, StoreError> {
    Transaction::new()
        .update(
            Rule::SeatLeft,
            keys::session(&next.session),
            Expression::change("ADD #confirmed :one, #waiting :less")
                .and_when("#confirmed < #capacity AND #status = :planned")
                .number(":one", 1)
                .number(":less", -1)
                .text(":planned", PLANNED),
        )
        .promote(next, follow)
}

impl Transaction {
    /// Turns a place in the waiting list into a seat, with the work that follows.
    pub(super) fn promote(self, next: &Seat, follow: Follow<'_>) -> Result<Self, StoreError> {
        let promoted = Seat {
            state: SeatState::Confirmed,
            ..next.clone()
        };
        let mut transaction = self.update(
            Rule::SeatAsRead,
            keys::seat(&next.session, next.member),
            Expression::change("SET #state = :confirmed")
                .and_when("#state = :waiting")
                .text(":confirmed", CONFIRMED)
                .text(":waiting", WAITING),
        );
        for work in follow(&promoted)? {
            transaction = transaction.then(&work)?;
        }
        Ok(transaction)
    }
}
