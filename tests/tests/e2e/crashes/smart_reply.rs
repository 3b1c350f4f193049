//! The AI's answer to a message, when the process dies in between.

use futures::{StreamExt as _, stream};
use openwati_tests::{AiDoes, AiServer, Process, Program, SOON, eventually, someone};
use serde_json::Value;

use super::{AT_A_TIME, VARIABLE, dies, points_of};
use crate::smart_reply::{is_over, log_of, switch_on, used_today};

/// Jobs come again after six times the function's time-out, a third of which is the AI's.
fn program() -> Program {
    let arguments = ["--speed", "100", "--function-timeout", "3"];
    Program::new(env!("CARGO_BIN_EXE_openwati-crashable"), &arguments)
}

#[tokio::test]
async fn a_message_that_the_ai_was_answering_is_answered_once() {
    let cut = stream::iter(points_of("smart-reply.")).map(answer_is_cut);
    cut.buffer_unordered(AT_A_TIME)
        .for_each(async |()| ())
        .await;
}

async fn answer_is_cut(point: &'static str) {
    let ai = AiServer::start().await;
    let fails = point == "smart-reply.place_returned";
    if fails {
        ai.does(AiDoes::Status(500));
    }
    let program = program();
    let [key, url, model] = ai.environment();
    let armed = [key, url, model, (VARIABLE, point)];
    let process = program.start_with(&armed).await;
    switch_on(&process.client()).await;
    let customer = someone();
    let phone = process.whatsapp().phone(&customer);
    let number = &process.ready().channel.phone_number_id;
    phone.writes(number, "Hello?").await;
    dies(process, point).await;

    let process = program.start_with(&ai.environment()).await;
    let client = process.client();
    let entry = settled(&process, &customer, point).await;
    assert_eq!(entry["outcome"], if fails { "ai_failed" } else { "ai" });
    let texts = process.whatsapp().phone(&customer).texts().await;
    assert_eq!(texts.len(), usize::from(!fails), "{point}: {texts:?}");
    let asked = match point {
        // The answer that nobody kept is asked for again.
        "smart-reply.answered" | "smart-reply.counted" => 2,
        _ => 1,
    };
    assert_eq!(ai.asked().len(), asked, "{point}");
    let used = used_today(&client).await;
    let expected = match point {
        // The place of the try that died is lost.
        "smart-reply.place_reserved" | "smart-reply.answered" | "smart-reply.counted" => 2,
        _ => u64::from(!fails),
    };
    assert_eq!(used, expected, "{point}");
    process.kill().await;
}

/// Waits until the one entry of the log has its end, which a job that comes again may still bring.
async fn settled(process: &Process, customer: &str, point: &str) -> Value {
    let client = process.client();
    eventually(&format!("{point}: it has its end"), SOON * 2, || async {
        let log = log_of(&client, customer).await;
        assert!(log.len() <= 1, "{point}: {log:?}");
        log.into_iter().next().filter(is_over)
    })
    .await
}
