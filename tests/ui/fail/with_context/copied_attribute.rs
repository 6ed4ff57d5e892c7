use contextvars::with_context;
use contextvars_ui_attributes::declared;

struct S;

#[declared]
impl S {
    #[with_context]
    async fn own(&self) {}
}

fn main() {
    let _own = S.own();
}
