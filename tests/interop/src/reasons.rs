//! Why a kind of value does not arrive: what the writer or the reader does, in the version that was run.

use crate::peer::Peer;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Writes,
    Reads,
}

use End::{Reads, Writes};

/// A package, what it was doing, the kind of value, and why that is lost.
const REASONS: [(&str, End, &str, &str); 15] = [
    ("contextvars", Writes, "empty", "an empty value is left out, and reported: not every reader takes one"),
    ("opentelemetry_sdk", Writes, "white space at the ends", "trims before it encodes"),
    ("opentelemetry_sdk", Reads, "white space at the ends", "trims after it has decoded"),
    ("opentelemetry_sdk", Writes, "% and two hex digits", "writes `%` as it is"),
    ("opentelemetry_sdk", Writes, "%", "writes `%` as it is"),
    ("opentelemetry_sdk", Writes, "plus", "writes `+` as it is"),
    ("opentelemetry_sdk", Writes, "backslash", "writes `\\` as it is"),
    ("opentelemetry-api", Reads, "white space at the ends", "trims after it has decoded"),
    ("opentelemetry-api", Reads, "U+001C to U+001F at the ends", "trims them after it has decoded"),
    ("opentelemetry-api", Reads, "plus", "takes `+` for a blank"),
    ("opentelemetry-api", Reads, "backslash", "refuses a member with `\\`"),
    ("opentelemetry-api", Writes, "blank", "writes a blank as `+`"),
    ("@opentelemetry/core", Reads, "empty", "ignores a member without a value"),
    ("@opentelemetry/core", Reads, "%", "ignores a member with a `%` that encodes nothing"),
    ("dd-trace", Reads, "empty", "ignores the whole header where a member has no value"),
];

/// As sentences' ends, each once.
pub(crate) fn reasons(kind: &str, writer: &Peer, reader: &Peer) -> Vec<String> {
    let of = |peer: &Peer, end| {
        let package = peer.name.name.split(',').next().unwrap_or_default().to_owned();
        let reason = REASONS.iter().find(|(name, at, of, _)| (*name, *at, *of) == (&package, end, kind));
        reason.map(|(.., why)| format!("{package} {why}"))
    };
    of(writer, Writes).into_iter().chain(of(reader, Reads)).collect()
}
