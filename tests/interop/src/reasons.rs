//! Why a kind of value does not arrive: what a package does, in the version that was run.

use crate::kinds::Kind;
use crate::peer::{OURS, PLUS_IS_SPACE, Peer};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Writes,
    Reads,
}

use End::{Reads, Writes};

#[derive(Debug)]
pub(crate) struct Reason {
    pub(crate) package: &'static str,
    pub(crate) end: End,
    pub(crate) mark: char,
    pub(crate) why: &'static str,
}

const fn reason(package: &'static str, end: End, mark: char, why: &'static str) -> Reason {
    Reason {
        package,
        end,
        mark,
        why,
    }
}

pub(crate) const REASONS: [Reason; 16] = [
    reason(
        "contextvars",
        Writes,
        'e',
        "leaves it out and reports it, because of the readers that follow",
    ),
    reason("@opentelemetry/core", Reads, 'e', "ignores a member without a value"),
    reason(
        "dd-trace",
        Reads,
        'e',
        "ignores the whole header if a member has no value",
    ),
    reason("opentelemetry_sdk", Writes, 'w', "trims before it encodes"),
    reason("opentelemetry_sdk", Reads, 'w', "trims after it has decoded"),
    reason("opentelemetry-api", Reads, 'w', "trims after it has decoded"),
    reason(
        "opentelemetry-api",
        Reads,
        's',
        "trims after it has decoded, and takes these for white space",
    ),
    reason("opentelemetry-api", Writes, 'b', "writes a blank as `+`"),
    reason("opentelemetry_sdk", Writes, 'p', "writes `+` as it is"),
    reason("opentelemetry-api", Reads, 'p', "reads `+` as a blank"),
    reason(PLUS_IS_SPACE, Reads, 'p', "reads `+` as a blank"),
    reason("opentelemetry_sdk", Writes, 'h', "writes `%` as it is"),
    reason("opentelemetry_sdk", Writes, '%', "writes `%` as it is"),
    reason(
        "@opentelemetry/core",
        Reads,
        '%',
        "ignores a member with a `%` that encodes nothing",
    ),
    reason("opentelemetry_sdk", Writes, 'r', "writes `\\` as it is"),
    reason("opentelemetry-api", Reads, 'r', "refuses a member with `\\`"),
];

impl Reason {
    /// Whether a service along a way has it. Those between two ends read and write.
    fn applies(&self, way: &[&Peer]) -> bool {
        let (Some((_, readers)), Some((_, writers))) = (way.split_first(), way.split_last()) else {
            return false;
        };
        let able = if self.end == Writes { writers } else { readers };
        // Ours writes the same with a setting for reading.
        able.iter().any(|peer| {
            peer.package.name == self.package || self.end == Writes && self.package == OURS && peer.is_ours()
        })
    }
}

pub(crate) fn explains(kind: &Kind, way: &[&Peer]) -> bool {
    REASONS
        .iter()
        .any(|reason| reason.mark == kind.mark && reason.applies(way))
}
