//! Attribute macros as others write them: one copies attributes, one moves a body to a thread, one to a runtime.

use proc_macro::{Delimiter, Group, Punct, Spacing, TokenStream, TokenTree};

/// Leaves the `impl` block as it is, and adds a trait that declares its methods, with all of their attributes.
#[proc_macro_attribute]
pub fn declared(_: TokenStream, block: TokenStream) -> TokenStream {
    let Some(TokenTree::Group(methods)) = block.clone().into_iter().last() else {
        return block;
    };
    let declarations = methods.stream().into_iter().map(|token| match token {
        TokenTree::Group(body) if body.delimiter() == Delimiter::Brace => Punct::new(';', Spacing::Alone).into(),
        token => token,
    });
    let declared = Group::new(Delimiter::Brace, declarations.collect());
    let head: TokenStream = "trait Declared".parse().unwrap_or_default();
    block
        .into_iter()
        .chain(head)
        .chain([TokenTree::Group(declared)])
        .collect()
}

/// Runs the body of the function on a thread of its own.
#[proc_macro_attribute]
pub fn threaded(_: TokenStream, function: TokenStream) -> TokenStream {
    let mut tokens: Vec<TokenTree> = function.into_iter().collect();
    let Some(body) = tokens.pop() else {
        return TokenStream::new();
    };
    let head: TokenStream = "fn moved()".parse().unwrap_or_default();
    let tail: TokenStream = "::std::thread::spawn(moved).join().unwrap()"
        .parse()
        .unwrap_or_default();
    let moved = head.into_iter().chain([body]).chain(tail);
    tokens.push(TokenTree::Group(Group::new(Delimiter::Brace, moved.collect())));
    tokens.into_iter().collect()
}

/// Hands the `async fn` to `run_test`, as a test's runner does, and leaves its attributes where they are.
#[proc_macro_attribute]
pub fn driven(_: TokenStream, function: TokenStream) -> TokenStream {
    let mut outer: Vec<TokenTree> = function.into_iter().collect();
    let is_async = |token: &TokenTree| token.to_string() == "async";
    let (Some(body), Some(at)) = (outer.pop(), outer.iter().position(is_async)) else {
        return TokenStream::new();
    };
    outer.remove(at);
    let head: TokenStream = "async fn".parse().unwrap_or_default();
    let tail: TokenStream = format!("run_test({})", outer[at + 1]).parse().unwrap_or_default();
    let nested = head
        .into_iter()
        .chain(outer[at + 1..].iter().cloned())
        .chain([body])
        .chain(tail);
    let nested = TokenTree::Group(Group::new(Delimiter::Brace, nested.collect()));
    outer.into_iter().chain([nested]).collect()
}
