//! Seats in live sessions. The counters in the session's item and the seats change together, so
//! capacity holds and a freed seat goes to the first in line, whoever comes at the same moment.

use jiff::Timestamp;
use sodium_domain::id::{MemberId, SessionId};
use sodium_domain::seat::{LiveSession, Seat, SeatState, in_line};

use super::outbox::Outgoing;
use super::transaction::{Commit, Expression, Rule, Transaction};
use super::{ItemExt as _, Store, StoreError, item, keys};

/// The most steps of a transaction.
const AT_ONCE: usize = 100;

/// The status of a session that will take place, as the table has it.
pub(super) const PLANNED: &str = "planned";

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

    /// Signs a member up: a seat while one is left, else the end of the waiting list. Signing up
    /// twice gives the same seat; a member who left at this moment gets none.
    pub(crate) async fn take_seat(
        &self,
        seat: &Seat,
        follow: Follow<'_>,
    ) -> Result<Option<Seat>, StoreError> {
        let mut patience = self.patience();
        loop {
            for state in [SeatState::Confirmed, SeatState::Waiting] {
                let seat = Seat {
                    state,
                    ..seat.clone()
                };
                let transaction = self.try_seat(&seat, follow)?;
                match transaction.commit_within(self, &mut patience).await? {
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
            patience.pause().await?;
        }
    }

    fn try_seat(&self, seat: &Seat, follow: Follow<'_>) -> Result<Transaction, StoreError> {
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
        Ok(transaction)
    }

    /// Gives a seat back. Whoever waits longest gets it, in the same transaction, if the session is
    /// still to come and has no fewer seats than are taken. Returns whether there was a seat to
    /// give back.
    pub(crate) async fn leave_seat(
        &self,
        (session, member): (&SessionId, MemberId),
        now: Timestamp,
        follow: Follow<'_>,
    ) -> Result<bool, StoreError> {
        let mut patience = self.patience();
        loop {
            let seats = self.seats(session).await?;
            let Some(seat) = seats.iter().find(|seat| seat.member == member) else {
                return Ok(false);
            };
            let transaction = Transaction::new().delete_if(
                Rule::SeatAsRead,
                keys::seat(session, member),
                Expression::when("#state = :state").value(":state", &seat.state)?,
            );
            let mut transaction = match self.session(session).await? {
                Some(session) => transaction.free(seat, &session, (&seats, now), follow)?,
                None => transaction,
            };
            for work in follow(seat)?.into_iter().filter(|work| work.is_bake()) {
                transaction = transaction.then(&work)?;
            }
            if transaction.commit_within(self, &mut patience).await? == Commit::Done {
                return Ok(true);
            }
            patience.pause().await?;
        }
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
    /// What becomes of a seat that is given back: the counters, and whoever gets it.
    fn free(
        self,
        seat: &Seat,
        session: &LiveSession,
        (seats, now): (&[Seat], Timestamp),
        follow: Follow<'_>,
    ) -> Result<Self, StoreError> {
        let key = keys::session(&session.id);
        let less = |counter: &str| {
            Expression::change(&format!("ADD #{counter} :less")).number(":less", -1)
        };
        if seat.state == SeatState::Waiting {
            return Ok(self.update(Rule::None, key, less("waiting")));
        }
        if !session.passes_seats_on(now) {
            return Ok(match session.is_open(now) {
                true => self.update(
                    Rule::Unchanged,
                    key,
                    less("confirmed").and_when("#confirmed > #capacity"),
                ),
                false => self.update(Rule::None, key, less("confirmed")),
            });
        }
        Ok(match in_line(seats).first() {
            Some(next) => self.promote(next, follow)?.update(
                Rule::Unchanged,
                key,
                less("waiting")
                    .and_when("#confirmed <= #capacity AND #status = :planned")
                    .text(":planned", PLANNED),
            ),
            None => self.update(
                Rule::NobodyWaits,
                key,
                less("confirmed")
                    .and_when("#waiting = :none")
                    .number(":none", 0),
            ),
        })
    }
}
