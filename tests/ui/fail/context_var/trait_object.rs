use contextvars::context_var;
use std::sync::Arc;

trait Db {}

#[context_var]
static DB: Arc<dyn Db>;

fn main() {}
