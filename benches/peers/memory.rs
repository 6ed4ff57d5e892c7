//! The memory of idle tasks: boxed futures that were polled once and wait.

use crate::allocator::{Allocated, counted};
use crate::figure::Figure;
use crate::opaque::idle;
use crate::ours::bound::Bound;
use crate::ours::futures::{annotated_idle, annotated_writer};
use crate::ours::variables::{Position, VAR};
use crate::rounds::to_f64;
use crate::row::Row;
use crate::theirs::{opentelemetry, tokio};
use std::pin::Pin;
use std::task::{Context, Waker};

type Task = Pin<Box<dyn Future<Output = ()>>>;

/// So many idle tasks, of each kind.
pub(crate) struct Idle {
    tasks: usize,
    figures: Vec<Figure>,
}

impl Idle {
    const NAME: &'static str = "memory of an idle task";

    pub(crate) fn new(tasks: usize) -> Self {
        Self {
            tasks,
            figures: Vec::new(),
        }
    }

    fn add(&mut self, subject: &str, make: impl Fn(u64) -> Task) {
        let mut bytes = 0.0;
        Bound::set(8).around(Position::VAR, &mut || bytes = of(self.tasks, &make));
        self.figures.push(Figure::new(Self::NAME, subject, bytes, "bytes"));
    }
}

/// Bytes asked for by each of `n` tasks.
fn of(n: usize, make: impl Fn(u64) -> Task) -> f64 {
    let mut tasks = Vec::with_capacity(n);
    let mut cx = Context::from_waker(Waker::noop());
    let Allocated { bytes, .. } = counted(|| {
        tasks.extend((0..n as u64).map(|value| {
            let mut task = make(value);
            assert!(task.as_mut().poll(&mut cx).is_pending());
            task
        }));
    });
    to_f64(bytes.unsigned_abs()) / to_f64(n as u64)
}

impl Row for Idle {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn measure(&mut self, _: usize) {
        self.add("plain async fn", |_| Box::pin(idle()));
        self.add("contextvars, context inherited (8 bound)", |_| {
            Box::pin(annotated_idle())
        });
        self.add("contextvars, a variable of its own set", |value| {
            Box::pin(annotated_writer(value))
        });
        self.add("contextvars, VAR.scope", |value| Box::pin(VAR.scope(value, idle())));
        self.add("tokio, 1 scope of a u64", |value| Box::pin(tokio::idle_in_scope(value)));
        self.add("opentelemetry, one value", |value| {
            Box::pin(opentelemetry::idle_with_value(value))
        });
    }

    fn figures(&self) -> Vec<Figure> {
        self.figures.clone()
    }
}
