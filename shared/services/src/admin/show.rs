//! Tenants as the operator sees them.

use openwati_core::plan::Plan;
use openwati_core::tenant::TenantId;
use openwati_core::time::Moment;
use openwati_store::tenant::TenantRecord;

use crate::settings::Figures;

/// A tenant.
#[derive(Debug, Clone)]
pub struct Tenant {
    /// Its id.
    pub id: TenantId,
    /// What it is called.
    pub name: String,
    /// Its plan, with the figures that hold for it.
    pub plan: Plan,
    /// Since when nobody of it is let in.
    pub suspended_at: Option<Moment>,
    /// When it came to be.
    pub created_at: Moment,
}

/// A tenant with what it uses.
#[derive(Debug, Clone)]
pub struct TenantDetails {
    /// The tenant.
    pub tenant: Tenant,
    /// What it uses.
    pub used: Figures,
}

/// A page of tenants.
#[derive(Debug)]
pub struct TenantPage {
    /// By their ids, which are random.
    pub tenants: Vec<Tenant>,
    /// The last one's id, where more follow.
    pub next: Option<TenantId>,
}

impl From<TenantRecord> for Tenant {
    fn from(record: TenantRecord) -> Self {
        Self {
            id: record.tenant,
            name: record.name,
            plan: record.plan,
            suspended_at: record.suspended_at,
            created_at: record.created_at,
        }
    }
}
