//! IAM: users, keys, roles and policies; allow or deny, with the reason.
//!
//! The learner works as the account's root, who may do everything, and makes one user with narrow
//! rights for the producer. Services act through roles. Every call of a service asks
//! [`Iam::decide`] first. Changes take effect at once; the real service spreads them within seconds.
//! Not here: groups, customer managed policies, permissions boundaries (COMPAT.md).

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::base::name::{ACCOUNT, managed_policy_arn, role_arn, user_arn};
use crate::base::seed::{Chance, Seed};
use crate::base::time::Timestamp;
use crate::cloud::error::CloudError;
use crate::sql::diag::nearest;

mod condition;
pub mod key;
pub mod managed;
pub mod policy;
pub mod role;

pub use condition::Context;
pub use key::{AccessKey, NewKey, looks_real};
pub use managed::Managed;
pub use policy::{Decision, Policy, Reason, Request, decide};
pub use role::Role;

/// Policies managed by AWS that a user or role may have (iam.md section 3).
pub const ATTACHED_MAX: usize = 10;
/// Characters of a user's inline policies together, white space not counted.
const USER_INLINE_MAX: usize = 2_048;
/// Characters of a role's inline policies together.
const ROLE_INLINE_MAX: usize = 10_240;

/// Who makes a call; prints as an ARN.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Principal {
    /// The account's root: the person at the console.
    Root,
    User(String),
    /// A service acting through a role.
    Role {
        name: String,
        session: String,
    },
}

impl fmt::Display for Principal {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Principal::Root => write!(out, "arn:aws:iam::{ACCOUNT}:root"),
            Principal::User(name) => out.write_str(&user_arn(name)),
            Principal::Role { name, session } => {
                write!(out, "arn:aws:sts::{ACCOUNT}:assumed-role/{name}/{session}")
            }
        }
    }
}

/// Users and roles of the account.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Iam {
    users: BTreeMap<String, User>,
    roles: BTreeMap<String, Role>,
    keys: Chance,
}

/// An IAM user.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct User {
    pub name: String,
    /// `AIDA…`, 21 characters.
    pub id: String,
    pub created_at: Timestamp,
    pub keys: Vec<AccessKey>,
    pub attached: Vec<Managed>,
    /// By name.
    pub inline: BTreeMap<String, Policy>,
}

impl User {
    pub fn arn(&self) -> String {
        user_arn(&self.name)
    }

    /// Every policy that applies, with its name.
    pub fn policies(&self) -> impl Iterator<Item = (&str, &Policy)> {
        let attached = self.attached.iter().map(|it| (it.name(), it.policy()));
        attached.chain(self.inline.iter().map(|(name, policy)| (name.as_str(), policy)))
    }
}

impl Iam {
    pub fn new(seed: Seed) -> Self {
        Self { users: BTreeMap::new(), roles: BTreeMap::new(), keys: seed.stream("iam.keys") }
    }

    /// The users by name.
    pub fn users(&self) -> impl Iterator<Item = &User> {
        self.users.values()
    }

    pub fn user(&self, name: &str) -> Result<&User, CloudError> {
        self.users.get(name).ok_or_else(|| self.no_user(name))
    }

    /// The roles by name.
    pub fn roles(&self) -> impl Iterator<Item = &Role> {
        self.roles.values()
    }

    pub fn role(&self, name: &str) -> Result<&Role, CloudError> {
        self.roles.get(name).ok_or_else(|| no_role(name))
    }

    /// The user who owns an access key.
    pub fn key_owner(&self, key: &str) -> Option<&User> {
        self.users.values().find(|user| user.keys.iter().any(|it| it.id == key))
    }

    /// Whether a principal may do an action to a resource, and why. A user or role that does not exist
    /// may do nothing.
    pub fn decide(&self, now: Timestamp, by: &Principal, action: &str, resource: &str) -> Decision {
        match by {
            Principal::Root => Decision::Allowed(None),
            Principal::User(name) => match self.users.get(name) {
                Some(user) => {
                    let context = context(now).with("aws:username", name).with("aws:userid", &user.id);
                    decide(user.policies(), &Request { action, resource, context: &context })
                }
                None => Decision::ImplicitDeny,
            },
            Principal::Role { name, session } => match self.roles.get(name) {
                Some(role) => {
                    let context = context(now).with("aws:userid", format!("{}:{session}", role.id));
                    decide(role.policies(), &Request { action, resource, context: &context })
                }
                None => Decision::ImplicitDeny,
            },
        }
    }

    /// Whether a service of this account may assume a role.
    pub fn assumes(&self, now: Timestamp, service: &str, role: &str) -> bool {
        let context = context(now).with("sts:ExternalId", ACCOUNT).with("aws:SourceAccount", ACCOUNT);
        self.roles.get(role).is_some_and(|it| it.trust.trusts(service, &context))
    }

    /// CreateUser.
    pub fn create_user(&mut self, now: Timestamp, name: &str) -> Result<(), CloudError> {
        check_name(name, "userName", "UserName")?;
        if self.users.keys().any(|it| it.eq_ignore_ascii_case(name)) {
            let message = format!("User with name {name} already exists.");
            return Err(CloudError::new("EntityAlreadyExists", message));
        }
        let user = User {
            name: name.to_owned(),
            id: key::unique_id("AIDA", &mut self.keys),
            created_at: now,
            keys: Vec::new(),
            attached: Vec::new(),
            inline: BTreeMap::new(),
        };
        self.users.insert(name.to_owned(), user);
        Ok(())
    }

    /// DeleteUser. The user must have neither policies nor keys any more.
    pub fn delete_user(&mut self, name: &str) -> Result<(), CloudError> {
        let user = self.user(name)?;
        let conflict = |what: &str| {
            Err(CloudError::new("DeleteConflict", format!("Cannot delete entity, must {what} first.")))
        };
        if !user.attached.is_empty() {
            return conflict("detach all policies");
        }
        if !user.inline.is_empty() {
            return conflict("delete policies");
        }
        if !user.keys.is_empty() {
            return conflict("delete access keys");
        }
        self.users.remove(name);
        Ok(())
    }

    /// What the console's delete button does: everything the user owns, then the user.
    pub fn delete_user_with_all(&mut self, name: &str) -> Result<(), CloudError> {
        self.user(name)?;
        self.users.remove(name);
        Ok(())
    }

    /// CreateAccessKey. The secret is in the answer and nowhere else.
    pub fn create_key(&mut self, now: Timestamp, user: &str) -> Result<NewKey, CloudError> {
        if key::KEYS_MAX <= self.user(user)?.keys.len() {
            let message = format!("Cannot exceed quota for AccessKeysPerUser: {}", key::KEYS_MAX);
            return Err(CloudError::new("LimitExceeded", message)
                .hint("Delete a key that nobody uses any more, then make a new one."));
        }
        let made = NewKey::draw(&mut self.keys);
        let kept = AccessKey { id: made.id.clone(), active: true, created_at: now };
        self.user_mut(user)?.keys.push(kept);
        Ok(made)
    }

    /// UpdateAccessKey: Active or Inactive.
    pub fn set_key_active(&mut self, user: &str, key: &str, active: bool) -> Result<(), CloudError> {
        let found = self.user_mut(user)?.keys.iter_mut().find(|it| it.id == key);
        found.ok_or_else(|| no_key(key))?.active = active;
        Ok(())
    }

    /// DeleteAccessKey.
    pub fn delete_key(&mut self, user: &str, key: &str) -> Result<(), CloudError> {
        let keys = &mut self.user_mut(user)?.keys;
        let at = keys.iter().position(|it| it.id == key).ok_or_else(|| no_key(key))?;
        keys.remove(at);
        Ok(())
    }

    /// AttachUserPolicy, by name or ARN. Attaching twice is fine.
    pub fn attach(&mut self, user: &str, policy: &str) -> Result<(), CloudError> {
        let user = self.user_mut(user)?;
        let managed = Managed::find(policy)?;
        if user.attached.iter().any(|it| it.name() == managed.name()) {
            return Ok(());
        }
        if ATTACHED_MAX <= user.attached.len() {
            let message = format!("Cannot exceed quota for PoliciesPerUser: {ATTACHED_MAX}");
            return Err(CloudError::new("LimitExceeded", message));
        }
        user.attached.push(managed);
        Ok(())
    }

    /// DetachUserPolicy, by name or ARN; for an inline policy's name DeleteUserPolicy.
    pub fn detach(&mut self, user: &str, policy: &str) -> Result<(), CloudError> {
        let user = self.user_mut(user)?;
        if user.inline.remove(policy).is_some() {
            return Ok(());
        }
        detach_managed(&mut user.attached, policy)
    }

    /// PutUserPolicy: writes or replaces an inline policy.
    pub fn put_policy(&mut self, user: &str, name: &str, document: &str) -> Result<(), CloudError> {
        check_name(name, "policyName", "PolicyName")?;
        let owner = self.user_mut(user)?;
        let policy = Policy::parse(document)?;
        if USER_INLINE_MAX < inline_size(&owner.inline, name) + policy.size() {
            let message = format!("Maximum policy size of {USER_INLINE_MAX} bytes exceeded for user {user}");
            return Err(CloudError::new("LimitExceeded", message));
        }
        owner.inline.insert(name.to_owned(), policy);
        Ok(())
    }

    /// CreateRole for a service, with an external id in its trust policy for Firehose (iam.md 7).
    pub fn create_role(
        &mut self,
        now: Timestamp,
        name: &str,
        path: &str,
        service: &str,
    ) -> Result<(), CloudError> {
        check_name(name, "roleName", "RoleName")?;
        if self.roles.keys().any(|it| it.eq_ignore_ascii_case(name)) {
            let message = format!("Role with name {name} already exists.");
            return Err(CloudError::new("EntityAlreadyExists", message));
        }
        let id = key::unique_id("AROA", &mut self.keys);
        self.roles.insert(name.to_owned(), Role::new(now, name, path, service, id)?);
        Ok(())
    }

    /// PutRolePolicy: writes or replaces an inline policy. The role remembers it, so that
    /// [`restore_role`](Self::restore_role) can give it back.
    pub fn put_role_policy(&mut self, role: &str, name: &str, document: &str) -> Result<(), CloudError> {
        check_name(name, "policyName", "PolicyName")?;
        let owner = self.role_mut(role)?;
        let policy = Policy::parse(document)?;
        if ROLE_INLINE_MAX < inline_size(&owner.inline, name) + policy.size() {
            let message = format!("Maximum policy size of {ROLE_INLINE_MAX} bytes exceeded for role {role}");
            return Err(CloudError::new("LimitExceeded", message));
        }
        owner.put(name, policy);
        Ok(())
    }

    /// DeleteRolePolicy or DetachRolePolicy. The console's names end in the moment they were made;
    /// `oneClick_firehose_delivery_role` alone is enough where one policy's name begins so.
    pub fn detach_role_policy(&mut self, role: &str, policy: &str) -> Result<(), CloudError> {
        let owner = self.role_mut(role)?;
        if let Some(name) = owner.inline_name(policy) {
            owner.inline.remove(&name);
            return Ok(());
        }
        if owner.attached.iter().any(|it| it.is(policy)) {
            return detach_managed(&mut owner.attached, policy);
        }
        let message = format!("The role policy with name {policy} cannot be found.");
        let near = nearest(policy, owner.inline.keys().map(String::as_str));
        Err(CloudError::new("NoSuchEntity", message)
            .hint_maybe(near.map(|it| format!("Did you mean `{it}`?"))))
    }

    /// Gives a role back its trust policy and the policies that its console pages made.
    pub fn restore_role(&mut self, role: &str) -> Result<(), CloudError> {
        self.role_mut(role)?.restore();
        Ok(())
    }

    /// UpdateAssumeRolePolicy.
    pub fn set_trust(&mut self, role: &str, document: &str) -> Result<(), CloudError> {
        let trust = Policy::parse_trust(document)?;
        self.role_mut(role)?.trust = trust;
        Ok(())
    }

    /// DeleteRole with its policies, as the console does it.
    pub fn delete_role_with_all(&mut self, role: &str) -> Result<(), CloudError> {
        self.role(role)?;
        self.roles.remove(role);
        Ok(())
    }

    /// A role's ARN, made up from the name where the role does not exist.
    pub fn role_arn(&self, name: &str) -> String {
        self.roles.get(name).map_or_else(|| role_arn("/", name), Role::arn)
    }

    fn user_mut(&mut self, name: &str) -> Result<&mut User, CloudError> {
        let missing = self.no_user(name);
        self.users.get_mut(name).ok_or(missing)
    }

    fn role_mut(&mut self, name: &str) -> Result<&mut Role, CloudError> {
        self.roles.get_mut(name).ok_or_else(|| no_role(name))
    }

    fn no_user(&self, name: &str) -> CloudError {
        let near = nearest(name, self.users.keys().map(String::as_str));
        CloudError::new("NoSuchEntity", format!("The user with name {name} cannot be found."))
            .hint_maybe(near.map(|it| format!("Did you mean `{it}`?")))
    }
}

fn no_role(name: &str) -> CloudError {
    CloudError::new("NoSuchEntity", format!("The role with name {name} cannot be found."))
}

fn no_key(key: &str) -> CloudError {
    CloudError::new("NoSuchEntity", format!("The Access Key with id {key} cannot be found"))
}

fn detach_managed(attached: &mut Vec<Managed>, policy: &str) -> Result<(), CloudError> {
    match attached.iter().position(|it| it.is(policy)) {
        Some(at) => {
            attached.remove(at);
            Ok(())
        }
        None => {
            let arn = if policy.starts_with("arn:") { policy.to_owned() } else { managed_policy_arn(policy) };
            Err(CloudError::new("NoSuchEntity", format!("Policy {arn} was not found.")))
        }
    }
}

/// Characters of the inline policies other than `name`.
fn inline_size(inline: &BTreeMap<String, Policy>, name: &str) -> usize {
    inline.iter().filter(|(other, _)| *other != name).map(|(_, policy)| policy.size()).sum()
}

/// Names of users and roles: 1 to 64 of letters, digits and `_+=,.@-`; of policies up to 128.
fn check_name(name: &str, field: &str, kind: &str) -> Result<(), CloudError> {
    let length_max = if kind == "PolicyName" { 128 } else { 64 };
    let known = |it: u8| it.is_ascii_alphanumeric() || b"_+=,.@-".contains(&it);
    if (1..=length_max).contains(&name.len()) && name.bytes().all(known) {
        return Ok(());
    }
    let message = format!(
        "The specified value for {field} is invalid. It must contain only alphanumeric characters and/or the \
         following: +=,.@_-"
    );
    Err(CloudError::new("ValidationError", message)
        .hint(format!("A name has 1 to {length_max} characters and no blanks.")))
}

/// What every request carries. The address is one of those reserved for documentation.
fn context(now: Timestamp) -> Context {
    Context::default()
        .with("aws:CurrentTime", now.to_string())
        .with("aws:EpochTime", now.as_secs().to_string())
        .with("aws:SecureTransport", "true")
        .with("aws:SourceIp", "198.51.100.7")
}
