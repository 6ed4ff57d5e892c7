//! How much a header may hold.

/// How much is written into one header, and how long a member may be that is read from one.
///
/// The default is what every reader takes that the W3C recommendation binds: 64 members, 4,096 bytes for a member and
/// 8,191 for all of them with their commas, counted as they are on the wire.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub(super) members: usize,
    pub(super) member_bytes: usize,
    pub(super) bytes: usize,
}

impl Limits {
    pub(super) const DEFAULT: Self = Self {
        members: 64,
        member_bytes: 4_096,
        bytes: 8_191,
    };
}
