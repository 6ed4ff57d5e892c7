//! Writes the client and the server of the pricing service.

use tonic_build::manual::{Builder, Method, Service};

fn main() {
    let price = Method::builder()
        .name("price")
        .route_name("Price")
        .input_type("crate::pricing::PriceRequest")
        .output_type("crate::pricing::Price")
        .codec_path("tonic_prost::ProstCodec")
        .build();
    let pricing = Service::builder()
        .name("Pricing")
        .package("fleet")
        .method(price)
        .build();
    Builder::new().compile(&[pricing]);
}
