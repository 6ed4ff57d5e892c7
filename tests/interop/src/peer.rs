//! A service that takes part.

use std::fmt;

use crate::hop::{CLIENT, Name};

/// The name of our service with that setting.
pub(crate) const PLUS_IS_SPACE: &str = "contextvars, `plus_is_space(true)`";

#[derive(Debug)]
pub(crate) struct Peer {
    pub(crate) url: String,
    pub(crate) name: Name,
}

impl Peer {
    pub(crate) async fn at(url: &str) -> reqwest::Result<Self> {
        Ok(Self {
            url: url.to_owned(),
            name: CLIENT.get(url).send().await?.error_for_status()?.json().await?,
        })
    }

    /// Ours, with or without a setting.
    pub(crate) fn is_ours(&self) -> bool {
        self.name.name.starts_with("contextvars")
    }

    /// Ours takes a plus for a blank, as Python's writer means it. It writes as without the setting.
    pub(crate) fn takes_plus_for_blank(&self) -> bool {
        self.name.name == PLUS_IS_SPACE
    }
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Name { name, version, language } = &self.name;
        if self.is_ours() { write!(f, "{name}") } else { write!(f, "{name} {version} ({language})") }
    }
}
