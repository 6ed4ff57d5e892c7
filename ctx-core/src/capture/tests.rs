//! What has a `Debug` because every public type has one: it says what it is, and shows no value.

use super::Capture;
use crate::frame::Origin;
use crate::info::Reach;
use crate::layer::{Change, Layer};
use crate::map::Map;
use crate::show::Show;
use crate::var::{Declared, NoDefault};

#[test]
fn what_macros_make_says_what_it_is() {
    let here = Capture::here;
    let said = [
        format!("{:?}", here()),
        format!("{:?}", here().bound()),
        format!("{:?}", here().future(async {})),
        format!("{:?}", here().run(|| "value")),
        format!("{:?}", here().wrapper("value")),
        format!("{:?}", Show::<&str>::VALUE),
        format!(
            "{:?}",
            Declared::<&str, NoDefault>::new("NAME", Show::VALUE, Reach::Local)
        ),
    ];
    let names = ["Capture", "Bound", "Annotated", "Outcome", "InContext"].map(|name| format!("{name} {{ .. }}"));
    assert_eq!(said[..5], names);
    assert_eq!(said[5..], ["Show", "Declared { .. }"]);
}

#[test]
fn a_layer_says_what_it_does() {
    let says = |change| {
        let origin = Origin::SEALED;
        format!("{:?}", Layer { origin, change })
    };
    assert_eq!(says(Change::Nothing), "Nothing");
    assert_eq!(says(Change::Base(Map::new())), "Base");
}
