//! The data layer: three calls deep, and each of them suspends, so that the request comes back on
//! whichever worker is free.

use std::time::Duration;

use tokio::{task::yield_now, time::sleep};

use crate::sighting::{Sighting, Stage};

pub(crate) async fn orders() -> [Sighting; 3] {
    yield_now().await;
    let table = Sighting::at(Stage::Table);
    let [query, fetch] = query().await;
    [table, query, fetch]
}

pub(crate) async fn account() -> [Sighting; 3] {
    sleep(Duration::from_micros(300)).await;
    let table = Sighting::at(Stage::Table);
    let [query, fetch] = query().await;
    [table, query, fetch]
}

async fn query() -> [Sighting; 2] {
    sleep(Duration::from_micros(500)).await;
    let query = Sighting::at(Stage::Query);
    [query, fetch().await]
}

async fn fetch() -> Sighting {
    yield_now().await;
    sleep(Duration::from_micros(200)).await;
    yield_now().await;
    Sighting::at(Stage::Fetch)
}
