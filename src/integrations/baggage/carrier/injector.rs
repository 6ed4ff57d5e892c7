//! opentelemetry's `Injector`, which can write and nothing else.

use super::Carrier;
use opentelemetry::propagation::Injector;

/// What the carrier has already is not seen, and an `Injector` replaces it. To keep it, inject into the carrier itself.
#[cfg_attr(docsrs, doc(cfg(feature = "opentelemetry")))]
impl Carrier for dyn Injector + '_ {
    fn read<'a>(&'a self, _: &str, _: &mut dyn FnMut(&'a [u8])) {}

    fn replace(&mut self, name: &'static str, value: Option<Vec<u8>>) {
        if let Some(value) = value {
            self.set(name, String::from_utf8_lossy(&value).into_owned());
        }
    }
}
