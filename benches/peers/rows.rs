//! The rows: which subjects do an operation, and what this crate may take for it.

use crate::limits;
use crate::memory::Idle;
use crate::opaque::{idle, opaque, plain, poll_once, polls};
use crate::options::Options;
use crate::ours::variables::Bound::{self, Also, Scopes, Set};
use crate::ours::{futures, reads, writes};
use crate::rounds::time;
use crate::row::{Row, Timed};
use crate::sizes::{Allocations, Sizes};
use crate::theirs::{dcontext, execution_context, fastrace, opentelemetry, task_local, tokio, tokio_inherit, tracing};
use crate::threads;

pub(crate) fn all(options: &Options) -> Vec<Box<dyn Row>> {
    let mut rows: Vec<Box<dyn Row>> = vec![
        Box::new(get()),
        Box::new(get_in_tight_loop()),
        Box::new(get_unbound()),
        Box::new(get_counted()),
        Box::new(with()),
        Box::new(poll()),
        Box::new(capture()),
        Box::new(set_and_reset()),
        Box::new(scope()),
        Box::new(sync_scope()),
        Box::new(first_set()),
    ];
    rows.extend(threads::rows());
    rows.push(Box::new(Sizes));
    rows.push(Box::new(Allocations::default()));
    rows.push(Box::new(Idle::new(options.tasks)));
    rows
}

const EACH: [Bound; 5] = [Set(1), Set(8), Set(32), Set(256), Set(1000)];

fn get() -> Timed {
    let mut row = Timed::new("get a u64");
    let tokio = row.add("tokio task_local", tokio::get);
    let mut few = Vec::new();
    let mut many = Vec::new();
    for bound in [Set(1), Set(8), Set(32), Scopes(8), Scopes(32), Set(256), Set(1000)] {
        let first = row.add(bound.named("the first"), bound.timed(|n| time(n, reads::first)));
        let last = match bound {
            Set(1) => first,
            _ => row.add(bound.named("the last"), bound.timed(|n| time(n, reads::last))),
        };
        match bound {
            Set(1) => few.push(first),
            Set(256) => {}
            Set(1000) => many.extend([first, last]),
            _ => few.extend([first, last]),
        }
    }
    for &subject in &few {
        row.limit(subject, tokio, 1.0);
    }
    let of_8 = row.bar(few[1], "contextvars, 8 bound");
    for &subject in &many {
        row.limit(subject, of_8, 2.5);
    }
    row.bar(many[0], "contextvars, 1,000 bound");
    row.bar(tokio, "tokio task_local");
    let cell = row.add("limit: a thread-local Cell", limits::cell_read);
    row.bar(cell, "limit: thread-local Cell");
    row.add("limit: a call that reads nothing", limits::call);
    let task_local = row.add("task-local", task_local::get);
    row.bar(task_local, "task-local");
    let inherit = row.add("tokio-inherit-task-local, 8 bound", tokio_inherit::get);
    row.bar(inherit, "tokio-inherit-task-local");
    let otel = row.add("opentelemetry, 8 bound", opentelemetry::get);
    row.bar(otel, "opentelemetry");
    let execution = row.add("execution-context, 1 bound", execution_context::get);
    row.bar(execution, "execution-context");
    let dcontext = row.add("dcontext, 8 bound", dcontext::get);
    row.bar(dcontext, "dcontext");
    row
}

fn get_in_tight_loop() -> Timed {
    let mut row = Timed::new("get a u64 in a tight loop");
    let tokio = row.add("tokio task_local", tokio::get_in_tight_loop);
    for bound in [Set(1), Set(8), Set(32)] {
        let ours = row.add(bound.named("the first"), bound.timed(reads::firsts_in_tight_loop));
        row.compare(ours, tokio);
    }
    row.add("task-local", task_local::get_in_tight_loop);
    row.add("limit: a thread-local Cell", limits::cell_read_in_tight_loop);
    row
}

fn get_unbound() -> Timed {
    let mut row = Timed::new("get what is not bound");
    let tokio = row.add("tokio task_local, try_get", tokio::get_missing);
    for bound in [Set(8), Set(1000)] {
        let default = row.add(bound.named("default"), bound.timed(|n| time(n, reads::default)));
        let missing = row.add(bound.named("no default"), bound.timed(|n| time(n, reads::missing)));
        row.compare(default, tokio);
        row.compare(missing, tokio);
    }
    let outside = row.add("contextvars, in no context, default", |n| time(n, reads::default));
    row.compare(outside, tokio);
    row.add("task-local, try_get", task_local::get_missing);
    row.add("tokio-inherit-task-local, 8 bound", tokio_inherit::get_missing);
    row.add("opentelemetry, 8 bound", opentelemetry::get_missing);
    row.add("dcontext, 8 bound", dcontext::get_missing);
    row
}

fn get_counted() -> Timed {
    let mut row = Timed::new("get a value whose Clone is user code");
    let tokio = row.add("tokio task_local", tokio::get_counted);
    for n in [1, 8, 32] {
        let bound = Also(n, reads::bind_counted);
        let ours = row.add(bound.named(""), bound.timed(|n| time(n, reads::counted)));
        row.limit(ours, tokio, 1.2);
    }
    row.add("task-local", task_local::get_counted);
    row
}

fn with() -> Timed {
    let mut row = Timed::new("with a String");
    let tokio = row.add("tokio task_local", tokio::with_text);
    for n in [1, 8, 32, 256, 1000] {
        let bound = Also(n, reads::bind_text);
        let ours = row.add(bound.named(""), bound.timed(|n| time(n, reads::length_of_text)));
        if n <= 32 {
            row.limit(ours, tokio, 1.2);
        } else {
            row.compare(ours, tokio);
        }
        if n == 8 {
            row.bar(ours, "contextvars, 8 bound");
        }
    }
    let bound = Also(8, reads::bind_text);
    let cloned = row.add(bound.named("get, a clone"), bound.timed(|n| time(n, reads::text)));
    row.compare(cloned, tokio);
    row.bar(tokio, "tokio task_local");
    let task_local = row.add("task-local", task_local::with_text);
    row.bar(task_local, "task-local");
    let inherit = row.add("tokio-inherit-task-local", tokio_inherit::with_text);
    row.bar(inherit, "tokio-inherit-task-local");
    let otel = row.add("opentelemetry", opentelemetry::with_text);
    row.bar(otel, "opentelemetry");
    let execution = row.add("execution-context", execution_context::with_text);
    row.bar(execution, "execution-context");
    row
}

fn poll() -> Timed {
    let mut row = Timed::new("poll, over a bare one");
    let bare = row.add("bare poll of a plain async fn", |n| polls(n, || plain(opaque())));
    row.over(bare);
    let one = row.add("tokio, 1 scope", tokio::polls_of_scope);
    let eight = row.add("tokio, 8 scopes", tokio::polls_of_8_scopes);
    for bound in EACH {
        let ours = row.add(bound.named(""), bound.timed(futures::polls_of_annotated));
        row.limit(ours, one, 0.5);
        row.limit(ours, eight, 0.06);
        match bound {
            Set(8) => row.bar(ours, "contextvars, 8 bound"),
            Set(1000) => row.bar(ours, "contextvars, 1,000 bound"),
            _ => ours,
        };
    }
    for bound in [Set(0), Set(8)] {
        let scope = row.add(bound.named("VAR.scope"), bound.timed(futures::polls_of_scope));
        row.compare(scope, one);
    }
    let scope = row.add(
        "contextvars, 8 bound, VAR.scope, VAR too",
        Set(8).timed(futures::polls_of_scope_of_first),
    );
    row.compare(scope, one);
    row.bar(one, "tokio, 1 scope");
    row.bar(eight, "tokio, 8 scopes");
    let task_local = row.add("task-local, 1 scope", task_local::polls_of_scope);
    row.bar(task_local, "task-local, 1 scope");
    let inherit = row.add("tokio-inherit-task-local, 9 bound", tokio_inherit::polls_of_scope);
    row.bar(inherit, "tokio-inherit-task-local");
    let otel = row.add("opentelemetry, 8 bound", opentelemetry::polls_of_wrapped);
    row.bar(otel, "opentelemetry");
    let tracing = row.add("tracing, instrumented", tracing::polls_of_instrumented);
    row.bar(tracing, "tracing span");
    let fastrace = row.add("fastrace, in a span, not sampled", fastrace::polls_of_span);
    row.bar(fastrace, "fastrace span");
    let dcontext = row.add("dcontext, forked from 8 bound", dcontext::polls_of_fork);
    row.bar(dcontext, "dcontext");
    row
}

fn capture() -> Timed {
    let mut row = Timed::new("capture, wrap, first poll, drop");
    let arc = row.add("an Arc cloned, dropped", limits::arc_clone_and_drop);
    let ready = row.add(
        "contextvars, 8 bound, ready at once",
        Set(8).timed(futures::capture_to_completion),
    );
    let cancelled = row.add(
        "contextvars, 8 bound, cancelled",
        Set(8).timed(futures::capture_and_cancel),
    );
    row.limit(ready, arc, 2.0);
    row.limit(cancelled, arc, 2.0);
    row.bar(ready, "contextvars, 8 bound");
    let many = row.add(
        "contextvars, 1000 bound, ready at once",
        Set(1000).timed(futures::capture_to_completion),
    );
    row.compare(many, arc);
    let wrapped = row.add(
        "contextvars, 8 bound, in_current_context",
        Set(8).timed(futures::wrap_in_current_context),
    );
    row.compare(wrapped, arc);
    row.add("plain async fn, inherits nothing", |n| time(n, || poll_once(idle())));
    row.bar(arc, "limit: Arc cloned and dropped");
    let inherit = row.add("tokio-inherit-task-local, 8 bound", tokio_inherit::inherit);
    row.bar(inherit, "tokio-inherit-task-local");
    let otel = row.add("opentelemetry, 8 bound", opentelemetry::inherit);
    row.bar(otel, "opentelemetry");
    let execution = row.add("execution-context, capture and run", execution_context::capture_and_run);
    row.bar(execution, "execution-context (a closure)");
    let tracing = row.add("tracing, in_current_span", tracing::inherit);
    row.bar(tracing, "tracing span");
    let fastrace = row.add("fastrace, child span, not sampled", fastrace::inherit);
    row.bar(fastrace, "fastrace span");
    let dcontext = row.add("dcontext, forked from 8 bound", dcontext::inherit);
    row.bar(dcontext, "dcontext");
    row
}

fn set_and_reset() -> Timed {
    let mut row = Timed::new("set and reset a u64");
    let made = row.add("a Box made and dropped", limits::box_made_and_dropped);
    row.bar(made, "limit: Box<u64> made and dropped");
    let loose = row.add(
        "contextvars, 8 bound, VAR not",
        Set(8).timed(writes::set_and_reset_loose),
    );
    row.bar(loose, "contextvars, VAR not bound");
    let first = row.add(
        "contextvars, 8 bound, VAR the first",
        Set(8).timed(writes::set_and_reset_first),
    );
    row.bar(first, "contextvars, VAR bound");
    let last = row.add(
        "contextvars, 8 bound, VAR the last",
        Set(8).timed(writes::set_and_reset_last),
    );
    for subject in [loose, first, last] {
        row.limit(subject, made, 2.5);
    }
    let guard = row.add(
        "contextvars, 8 bound, VAR not, guard",
        Set(8).timed(writes::set_with_guard),
    );
    row.compare(guard, made);
    for bound in [Set(0), Set(32), Set(1000)] {
        let ours = row.add(bound.named("VAR not"), bound.timed(writes::set_and_reset_loose));
        row.compare(ours, made);
    }
    row
}

fn scope() -> Timed {
    let mut row = Timed::new("scope: make, poll, drop");
    let otel = row.add("opentelemetry", opentelemetry::scope);
    for bound in [Set(8), Scopes(8)] {
        let loose = row.add(bound.named("VAR not"), bound.timed(futures::scope_of_loose));
        row.limit(loose, otel, 0.45);
        if let Set(_) = bound {
            row.bar(loose, "contextvars, VAR not bound");
        }
    }
    for bound in [Set(9), Scopes(9)] {
        let first = row.add(bound.named("VAR the first"), bound.timed(futures::scope_of_first));
        row.limit(first, otel, 1.0);
        let last = row.add(bound.named("VAR the last"), bound.timed(futures::scope_of_last));
        row.limit(last, otel, 1.0);
        if let Set(_) = bound {
            row.bar(last, "contextvars, VAR bound");
        }
    }
    for bound in [Set(0), Set(32), Set(1000)] {
        let loose = row.add(bound.named("VAR not"), bound.timed(futures::scope_of_loose));
        row.compare(loose, otel);
    }
    row.bar(otel, "opentelemetry");
    row.add("opentelemetry, beside 8 values", opentelemetry::scope_beside_8);
    let tokio = row.add("tokio task_local (inherits nothing)", tokio::scope);
    row.bar(tokio, "tokio (inherits nothing)");
    let task_local = row.add("task-local (inherits nothing)", task_local::scope);
    row.bar(task_local, "task-local (inherits nothing)");
    let inherit = row.add("tokio-inherit-task-local, beside 8", tokio_inherit::scope);
    row.bar(inherit, "tokio-inherit-task-local");
    let tracing = row.add("tracing, a new span", tracing::scope);
    row.bar(tracing, "tracing span");
    let fastrace = row.add("fastrace, a child span, not sampled", fastrace::scope);
    row.bar(fastrace, "fastrace span");
    let dcontext = row.add("dcontext, beside 8", dcontext::scope);
    row.bar(dcontext, "dcontext");
    row
}

fn sync_scope() -> Timed {
    let mut row = Timed::new("sync_scope: bind, call, restore");
    let otel = row.add("opentelemetry", opentelemetry::attach_and_detach);
    for bound in [Set(8), Scopes(8)] {
        let loose = row.add(bound.named("VAR not"), bound.timed(writes::call_in_scope_of_loose));
        row.limit(loose, otel, 0.45);
        if let Set(_) = bound {
            row.bar(loose, "contextvars, VAR not bound");
        }
    }
    for bound in [Set(9), Scopes(9)] {
        let first = row.add(
            bound.named("VAR the first"),
            bound.timed(writes::call_in_scope_of_first),
        );
        row.limit(first, otel, 1.0);
        let last = row.add(bound.named("VAR the last"), bound.timed(writes::call_in_scope_of_last));
        row.limit(last, otel, 1.0);
        if let Set(_) = bound {
            row.bar(last, "contextvars, VAR bound");
        }
    }
    for bound in [Set(0), Set(32), Set(1000)] {
        let loose = row.add(bound.named("VAR not"), bound.timed(writes::call_in_scope_of_loose));
        row.compare(loose, otel);
    }
    row.bar(otel, "opentelemetry");
    row.add(
        "opentelemetry, beside 8 values",
        opentelemetry::attach_and_detach_beside_8,
    );
    let tokio = row.add("tokio task_local (inherits nothing)", tokio::call_in_scope);
    row.bar(tokio, "tokio (inherits nothing)");
    let task_local = row.add("task-local (inherits nothing)", task_local::call_in_scope);
    row.bar(task_local, "task-local (inherits nothing)");
    let inherit = row.add("tokio-inherit-task-local, beside 8", tokio_inherit::call_in_scope);
    row.bar(inherit, "tokio-inherit-task-local");
    let tracing = row.add("tracing, a new span", tracing::call_in_scope);
    row.bar(tracing, "tracing span");
    let fastrace = row.add("fastrace, a child span, not sampled", fastrace::call_in_scope);
    row.bar(fastrace, "fastrace span");
    let dcontext = row.add("dcontext, beside 8", dcontext::call_in_scope);
    row.bar(dcontext, "dcontext");
    row
}

fn first_set() -> Timed {
    let mut row = Timed::new("first set after a snapshot");
    let of_8 = row.add(
        "contextvars, 8 bound, VAR too",
        Set(8).timed(writes::first_set_of_bound),
    );
    let of_1000 = row.add(
        "contextvars, 1000 bound, VAR too",
        Set(1000).timed(writes::first_set_of_bound),
    );
    row.limit(of_1000, of_8, 4.0);
    let beside_8 = row.add(
        "contextvars, 8 bound, VAR not, reset",
        Set(8).timed(writes::first_set_of_loose),
    );
    let beside_1000 = row.add(
        "contextvars, 1000 bound, VAR not, reset",
        Set(1000).timed(writes::first_set_of_loose),
    );
    row.limit(beside_1000, beside_8, 4.0);
    row.add(
        "contextvars, 8 bound, the snapshot alone",
        Set(8).timed(writes::snapshot),
    );
    row.add(
        "contextvars, 1000 bound, the snapshot alone",
        Set(1000).timed(writes::snapshot),
    );
    row
}
