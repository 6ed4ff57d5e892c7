//! The same where an address is narrower than a time, so that they can't share a word.

use super::Extension;

/// A time or a box. An address is narrower than a time here, so they can't share a word.
pub(super) enum Word {
    Time(u64),
    Extension(Box<Extension>),
}

impl Word {
    pub(super) const fn new() -> Self {
        Self::Time(0)
    }

    pub(super) fn at(time: u64) -> Self {
        Self::Time(time)
    }

    pub(super) fn with(extension: Box<Extension>) -> Self {
        Self::Extension(extension)
    }

    pub(super) fn time(&self) -> u64 {
        match self {
            Self::Time(time) => *time,
            Self::Extension(extension) => extension.time,
        }
    }

    pub(super) fn is_time_of(&self, other: &Self) -> bool {
        matches!((self, other), (Self::Time(one), Self::Time(other)) if one == other)
    }

    pub(super) fn has_extension(&self) -> bool {
        matches!(self, Self::Extension(_))
    }

    pub(super) fn is_entered(&self) -> bool {
        self.extension().is_some_and(|extension| extension.is_entered)
    }

    #[allow(clippy::unused_self)]
    pub(super) fn mark_entered(&mut self, is_entered: bool) {
        if let Some(extension) = self.extension_mut() {
            extension.is_entered = is_entered;
        }
    }

    pub(super) fn extension(&self) -> Option<&Extension> {
        match self {
            Self::Time(_) => None,
            Self::Extension(extension) => Some(extension),
        }
    }

    pub(super) fn extension_mut(&mut self) -> Option<&mut Extension> {
        match self {
            Self::Time(_) => None,
            Self::Extension(extension) => Some(extension),
        }
    }
}
