//! The version of a package that this program was built with.

/// # Panics
///
/// If `Cargo.lock` has no such package.
pub(crate) fn version(package: &str) -> &'static str {
    let lock = include_str!("../Cargo.lock");
    let (_, entry) = lock
        .split_once(&format!("name = \"{package}\"\nversion = \""))
        .expect("a locked package");
    entry.split_once('"').expect("a closed string").0
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_version_is_that_of_the_lock() {
        assert_eq!(super::version("opentelemetry_sdk"), "0.33.1");
    }
}
