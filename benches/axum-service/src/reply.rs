//! What the service answers: a line of the handler's query, and one of the task that it has spawned.

use crate::identity::RequestId;

pub(crate) fn line(user: &str, request_id: RequestId) -> String {
    format!("{user} {request_id}")
}

pub(crate) fn lines(found: &str, audited: &str) -> String {
    format!("{found}\n{audited}\n")
}
