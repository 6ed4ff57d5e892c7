//! Sends every value along every way, and compares what each hop has read.

use std::error::Error;

use futures::stream::{self, StreamExt as _, TryStreamExt as _};

use crate::hop::{Answer, CLIENT, Hop};
use crate::peer::Peer;

/// So many requests are under way at once.
const AT_ONCE: usize = 8;

#[derive(Debug)]
pub(crate) struct Outcome {
    /// The services, from the writer to the reader.
    pub(crate) way: Vec<usize>,
    /// The values that did not arrive, by index in ascending order.
    pub(crate) wrong: Vec<usize>,
}

impl Outcome {
    pub(crate) fn reader(&self) -> usize {
        *self.way.last().expect("a way has a reader")
    }

    pub(crate) fn way(&self, peers: &[Peer]) -> String {
        way(&self.way, peers)
    }
}

fn way(way: &[usize], peers: &[Peer]) -> String {
    way.iter()
        .map(|&peer| peers[peer].to_string())
        .collect::<Vec<_>>()
        .join(" -> ")
}

/// Each writer to each reader.
pub(crate) async fn direct(peers: &[Peer], samples: &[String]) -> Result<Vec<Outcome>, Box<dyn Error>> {
    let mut outcomes = Vec::new();
    for writer in (0..peers.len()).filter(|&peer| !peers[peer].takes_plus_for_blank()) {
        for reader in 0..peers.len() {
            outcomes.push(outcome(&[writer, reader], peers, samples).await?);
        }
    }
    Ok(outcomes)
}

/// Each other writer to each other reader, with our service between them, set as its caller needs it.
pub(crate) async fn through(peers: &[Peer], samples: &[String]) -> Result<Vec<Outcome>, Box<dyn Error>> {
    let others: Vec<_> = (0..peers.len()).filter(|&peer| !peers[peer].is_ours()).collect();
    let mut outcomes = Vec::new();
    for &writer in &others {
        let from_python = peers[writer].package.language == "Python";
        let is_between = |peer: &Peer| peer.is_ours() && peer.takes_plus_for_blank() == from_python;
        let ours = peers.iter().position(is_between).ok_or("no service of ours")?;
        for &reader in &others {
            outcomes.push(outcome(&[writer, ours, reader], peers, samples).await?);
        }
    }
    Ok(outcomes)
}

async fn outcome(route: &[usize], peers: &[Peer], samples: &[String]) -> Result<Outcome, Box<dyn Error>> {
    let way = way(route, peers);
    let answers: Vec<Answer> = stream::iter(samples)
        .map(|value| ask(route, peers, value))
        .buffered(AT_ONCE)
        .try_collect()
        .await
        .map_err(|error| format!("{way}: {error}"))?;
    let mut wrong = Vec::new();
    for (index, (answer, value)) in answers.iter().zip(samples).enumerate() {
        if answer.read.len() != route.len() - 1 {
            return Err(format!("{way}: {} hops have answered", answer.read.len()).into());
        }
        let last = answer.read.last().expect("a way has a reader");
        if last.as_ref() != Some(value) {
            wrong.push(index);
        }
    }
    eprintln!("{way}: {} of {}", samples.len() - wrong.len(), samples.len());
    Ok(Outcome {
        way: route.to_vec(),
        wrong,
    })
}

async fn ask(route: &[usize], peers: &[Peer], value: &str) -> reqwest::Result<Answer> {
    let hop = Hop {
        value: Some(value.to_owned()),
        route: route[1..].iter().map(|&peer| peers[peer].url.clone()).collect(),
    };
    let request = CLIENT.post(&peers[route[0]].url).json(&hop);
    request.send().await?.error_for_status()?.json().await
}
