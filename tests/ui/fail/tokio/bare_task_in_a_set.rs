use contextvars::tokio::JoinSet;

fn bare(tasks: &mut tokio::task::JoinSet<()>) {
    tasks.spawn(async {});
}

fn main() {
    let mut tasks = JoinSet::new();
    tasks.spawn(async {});
    bare(&mut tasks);
}
