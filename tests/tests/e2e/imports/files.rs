//! Files as people have them, and as nobody should.

use openwati_tests::Running;
use serde_json::json;

use super::{counts, errors, imported};

#[tokio::test]
async fn a_file_that_no_contact_can_be_made_of_fails_with_its_reason() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let utf_16: Vec<u8> = "\u{feff}phone\n+923001234567\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let latin_1 = b"phone,name\n+923001234567,Jos\xe9\n";
    let one_line = "x".repeat(3 << 20);
    for (file, reason) in [
        (&b"\n\r\n"[..], "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (&utf_16, "UTF-16"),
        (latin_1, "Latin-1"),
        (b"PK\x03\x04zipped", "workbook"),
        (b"+923001234567\n+923001234568\n", "phone"),
        (b"name,city\nAli,Lahore\n", "phone"),
        (b"phone,phone\n1,2\n", "twice"),
        (one_line.as_bytes(), "longer"),
        (b"\"phone\n+923001234567\n", "phone"),
        (b"phone\0\n+923001234567\n", "control"),
        (b"\0\0\0\0\0\0\0\0\0\0\0\0\0\0", "UTF-16"),
    ] {
        let import = imported(&tenant.client, file, json!({})).await;
        assert_eq!(import["status"], "failed", "{reason}: {import}");
        let error = import["error"].as_str().unwrap();
        assert!(error.contains(reason), "{reason}: {error}");
        assert_eq!(counts(&import), [0; 4], "{reason}");
        assert!(import["finished_at"].is_string(), "{reason}");
    }
}

#[tokio::test]
async fn a_row_that_is_broken_keeps_no_other_from_being_imported() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let mut file = b"phone,name\n+923001230001,Ali\n".to_vec();
    file.extend(format!("+923001230002,{}\n", "x".repeat(10 << 20)).into_bytes());
    file.extend(b"+923001230003,a\0b\n+923001230004,\"Sa\"\"ra\" Khan\n");
    file.extend(format!("+923001230005{}\n", ",".repeat(600)).into_bytes());
    // Far behind what is looked at first.
    file.extend(b"+923001230006,Jos\xe9\n+923001230007,Jos\xc3\xa9\n");
    // What is never closed goes to the end.
    file.extend(b"+923001230008,\"Ali\n+923001230009,Sara\n");
    let import = imported(&tenant.client, &file, json!({})).await;
    assert_eq!(import["status"], "done", "{import}");
    assert_eq!(counts(&import), [8, 4, 0, 4], "{import}");
    let errors = errors(&tenant.client, &import).await;
    let expected = [(3, "longer"), (4, "control"), (6, "cells"), (7, "Latin-1")];
    assert_eq!(errors.len(), expected.len(), "{errors:?}");
    for (error, (row, reason)) in errors.iter().zip(expected) {
        assert_eq!(error["row"], row, "{errors:?}");
        assert!(
            error["reason"].as_str().unwrap().contains(reason),
            "{error}"
        );
    }
}

#[tokio::test]
async fn many_rows_that_are_wrong_are_told_page_by_page() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let mut file = "phone\n".to_owned();
    file.extend((0..12_345).map(|n| format!("x{n}\n")));
    let import = imported(&tenant.client, &file, json!({})).await;
    assert_eq!(counts(&import), [12_345, 0, 0, 12_345], "{import}");
    let errors = errors(&tenant.client, &import).await;
    assert_eq!(errors.len(), 12_345);
    for (at, error) in errors.iter().enumerate() {
        assert_eq!(error["row"], at + 2);
        assert_eq!(error["phone"], format!("x{at}"));
    }
}
