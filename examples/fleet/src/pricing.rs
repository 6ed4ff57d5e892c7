//! The pricing service, over gRPC: its messages, its server, and a client for the gateway.

use std::net::Ipv4Addr;
use std::time::Duration;

use contextvars::tower::{ExtractLayer, InjectLayer, InjectService};
use tokio::net::TcpListener;
use tokio::time::sleep;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::transport::{Channel, Endpoint, Server};
use tonic::{Request, Response, Status};
use tower::Layer as _;

use crate::Failure;
use crate::carrier;
use crate::identity::{BAGGAGE, Identity};
use crate::seen::Seen;

use self::wire::pricing_client::PricingClient;
use self::wire::pricing_server::{Pricing, PricingServer};

#[allow(clippy::pedantic, unreachable_pub)]
mod wire {
    include!(concat!(env!("OUT_DIR"), "/fleet.Pricing.rs"));
}

#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct PriceRequest {
    #[prost(string, tag = "1")]
    pub(crate) item: String,
    #[prost(message, optional, tag = "2")]
    pub(crate) expected: Option<Identity>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct Price {
    #[prost(uint64, tag = "1")]
    pub(crate) cents: u64,
    #[prost(message, optional, tag = "2")]
    pub(crate) seen: Option<Seen>,
}

struct Service;

#[tonic::async_trait]
impl Pricing for Service {
    async fn price(&self, request: Request<PriceRequest>) -> Result<Response<Price>, Status> {
        Ok(Response::new(carrier::arrived(price(request.into_inner())).await))
    }
}

async fn price(PriceRequest { item, expected }: PriceRequest) -> Price {
    let cents = look_up(&item).await;
    let seen = Some(Seen::here("pricing", expected.as_ref()));
    Price { cents, seen }
}

async fn look_up(item: &str) -> u64 {
    sleep(Duration::from_millis(fastrand::u64(1..5))).await;
    1_000 + 100 * item.len() as u64
}

/// Sends the identity of whoever calls.
pub(crate) type Client = PricingClient<InjectService<Channel>>;

pub(crate) async fn connect(url: String) -> Result<Client, Failure> {
    let channel = Endpoint::from_shared(url)?.connect().await?;
    Ok(PricingClient::new(InjectLayer::new(&BAGGAGE).layer(channel)))
}

/// Serves for ever, on a port that it prints.
pub(crate) async fn run() -> Result<(), Failure> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    println!("{}", listener.local_addr()?.port());
    Server::builder()
        // Only the gateway reaches this service, so what it sends is taken for true.
        .layer(ExtractLayer::new(&BAGGAGE))
        .add_service(PricingServer::new(Service))
        .serve_with_incoming(TcpListenerStream::new(listener))
        .await?;
    Ok(())
}
