//! Tests of the message model.
