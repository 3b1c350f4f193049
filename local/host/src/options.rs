//! What the program can be told, by flag or environment.

use std::{convert::Infallible, ffi::OsString, net::IpAddr, path::PathBuf, time::Duration};

use clap::{
    Arg, Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand, ValueEnum,
    builder::{PossibleValuesParser, Resettable},
    error::ErrorKind,
    parser::ValueSource,
};
use openwati_core::{plan, secret::Secret};
use url::Url;

use crate::{ai::AiOptions, super_admin::SuperAdminOptions};

/// The whole OpenWATI platform on one machine: no account and no other program needed.
#[derive(Debug, Clone, Parser)]
#[command(name = "openwati", version, about, long_about = None)]
pub struct Cli {
    /// What to run; the platform, when nothing is named.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// What all of them share.
    #[command(flatten)]
    pub options: Options,
}

/// What can be run besides the platform.
#[derive(Debug, Clone, Subcommand)]
pub enum Command {
    /// Works the queues of a platform that runs on the same data folder.
    Worker,
    /// Runs the simulated WhatsApp alone.
    Sim(SimOptions),
    /// Prints the description of the API (OpenAPI 3.1).
    Openapi,
    /// Makes the first Super Admin of an installation on AWS, and prints a password.
    SuperAdmin(SuperAdminOptions),
}

/// Options of the simulated WhatsApp alone.
#[derive(Debug, Clone, Args)]
pub struct SimOptions {
    /// Where callbacks of the simulated number go.
    #[arg(long, env = "OPENWATI_SIM_CALLBACK_URL", value_name = "URL")]
    pub callback_url: Url,
}

/// How the platform runs.
#[derive(Debug, Clone, Args)]
pub struct Options {
    /// Port to listen on; 0 picks a free one.
    #[arg(long, env = "OPENWATI_PORT", default_value_t = 3000, global = true)]
    pub port: u16,
    /// Folder with everything that is kept; created if it is not there.
    #[arg(
        long,
        env = "OPENWATI_DATA_DIR",
        default_value = ".openwati",
        global = true,
        value_name = "DIR"
    )]
    pub data_dir: PathBuf,
    /// Empty the data folder first.
    #[arg(long, global = true)]
    pub reset: bool,
    /// Divides the waits that are policy: delays of jobs, the timers' minute, the simulator's pauses.
    #[arg(long, env = "OPENWATI_SPEED", default_value_t = 1.0, global = true, value_parser = speed)]
    pub speed: f64,
    /// Seconds after which a function's call is ended; visibility and leases follow it. [default: as deployed]
    #[arg(long, env = "OPENWATI_FUNCTION_TIMEOUT", global = true, value_parser = seconds, value_name = "SECONDS")]
    pub function_timeout: Option<Duration>,
    /// Address to listen on. Beyond this machine there is no simulator.
    #[arg(
        long,
        env = "OPENWATI_BIND",
        default_value = "127.0.0.1",
        global = true,
        value_name = "ADDRESS"
    )]
    pub bind: IpAddr,
    /// WhatsApp's 24-hour window, simulated: whether a customer who never wrote can be sent more than templates.
    #[arg(long, env = "OPENWATI_SIM_WINDOW", value_enum, default_value_t = Window::Lenient, global = true)]
    pub window: Window,
    /// Meta's Graph API, https://graph.facebook.com. [default: the simulator]
    #[arg(long, env = "GRAPH_BASE_URL", global = true, value_name = "URL")]
    pub graph_url: Option<Url>,
    /// Whether URLs that users give, as of webhooks, may lead to this machine and its network.
    /// [default: with the simulator]
    #[arg(
        long,
        env = "OPENWATI_ALLOW_PRIVATE_URLS",
        global = true,
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "true",
        value_name = "BOOL"
    )]
    pub allow_private_urls: Option<bool>,
    /// DynamoDB, SQS and S3 elsewhere: an emulator, or AWS. [default: embedded]
    #[arg(long, env = "AWS_ENDPOINT_URL", global = true, value_name = "URL")]
    pub aws_endpoint: Option<Url>,
    /// Issuers of OpenID Connect whose tokens are taken of people who were invited: [{"issuer","audience"}]
    #[arg(
        long,
        env = "OIDC_ISSUERS",
        default_value = "",
        hide_default_value = true,
        global = true,
        value_name = "JSON"
    )]
    pub oidc_issuers: String,
    /// Who may make an account by signing up: open (anybody), invite or closed (nobody)
    #[arg(
        long,
        env = "SIGN_UP",
        default_value = SIGN_UP,
        value_parser = ["open", "invite", "closed"],
        global = true
    )]
    pub sign_up: String,
    /// Plan of accounts that people make by signing up
    #[arg(
        long,
        env = "SIGN_UP_PLAN",
        default_value = plan::FREE,
        value_parser = PossibleValuesParser::new(plan::names()),
        global = true,
        value_name = "PLAN"
    )]
    pub sign_up_plan: String,
    /// Server that mails go out by: smtp://127.0.0.1:1025 [default: none, links are in the answers]
    #[arg(
        long,
        env = "SMTP_URL",
        default_value = "",
        hide_default_value = true,
        hide_env_values = true,
        value_parser = secret,
        global = true,
        value_name = "URL"
    )]
    pub smtp_url: Secret<String>,
    /// Sender of the mails: OpenWATI <wati@example.com>
    #[arg(
        long,
        env = "MAIL_FROM",
        default_value = "",
        hide_default_value = true,
        global = true,
        value_name = "ADDRESS"
    )]
    pub mail_from: String,
    /// The AI that answers customers.
    #[command(flatten)]
    pub ai: AiOptions,
}

/// Who may make an account by signing up, where nothing else is said.
const SIGN_UP: &str = "closed";

/// Takes a text that is not shown.
#[expect(clippy::unnecessary_wraps, reason = "what reads an argument may fail")]
pub(crate) fn secret(text: &str) -> Result<Secret<String>, Infallible> {
    Ok(Secret::new(text.to_owned()))
}

/// The simulator's rule for customers who never wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Window {
    /// Yes: they count as having just written, so that the first message can be any.
    Lenient,
    /// No, as at WhatsApp: until they write, nothing but templates is taken.
    Strict,
}

impl From<Window> for openwati_sim::Window {
    fn from(window: Window) -> Self {
        match window {
            Window::Lenient => Self::Lenient,
            Window::Strict => Self::Strict,
        }
    }
}

/// What means something to a command that is not the platform; the other flags are the platform's alone.
const MEANT: [(&str, &[&str]); 4] = [
    ("worker", &["data_dir"]),
    (
        "sim",
        &["port", "data_dir", "reset", "speed", "bind", "window"],
    ),
    ("openapi", &[]),
    ("super-admin", &["aws_endpoint"]),
];

impl Cli {
    /// Reads the arguments of a process, the program's name first, and its environment. A variable that is empty counts
    /// as unset.
    ///
    /// # Errors
    /// If they say nothing that can be run; also for `--help`.
    pub fn read<T>(arguments: impl IntoIterator<Item = T>) -> Result<Self, clap::Error>
    where
        T: Into<OsString> + Clone,
    {
        let mut command = Self::command().mut_args(without_empty_variable);
        let shared: Vec<Arg> = command
            .get_arguments()
            .filter(|argument| argument.is_global_set())
            .cloned()
            .collect();
        for (name, meant) in MEANT {
            let others = shared
                .iter()
                .filter(|argument| !meant.contains(&argument.get_id().as_str()));
            let hidden = others.map(|argument| argument.clone().hide(true));
            command = command.mut_subcommand(name, |subcommand| {
                subcommand.mut_args(without_empty_variable).args(hidden)
            });
        }
        let matches = command.try_get_matches_from_mut(arguments)?;
        if let Some((name, given)) = matches.subcommand() {
            let meant = MEANT.iter().find(|(command, _)| *command == name);
            let meant = meant.map_or(&[][..], |(_, meant)| meant);
            let stray = shared.iter().find(|argument| {
                let id = argument.get_id().as_str();
                !meant.contains(&id) && given.value_source(id) == Some(ValueSource::CommandLine)
            });
            if let Some(flag) = stray.and_then(Arg::get_long) {
                let text = format!("--{flag} means nothing to `{name}`");
                return Err(command.error(ErrorKind::ArgumentConflict, text));
            }
        }
        Self::from_arg_matches(&matches).map_err(|error| error.format(&mut command))
    }
}

fn without_empty_variable(argument: Arg) -> Arg {
    let variable = argument.get_env().map(std::env::var_os);
    match variable.flatten().is_some_and(|value| value.is_empty()) {
        true => argument.env(Resettable::Reset),
        false => argument,
    }
}

impl Options {
    /// Whether the simulated WhatsApp runs: never next to the real one, and never where others reach it.
    pub fn simulates(&self) -> bool {
        self.graph_url.is_none() && self.bind.is_loopback()
    }

    /// Whether user's URLs may lead to this machine.
    pub fn private_urls(&self) -> bool {
        self.simulates() && self.allow_private_urls.unwrap_or(true)
    }
}

impl Default for Options {
    /// The defaults of the flags, whatever the environment says.
    fn default() -> Self {
        Self {
            port: 3000,
            data_dir: PathBuf::from(".openwati"),
            reset: false,
            speed: 1.0,
            function_timeout: None,
            bind: IpAddr::from([127, 0, 0, 1]),
            window: Window::Lenient,
            graph_url: None,
            allow_private_urls: None,
            aws_endpoint: None,
            oidc_issuers: String::new(),
            sign_up: SIGN_UP.to_owned(),
            sign_up_plan: plan::FREE.to_owned(),
            smtp_url: Secret::new(String::new()),
            mail_from: String::new(),
            ai: AiOptions::default(),
        }
    }
}

fn speed(text: &str) -> Result<f64, String> {
    let speed = text
        .parse()
        .ok()
        .filter(|speed: &f64| speed.is_finite() && *speed > 0.0);
    speed.ok_or_else(|| "a positive number is needed".to_owned())
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text
        .parse()
        .ok()
        .filter(|seconds| (1..=900).contains(seconds));
    let seconds = seconds.map(Duration::from_secs);
    seconds.ok_or_else(|| "a whole number of seconds is needed, 1 to 900".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(arguments: &[&str]) -> Result<Cli, clap::Error> {
        Cli::read(std::iter::once("openwati").chain(arguments.iter().copied()))
    }

    #[test]
    fn flags_stand_before_and_after_a_command() {
        let before = parse(&["--data-dir", "d", "worker"]).unwrap();
        let after = parse(&["worker", "--data-dir", "d"]).unwrap();
        for cli in [before, after] {
            assert!(matches!(cli.command, Some(Command::Worker)));
            assert_eq!(cli.options.data_dir, PathBuf::from("d"));
        }
    }

    #[test]
    fn a_command_offers_what_means_something_to_it() {
        for arguments in [
            &["worker", "--port", "0"][..],
            &["--speed", "2", "worker"],
            &["openapi", "--data-dir", "d"],
            &[
                "sim",
                "--callback-url",
                "http://localhost",
                "--graph-url",
                "http://localhost",
            ],
        ] {
            let error = parse(arguments).unwrap_err().to_string();
            assert!(error.contains("means nothing to"), "{error}");
        }
        let sim = [
            "--port",
            "0",
            "sim",
            "--callback-url",
            "http://localhost",
            "--window",
            "strict",
        ];
        let sim = parse(&sim).unwrap().options;
        assert_eq!((sim.port, sim.window), (0, Window::Strict));
        let help = |command| parse(&[command, "--help"]).unwrap_err().to_string();
        assert!(help("worker").contains("--data-dir"));
        assert!(!help("worker").contains("--graph-url"));
        assert!(help("sim").contains("--window"));
        assert!(!help("sim").contains("--aws-endpoint"));
        let platform = parse(&["--help"]).unwrap_err().to_string();
        assert!(platform.contains("--aws-endpoint"));
    }

    #[test]
    fn nonsense_is_refused() {
        for arguments in [
            ["--speed", "0"],
            ["--speed", "inf"],
            ["--function-timeout", "0"],
            ["--window", "open"],
            ["--bind", "nowhere"],
        ] {
            assert!(parse(&arguments).is_err(), "{arguments:?}");
        }
    }

    #[test]
    fn the_simulator_runs_only_where_nobody_else_reaches_it() {
        let simulates = |arguments: &[&str]| parse(arguments).unwrap().options.simulates();
        assert!(simulates(&[]));
        assert!(simulates(&["--bind", "127.0.0.2"]));
        assert!(!simulates(&["--bind", "0.0.0.0"]));
        assert!(!simulates(&["--graph-url", "https://graph.facebook.com"]));
    }

    #[test]
    fn private_urls_are_off_beyond_this_machine() {
        let private = |arguments: &[&str]| parse(arguments).unwrap().options.private_urls();
        assert!(private(&[]));
        assert!(private(&["--allow-private-urls"]));
        assert!(!private(&["--allow-private-urls=false"]));
        assert!(!private(&["--allow-private-urls", "--bind", "0.0.0.0"]));
    }
}
