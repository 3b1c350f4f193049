//! What a platform says when it listens: for people.

use std::fmt;

use crate::{data_dir::SEED, ready::Ready};

/// A platform that listens, as a person reads it.
pub(crate) struct Banner<'a> {
    pub(crate) ready: &'a Ready,
    /// Whether the simulated WhatsApp runs.
    pub(crate) simulates: bool,
    /// The folder with the data.
    pub(crate) folder: &'a std::path::Path,
}

impl fmt::Display for Banner<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Ready {
            base_url,
            tenant_id,
            channel,
            graph_base_url,
            ..
        } = self.ready;
        writeln!(f, "\nOpenWATI runs. Stop it with Ctrl-C.\n")?;
        writeln!(f, "  API             {base_url}")?;
        writeln!(f, "  Documentation   {base_url}/docs")?;
        match self.simulates {
            true => writeln!(
                f,
                "  Phone           {base_url}/_sim, a customer's, of a simulated WhatsApp"
            )?,
            false => writeln!(f, "  WhatsApp        {graph_base_url}")?,
        }
        match self.simulates {
            true => writeln!(
                f,
                "  Tenant          {tenant_id}, sends as {}",
                channel.phone_number
            )?,
            false => writeln!(f, "  Tenant          {tenant_id}")?,
        }
        match &self.ready.api_key {
            Some(key) => writeln!(f, "  API key         {key}")?,
            None => writeln!(
                f,
                "  API key         in {}",
                self.folder.join(SEED).display()
            )?,
        }
        match &self.ready.admin {
            Some(admin) => writeln!(
                f,
                "  Log-in          {}, password {}",
                admin.email, admin.password
            )?,
            None => writeln!(
                f,
                "  Log-in          in {}",
                self.folder.join(SEED).display()
            )?,
        }
        writeln!(f, "  Data            {}", self.folder.display())?;
        let Some(key) = &self.ready.api_key else {
            return Ok(());
        };
        writeln!(
            f,
            "\nSend a first message, and look at the phone that gets it:\n"
        )?;
        writeln!(
            f,
            "  curl {base_url}/api/public/v1/send -H 'Authorization: Bearer {key}' \\\n    \
             -H 'Content-Type: application/json' -d '{{\"to\":\"923001234567\",\"message\":\"Hello\"}}'"
        )?;
        writeln!(f, "\n  {base_url}/_sim#923001234567")
    }
}
