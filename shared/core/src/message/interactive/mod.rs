//! Messages with something to tap.

mod action;
mod commerce;
mod flow;
mod frame;
mod list;

pub use self::action::{
    Action, AddressMessage, CallPermissionRequest, Card, Carousel, CtaUrl, CtaUrlParameters, Reply,
    ReplyButton, ReplyButtons, SendLocation, VoiceCall, VoiceCallParameters,
};
pub use self::commerce::{
    CatalogMessage, CatalogParameters, Order, OrderDetails, OrderDetailsParameters, OrderState,
    OrderStatus, OrderStatusParameters, Product, ProductItem, ProductList, ProductSection,
};
pub use self::flow::{Flow, FlowAction, FlowActionPayload, FlowMode, FlowParameters};
pub use self::frame::{Body, Footer, Header, Interactive};
pub use self::list::{List, Row, Section};
