//! Calls of IAM.

use crate::base::name::user_arn;
use crate::base::time::Timestamp;
use crate::cloud::Cloud;
use crate::cloud::error::CloudError;
use crate::cloud::iam::{NewKey, Principal};

impl Cloud {
    /// CreateUser and CreateAccessKey, as the console does with one button. The secret is in the answer
    /// and nowhere else.
    pub fn create_user(&mut self, now: Timestamp, by: &Principal, name: &str) -> Result<NewKey, CloudError> {
        self.of_user(now, by, "iam:CreateUser", name)?;
        self.authorise(by, "iam:CreateAccessKey", &user_arn(name))?;
        self.iam.create_user(now, name)?;
        self.iam.create_key(now, name)
    }

    /// The console's delete button: the user with keys and policies. [`Iam::delete_user`] is the bare
    /// API call, which refuses a user who still has any.
    ///
    /// [`Iam::delete_user`]: crate::cloud::iam::Iam::delete_user
    pub fn delete_user(&mut self, now: Timestamp, by: &Principal, name: &str) -> Result<(), CloudError> {
        self.of_user(now, by, "iam:DeleteUser", name)?;
        self.iam.delete_user_with_all(name)
    }

    /// CreateAccessKey; a user may have two.
    pub fn create_key(&mut self, now: Timestamp, by: &Principal, user: &str) -> Result<NewKey, CloudError> {
        self.of_user(now, by, "iam:CreateAccessKey", user)?;
        self.iam.create_key(now, user)
    }

    /// DeleteAccessKey.
    pub fn delete_key(
        &mut self,
        now: Timestamp,
        by: &Principal,
        user: &str,
        key: &str,
    ) -> Result<(), CloudError> {
        self.of_user(now, by, "iam:DeleteAccessKey", user)?;
        self.iam.delete_key(user, key)
    }

    /// AttachUserPolicy, by name or ARN.
    pub fn attach_policy(
        &mut self,
        now: Timestamp,
        by: &Principal,
        user: &str,
        policy: &str,
    ) -> Result<(), CloudError> {
        self.of_user(now, by, "iam:AttachUserPolicy", user)?;
        self.iam.attach(user, policy)
    }

    /// DetachUserPolicy; DeleteUserPolicy for an inline policy.
    pub fn detach_policy(
        &mut self,
        now: Timestamp,
        by: &Principal,
        user: &str,
        policy: &str,
    ) -> Result<(), CloudError> {
        self.of_user(now, by, "iam:DetachUserPolicy", user)?;
        self.iam.detach(user, policy)
    }

    /// PutUserPolicy.
    pub fn put_policy(
        &mut self,
        now: Timestamp,
        by: &Principal,
        user: &str,
        name: &str,
        document: &str,
    ) -> Result<(), CloudError> {
        self.of_user(now, by, "iam:PutUserPolicy", user)?;
        self.iam.put_policy(user, name, document)
    }

    /// CreateRole for a service; `path` is `/` or `/service-role/`.
    pub fn create_role(
        &mut self,
        now: Timestamp,
        by: &Principal,
        name: &str,
        path: &str,
        service: &str,
    ) -> Result<(), CloudError> {
        self.of_role(now, by, "iam:CreateRole", name)?;
        self.iam.create_role(now, name, path, service)
    }

    /// CreateRole, unless the role exists.
    pub fn ensure_service_role(
        &mut self,
        now: Timestamp,
        by: &Principal,
        name: &str,
        path: &str,
        service: &str,
    ) -> Result<(), CloudError> {
        match self.iam.role(name) {
            Ok(_) => Ok(()),
            Err(_) => self.create_role(now, by, name, path, service),
        }
    }

    /// PutRolePolicy.
    pub fn put_role_policy(
        &mut self,
        now: Timestamp,
        by: &Principal,
        role: &str,
        name: &str,
        document: &str,
    ) -> Result<(), CloudError> {
        self.of_role(now, by, "iam:PutRolePolicy", role)?;
        self.iam.put_role_policy(role, name, document)
    }

    /// DeleteRolePolicy, or DetachRolePolicy for a managed one.
    pub fn detach_role_policy(
        &mut self,
        now: Timestamp,
        by: &Principal,
        role: &str,
        policy: &str,
    ) -> Result<(), CloudError> {
        self.of_role(now, by, "iam:DeleteRolePolicy", role)?;
        self.iam.detach_role_policy(role, policy)
    }

    /// Writes the policies of a role again as its console pages made them.
    pub fn restore_role(&mut self, now: Timestamp, by: &Principal, role: &str) -> Result<(), CloudError> {
        self.of_role(now, by, "iam:PutRolePolicy", role)?;
        self.iam.restore_role(role)
    }

    /// DeleteRole with its policies.
    pub fn delete_role(&mut self, now: Timestamp, by: &Principal, role: &str) -> Result<(), CloudError> {
        self.of_role(now, by, "iam:DeleteRole", role)?;
        self.iam.delete_role_with_all(role)
    }

    fn of_user(
        &mut self,
        now: Timestamp,
        by: &Principal,
        action: &str,
        user: &str,
    ) -> Result<(), CloudError> {
        self.now = now;
        self.authorise(by, action, &user_arn(user))
    }

    fn of_role(
        &mut self,
        now: Timestamp,
        by: &Principal,
        action: &str,
        role: &str,
    ) -> Result<(), CloudError> {
        self.now = now;
        self.authorise(by, action, &self.iam.role_arn(role))
    }
}
