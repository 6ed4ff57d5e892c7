//! What an annotated future takes beside that of the plain `async fn`: a context, and no second copy of an argument.

#![allow(clippy::large_types_passed_by_value, reason = "large arguments are what is measured")]

use contextvars::with_context;
use std::future::ready;

/// What the context takes in a future.
const CONTEXT: usize = 24;

type KiB = [u8; 1024];

/// Defines a function twice, and compares the futures of both.
macro_rules! compare {
    ($name:literal, ($($args:expr),*) async fn f($($params:tt)*) -> usize $body:block) => {{
        async fn plain($($params)*) -> usize $body
        #[with_context]
        async fn annotated($($params)*) -> usize $body
        check($name, 1, (plain($($args),*), annotated($($args),*)));
    }};
}

/// Checks that `levels` contexts are all that the second future has more.
fn check<P: Future, A: Future>(name: &str, levels: usize, (plain, annotated): (P, A)) {
    let (before, after) = (size_of_val(&plain), size_of_val(&annotated));
    println!("{name}: {before} bytes plain, {after} annotated");
    let limit = (before + levels * CONTEXT).next_multiple_of(align_of_val(&annotated));
    assert!(after <= limit, "{name}: {after} bytes, {before} plain");
}

/// Case T20
#[test]
fn arguments() {
    let list: &KiB = &[0; 1024];
    compare!("empty", () async fn f() -> usize {
        0
    });
    compare!("suspended", () async fn f() -> usize {
        ready(0).await
    });
    compare!("owned", ([0; 1024]) async fn f(list: KiB) -> usize {
        ready(()).await;
        list.len()
    });
    compare!("owned, unused", ([0; 1024]) async fn f(_list: KiB) -> usize {
        ready(0).await
    });
    compare!("owned, anonymous", ([0; 1024]) async fn f(_: KiB) -> usize {
        ready(0).await
    });
    compare!("owned, mutable", ([0; 1024]) async fn f(mut list: KiB) -> usize {
        list[0] = 1;
        ready(()).await;
        list.len()
    });
    compare!("two owned", ([0; 1024], String::new()) async fn f(list: KiB, text: String) -> usize {
        ready(()).await;
        list.len() + text.len()
    });
    compare!("a reference", (list) async fn f(list: &KiB) -> usize {
        ready(()).await;
        list.len()
    });
    compare!("several references", (list, &mut 0, "a") async fn f(list: &KiB, n: &mut usize, text: &str) -> usize {
        ready(()).await;
        *n += 1;
        list.len() + text.len()
    });
    compare!("plain data", (1, true) async fn f(n: usize, is_large: bool) -> usize {
        ready(()).await;
        n + usize::from(is_large)
    });
    compare!("a pattern", (([0; 1024], 1)) async fn f((list, n): (KiB, usize)) -> usize {
        ready(()).await;
        list.len() + n
    });
    compare!("a part of a pattern", (([0; 1024], 1)) async fn f((_, n): (KiB, usize)) -> usize {
        ready(()).await;
        n
    });
}

/// Case T20: an argument is held once, where the plain `async fn` holds it twice.
#[test]
fn an_argument_is_held_once() {
    #[with_context]
    async fn held(list: KiB, text: String) -> usize {
        ready(()).await;
        list.len() + text.len()
    }

    let size = size_of_val(&held([0; 1024], String::new()));
    assert!(size < 2 * size_of::<KiB>(), "{size} bytes");
}

#[test]
fn what_is_returned_takes_no_space_before() {
    async fn plain(list: KiB) -> impl Future<Output = usize> {
        ready(()).await;
        ready(list.len())
    }

    #[with_context]
    async fn annotated(list: KiB) -> impl Future<Output = usize> {
        ready(()).await;
        ready(list.len())
    }

    check("a future", 1, (plain([0; 1024]), annotated([0; 1024])));
}

struct Large(KiB);

impl Large {
    async fn plain_ref(&self) -> usize {
        ready(()).await;
        self.0.len()
    }

    async fn plain_unused(&self) -> usize {
        ready(0).await
    }

    #[with_context]
    async fn annotated_unused(&self) -> usize {
        ready(0).await
    }

    #[with_context]
    async fn annotated_ref(&self) -> usize {
        ready(()).await;
        self.0.len()
    }

    async fn plain(self, text: String) -> usize {
        ready(()).await;
        self.0.len() + text.len()
    }

    #[with_context]
    async fn annotated(self, text: String) -> usize {
        ready(()).await;
        self.0.len() + text.len()
    }

    async fn plain_mut(mut self) -> usize {
        self.0[0] = 1;
        ready(()).await;
        self.0.len()
    }

    #[with_context]
    async fn annotated_mut(mut self) -> usize {
        self.0[0] = 1;
        ready(()).await;
        self.0.len()
    }
}

#[test]
fn receivers() {
    let large = Large([0; 1024]);
    check("&self", 1, (large.plain_ref(), large.annotated_ref()));
    check("&self, unused", 1, (large.plain_unused(), large.annotated_unused()));
    let new = || Large([0; 1024]);
    check("self", 1, (new().plain(String::new()), new().annotated(String::new())));
    check("mut self", 1, (new().plain_mut(), new().annotated_mut()));
}

mod nested {
    use super::{KiB, ready, with_context};

    pub(super) async fn plain(list: KiB) -> usize {
        plain_middle(list).await
    }

    async fn plain_middle(list: KiB) -> usize {
        plain_inner(list).await
    }

    async fn plain_inner(list: KiB) -> usize {
        ready(()).await;
        list.len()
    }

    #[with_context]
    pub(super) async fn annotated(list: KiB) -> usize {
        annotated_middle(list).await
    }

    #[with_context]
    async fn annotated_middle(list: KiB) -> usize {
        annotated_inner(list).await
    }

    #[with_context]
    async fn annotated_inner(list: KiB) -> usize {
        ready(()).await;
        list.len()
    }
}

/// Case T26
#[test]
fn three_levels_deep() {
    check(
        "three levels",
        3,
        (nested::plain([0; 1024]), nested::annotated([0; 1024])),
    );
}
