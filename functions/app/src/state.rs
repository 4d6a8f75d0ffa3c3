//! What every handler may use.

use std::sync::Arc;

use tokio::sync::Notify;

use crate::clock::{Clock, Ids};
use crate::config::Config;
use crate::files::Files;
use crate::meter::Meter;
use crate::seal::{Keys, RandomError};
use crate::store::outbox::{Outgoing, Work};
use crate::store::{Store, StoreError};
use crate::web::health::LastHealth;
use crate::web::page::Pages;

/// The running application. Cheap to clone.
#[derive(Debug, Clone)]
pub struct App(Arc<Inner>);

/// The parts of an [`App`].
#[derive(Debug)]
pub struct Inner {
    /// What the installation decides.
    pub config: Config,
    /// The table.
    pub store: Store,
    /// The files that readers get.
    pub files: Files,
    /// The secrets.
    pub keys: Keys,
    /// The time.
    pub clock: Clock,
    /// Identifiers.
    pub ids: Ids,
    /// Templates and the frame around them.
    pub pages: Pages,
    /// What is counted.
    pub meter: Meter,
    /// How it was some seconds ago.
    pub last_health: LastHealth,
    /// Wakes a relay in the same process. Where the table's stream feeds the relay, nobody listens.
    pub wake: Arc<Notify>,
}

impl std::ops::Deref for App {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl App {
    /// Puts the parts together.
    pub fn new(inner: Inner) -> Self {
        Self(Arc::new(inner))
    }

    /// Work for the outbox.
    pub(crate) fn outgoing(&self, work: Work) -> Outgoing {
        Outgoing::new(self.ids.next(), work)
    }

    /// A letter for the outbox, sealed.
    pub(crate) fn letter(&self, letter: &crate::mail::Letter) -> Result<Outgoing, RandomError> {
        let sealed = self.keys.seal(crate::seal::Purpose::Mail, letter)?;
        Ok(self.outgoing(Work::Mail { sealed }))
    }

    /// The work that follows a change of seats: its page is baked, and the member is told.
    pub(crate) fn follow_seat(
        &self,
        seat: &sodium_domain::seat::Seat,
    ) -> Result<Vec<Outgoing>, StoreError> {
        let letter = crate::mail::Letter::Seat {
            member: seat.member,
            session: seat.session.clone(),
            state: seat.state,
        };
        let bake = Work::SeatsChanged {
            session: seat.session.clone(),
        };
        Ok(vec![self.outgoing(bake), self.letter(&letter)?])
    }
}
