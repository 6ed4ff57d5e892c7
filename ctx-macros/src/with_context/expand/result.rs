//! What is emitted to find out whether a result is a future: the macros don't know types, the compiler does.

use crate::lints;
use crate::with_context::options::Options;
use crate::with_context::parse::return_type::KnownType;
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote_spanned;

/// Finishes a call that ran in a context: a future among its results goes on there. `run` is an expression of type
/// `Outcome`. What the compiler refuses is underlined at `span`.
// Output:
//     {
//         let __outcome = run;
//         { use kinds::*; (&&&&&__outcome.__kind()).__kind() }.finish(__outcome)
//     }
pub(super) fn finish(options: &Options, run: &TokenStream, known: KnownType, span: Span) -> TokenStream {
    let outcome = Ident::new("__outcome", span);
    let kind = kind(options, &quote_spanned!(span=> #outcome.__kind()), known, span);
    quote_spanned! {span=>
        {
            let #outcome = #run;
            #kind.finish(#outcome)
        }
    }
}

/// The kind of a type, of which `kind_of` is the `KindOf`. The traits in scope depend on how much of the type is known.
pub(super) fn kind(options: &Options, kind_of: &TokenStream, known: KnownType, span: Span) -> TokenStream {
    let private = options.crate_path.private(span);
    let kinds = match known {
        KnownType::Inferred => "derived",
        KnownType::Written => "written",
        KnownType::PartlyWritten => "written_in_part",
        KnownType::Named => "named",
        KnownType::Opaque => "opaque",
        KnownType::LeftOut => "left_out",
    };
    let kinds = Ident::new(kinds, span);
    let allow = lints::allow_glob_import(span);
    quote_spanned! {span=>
        {
            #allow
            use #private::#kinds::*;
            (&&&&&#kind_of).__kind()
        }
    }
}
