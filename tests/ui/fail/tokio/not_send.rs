use contextvars::tokio::spawn;
use std::rc::Rc;

fn main() {
    spawn(async {
        let name = Rc::new("name");
        std::future::ready(()).await;
        drop(name);
    });
}
