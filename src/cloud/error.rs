//! Errors with the service's own code and words.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::base::name::ACCOUNT;

/// A refusal of a service, as the service words it, and what a learner may do about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CloudError {
    /// `ResourceNotFoundException`, `AccessDenied`, `BucketNotEmpty` …
    pub code: Cow<'static, str>,
    /// The service's words (the error tables of the reference), not ours.
    pub message: String,
    /// What to do, in our words: full sentences.
    pub hint: Option<String>,
}

impl CloudError {
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code: Cow::Borrowed(code), message: message.into(), hint: None }
    }

    /// Adds what to do about it.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Adds a hint if there is one.
    pub fn hint_maybe(mut self, hint: Option<String>) -> Self {
        self.hint = hint.or(self.hint);
        self
    }

    /// `ValidationException` of the JSON services (streams.md section 8): one constraint, one field.
    pub fn constraint(value: impl fmt::Display, field: &str, rule: &str) -> Self {
        Self::new(
            "ValidationException",
            format!(
                "1 validation error detected: Value '{value}' at '{field}' failed to satisfy constraint: {rule}"
            ),
        )
    }

    /// `User: <arn> is not authorized to perform: <action> on resource: <resource>`, as of 2016: without
    /// the reason that today's text ends in (iam.md 8.1). The reason is the hint's to tell.
    pub fn access_denied(code: &'static str, who: &str, action: &str, resource: &str) -> Self {
        Self::new(code, format!("User: {who} is not authorized to perform: {action} on resource: {resource}"))
    }

    /// A key that does not exist, is not active, or belongs to nobody (iam.md 8.2).
    pub fn unrecognized_client() -> Self {
        Self::new("UnrecognizedClientException", "The security token included in the request is invalid.")
    }

    /// `Stream <name> under account <acct> not found.`
    pub fn stream_not_found(name: &str) -> Self {
        Self::new("ResourceNotFoundException", format!("Stream {name} under account {ACCOUNT} not found."))
    }

    /// `Firehose <name> not found under account <acct>.`
    pub fn delivery_not_found(name: &str) -> Self {
        Self::new("ResourceNotFoundException", format!("Firehose {name} not found under account {ACCOUNT}."))
    }
}

/// `ResourceNotFoundException: Stream iot under account 123456789012 not found.`
impl fmt::Display for CloudError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}", self.code, self.message)
    }
}

impl std::error::Error for CloudError {}
