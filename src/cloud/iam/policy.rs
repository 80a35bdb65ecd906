//! The policy language: a JSON document, read once, asked often.
//!
//! A [`Policy`] keeps its text and the statements read from it; only the text is kept in a checkpoint.
//! [`decide`] is the whole evaluation (iam.md section 6): a Deny that matches wins, then an Allow that
//! matches, else the answer is no.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::cloud::error::CloudError;
use crate::cloud::iam::condition::{Condition, Context};

/// A policy document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Policy {
    /// The document as JSON over several lines.
    text: String,
    statements: Vec<Statement>,
}

/// One statement of a policy.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    pub sid: Option<String>,
    pub deny: bool,
    /// `Service` and `firehose.amazonaws.com`, in trust policies.
    principals: Vec<(String, String)>,
    actions: Vec<String>,
    not_actions: bool,
    resources: Vec<String>,
    not_resources: bool,
    conditions: Vec<Condition>,
    /// Whether `${…}` stands for a value: only with Version 2012-10-17.
    variables: bool,
}

/// What is asked: may this action be done to this resource?
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// `kinesis:PutRecords`.
    pub action: &'a str,
    /// An ARN, or `*` for calls that have none.
    pub resource: &'a str,
    pub context: &'a Context,
}

/// The answer, with its reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// By this statement; `None` for the account's root, who needs none.
    Allowed(Option<Reason>),
    ExplicitDeny(Reason),
    ImplicitDeny,
}

/// The statement that decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// The policy's name.
    pub policy: String,
    /// Counted from 1.
    pub statement: usize,
    pub sid: Option<String>,
}

impl Decision {
    pub fn allowed(&self) -> bool {
        matches!(self, Self::Allowed(_))
    }
}

/// Asks the policies that apply, each with its name. Their order does not matter.
pub fn decide<'a>(
    policies: impl IntoIterator<Item = (&'a str, &'a Policy)>,
    request: &Request<'_>,
) -> Decision {
    let mut decision = Decision::ImplicitDeny;
    for (name, policy) in policies {
        for (at, statement) in policy.statements.iter().enumerate() {
            if !(statement.deny || decision == Decision::ImplicitDeny) || !statement.matches(request) {
                continue;
            }
            let reason = Reason { policy: name.to_owned(), statement: at + 1, sid: statement.sid.clone() };
            if statement.deny {
                return Decision::ExplicitDeny(reason);
            }
            decision = Decision::Allowed(Some(reason));
        }
    }
    decision
}

impl Policy {
    /// Reads a permissions policy: statements with actions and resources, without principals.
    pub fn parse(text: &str) -> Result<Self, CloudError> {
        let policy = Self::read(text)?;
        if policy.statements.iter().any(|it| !it.principals.is_empty()) {
            return Err(malformed("Policy document should not specify a principal."));
        }
        if policy.statements.iter().any(|it| it.resources.is_empty()) {
            return Err(malformed("Policy statement must contain resources."));
        }
        Ok(policy)
    }

    /// Reads a trust policy: who may assume a role.
    pub fn parse_trust(text: &str) -> Result<Self, CloudError> {
        let policy = Self::read(text)?;
        if policy.statements.iter().any(|it| it.principals.is_empty()) {
            return Err(malformed("Missing required field Principal"));
        }
        Ok(policy)
    }

    /// The document as JSON over several lines.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Characters that count against the quotas: all but white space.
    pub fn size(&self) -> usize {
        self.text.chars().filter(|it| !it.is_whitespace()).count()
    }

    /// Services that a trust policy names.
    pub fn services(&self) -> impl Iterator<Item = &str> {
        let principals = self.statements.iter().flat_map(|it| &it.principals);
        principals.filter(|(kind, _)| kind == "Service").map(|(_, name)| name.as_str())
    }

    /// Whether this trust policy lets a service assume the role.
    pub fn trusts(&self, service: &str, context: &Context) -> bool {
        let request = Request { action: "sts:AssumeRole", resource: "*", context };
        let applies = |it: &&Statement| {
            it.principals.iter().any(|(kind, name)| kind == "Service" && name == service)
                && it.matches(&request)
        };
        let mut applying = self.statements.iter().filter(applies).peekable();
        applying.peek().is_some() && applying.all(|it| !it.deny)
    }

    fn read(text: &str) -> Result<Self, CloudError> {
        let syntax = || malformed("Syntax errors in policy.");
        let document: Value = serde_json::from_str(text)
            .map_err(|error| syntax().hint(format!("The JSON is not complete: {error}.")))?;
        let fields = document.as_object().ok_or_else(syntax)?;
        let version = fields.get("Version").map(|it| it.as_str().unwrap_or_default());
        if fields.keys().any(|it| !["Version", "Id", "Statement"].contains(&it.as_str()))
            || version.is_some_and(|it| it != "2012-10-17" && it != "2008-10-17")
        {
            return Err(syntax());
        }
        let variables = version == Some("2012-10-17");
        let statements = match fields.get("Statement") {
            Some(Value::Array(list)) => {
                list.iter().map(|it| Statement::read(it, variables)).collect::<Result<Vec<_>, _>>()?
            }
            Some(one @ Value::Object(_)) => vec![Statement::read(one, variables)?],
            _ => return Err(syntax()),
        };
        if statements.is_empty() {
            return Err(syntax());
        }
        for (at, statement) in statements.iter().enumerate() {
            if statement.sid.is_some() && statements[..at].iter().any(|it| it.sid == statement.sid) {
                return Err(malformed("Statement IDs (SID) in a single policy must be unique."));
            }
        }
        let text = serde_json::to_string_pretty(&document).unwrap_or_else(|_| text.to_owned());
        Ok(Self { text, statements })
    }
}

impl TryFrom<String> for Policy {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::read(&text).map_err(|error| error.message)
    }
}

impl From<Policy> for String {
    fn from(policy: Policy) -> String {
        policy.text
    }
}

fn malformed(message: impl Into<String>) -> CloudError {
    CloudError::new("MalformedPolicyDocument", message)
}

impl Statement {
    fn read(value: &Value, variables: bool) -> Result<Self, CloudError> {
        const FIELDS: [&str; 9] = [
            "Sid",
            "Effect",
            "Principal",
            "NotPrincipal",
            "Action",
            "NotAction",
            "Resource",
            "NotResource",
            "Condition",
        ];
        let syntax = || malformed("Syntax errors in policy.");
        let fields = value.as_object().ok_or_else(syntax)?;
        if let Some(odd) = fields.keys().find(|it| !FIELDS.contains(&it.as_str())) {
            return Err(syntax().hint(format!("A statement has no field `{odd}`.")));
        }
        let deny = match fields.get("Effect").and_then(Value::as_str) {
            Some("Allow") => false,
            Some("Deny") => true,
            _ => return Err(syntax().hint("Effect is \"Allow\" or \"Deny\".")),
        };
        let (actions, not_actions) = either(fields, "Action", "NotAction").map_err(|()| syntax())?;
        let (resources, not_resources) = either(fields, "Resource", "NotResource").map_err(|()| syntax())?;
        if actions.is_empty() {
            return Err(malformed("Policy statement must contain actions."));
        }
        if actions.iter().any(|it| it != "*" && !it.contains(':')) {
            return Err(malformed(
                "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.",
            ));
        }
        resources.iter().try_for_each(|it| check_resource(it))?;
        let conditions = match fields.get("Condition") {
            None => Vec::new(),
            Some(value) => Condition::read(value).ok_or_else(syntax)?,
        };
        let sid = match fields.get("Sid") {
            None => None,
            // The consoles write empty ones into every statement.
            Some(value) => Some(value.as_str().ok_or_else(syntax)?.to_owned()).filter(|it| !it.is_empty()),
        };
        let principals = match fields.get("Principal") {
            None => Vec::new(),
            Some(value) => principals(value).ok_or_else(syntax)?,
        };
        Ok(Self {
            sid,
            deny,
            principals,
            actions,
            not_actions,
            resources,
            not_resources,
            conditions,
            variables,
        })
    }

    fn matches(&self, request: &Request<'_>) -> bool {
        let action = self.actions.iter().any(|it| action_matches(it, request.action));
        if action == self.not_actions {
            return false;
        }
        if !self.resources.is_empty() && self.resource_matches(request) == self.not_resources {
            return false;
        }
        self.conditions.iter().all(|it| it.holds(request.context, self.variables))
    }

    fn resource_matches(&self, request: &Request<'_>) -> bool {
        self.resources.iter().any(|pattern| {
            if self.variables && pattern.contains("${") {
                // A variable without a value makes the statement not match.
                let filled = request.context.fill(pattern);
                return filled.is_some_and(|it| arn_matches(&it, request.resource));
            }
            arn_matches(pattern, request.resource)
        })
    }
}

/// The texts of one of two fields that exclude each other, and whether it was the second.
fn either(fields: &serde_json::Map<String, Value>, yes: &str, no: &str) -> Result<(Vec<String>, bool), ()> {
    match (fields.get(yes), fields.get(no)) {
        (Some(_), Some(_)) => Err(()),
        (Some(value), None) => Ok((texts(value).ok_or(())?, false)),
        (None, Some(value)) => Ok((texts(value).ok_or(())?, true)),
        (None, None) => Ok((Vec::new(), false)),
    }
}

/// A text, or a list of texts.
pub(super) fn texts(value: &Value) -> Option<Vec<String>> {
    match value {
        Value::String(text) => Some(vec![text.clone()]),
        Value::Array(list) => list.iter().map(|it| it.as_str().map(str::to_owned)).collect(),
        _ => None,
    }
}

fn principals(value: &Value) -> Option<Vec<(String, String)>> {
    match value {
        Value::String(star) if star == "*" => Some(vec![("AWS".to_owned(), star.clone())]),
        Value::Object(kinds) => {
            let mut found = Vec::new();
            for (kind, names) in kinds {
                found.extend(texts(names)?.into_iter().map(|it| (kind.clone(), it)));
            }
            Some(found)
        }
        _ => None,
    }
}

fn check_resource(text: &str) -> Result<(), CloudError> {
    if text == "*" {
        return Ok(());
    }
    let fields: Vec<&str> = text.splitn(6, ':').collect();
    if fields[0] != "arn" || fields.len() < 2 {
        return Err(malformed(format!("Resource {text} must be in ARN format or \"*\".")));
    }
    if !["aws", "aws-cn", "aws-us-gov", "*"].contains(&fields[1]) {
        return Err(malformed(format!("Partition \"{}\" is not valid for resource \"{text}\".", fields[1])));
    }
    if fields.len() < 6 && !fields.last().is_some_and(|it| it.ends_with('*')) {
        return Err(malformed("The policy failed legacy parsing"));
    }
    Ok(())
}

/// `service:Name` compares without case; `*` and `?` stand for any run and for one character.
fn action_matches(pattern: &str, action: &str) -> bool {
    wild(pattern.as_bytes(), action.as_bytes(), |a, b| a.eq_ignore_ascii_case(&b))
}

/// ARNs compare field by field, the sixth holding the rest; a lone `*` matches everything.
pub(super) fn arn_matches(pattern: &str, arn: &str) -> bool {
    if pattern == "*" {
        return true;
    }
    let mut patterns = pattern.splitn(6, ':');
    let mut fields = arn.splitn(6, ':');
    loop {
        match (patterns.next(), fields.next()) {
            (Some(pattern), Some(field)) => {
                if !wild(pattern.as_bytes(), field.as_bytes(), |a, b| a == b) {
                    return false;
                }
                // A pattern that ends early in a star covers the fields that follow.
                if pattern.ends_with('*') && patterns.clone().next().is_none() {
                    return true;
                }
            }
            (None, None) => return true,
            _ => return false,
        }
    }
}

/// Wildcards without recursion: on a mismatch the last star takes one character more.
pub(super) fn wild(pattern: &[u8], text: &[u8], same: impl Fn(u8, u8) -> bool) -> bool {
    let (mut at, mut read) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while read < text.len() {
        match pattern.get(at) {
            Some(b'*') => {
                star = Some((at, read));
                at += 1;
            }
            Some(&it) if it == b'?' || same(it, text[read]) => {
                at += 1;
                read += 1;
            }
            _ => {
                let Some((star_at, taken)) = star else { return false };
                star = Some((star_at, taken + 1));
                at = star_at + 1;
                read = taken + 1;
            }
        }
    }
    pattern[at..].iter().all(|&it| it == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards() {
        let same = |a, b| a == b;
        for (pattern, text, matches) in [
            ("*", "", true),
            ("a*c", "abbc", true),
            ("a*c", "abcb", false),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("*ab*ab", "abxab", true),
            ("iot*", "iot/2", true),
        ] {
            assert_eq!(wild(pattern.as_bytes(), text.as_bytes(), same), matches, "{pattern} {text}");
        }
    }
}
