//! Seats in live sessions. The counters in the session's item and the seats change together, so
//! capacity holds and a freed seat goes to the first in line, whoever comes at the same moment.

use aws_sdk_dynamodb::types::AttributeValue;
use sodium_domain::id::{MemberId, SessionId};
use sodium_domain::seat::{LiveSession, Seat, SeatState, next_in_line};

use super::outbox::Outgoing;
use super::transaction::{Commit, Expression, Rule, Transaction};
use super::{ItemExt as _, Store, StoreError, item, keys};

/// How often a sign-up or cancellation starts again when others change the session meanwhile. The
/// last of a thousand people who press at once still gets an answer.
const ATTEMPTS: u32 = 100;

/// The most steps of a transaction.
const AT_ONCE: usize = 100;

const CONFIRMED: &str = "confirmed";
const WAITING: &str = "waiting";

/// What follows a change of seats: given the seat that changed, the work to put in the outbox.
pub(crate) type Follow<'a> = &'a (dyn Fn(&Seat) -> Result<Vec<Outgoing>, StoreError> + Sync);

impl Store {
    /// A live session.
    pub(crate) async fn session(&self, id: &SessionId) -> Result<Option<LiveSession>, StoreError> {
        self.get(&keys::session(id)).await
    }

    /// A member's seat.
    pub(crate) async fn seat(
        &self,
        session: &SessionId,
        member: MemberId,
    ) -> Result<Option<Seat>, StoreError> {
        self.get(&keys::seat(session, member)).await
    }

    /// Every seat of a session, the waiting list included.
    pub(crate) async fn seats(&self, session: &SessionId) -> Result<Vec<Seat>, StoreError> {
        self.all(&keys::session(session).pk, keys::SEAT).await
    }

    /// Makes a session known or notes what its page says now; seats stay.
    pub(crate) async fn register_session(&self, session: &LiveSession) -> Result<(), StoreError> {
        let key = keys::session(&session.id);
        let mut update = self
            .client
            .update_item()
            .table_name(&self.table)
            .key("pk", AttributeValue::S(key.pk))
            .key("sk", AttributeValue::S(key.sk));
        let mut changes = Vec::new();
        let stated = item(&keys::session(&session.id), session)?;
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
        update
            .expression_attribute_names("#confirmed", "confirmed")
            .expression_attribute_names("#waiting", "waiting")
            .expression_attribute_values(":zero", AttributeValue::N("0".into()))
            .update_expression(format!("SET {}", changes.join(", ")))
            .send()
            .await?;
        Ok(())
    }

    /// Signs a member up: a seat while one is left, else the end of the waiting list. Signing up
    /// twice gives the same seat; a member who left at this moment gets none.
    pub(crate) async fn take_seat(
        &self,
        seat: &Seat,
        follow: Follow<'_>,
    ) -> Result<Option<Seat>, StoreError> {
        for _ in 0..ATTEMPTS {
            for state in [SeatState::Confirmed, SeatState::Waiting] {
                let seat = Seat {
                    state,
                    ..seat.clone()
                };
                match self.try_seat(&seat, follow).await? {
                    Commit::Done => return Ok(Some(seat)),
                    Commit::Refused(Rule::NotSignedUp) => {
                        match self.seat(&seat.session, seat.member).await? {
                            Some(seat) => return Ok(Some(seat)),
                            None => break,
                        }
                    }
                    Commit::Refused(Rule::MemberStays) => return Ok(None),
                    Commit::Refused(_) => {}
                }
            }
        }
        Err(StoreError::Contended)
    }

    async fn try_seat(&self, seat: &Seat, follow: Follow<'_>) -> Result<Commit, StoreError> {
        let (rule, change, condition) = match seat.state {
            SeatState::Confirmed => (
                Rule::SeatLeft,
                "ADD #confirmed :one",
                "#confirmed < #capacity",
            ),
            SeatState::Waiting => (
                Rule::SeatsTaken,
                "ADD #waiting :one",
                "#confirmed >= #capacity",
            ),
        };
        let mut transaction = Transaction::new()
            .put_new(
                Rule::NotSignedUp,
                item(&keys::seat(&seat.session, seat.member), seat)?.owned_by(seat.member),
            )
            .update(
                rule,
                keys::session(&seat.session),
                Expression::change(change)
                    .and_when(condition)
                    .number(":one", 1),
            );
        transaction = transaction.by_member(seat.member);
        for work in follow(seat)? {
            transaction = transaction.then(&work)?;
        }
        transaction.commit(self).await
    }

    /// Gives a seat back. Whoever waits longest gets it, in the same transaction. Returns whether
    /// there was a seat to give back.
    pub(crate) async fn leave_seat(
        &self,
        session: &SessionId,
        member: MemberId,
        follow: Follow<'_>,
    ) -> Result<bool, StoreError> {
        for _ in 0..ATTEMPTS {
            let seats = self.seats(session).await?;
            let Some(seat) = seats.iter().find(|seat| seat.member == member) else {
                return Ok(false);
            };
            let leaving = Transaction::new().delete_if(
                Rule::SeatAsRead,
                keys::seat(session, member),
                Expression::when("#state = :state").value(":state", &seat.state)?,
            );
            let mut transaction = match (seat.state, next_in_line(&seats)) {
                (SeatState::Waiting, _) => leaving.update(
                    Rule::Unchanged,
                    keys::session(session),
                    Expression::change("ADD #waiting :less").number(":less", -1),
                ),
                (SeatState::Confirmed, None) => leaving.update(
                    Rule::NobodyWaits,
                    keys::session(session),
                    Expression::change("ADD #confirmed :less")
                        .and_when("#waiting = :none")
                        .number(":less", -1)
                        .number(":none", 0),
                ),
                (SeatState::Confirmed, Some(next)) => leaving.promote(next, follow)?.update(
                    Rule::Unchanged,
                    keys::session(session),
                    Expression::change("ADD #waiting :less").number(":less", -1),
                ),
            };
            for work in follow(seat)?.into_iter().filter(|work| work.is_bake()) {
                transaction = transaction.then(&work)?;
            }
            if transaction.commit(self).await? == Commit::Done {
                return Ok(true);
            }
        }
        Err(StoreError::Contended)
    }

    /// Gives seats to people who wait while seats are left: after the capacity was raised.
    pub(crate) async fn fill_seats(
        &self,
        session: &SessionId,
        follow: Follow<'_>,
    ) -> Result<usize, StoreError> {
        let mut filled = 0;
        for _ in 0..ATTEMPTS {
            let seats = self.seats(session).await?;
            let Some(next) = next_in_line(&seats) else {
                break;
            };
            let transaction = Transaction::new()
                .update(
                    Rule::SeatLeft,
                    keys::session(session),
                    Expression::change("ADD #confirmed :one, #waiting :less")
                        .and_when("#confirmed < #capacity")
                        .number(":one", 1)
                        .number(":less", -1),
                )
                .promote(next, follow)?;
            match transaction.commit(self).await? {
                Commit::Done => filled += 1,
                Commit::Refused(Rule::SeatLeft) => break,
                Commit::Refused(_) => {}
            }
        }
        Ok(filled)
    }

    /// Notes where a session takes place, and then the work that follows, as much as one transaction
    /// takes at a time.
    pub(crate) async fn set_join_link(
        &self,
        session: &SessionId,
        link: &str,
        work: &[Outgoing],
    ) -> Result<(), StoreError> {
        let note = Transaction::new().update(
            Rule::Unchanged,
            keys::session(session),
            Expression::change("SET #join_link = :link")
                .and_when("attribute_exists(pk)")
                .text(":link", link),
        );
        note.commit(self).await?;
        for work in work.chunks(AT_ONCE) {
            let transaction = work
                .iter()
                .try_fold(Transaction::new(), Transaction::then)?;
            transaction.commit(self).await?;
        }
        Ok(())
    }
}

impl Transaction {
    fn promote(self, next: &Seat, follow: Follow<'_>) -> Result<Self, StoreError> {
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
