//! Two tenants share a pool of threads, and every job knows for whom it works.
//!
//! ```sh
//! cargo run --example threads
//! ```

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;

use contextvars::{bind, bind_fn, context_var, with_context};
use tokio::sync::mpsc::unbounded_channel;
use tokio::task::spawn_blocking;

#[context_var]
static TENANT: &'static str = "nobody";

/// Called deep below, without an argument for the tenant.
fn render(page: u32) -> String {
    format!("{} {page}", TENANT.get())
}

type Job = Box<dyn FnOnce() + Send>;

/// Threads that live longer than any request.
struct Pool(mpsc::Sender<Job>);

impl Pool {
    fn new(threads: u32) -> Self {
        let (sender, jobs) = mpsc::channel::<Job>();
        let jobs = Arc::new(Mutex::new(jobs));
        for _ in 0..threads {
            let jobs = Arc::clone(&jobs);
            let next = move || jobs.lock().ok()?.recv().ok();
            thread::spawn(move || std::iter::from_fn(next).for_each(|job| job()));
        }
        Self(sender)
    }

    fn execute(&self, job: impl FnOnce() + Send + 'static) {
        self.0
            .send(Box::new(job))
            .expect("the threads live as long as the pool");
    }
}

/// Calls `work` for each of `items`, on four threads at once, as a parallel iterator would.
fn for_each(items: u32, work: impl Fn(u32) + Sync) {
    let next = AtomicU32::new(0);
    let take = || Some(next.fetch_add(1, Ordering::Relaxed)).filter(|item| *item < items);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| std::iter::from_fn(take).for_each(&work));
        }
    });
}

#[with_context(TENANT = tenant)]
async fn report(tenant: &'static str, pool: &Pool) -> Vec<String> {
    let (pages, mut rendered) = unbounded_channel();

    // One call: `bind`.
    let cover = pages.clone();
    pool.execute(bind(move || cover.send(render(0)).expect("the report waits")));

    // Many calls, on many threads: `bind_fn`.
    let backs = pages.clone();
    let back = bind_fn(move || backs.send(render(99)).expect("the report waits"));
    spawn_blocking(move || for_each(2, |_| back()));

    // A callback with an argument: the attribute.
    #[with_context]
    let body = move |page| pages.send(render(page)).expect("the report waits");
    spawn_blocking(move || for_each(8, |page| body(page + 1)));

    let mut report = Vec::new();
    while rendered.recv_many(&mut report, 8).await > 0 {}
    report
}

#[tokio::main]
async fn main() {
    let pool = Pool::new(2);
    let (acme, globex) = tokio::join!(report("acme", &pool), report("globex", &pool));
    println!("{acme:?}\n{globex:?}");
    assert_eq!((acme.len(), globex.len()), (11, 11));
    assert!(acme.iter().all(|page| page.starts_with("acme ")));
    assert!(globex.iter().all(|page| page.starts_with("globex ")));

    // A bare closure sees no tenant: nothing has remained on the threads of the pool.
    let (sender, rendered) = mpsc::channel();
    pool.execute(move || sender.send(render(1)).expect("main waits"));
    assert_eq!(rendered.recv().as_deref(), Ok("nobody 1"));
}
