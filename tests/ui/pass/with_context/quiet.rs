#![deny(
    warnings,
    unreachable_pub,
    unused_qualifications,
    rust_2018_idioms,
    let_underscore_drop
)]
#![deny(
    single_use_lifetimes,
    unused_lifetimes,
    variant_size_differences,
    trivial_casts,
    unused_results
)]
#![deny(
    elided_lifetimes_in_paths,
    explicit_outlives_requirements,
    meta_variable_misuse,
    redundant_lifetimes
)]
#![deny(
    unit_bindings,
    unnameable_types,
    redundant_imports,
    tail_expr_drop_order,
    if_let_rescope
)]
#![forbid(unsafe_code)]

use contextvars::{context_var, with_context};

#[context_var]
static USER: String = "nobody".to_owned();

#[with_context(USER = name)]
async fn run(name: String, (a, _): (u8, String), list: &mut Vec<u8>) -> Result<usize, std::num::ParseIntError> {
    list.push(a);
    let parsed: u8 = "1".parse()?;
    Ok(USER.get().len() + usize::from(parsed))
}

#[with_context]
async fn lone_expression(text: String) -> usize {
    text.len()
}

#[with_context]
fn sync(list: &mut Vec<u8>, mut text: String) -> &mut u8 {
    text.push('!');
    list.push(1);
    &mut list[0]
}

#[with_context]
fn boxed(text: &str) -> std::pin::Pin<Box<dyn Future<Output = usize> + Send + '_>> {
    Box::pin(async move { text.len() })
}

#[with_context]
fn main() {
    let call = #[with_context]
    move |text: String| text.len();
    let mut list = Vec::new();
    assert_eq!(call("four".to_owned()), 4);
    assert_eq!(*sync(&mut list, String::new()), 1);
    drop(run(String::new(), (1, String::new()), &mut list));
    drop(lone_expression(String::new()));
    drop(boxed(""));
}
