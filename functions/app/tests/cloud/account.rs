//! A whole journey through the gateway: a mail link, a name, a comment, a moderator, a page.

use std::time::Duration;

use crate::browser::Browser;
use crate::function::Function;
use crate::passkey::SoftPasskey;
use crate::stream::deliver;
use crate::world::{BASE_URL, LESSON, World};

const WORDS: &str = "Grüße, 你好 & <b>bold</b> – 🧂";

/// How long a form may want to be read; far more than it does.
const PATIENCE: Duration = Duration::from_secs(60);

async fn signs_in(world: &World, relay: &Function, browser: &mut Browser, address: &str) {
    let asked = browser.post("/api/sign-in", &[("email", address)]).await;
    assert_eq!(
        asked.all("location"),
        ["/api/sign-in/sent"],
        "{}",
        asked.text()
    );
    deliver(world, relay).await;
    let link = world.link_to(address).await;
    let entered = browser.post(&link, &[]).await;
    assert_eq!(entered.status, 303, "{}", entered.text());
}

/// Makes a passkey, without which nobody moderates.
async fn makes_passkey(browser: &mut Browser) {
    let accept = [("accept", "application/json")];
    let path = "/api/account/passkeys/challenge";
    let asked = browser.send("POST", path, &accept, b"").await.json();
    let (_, answer) = SoftPasskey::make(&asked["options"], BASE_URL);
    let (challenge, answer) = (asked["challenge"].as_str().unwrap(), answer.to_string());
    let fields = [("challenge", challenge), ("credential", answer.as_str())];
    let made = browser.post("/api/account/passkeys", &fields).await;
    assert_eq!(made.status, 303, "{}", made.text());
}

/// Sends the form that a first sending brings back, until a person could have read it.
async fn posts(browser: &mut Browser, path: &str) -> String {
    let shown = browser.post(path, &[("body", WORDS)]).await.text();
    let (token, key) = (field(&shown, "form_token"), field(&shown, "form_key"));
    let fields = [("body", WORDS), ("form_token", &token), ("form_key", &key)];
    let taken = async {
        loop {
            let answer = browser.post(path, &fields).await;
            if let [place] = answer.all("location").as_slice() {
                return (*place).to_owned();
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    };
    tokio::time::timeout(PATIENCE, taken).await.unwrap()
}

fn field(page: &str, name: &str) -> String {
    let (_, rest) = page
        .split_once(&format!("name=\"{name}\" value=\""))
        .unwrap();
    rest.split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_comment_goes_from_a_form_into_the_page_in_the_bucket() {
    let world = World::new().await;
    let relay = world.function("relay").await;
    let mut ana = world.browser().await;
    let mut kim = ana.another();
    signs_in(&world, &relay, &mut ana, "ana@example.org").await;
    assert!(
        ana.cookies.contains_key("__Host-sodium"),
        "{:?}",
        ana.cookies
    );
    let named = ana.post("/api/account/name", &[("name", "Ana Sand")]).await;
    assert_eq!(named.status, 303, "{}", named.text());

    let path = "/api/threads/first-lesson/comments";
    let place = posts(&mut ana, path).await;
    deliver(&world, &relay).await;
    assert!(
        !world.file(LESSON).await.contains("Grüße"),
        "nobody approved it"
    );

    signs_in(&world, &relay, &mut kim, "mod@example.org").await;
    makes_passkey(&mut kim).await;
    let decision = place
        .split('#')
        .next()
        .unwrap()
        .replace("/api/threads/", "/api/moderation/");
    let decision = decision.replace("/comments/", "/");
    let decided = kim.post(&decision, &[("intent", "approve")]).await;
    assert_eq!(
        decided.all("location"),
        ["/api/moderation"],
        "{}",
        decided.text()
    );
    let batch = deliver(&world, &relay).await;

    let page = world.file(LESSON).await;
    assert!(
        page.contains("Grüße, 你好 &amp; ") && page.contains("🧂"),
        "{page}"
    );
    // The same batch once more leaves the same bytes.
    let again = relay.invoke(&crate::stream::event(&batch)).await.json();
    assert_eq!(again["batchItemFailures"].as_array().map(Vec::len), Some(0));
    assert_eq!(world.file(LESSON).await, page);
}
