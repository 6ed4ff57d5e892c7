//! What a hop has seen.

use std::ops::Not;

use serde::{Deserialize, Serialize};

use crate::carrier;
use crate::identity::Identity;

/// The identity at one hop. The workers in other languages write the same.
#[derive(Clone, PartialEq, Eq, Hash, prost::Message, Serialize, Deserialize)]
pub(crate) struct Seen {
    #[prost(string, tag = "1")]
    pub(crate) hop: String,
    #[prost(string, optional, tag = "2")]
    pub(crate) user: Option<String>,
    #[prost(string, optional, tag = "3")]
    pub(crate) tenant: Option<String>,
    /// The hop's own judgement, by what the payload says.
    #[prost(bool, tag = "4")]
    #[serde(default, skip_serializing_if = "Not::not")]
    pub(crate) wrong: bool,
    /// How often the job has been delivered, with this time.
    #[prost(uint64, optional, tag = "5")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) delivery: Option<u64>,
}

impl Seen {
    /// What is so here and now. Nobody is expected of a request that doesn't say.
    pub(crate) fn here(hop: &str, expected: Option<&Identity>) -> Self {
        let identity = carrier::identity();
        let wrong = expected.is_some() && identity.as_ref() != expected;
        let (user, tenant) = identity.map(|identity| (identity.user, identity.tenant)).unzip();
        Self {
            hop: hop.to_owned(),
            user,
            tenant,
            wrong,
            delivery: None,
        }
    }

    pub(crate) fn identity(&self) -> Option<Identity> {
        Some(Identity {
            user: self.user.clone()?,
            tenant: self.tenant.clone()?,
        })
    }
}
