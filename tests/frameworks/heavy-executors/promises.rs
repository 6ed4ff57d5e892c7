//! Promises that hold on every executor, and ask nothing of it.

use std::panic::{self, AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{self, Sender};
use std::thread;

use contextvars::{bind, outside, with_context};
use futures::FutureExt;
use futures::channel::mpsc as channel;
use futures::future::{AbortHandle, Abortable, Aborted, BoxFuture};
use futures::stream::StreamExt;

use crate::{Cancel, Executor, Found, Meeting, NUMBER, Pool, USER, bare, is_untouched, yield_now};

const TASKS: usize = 1_000;
const READS: usize = 16;

/// Case P15: a thousand tasks read and write sixteen times each, all of them under way at once, and so does a bare one
/// for every ten.
pub fn a_thousand_tasks_keep_their_own<E: Executor>() {
    #[with_context]
    async fn keeps_its_own(number: usize, meeting: Meeting) -> usize {
        let mut right = 0;
        for read in 0..READS {
            right += usize::from(NUMBER.get() == Some(number + read));
            NUMBER.set(number + read + 1);
            meeting.everybody().await;
        }
        right
    }

    async fn sees_nothing(meeting: Meeting) -> usize {
        let mut right = 0;
        for _ in 0..READS {
            right += usize::from(is_untouched());
            meeting.everybody().await;
        }
        right
    }

    const BARE: usize = TASKS / 10;
    let right = E::run(async {
        let meeting = Meeting::of(TASKS + BARE);
        let own = |number| NUMBER.sync_scope(number, || keeps_its_own(number, meeting.clone()));
        let own: Vec<_> = (0..TASKS).map(own).collect();
        let mut tasks = Vec::new();
        // Outside the scopes, since there are executors that poll all of them in here.
        for (number, task) in own.into_iter().enumerate() {
            tasks.push(E::spawn(task.boxed()));
            if number % 10 == 0 {
                tasks.push(E::spawn(sees_nothing(meeting.clone()).boxed()));
            }
        }
        let mut right = 0;
        for task in tasks {
            right += E::join(task).await;
            assert!(is_untouched());
        }
        right
    });
    assert_eq!(right, (TASKS + BARE) * READS);
    assert!(is_untouched());
}

/// Case P15: where the executor polls no task in somebody's call, a bare one sees nothing of who has spawned it, before
/// and after a yield, and its write hands the value back; what captures is what crosses.
pub fn a_bare_task_sees_nothing_and_may_not_write<E: Executor>() {
    #[with_context]
    async fn annotated() -> Option<&'static str> {
        yield_now().await;
        USER.get()
    }

    #[with_context(USER = "alice")]
    async fn request<E: Executor>() {
        let tasks: Vec<_> = (0..8)
            .map(|_| (E::spawn(bare().boxed()), E::spawn(annotated().boxed())))
            .collect();
        for (bare, annotated) in tasks {
            assert_eq!(E::join(bare).await, Found::NOTHING);
            assert_eq!(E::join(annotated).await, Some("alice"));
        }
        assert_eq!((USER.get(), NUMBER.get()), (Some("alice"), None));
    }

    E::run(request::<E>());
}

/// What is bound at a place.
type Seen = (Option<&'static str>, Option<usize>);

fn seen() -> Seen {
    (USER.get(), NUMBER.get())
}

/// What a destructor saw, and whether it could write.
type SeenLast = (Seen, bool);

/// Tells somebody what it saw when it was dropped.
struct Witness<F: Fn(SeenLast)>(F);

impl<F: Fn(SeenLast)> Drop for Witness<F> {
    fn drop(&mut self) {
        let seen = seen();
        (self.0)((seen, NUMBER.try_set(0).is_ok()));
    }
}

#[with_context]
async fn waits_for_ever(number: usize, started: impl FnOnce() + Send, _held: impl Send) {
    NUMBER.set(number);
    started();
    std::future::pending::<()>().await;
}

/// Spawns tasks of alice's, and ends one when it has started and another at once.
async fn tasks_that_end_early<T>(spawn: impl Fn(BoxFuture<'static, ()>) -> T, end: impl AsyncFn(T)) {
    for (number, is_awaited) in [(1, true), (2, false)] {
        let (started, mut starts) = channel::unbounded();
        let (dropped, mut drops) = channel::unbounded();
        let started = move || started.unbounded_send(()).expect("the test waits");
        let held = Witness(move |seen| dropped.unbounded_send(seen).expect("the test waits"));
        let task = USER.sync_scope("alice", || waits_for_ever(number, started, held));
        let task = spawn(task.boxed());
        if is_awaited {
            starts.next().await;
        }
        end(task).await;
        let seen = drops.next().await;
        let had_started = is_awaited || starts.next().await.is_some();
        assert_eq!(seen, Some(((Some("alice"), had_started.then_some(number)), true)));
        assert!(is_untouched());
    }
}

/// Case P15: cancelled before it is polled, or later, what it holds is dropped in its context.
pub fn a_cancelled_task_is_dropped_in_its_context<E: Cancel>() {
    E::run(tasks_that_end_early(E::spawn, E::cancel));
    assert!(is_untouched());
}

/// Case P15: the same where the task is ended from within.
pub fn an_aborted_future_is_dropped_in_its_context<E: Executor>() {
    let spawn = |task: BoxFuture<'static, ()>| {
        let (abort, registration) = AbortHandle::new_pair();
        (E::spawn(FutureExt::boxed(Abortable::new(task, registration))), abort)
    };
    let end = async |(task, abort): (_, AbortHandle)| {
        abort.abort();
        assert_eq!(E::join(task).await, Err(Aborted));
    };
    E::run(tasks_that_end_early(spawn, end));
    assert!(is_untouched());
}

/// Case P15: what is still there when the executor is shut down, or its thread ends, is dropped in its context.
pub fn what_is_left_at_the_end_is_dropped_in_its_context<E: Executor>() {
    const EACH: usize = 100;

    fn task(
        number: usize,
        started: impl FnOnce() + Send,
        dropped: Sender<SeenLast>,
    ) -> impl Future<Output = ()> + Send {
        let held = Witness(move |seen| dropped.send(seen).expect("the test waits"));
        USER.sync_scope("alice", || waits_for_ever(number, started, held))
    }

    let (dropped, drops) = mpsc::channel();
    let is_left_untouched = thread::spawn(move || {
        let (started, starts) = channel::unbounded();
        let main = async move {
            let polled: Vec<_> = (1..=EACH)
                .map(|number| {
                    let started = started.clone();
                    task(
                        number,
                        move || started.unbounded_send(()).expect("the test waits"),
                        dropped.clone(),
                    )
                })
                .collect();
            let mut tasks: Vec<_> = polled.into_iter().map(|task| E::spawn(task.boxed())).collect();
            starts.take(EACH).collect::<Vec<_>>().await;
            let fresh: Vec<_> = (1..=EACH).map(|number| task(number, || {}, dropped.clone())).collect();
            tasks.extend(fresh.into_iter().map(|task| E::spawn(task.boxed())));
            tasks
        };
        // A handle that is dropped earlier may cancel its task.
        drop(E::run(main));
        is_untouched()
    })
    .join()
    .expect("no panic");
    assert!(is_left_untouched);

    let drops: Vec<_> = drops.try_iter().collect();
    assert!(
        drops
            .iter()
            .all(|((user, _), may_write)| *user == Some("alice") && *may_write),
        "{drops:?}"
    );
    if E::FORGETS_WHO_WAITS {
        assert!(!drops.is_empty(), "those that never ran");
    } else {
        assert_eq!(drops.len(), 2 * EACH);
        for number in 1..=EACH {
            assert!(drops.contains(&((Some("alice"), Some(number)), true)), "{drops:?}");
        }
    }
}

/// Case P15: whether the executor catches a panic or dies of it, its threads and the caller's are clean, and what the
/// task held has seen the task's context.
pub fn a_panic_leaves_nothing_behind<E: Executor>() {
    #[with_context]
    async fn panics(_held: impl Send) {
        NUMBER.set(1);
        yield_now().await;
        // Not by the hook: the threads of a pool would write it into the tests' output.
        panic::resume_unwind(Box::new("expected"));
    }

    let (dropped, drops) = mpsc::channel();
    let main = async move {
        let held = Witness(move |seen| dropped.send(seen).expect("the test waits"));
        let task = USER.sync_scope("alice", || panics(held)).boxed();
        let outcome = AssertUnwindSafe(E::join(E::spawn(task))).catch_unwind().await;
        assert!(outcome.is_err());
        // Where it goes on after all that.
        let tasks: Vec<_> = (0..64).map(|_| E::spawn(async { is_untouched() }.boxed())).collect();
        for task in tasks {
            assert!(E::join(task).await);
        }
        assert!(is_untouched());
    };
    // Where it doesn't, the panic is the task's.
    if let Err(payload) = catch_unwind(AssertUnwindSafe(|| E::run(main))) {
        assert_eq!(payload.downcast_ref(), Some(&"expected"));
    }
    assert!(is_untouched());

    let saw = drops.try_iter().collect::<Vec<_>>();
    assert_eq!(saw, [((Some("alice"), Some(1)), true)]);
    assert_eq!(
        E::run(async { E::join(E::spawn(bare().boxed())).await }),
        Found::NOTHING
    );
}

/// Case P15: blocking work sees what it is bound to, and with nothing bound, nothing, whoever used the thread before.
pub fn a_blocking_closure_sees_what_it_is_bound_to<E: Pool>() {
    #[with_context(USER = "alice")]
    async fn request<E: Pool>() {
        let work = || {
            let seen = USER.get();
            USER.set("the pool's");
            NUMBER.set(1);
            yield_to_others();
            (seen, USER.get())
        };
        for _ in 0..32 {
            assert_eq!(E::unblock(bind(work)).await, (Some("alice"), Some("the pool's")));
            assert!(E::unblock(is_untouched).await);
        }
        assert_eq!(seen(), (Some("alice"), None));
    }

    fn yield_to_others() {
        thread::yield_now();
    }

    E::run(request::<E>());
    assert!(is_untouched());
}

/// Case P14: whoever drives an executor of one thread in a context shares it with each bare task, and in `outside` with
/// none. Tasks with a context of their own keep it either way.
pub fn who_drives_it_in_a_context_shares_it_and_outside_does_not<E: Executor>() {
    #[with_context]
    async fn annotated(number: usize) -> Seen {
        NUMBER.set(number);
        yield_now().await;
        seen()
    }

    fn tasks<E: Executor>() -> impl Future<Output = (Found, Seen)> {
        let own = USER.sync_scope("bob", || annotated(7));
        async {
            let bare = E::spawn(bare().boxed());
            let own = E::spawn(own.boxed());
            (E::join(bare).await, E::join(own).await)
        }
    }

    let bobs = (Some("bob"), Some(7));
    USER.sync_scope("alice", || {
        NUMBER.set(1);
        assert_eq!(E::run(tasks::<E>()), (Found::ALL_OF_ALICE, bobs));
        assert_eq!(
            seen(),
            (Some("alice"), Some(usize::MAX)),
            "what the stranger has written"
        );

        NUMBER.set(1);
        assert_eq!(outside(|| E::run(tasks::<E>())), (Found::NOTHING, bobs));
        assert_eq!(seen(), (Some("alice"), Some(1)));
    });
}

/// Case P15: a value that a task holds in its context dies with the task, whatever the executor keeps of it.
pub fn a_value_dies_with_its_task<E: Executor>() {
    use contextvars::context_var;

    #[context_var]
    static HELD: Arc<()>;

    #[with_context]
    async fn binds(value: Arc<()>) {
        HELD.set(value);
        yield_now().await;
        assert!(HELD.is_set());
    }

    let value = Arc::new(());
    let held = Arc::clone(&value);
    let count = E::run(async move {
        let tasks: Vec<_> = (0..8).map(|_| E::spawn(binds(Arc::clone(&held)).boxed())).collect();
        for task in tasks {
            E::join(task).await;
        }
        Arc::strong_count(&held)
    });
    assert_eq!(count, 2, "the test's own");
    assert_eq!(Arc::strong_count(&value), 1);
}
