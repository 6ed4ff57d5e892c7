use contextvars::context_var;

#[context_var]
static USER: String;

fn main() {
    let _user: Option<&String> = USER.with(|user| user);
}
