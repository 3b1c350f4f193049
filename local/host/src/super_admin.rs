//! The first Super Admin of an installation, made by whoever may write to its table.

use std::{env, fmt};

use anyhow::{Context as _, bail};
use aws_credential_types::Credentials;
use clap::Args;
use openwati_core::{
    email::EmailAddress,
    entropy::Entropy,
    id::Id,
    password::Password,
    plan,
    role::Role,
    secret::Secret,
    tenant::TenantId,
    time::{Clock, Moment},
};
use openwati_store::{
    Store,
    audit::AuditRecord,
    aws::AwsConfig,
    tenant::TenantRecord,
    user::{Created, Sessions, USER_PER_MINUTE, UserRecord, UserRef, UserState},
};
use url::Url;

/// Who is to be Super Admin, and where.
#[derive(Debug, Clone, Args)]
pub struct SuperAdminOptions {
    /// Address to log in with.
    #[arg(long, value_name = "ADDRESS")]
    pub email: EmailAddress,
    /// What they are called.
    #[arg(long, default_value = "Operator")]
    pub name: String,
    /// The installation's table: the stack's output `TableName`.
    #[arg(long, env = "TABLE_NAME")]
    pub table: String,
    /// The installation's region.
    #[arg(long, env = "AWS_REGION")]
    pub region: String,
    /// Give the address a new password, and end its sessions.
    #[arg(long)]
    pub reset_password: bool,
}

/// The tenant of whoever runs the installation.
const TENANT: &str = "Operator";
/// Who does it, as the audit log has it.
const ACTOR: &str = "operator";
/// Letters and digits that nobody takes for another. 24 of them are 140 bits.
const ALPHABET: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";
const LENGTH: usize = 24;

/// What became of it, for a person to read.
pub(crate) struct Outcome {
    tenant: TenantId,
    email: EmailAddress,
    /// The password, where there is a new one.
    password: Option<Secret<String>>,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            tenant,
            email,
            password,
        } = self;
        writeln!(f, "\n  Tenant    {tenant}\n  E-mail    {}", email.as_str())?;
        match password {
            Some(password) => writeln!(
                f,
                "  Password  {}\n\nIt is shown this once. Log in: POST /api/auth/login",
                password.expose()
            ),
            None => writeln!(
                f,
                "\nIs a Super Admin already; --reset-password gives a new password."
            ),
        }
    }
}

/// Makes the address a Super Admin in a tenant of their own, on the plan without caps, once; or gives who is one a new
/// password.
///
/// # Errors
/// If the table cannot be reached, or the address is of somebody who is no Super Admin.
pub(crate) async fn make(
    options: SuperAdminOptions,
    endpoint: Option<&Url>,
) -> anyhow::Result<Outcome> {
    let store = store(&options, endpoint)?;
    let maker = Maker {
        store: &store,
        entropy: Entropy::system(),
        now: Clock::system().now(),
        options: &options,
    };
    maker.make().await.with_context(|| {
        let table = &options.table;
        format!("cannot make a Super Admin in the table {table}")
    })
}

/// The table, reached by the credentials that AWS's own tools take from the environment.
fn store(options: &SuperAdminOptions, endpoint: Option<&Url>) -> anyhow::Result<Store> {
    let get = |name| env::var(name).ok().filter(|value| !value.is_empty());
    let need = |name| {
        get(name).with_context(|| {
            format!("{name} is not set; `eval \"$(aws configure export-credentials --format env)\"` sets it")
        })
    };
    let config = AwsConfig {
        region: options.region.clone(),
        credentials: Credentials::new(
            need("AWS_ACCESS_KEY_ID")?,
            need("AWS_SECRET_ACCESS_KEY")?,
            get("AWS_SESSION_TOKEN"),
            None,
            "environment",
        ),
        dynamodb: endpoint.map(Url::to_string),
        sqs: None,
        s3: None,
    };
    Ok(Store::new(config.base().dynamodb(), &options.table))
}

struct Maker<'a> {
    store: &'a Store,
    entropy: Entropy,
    now: Moment,
    options: &'a SuperAdminOptions,
}

impl Maker<'_> {
    async fn make(&self) -> anyhow::Result<Outcome> {
        if let Some(found) = self.store.find_email(&self.options.email).await? {
            return self.there(found).await;
        }
        let password = self.password();
        let tenant = TenantId::new(&self.entropy);
        let record = TenantRecord {
            tenant: tenant.clone(),
            name: TENANT.to_owned(),
            plan: plan::named(plan::UNLIMITED).context("there is no plan without caps")?,
            default_country: None,
            billing_anchor_minutes: 0,
            retention_days: None,
            moved_day: None,
            suspended_at: None,
            version: 0,
            created_at: self.now,
        };
        let user = UserRecord {
            id: Id::new(self.now, &self.entropy),
            email: self.options.email.clone(),
            name: self.options.name.clone(),
            role: Role::SuperAdmin,
            state: UserState::Active,
            password_hash: Some(self.hash(&password)),
            password_version: 1,
            sessions: Sessions::default(),
            per_minute: USER_PER_MINUTE,
            created_at: self.now,
            invited_until: None,
            unproven: false,
            invitation: 0,
            oidc: Vec::new(),
        };
        let act = self.act("user.created", &user);
        match self
            .store
            .create_tenant_with_user(&record, &user, &[(&record.tenant, &act)])
            .await?
        {
            Created::Yes => Ok(self.outcome(tenant, Some(password))),
            Created::EmailTaken | Created::Full => {
                bail!("somebody took the address just now; try again")
            }
        }
    }

    /// The address is somebody's.
    async fn there(&self, found: UserRef) -> anyhow::Result<Outcome> {
        let user = self.store.user(&found.tenant, found.user).await?;
        let user = user.context("the address leads to nobody; try again in a moment")?;
        if user.role != Role::SuperAdmin {
            bail!("the address is of somebody who is no Super Admin");
        }
        if !self.options.reset_password {
            return Ok(self.outcome(found.tenant, None));
        }
        let password = self.password();
        let hash = self.hash(&password);
        let act = self.act("user.password_reset", &user);
        let set = self
            .store
            .set_password(&found.tenant, &user, &hash, None, &act)
            .await?;
        if !set {
            bail!("they are disabled, or set a password themselves just now");
        }
        Ok(self.outcome(found.tenant, Some(password)))
    }

    fn password(&self) -> Secret<String> {
        Secret::new(self.entropy.text(ALPHABET, LENGTH))
    }

    fn hash(&self, password: &Secret<String>) -> Secret<String> {
        Password::typed(password.expose()).hash(&self.entropy)
    }

    fn act(&self, act: &str, user: &UserRecord) -> AuditRecord {
        AuditRecord {
            id: Id::new(self.now, &self.entropy),
            actor: ACTOR.to_owned(),
            act: act.to_owned(),
            target: Some(user.id.to_string()),
            details: None,
        }
    }

    fn outcome(&self, tenant: TenantId, password: Option<Secret<String>>) -> Outcome {
        Outcome {
            tenant,
            email: self.options.email.clone(),
            password,
        }
    }
}
