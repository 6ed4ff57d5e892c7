//! What has a `Debug` because every public type has one: it says what it is, and shows no value.

use super::Capture;
use crate::current::origin::Origin;
use crate::current::wrapper::{Effect, Wrapper};
use crate::descriptor::Reach;
use crate::descriptor::debug::Show;
use crate::map::Map;
use crate::variable::{Declared, NoDefault};

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
fn a_wrapper_says_what_it_does() {
    let says = |effect| {
        let origin = Origin::SEALED;
        format!("{:?}", Wrapper { origin, effect })
    };
    assert_eq!(says(Effect::Nothing), "Nothing");
    assert_eq!(says(Effect::Replace(Map::new())), "Replace");
}
