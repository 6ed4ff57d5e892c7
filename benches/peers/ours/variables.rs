//! A thousand variables, in the order in which their numbers are given out, and the functions that read some of them.
//!
//! In a loop the optimiser finds the address of a thread-local once, before the loop. That is a good part of a read,
//! and few programs read the same variable in a loop. So each read is made in a function of its own that is not
//! inlined, for all subjects. The row of the tight loop shows the other extreme.

use crate::harness::timing::{PLACES, sixteen};
use crate::opaque::Counted;
use contextvars::{Context, ContextVar, WithDefault, context_var};
use std::pin::Pin;
use std::sync::LazyLock;

/// What the operations other than reads are about.
#[context_var]
pub(crate) static VAR: u64 = 0;

/// A future with wrappers around it.
pub(crate) type Wrapped<'a> = Pin<Box<dyn Future<Output = ()> + 'a>>;

/// A variable of any type.
pub(crate) trait Variable: Sync {
    fn bind(&'static self);

    /// Calls `f` in a scope of the variable.
    fn around(&'static self, f: &mut dyn FnMut());

    /// Puts a scope of the variable around the future.
    fn wrap<'a>(&'static self, inner: Wrapped<'a>) -> Wrapped<'a>;
}

trait Example: Send + Sync + 'static {
    fn example() -> Self;
}

impl Example for u64 {
    fn example() -> Self {
        7
    }
}

impl Example for Counted {
    fn example() -> Self {
        Self(7)
    }
}

impl Example for String {
    fn example() -> Self {
        "a request's identity".to_owned()
    }
}

impl<T: Example> Variable for ContextVar<T, WithDefault> {
    fn bind(&'static self) {
        self.set(T::example());
    }

    fn around(&'static self, f: &mut dyn FnMut()) {
        self.sync_scope(T::example(), f);
    }

    fn wrap<'a>(&'static self, inner: Wrapped<'a>) -> Wrapped<'a> {
        Box::pin(self.scope(T::example(), inner))
    }
}

impl<T: Example> Variable for ContextVar<T> {
    fn bind(&'static self) {
        self.set(T::example());
    }

    fn around(&'static self, f: &mut dyn FnMut()) {
        self.sync_scope(T::example(), f);
    }

    fn wrap<'a>(&'static self, inner: Wrapped<'a>) -> Wrapped<'a> {
        Box::pin(self.scope(T::example(), inner))
    }
}

/// Variables of four kinds, and the functions that read them.
pub(crate) struct Place {
    /// As in [`Kind`].
    pub(crate) variables: [&'static dyn Variable; 4],
    /// A variable with a default: bound or not.
    pub(crate) number: fn() -> u64,
    /// A variable that has no default and is not bound.
    pub(crate) missing: fn() -> Option<u64>,
    /// Whether that one is bound.
    pub(crate) is_set: fn() -> bool,
    /// A value whose `Clone` is user code.
    pub(crate) counted: fn() -> u64,
    pub(crate) length_of_text: fn() -> usize,
    pub(crate) text: fn() -> String,
}

/// What is read in a place.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    Number,
    Missing,
    Counted,
    Text,
}

macro_rules! place {
    ($name:ident, $at:literal) => {{
        mod $name {
            use crate::harness::timing::room;
            use crate::opaque::Counted;
            use crate::ours::variables::Place;
            use contextvars::context_var;

            #[context_var]
            static NUMBER: u64 = $at;
            #[context_var]
            static MISSING: u64;
            #[context_var]
            static COUNTED: Counted = Counted($at);
            #[context_var]
            static TEXT: String = String::new();

            #[inline(never)]
            fn number() -> u64 {
                room!($at);
                NUMBER.get()
            }
            #[inline(never)]
            fn missing() -> Option<u64> {
                MISSING.get()
            }
            #[inline(never)]
            fn is_set() -> bool {
                MISSING.is_set()
            }
            #[inline(never)]
            fn counted() -> u64 {
                COUNTED.get().0
            }
            #[inline(never)]
            fn length_of_text() -> usize {
                TEXT.with(String::len)
            }
            #[inline(never)]
            fn text() -> String {
                TEXT.get()
            }

            pub(crate) const fn place() -> Place {
                Place {
                    variables: [&NUMBER, &MISSING, &COUNTED, &TEXT],
                    number,
                    missing,
                    is_set,
                    counted,
                    length_of_text,
                    text,
                }
            }
        }
        $name::place()
    }};
}

pub(crate) static READS: [Place; PLACES] = sixteen!(place);

macro_rules! other {
    () => {{
        #[context_var]
        static OTHER: u64;
        &OTHER
    }};
}
macro_rules! ten {
    ($item:ident) => {
        [
            $item!(),
            $item!(),
            $item!(),
            $item!(),
            $item!(),
            $item!(),
            $item!(),
            $item!(),
            $item!(),
            $item!(),
        ]
    };
}
macro_rules! ten_others {
    () => {
        ten!(other)
    };
}
macro_rules! hundred_others {
    () => {
        ten!(ten_others)
    };
}

type Any = &'static dyn Variable;
static OTHERS: [[[&ContextVar<u64>; 10]; 10]; 10] = ten!(hundred_others);

/// Of 32 variables in a row the last four are those of a place.
const BLOCK: usize = 32;
const KINDS: usize = 4;

/// All variables: 16 places, each behind 28 others, then `VAR`, then the rest of the others.
static ALL: LazyLock<Vec<Any>> = LazyLock::new(|| {
    let mut others = OTHERS.as_flattened().as_flattened().iter().map(|&other| other as Any);
    let mut all = Vec::new();
    for place in &READS {
        all.extend(others.by_ref().take(BLOCK - KINDS));
        all.extend(place.variables);
    }
    all.push(&VAR);
    all.extend(others);
    all
});

/// Binds all variables, in order: what a variable gets at its first binding is not part of any measurement.
pub(crate) fn bind_all_once() {
    Context::new().run(|| ALL.iter().for_each(|variable| variable.bind()));
}

/// Where a variable stands among all.
#[derive(Clone, Copy)]
pub(crate) struct Position(usize);

impl Position {
    pub(crate) const VAR: Self = Self(PLACES * BLOCK);

    pub(crate) const fn of(place: usize, kind: Kind) -> Self {
        Self((place + 1) * BLOCK - KINDS + kind as usize)
    }

    /// The variable here, and those that got their numbers after it. After the last comes the first.
    pub(crate) fn onwards(self) -> impl Iterator<Item = Any> {
        ALL.iter().cycle().skip(self.0).copied()
    }

    pub(crate) fn before(self, n: usize) -> Self {
        Self((self.0 + ALL.len() - n) % ALL.len())
    }

    pub(crate) fn after(self, n: usize) -> Self {
        Self((self.0 + n) % ALL.len())
    }
}
