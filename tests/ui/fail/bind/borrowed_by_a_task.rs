use contextvars::bind;

fn spawn<F: Future + Send + 'static>(future: F) {
    drop(future);
}

fn main() {
    let name = String::from("name");
    spawn(bind!(async { name.len() }));
}
