//! A service that takes part.

use std::fmt;

use crate::hop::{CLIENT, Package};

/// The name of our service.
pub(crate) const OURS: &str = "contextvars";

/// Its name with that setting.
pub(crate) const PLUS_IS_SPACE: &str = "contextvars, `plus_is_space(true)`";

#[derive(Debug)]
pub(crate) struct Peer {
    pub(crate) url: String,
    pub(crate) package: Package,
}

impl Peer {
    pub(crate) async fn at(url: &str) -> reqwest::Result<Self> {
        Ok(Self {
            url: url.to_owned(),
            package: CLIENT.get(url).send().await?.error_for_status()?.json().await?,
        })
    }

    /// Ours, with or without a setting.
    pub(crate) fn is_ours(&self) -> bool {
        self.package.name.starts_with(OURS)
    }

    /// Ours takes a plus for a blank, as Python's writer means it. It writes as without the setting.
    pub(crate) fn takes_plus_for_blank(&self) -> bool {
        self.package.name == PLUS_IS_SPACE
    }
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Package {
            name,
            version,
            language,
        } = &self.package;
        if self.is_ours() {
            write!(f, "{name}")
        } else {
            write!(f, "{name} {version} ({language})")
        }
    }
}
