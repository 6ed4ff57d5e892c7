//! A service that takes its user, its clock and its configuration from variables, and the tests of it: no global is
//! changed, so all of them run at once.
//!
//! ```sh
//! cargo run --example testing
//! ```

use std::sync::Arc;
use std::thread;
use std::time::{Duration, SystemTime};

use contextvars::{Context, ContextExt, context_var, with_context};

// The service. The defaults are what it runs with.

#[context_var]
static USER: Arc<str>;
#[context_var]
static NOW: fn() -> SystemTime = SystemTime::now;
#[context_var]
static MAX_AGE: Duration = Duration::from_secs(3600);

#[derive(Debug, PartialEq)]
enum Refused {
    NotSignedIn,
    LinkExpired,
}

/// Answers the link in a mail that says "reset my password".
async fn reset_password(sent: SystemTime) -> Result<String, Refused> {
    tokio::task::yield_now().await;
    let user = USER.get().ok_or(Refused::NotSignedIn)?;
    let age = NOW.get()().duration_since(sent).unwrap_or_default();
    if age > MAX_AGE.get() {
        return Err(Refused::LinkExpired);
    }
    tokio::spawn(notify()).await.expect("no panic");
    Ok(format!("{user} has a new password"))
}

#[with_context]
async fn notify() {
    assert!(USER.is_set(), "a mail needs somebody to go to");
}

// The tests. In a crate they are `#[test]`s in a `mod tests`; here `main` runs them, each on a thread of its own.

const NOON: SystemTime = SystemTime::UNIX_EPOCH;

/// What most tests bind.
fn alice_at_noon() -> Context {
    Context::new().with(&USER, "alice".into()).with(&NOW, || NOON)
}

#[tokio::main(flavor = "current_thread")]
async fn a_fresh_link_works() {
    let a_minute_ago = NOON - Duration::from_secs(60);
    let answer = reset_password(a_minute_ago).in_context(alice_at_noon()).await;
    assert_eq!(answer.as_deref(), Ok("alice has a new password"));
}

#[tokio::main(flavor = "current_thread")]
async fn an_old_link_is_refused() {
    let yesterday = NOON - Duration::from_secs(86_400);
    let answer = reset_password(yesterday).in_context(alice_at_noon()).await;
    assert_eq!(answer, Err(Refused::LinkExpired));

    let patient = alice_at_noon().with(&MAX_AGE, Duration::MAX);
    assert!(reset_password(yesterday).in_context(patient).await.is_ok());
}

#[tokio::main(flavor = "current_thread")]
async fn nobody_is_refused() {
    assert_eq!(reset_password(SystemTime::now()).await, Err(Refused::NotSignedIn));
}

#[tokio::main(flavor = "current_thread")]
async fn a_request_leaves_nothing_behind() {
    let alice: Arc<str> = "alice".into();
    let context = alice_at_noon().with(&USER, alice.clone());
    assert!(reset_password(NOON).in_context(context).await.is_ok());
    assert!(Context::current().is_empty());
    assert_eq!(Arc::strong_count(&alice), 1);
}

fn main() {
    let tests: [fn(); 4] = [
        a_fresh_link_works,
        an_old_link_is_refused,
        nobody_is_refused,
        a_request_leaves_nothing_behind,
    ];
    for test in tests.map(thread::spawn) {
        test.join().expect("the test passes");
    }
    println!("{} tests passed", tests.len());
}
