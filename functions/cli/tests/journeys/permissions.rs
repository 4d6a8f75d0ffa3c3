//! Permissions on the table: the kit lets no function ask for more than `infra/permissions.toml` gives
//! it, in no journey. Here it is the other way round.

use crate::kit::roles::allowed;
use crate::measuring;

#[tokio::test]
async fn no_function_may_ask_for_what_it_never_asks_for() {
    let (_, asked) = measuring::measured().await;
    let unasked: Vec<_> = allowed().difference(asked).collect();
    assert!(
        unasked.is_empty(),
        "infra/permissions.toml allows what no function asked for: {unasked:?}"
    );
}
