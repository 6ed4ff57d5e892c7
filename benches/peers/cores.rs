//! Two cores for two threads. Threads that wake each other are soon put on one core by a scheduler that sees both sleep
//! most of the time.

use core_affinity::CoreId;
use std::fs;

/// Two processors, of different cores if the machine has two.
pub(crate) fn two() -> Option<[CoreId; 2]> {
    let ids = core_affinity::get_core_ids()?;
    let (&first, rest) = ids.split_first()?;
    let other = rest.iter().find(|id| core_of(**id) != core_of(first));
    Some([first, *other.or(rest.first())?])
}

/// The processors of the same core, as Linux names them. Elsewhere each is taken for a core.
fn core_of(id: CoreId) -> String {
    let siblings = format!("/sys/devices/system/cpu/cpu{}/topology/thread_siblings_list", id.id);
    fs::read_to_string(siblings).unwrap_or_else(|_| id.id.to_string())
}
