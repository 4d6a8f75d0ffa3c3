//! The commands and their options.

mod digest;
mod elsewhere;
mod new;
mod suggestions;
mod transfer;

use std::collections::BTreeMap;
use std::error::Error;
use std::io::IsTerminal as _;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use sodium_app::config::{BaseUrl, ClientAddress};
use sodium_cli::build::{Build, Search, build};
use sodium_cli::check::{self, Format};
use sodium_cli::cloud::{self, Architecture, Deploy, Destroy, Place};
use sodium_cli::community::{Community, Options};
use sodium_cli::cost;
use sodium_cli::roles::{self, Wish};
use sodium_cli::serve::{DEFAULT_PORT, Seed, Serve, default_data, serve};
use sodium_cli::{description, fixes, root};
use sodium_domain::email::EmailAddress;
use sodium_domain::member::Role;

/// Serve, build, check and publish a Sodium Learn community.
#[derive(Debug, Parser)]
#[command(version, about)]
pub(crate) struct Cli {
    /// The project: a folder with site/ and content/ [default: this one or the nearest above].
    #[arg(long, global = true, value_name = "FOLDER")]
    root: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the whole community on this machine.
    Serve(ServeArgs),
    /// Make the static files only: pages that carry a discussion still wait for it.
    Build(BuildArgs),
    /// Build, and bake every page anew from the table. Changes nothing when nothing changed.
    Publish(OpenArgs),
    /// Begin a page: a draft in its place, with everything that its head must say.
    New(new::NewArgs),
    /// Begin the digest of a week from the discussions.
    #[command(subcommand)]
    Digest(digest::DigestCommand),
    /// Find what is wrong in content, with file, line and cure.
    Check(CheckArgs),
    /// Write the whole community into a file of JSON Lines, as functions/EXPORT.md describes it.
    Export(transfer::ExportArgs),
    /// Bring an exported community into a table, or the comments of WordPress, Disqus or Isso. Doing it
    /// twice is doing it once.
    Import(transfer::ImportArgs),
    /// Write the description of the API into the site, from the routes that there are.
    Describe,
    /// Delete in a restored table what was deleted since, as the table that it replaces remembers.
    ReplayDeletions(transfer::ReplayArgs),
    /// Bring the community to AWS: keys, functions, everything in infra/template.yaml, the site.
    Deploy(DeployArgs),
    /// Take everything away from AWS that a deploy made. Asks first.
    Destroy(DestroyArgs),
    /// Give or take a role (mentor, moderator, operator), or say who has one.
    #[command(subcommand)]
    Role(RoleCommand),
    /// Edits that members suggested, as branches.
    #[command(subcommand)]
    Suggestions(suggestions::SuggestionsCommand),
    /// Renew the community's sealing key in AWS; deploy afterwards.
    RotateKeys(PlaceArgs),
    /// What a community costs on AWS: computed from infra/cost/.
    Cost,
}

#[derive(Debug, Args)]
struct PlaceArgs {
    /// The stack's name: one for each community in an account.
    #[arg(long, value_name = "NAME", env = "STACK")]
    stack: String,
    /// The region, such as eu-central-1.
    #[arg(long, value_name = "REGION", env = "AWS_REGION")]
    region: String,
    /// A folder with the programs aws, cargo-lambda and credentials, instead of the pinned ones.
    #[arg(long, value_name = "FOLDER", env = "SODIUM_TOOLS", hide = true)]
    tools: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum RoleCommand {
    /// Give somebody a role; it takes the place of the one they have.
    Grant {
        /// The member's name, address or id.
        who: String,
        /// mentor, moderator or operator.
        role: Role,
        #[command(flatten)]
        table: TableArgs,
    },
    /// Take somebody's role.
    Revoke {
        /// The member's name, address or id.
        who: String,
        #[command(flatten)]
        table: TableArgs,
    },
    /// Say who has a role.
    List(TableArgs),
    /// Forget the passkeys of somebody who lost them, and sign them out everywhere. They make a new
    /// one after the next mail link.
    ResetPasskeys {
        /// The member's name, address or id.
        who: String,
        #[command(flatten)]
        table: TableArgs,
    },
}

#[derive(Debug, Args)]
struct TableArgs {
    /// The data folder [default: data/ in the project]; no server may be using it.
    #[arg(long, value_name = "FOLDER", conflicts_with = "stack")]
    data: Option<PathBuf>,
    /// The stack in AWS, instead of a data folder.
    #[arg(long, value_name = "NAME", requires = "region")]
    stack: Option<String>,
    /// The stack's region, such as eu-central-1.
    #[arg(long, value_name = "REGION", env = "AWS_REGION")]
    region: Option<String>,
    /// A folder with the programs aws and credentials, instead of the pinned ones.
    #[arg(long, value_name = "FOLDER", env = "SODIUM_TOOLS", hide = true)]
    tools: Option<PathBuf>,
}

/// Where a table is that a command works on.
enum Chosen {
    /// In this data folder.
    Folder(PathBuf),
    /// In this stack.
    Stack(Place),
}

impl TableArgs {
    fn chosen(self, root: &Path) -> Chosen {
        match (self.stack, self.region) {
            (Some(stack), Some(region)) => Chosen::Stack(Place {
                root: root.to_owned(),
                stack,
                region,
                tools: self.tools,
            }),
            _ => Chosen::Folder(self.data.unwrap_or_else(|| default_data(root))),
        }
    }
}

#[derive(Debug, Args)]
struct DeployArgs {
    #[command(flatten)]
    place: PlaceArgs,
    /// The processor that the functions run on.
    #[arg(long, value_enum, default_value_t = Architecture::Arm64)]
    architecture: Architecture,
    /// Where alarms and the budget write to. Needed the first time.
    #[arg(long, value_name = "ADDRESS", value_parser = parse_address)]
    notify: Option<EmailAddress>,
    /// The sender of mails. Needed the first time.
    #[arg(long, value_name = "ADDRESS", value_parser = parse_address)]
    mail_from: Option<EmailAddress>,
    /// The addresses of moderators.
    #[arg(long, value_name = "ADDRESS", value_parser = parse_address)]
    moderator: Vec<EmailAddress>,
    /// A value for another parameter of infra/template.yaml, such as DomainName=learn.example.org.
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = parse_setting)]
    settings: Vec<(String, String)>,
    /// Say what would happen, and change nothing.
    #[arg(long)]
    dry_run: bool,
}

#[derive(Debug, Args)]
struct DestroyArgs {
    #[command(flatten)]
    place: PlaceArgs,
    /// The stack's name once more, instead of being asked.
    #[arg(long, value_name = "NAME")]
    yes_delete: Option<String>,
    /// Delete the keys too: no export of this community can be used again.
    #[arg(long)]
    with_keys: bool,
}

fn parse_setting(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("it looks like NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

#[derive(Debug, Args)]
struct OpenArgs {
    /// The data folder [default: data/ in the project].
    #[arg(long, value_name = "FOLDER")]
    data: Option<PathBuf>,
    /// The address under which readers reach the site [default: http://localhost:PORT].
    #[arg(long, value_name = "URL")]
    base_url: Option<BaseUrl>,
    /// The policy file [default: site/policy.toml in the project].
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
}

#[derive(Debug, Args)]
struct ServeArgs {
    #[command(flatten)]
    open: OpenArgs,
    /// The port to listen on.
    #[arg(long, default_value_t = DEFAULT_PORT)]
    port: u16,
    /// The address to listen on.
    #[arg(long, value_name = "ADDRESS", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    listen: IpAddr,
    /// Load the sample discussion, also into a store that is not new.
    #[arg(long, conflicts_with = "empty")]
    sample: bool,
    /// Load no sample discussion.
    #[arg(long)]
    empty: bool,
    /// Do not reload open pages when content or templates change.
    #[arg(long)]
    no_reload: bool,
    /// The addresses of moderators.
    #[arg(long, value_name = "ADDRESS", default_value = "moderator@example.org",
        value_parser = parse_address)]
    moderator: Vec<EmailAddress>,
    /// The file that lists companies whose people may sign in with their account there (OpenID Connect).
    /// It holds secrets: keep it out of Git.
    #[arg(long, value_name = "FILE", env = "SODIUM_COMPANIES")]
    companies: Option<PathBuf>,
    /// Send mail through this server (smtps://user:password@host) instead of the local mailbox.
    #[arg(long, value_name = "URL", env = "SODIUM_SMTP", hide_env_values = true)]
    smtp: Option<String>,
    /// Take no forms: whoever sends one hears that, and gets the text back. Pages are still baked.
    #[arg(long)]
    read_only: bool,
    /// The header in which the one proxy in front puts the reader's network address.
    #[arg(long, value_name = "NAME")]
    client_address_header: Option<String>,
}

#[derive(Debug, Args)]
struct BuildArgs {
    /// Where the files go.
    #[arg(long, value_name = "FOLDER", default_value = "dist")]
    out: PathBuf,
    /// The address under which readers will reach the site.
    #[arg(long, value_name = "URL", default_value = "http://localhost:8111")]
    base_url: BaseUrl,
}

#[derive(Debug, Args)]
struct CheckArgs {
    /// How to tell what was found.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

fn parse_address(text: &str) -> Result<EmailAddress, String> {
    EmailAddress::parse(text).map_err(|error| error.to_string())
}

type Outcome = Result<ExitCode, Box<dyn Error>>;

impl Cli {
    /// Whether the command runs until it is stopped.
    pub(crate) fn is_server(&self) -> bool {
        matches!(self.command, Command::Serve(_))
    }

    /// Does what was asked.
    pub(crate) fn run(self) -> Outcome {
        let root = root::find(self.root.as_deref().unwrap_or(Path::new(".")))?;
        match self.command {
            Command::Serve(args) => run_serve(&root, args),
            Command::Build(args) => run_build(&root, &args),
            Command::Publish(args) => run_publish(&root, args),
            Command::New(args) => new::run(&root, args),
            Command::Digest(command) => digest::run(&root, command),
            Command::Check(args) => run_check(&root, &args),
            Command::Export(args) => transfer::export(&root, args),
            Command::Import(args) => transfer::import(&root, args),
            Command::Describe => run_describe(&root),
            Command::ReplayDeletions(args) => transfer::replay(&root, args),
            Command::Deploy(args) => run_deploy(&root, args),
            Command::Destroy(args) => run_destroy(&root, args),
            Command::RotateKeys(args) => run_rotate(&root, args),
            Command::Role(command) => run_role(&root, command),
            Command::Suggestions(command) => suggestions::run(&root, command),
            Command::Cost => run_cost(&root),
        }
    }
}

impl PlaceArgs {
    fn place(self, root: &Path) -> Place {
        Place {
            root: root.to_owned(),
            stack: self.stack,
            region: self.region,
            tools: self.tools,
        }
    }
}

impl OpenArgs {
    fn options(self, root: &Path, port: u16) -> Result<Options, Box<dyn Error>> {
        let base_url = match self.base_url {
            Some(base_url) => base_url,
            None => format!("http://localhost:{port}").parse()?,
        };
        Ok(Options {
            data: self.data.unwrap_or_else(|| default_data(root)),
            policy: self.policy.unwrap_or_else(|| root.join("site/policy.toml")),
            root: root.to_owned(),
            base_url,
            moderators: Vec::new(),
            companies: None,
            client_address: ClientAddress::Peer,
            read_only: false,
            smtp: None,
        })
    }
}

fn run_serve(root: &Path, args: ServeArgs) -> Outcome {
    let mut options = args.open.options(root, args.port)?;
    options.moderators = args.moderator;
    options.companies = args.companies;
    options.smtp = args.smtp;
    options.read_only = args.read_only;
    if let Some(header) = args.client_address_header {
        options.client_address = ClientAddress::Header(header);
    }
    let seed = match (args.sample, args.empty) {
        (true, _) => Seed::Always,
        (_, true) => Seed::Never,
        _ => Seed::IfNew,
    };
    let listen = SocketAddr::new(args.listen, args.port);
    let what = Serve {
        options,
        listen,
        seed,
        reload: !args.no_reload,
    };
    runtime()?.block_on(serve(what))?;
    Ok(ExitCode::SUCCESS)
}

fn run_build(root: &Path, args: &BuildArgs) -> Outcome {
    let cache = root.join("target/sodium-cache");
    let what = Build {
        root,
        out: &args.out,
        cache: &cache,
        base_url: args.base_url.as_str(),
        siblings: true,
        search: Search::Anew,
    };
    build(&what, |phase| println!("{phase}"))?;
    println!("built into {}", args.out.display());
    Ok(ExitCode::SUCCESS)
}

fn run_publish(root: &Path, args: OpenArgs) -> Outcome {
    let options = args.options(root, DEFAULT_PORT)?;
    let community = Community::open(&options)?;
    let out = community.data.cache().join("site");
    let what = Build {
        root,
        out: &out,
        cache: &community.data.cache(),
        base_url: options.base_url.as_str(),
        siblings: true,
        search: Search::Anew,
    };
    build(&what, |phase| println!("{phase}"))?;
    let (report, told) = runtime()?.block_on(async {
        let content = root.join("content");
        let report = community.app.publish_with_sources(&out, &content).await?;
        let told = fixes::note(&community.app, root).await?;
        community.app.work_off(&community.mailer).await?;
        Ok::<_, Box<dyn Error>>((report, told))
    })?;
    println!(
        "{} files, {} of them written, {} removed; {} pages baked with {} discussions",
        report.files, report.written, report.removed, report.shells, report.threads
    );
    for line in told {
        println!("{line}");
    }
    Ok(ExitCode::SUCCESS)
}

fn run_check(root: &Path, args: &CheckArgs) -> Outcome {
    let report = check::run(root)?;
    print!(
        "{}",
        report.render(args.format, std::io::stdout().is_terminal())
    );
    Ok(if report.is_clean() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn run_describe(root: &Path) -> Outcome {
    let file = root.join(description::FILE);
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(&file, description::openapi()?)?;
    println!("{} says what the routes are", file.display());
    Ok(ExitCode::SUCCESS)
}

fn run_deploy(root: &Path, args: DeployArgs) -> Outcome {
    let mut parameters: BTreeMap<String, String> = args.settings.into_iter().collect();
    let mut set = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            parameters.insert(name.to_owned(), value);
        }
    };
    let moderators: Vec<&str> = args.moderator.iter().map(EmailAddress::as_str).collect();
    set(
        "NotificationAddress",
        args.notify.map(|address| address.as_str().to_owned()),
    );
    set(
        "MailFrom",
        args.mail_from.map(|address| address.as_str().to_owned()),
    );
    set(
        "Moderators",
        (!moderators.is_empty()).then(|| moderators.join(",")),
    );
    cloud::deploy(&Deploy {
        place: args.place.place(root),
        architecture: args.architecture,
        parameters,
        dry_run: args.dry_run,
    })?;
    Ok(ExitCode::SUCCESS)
}

fn run_destroy(root: &Path, args: DestroyArgs) -> Outcome {
    cloud::destroy(&Destroy {
        place: args.place.place(root),
        yes_delete: args.yes_delete,
        with_keys: args.with_keys,
    })?;
    Ok(ExitCode::SUCCESS)
}

fn run_rotate(root: &Path, args: PlaceArgs) -> Outcome {
    cloud::rotate_keys(&args.place(root))?;
    println!("The sealing key is new. Deploy now, so that the CDN says the new secret.");
    Ok(ExitCode::SUCCESS)
}

fn run_role(root: &Path, command: RoleCommand) -> Outcome {
    let (wish, table) = match command {
        RoleCommand::Grant { who, role, table } => (Wish::Grant(who, role), table),
        RoleCommand::Revoke { who, table } => (Wish::Revoke(who), table),
        RoleCommand::List(table) => (Wish::List, table),
        RoleCommand::ResetPasskeys { who, table } => (Wish::ResetPasskeys(who), table),
    };
    let lines = runtime()?.block_on(async {
        match table.chosen(root) {
            Chosen::Stack(place) => roles::in_cloud(&place, &wish).await,
            Chosen::Folder(data) => roles::in_folder(&data, &wish).await,
        }
    })?;
    for line in lines {
        println!("{line}");
    }
    Ok(ExitCode::SUCCESS)
}

fn run_cost(root: &Path) -> Outcome {
    print!("{}", cost::section(root)?);
    Ok(ExitCode::SUCCESS)
}

fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
}
