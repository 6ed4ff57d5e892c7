//! The load: clients who each know who they are, and look at whom every hop took them for.

use std::io::{IsTerminal as _, stderr};
use std::sync::Arc;
use std::time::Duration;

use futures::future::join_all;
use reqwest::header::HeaderValue;
use tokio::time::{Instant, interval};

use crate::Failure;
use crate::gateway::Quote;
use crate::identity::Identity;
use crate::options::Options;
use crate::report::Report;
use crate::tally::Tally;

const USERS: [&str; 8] = [
    "alice",
    "Ada King, Countess of Lovelace",
    "Zoë",
    "東京 太郎",
    "a+b=c;d",
    "100% \"bob\"",
    "שרה",
    "👩‍🚀 sally\\ride",
];
const TENANTS: [&str; 6] = [
    "acme",
    "Zürich & Söhne AG",
    "50% off",
    "naïve, Inc.",
    "株式会社 例",
    "x=1;y=2",
];
const ITEMS: [&str; 4] = ["umbrella", "kettle", "bicycle", "lamp"];

/// Who is a client to claim this?
const FORGED: HeaderValue = HeaderValue::from_static("user.id=mallory,tenant=acme");

pub(crate) async fn run(options: &Options) -> Result<(), Failure> {
    let tally = Arc::new(Tally::default());
    let start = Instant::now();
    let clients = (0..options.connections).map(|_| {
        tokio::spawn(client(
            options.gateway.clone(),
            start + options.time,
            Arc::clone(&tally),
        ))
    });
    let progress = tokio::spawn(progress(Arc::clone(&tally), start));
    for ended in join_all(clients).await {
        ended?;
    }
    progress.abort();
    let counts = tally.counts().clone();
    let report = Report::new(counts, start.elapsed(), options);
    println!("{report}");
    report.verdict().map_err(Into::into)
}

/// One request after the other, each as somebody of its own.
async fn client(gateway: String, end: Instant, tally: Arc<Tally>) {
    let client = reqwest::Client::new();
    while Instant::now() < end {
        let identity = Identity {
            user: format!("{} {}", pick(&USERS), fastrand::u32(..)),
            tenant: pick(&TENANTS).to_owned(),
        };
        let is_forged = fastrand::u8(..4) == 0;
        let start = Instant::now();
        match ask(&client, &gateway, &identity, is_forged).await {
            Ok(quote) => tally.answered(&identity, &quote.seen, start.elapsed(), is_forged),
            Err(failure) => tally.failed(failure.to_string()),
        }
    }
}

fn pick<'a>(of: &[&'a str]) -> &'a str {
    of[fastrand::usize(..of.len())]
}

async fn ask(client: &reqwest::Client, gateway: &str, identity: &Identity, is_forged: bool) -> Result<Quote, Failure> {
    let name = identity.to_string();
    let mut request = client.get(format!("{gateway}/quote/{}", pick(&ITEMS)));
    request = request.basic_auth(&name, None::<&str>).query(&[("expected", &name)]);
    if is_forged {
        request = request.header("baggage", FORGED);
    }
    let response = request.send().await?;
    if !response.status().is_success() {
        return Err(format!("{}: {}", response.status(), response.text().await?.trim()).into());
    }
    Ok(response.json().await?)
}

/// Rewrites a line of a terminal, and writes one a second elsewhere.
async fn progress(tally: Arc<Tally>, start: Instant) {
    let is_terminal = stderr().is_terminal();
    let mut ticks = interval(Duration::from_millis(if is_terminal { 100 } else { 1_000 }));
    // The first one comes at once.
    ticks.tick().await;
    loop {
        ticks.tick().await;
        let counts = tally.counts();
        let line = format!(
            "{:5.1} s  {} requests, {} wrong identities, {} jobs redelivered, {} failed",
            start.elapsed().as_secs_f32(),
            counts.requests,
            counts.missed(),
            counts.redelivered.seen,
            counts.failed,
        );
        drop(counts);
        if is_terminal {
            eprint!("\r{line}\x1b[K");
        } else {
            eprintln!("{line}");
        }
    }
}
