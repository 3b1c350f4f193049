//! The queue of what came in, which nothing works off yet.

use openwati::Ready;
use openwati_store::aws::Clients;
use serde_json::Value;

/// Takes a job from it.
pub(crate) async fn take_inbound(clients: &Clients, ready: &Ready) -> Option<Value> {
    let url = &ready.aws.queues["inbound.fifo"];
    let request = clients
        .sqs
        .receive_message()
        .queue_url(url)
        .max_number_of_messages(1);
    let message = request.send().await.unwrap().messages?.pop()?;
    let handle = message.receipt_handle.unwrap();
    let delete = clients
        .sqs
        .delete_message()
        .queue_url(url)
        .receipt_handle(handle);
    delete.send().await.unwrap();
    serde_json::from_str(message.body.as_deref().unwrap()).ok()
}
