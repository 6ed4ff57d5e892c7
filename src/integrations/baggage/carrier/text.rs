//! What the values of maps and lists are.

/// A `String`, or bytes.
pub trait Text {
    #[doc(hidden)]
    fn bytes(&self) -> &[u8];

    #[doc(hidden)]
    fn from_bytes(bytes: Vec<u8>) -> Self;
}

impl Text for String {
    fn bytes(&self) -> &[u8] {
        self.as_bytes()
    }

    fn from_bytes(bytes: Vec<u8>) -> Self {
        // Of strings, joined by ASCII, or ASCII: so nothing is ever lost here.
        Self::from_utf8(bytes).unwrap_or_else(|error| Self::from_utf8_lossy(error.as_bytes()).into_owned())
    }
}

impl Text for Vec<u8> {
    fn bytes(&self) -> &[u8] {
        self
    }

    fn from_bytes(bytes: Vec<u8>) -> Self {
        bytes
    }
}
