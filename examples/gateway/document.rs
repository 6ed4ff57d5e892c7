//! Documents: blocking work, done on a thread that serves any request.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use crate::sighting::{Sighting, Stage};

pub(crate) fn invoice() -> Sighting {
    rendered(200)
}

pub(crate) fn portrait() -> Sighting {
    rendered(1_000)
}

fn rendered(pixels: u32) -> Sighting {
    let mut hasher = DefaultHasher::new();
    (0..pixels).for_each(|pixel| pixel.hash(&mut hasher));
    std::hint::black_box(hasher.finish());
    Sighting::at(Stage::Job)
}
