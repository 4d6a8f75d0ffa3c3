//! Deploying to AWS and removing it again: [`deploy()`], [`destroy()`], [`rotate_keys`]. The standard
//! tools do the work ([`tools`]); the site goes out by the same code that publishes on a laptop.

mod deploy;
mod destroy;
mod functions;
mod keys;
mod site;
mod stack;
mod table;
mod tools;

pub use deploy::{Deploy, deploy};
pub use destroy::{Destroy, destroy};
pub use functions::Architecture;
pub use keys::rotate as rotate_keys;
pub use site::{table, table_to_read};
pub use table::{Elsewhere, open as open_table, open_to_read as open_table_to_read};
pub use tools::{CloudError, Place};

#[expect(
    clippy::print_stdout,
    reason = "long work tells the operator how far it is"
)]
fn say(text: &str) {
    println!("{text}");
}
