//! Two tasks share one variable and never see each other's value; a spawned child and a bound
//! thread see their parent's.
//!
//! ```sh
//! cargo run --example quickstart
//! ```

use std::{thread, time::Duration};

use contextvars::{bind, context_var, with_context};
use tokio::time::sleep;

#[context_var]
static NAME: String = "nobody".to_owned();

/// Sets, waits and reads back, while its twin does the same on the same worker threads.
#[with_context]
async fn task(name: &'static str, pause: Duration) {
    let token = NAME.set(name.to_owned());
    println!("{name:<5} | set, sleeping {pause:?}");

    sleep(pause).await;
    println!("{name:<5} | woke up, still reads {:?}", NAME.get());
    assert_eq!(NAME.get(), name);

    NAME.reset(token).expect("the token is this task's own");
    println!("{name:<5} | reset, reads {:?}", NAME.get());
    assert_eq!(NAME.get(), "nobody");
}

/// Inherits the variables of its caller, whichever thread polls it.
#[with_context]
async fn child() -> String {
    sleep(Duration::from_millis(5)).await;
    let inherited = NAME.get();
    NAME.set("child".to_owned());
    println!("child | inherited {inherited:?}, set {:?}", NAME.get());
    assert_eq!(NAME.get(), "child");
    inherited
}

#[with_context]
#[tokio::main]
async fn main() {
    let alpha = tokio::spawn(task("Alpha", Duration::from_millis(20)));
    let beta = tokio::spawn(task("Beta", Duration::from_millis(10)));
    alpha.await.expect("Alpha finishes");
    beta.await.expect("Beta finishes");

    NAME.set("main".to_owned());
    let inherited = tokio::spawn(child()).await.expect("the child finishes");
    println!("main  | the child's value stayed there: {:?}", NAME.get());
    assert_eq!(inherited, "main");
    assert_eq!(NAME.get(), "main");

    let bare = thread::spawn(|| NAME.get());
    let bound = thread::spawn(bind(|| NAME.get()));
    let bare = bare.join().expect("the bare thread finishes");
    let bound = bound.join().expect("the bound thread finishes");
    println!("thread| bare reads {bare:?}, bound reads {bound:?}");
    assert_eq!(bare, "nobody");
    assert_eq!(bound, "main");
}
