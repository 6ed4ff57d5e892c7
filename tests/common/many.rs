//! A thousand variables: ten names, each declared in a hundred modules.

use contextvars::{ContextVar, WithDefault};

pub(crate) type Variable = &'static ContextVar<usize, WithDefault>;

macro_rules! modules {
    ([$($outer:ident)*] $inner:tt $names:tt) => {
        $(mod $outer { modules!(@inner $inner $names); })*

        pub(crate) fn all() -> Vec<Variable> {
            let mut all = Vec::new();
            $($outer::collect(&mut all);)*
            all
        }
    };
    (@inner [$($inner:ident)*] $names:tt) => {
        $(mod $inner { modules!(@names $names); })*

        pub(super) fn collect(into: &mut Vec<super::Variable>) {
            $($inner::collect(into);)*
        }
    };
    (@names [$($name:ident)*]) => {
        use contextvars::context_var;

        $(#[context_var] static $name: usize = 0;)*

        pub(super) fn collect(into: &mut Vec<super::super::Variable>) {
            into.extend([$(&$name),*] as [super::super::Variable; 10]);
        }
    };
}

modules! {
    [a b c d e f g h i j]
    [a b c d e f g h i j]
    [V0 V1 V2 V3 V4 V5 V6 V7 V8 V9]
}
