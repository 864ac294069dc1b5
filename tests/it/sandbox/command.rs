//! `lmq sandbox` and `--fault` as commands.

use crate::support::Project;

#[test]
fn what_is_no_fault_is_a_usage_error_with_a_remedy() {
    let project = Project::new().query("");
    let run = ["run", "--sandbox", "q.yaml", "--fault"];
    let cases: [(&[&str], &[&str]); 6] = [
        (&[&run[..], &["resett"]].concat(), &["no fault `resett`", "did you mean `reset`?", "`echo-note`"]),
        (&[&run[..], &["reset", "--fault", "status=2"]].concat(), &["`2` is no value", "from 400 to 599"]),
        (&[&run[..], &["2/reset"]].concat(), &["`2/reset` is for portal 2", "lmq sandbox --portals"]),
        (&["run", "q.yaml", "--fault", "reset"], &["--sandbox"]),
        (&["sandbox", "--fault", "colour"], &["no fault `colour`"]),
        (&["sandbox", "--portals", "3", "--fault", "4/reset"], &["`4/reset` is for portal 4"]),
    ];
    for (args, parts) in cases {
        project.lmq(args).exits(2).says(parts);
    }
    let ports = ["sandbox", "--portals", "3", "--port", "65534"];
    project.lmq(&ports).exits(2).says(&["3 portals have no room from port 65534 on"]);
    project.lmq(&["sandbox", "--portals", "1001"]).exits(2);
    project.lmq(&["sandbox", "--portals", "0"]).exits(2);
}

#[test]
fn a_run_meets_its_faults() {
    let project = Project::new().query("type: all\n");
    project.run(&["--sandbox", "--fault", "status=403", "q.yaml"]).exits(4).says(&["403"]);
    project.run(&["--sandbox", "--fault", "reset", "q.yaml"]).exits(5).says(&["error: "]);
    project.run(&["--sandbox", "--fault", "total=+9", "q.yaml"]).exits(6).says(&["portal counts"]);
    project.run(&["--sandbox", "--fault", "negative-total", "--fault", "1/latency=1", "q.yaml"]).exits(0);
}

/// A server that ends with the test, whatever becomes of it.
#[cfg(unix)]
struct Server(std::process::Child);

#[cfg(unix)]
impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The lines of `--env sh`, as variables.
#[cfg(unix)]
fn exports(text: &str) -> Vec<(String, String)> {
    let variables = text.lines().map(|line| line.strip_prefix("export ").expect("an export"));
    variables
        .map(|line| line.split_once("='").expect("a quoted value"))
        .map(|(name, value)| (name.to_owned(), value.trim_end_matches('\'').to_owned()))
        .collect()
}

#[cfg(unix)]
#[test]
fn several_portals_come_with_a_configuration_that_goes_with_them() {
    use std::io::{BufRead as _, BufReader};
    use std::os::unix::fs::PermissionsExt as _;
    use std::path::Path;
    use std::process::{Command, Stdio};

    let child = Command::new(env!("CARGO_BIN_EXE_lmq"))
        .args(["sandbox", "--portals", "2", "--tokens", "3", "--env", "sh", "--fault", "2/status=503"])
        .env_clear()
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut server = Server(child);
    let mut stderr = BufReader::new(server.0.stderr.take().expect("piped")).lines();
    assert_eq!(stderr.next().expect("a line").expect("text"), "serving until Ctrl-C");
    let mut stdout = BufReader::new(server.0.stdout.take().expect("piped")).lines();
    let text: Vec<String> = stdout.by_ref().take(5).map(|line| line.expect("text")).collect();
    let variables = exports(&text.join("\n"));
    let names: Vec<&str> = variables.iter().map(|(name, _)| name.as_str()).collect();
    let credentials =
        |number| [format!("LM_SANDBOX_{number}_ACCESS_ID"), format!("LM_SANDBOX_{number}_ACCESS_KEY")];
    let expected = [vec!["LMQ_CONFIG".to_owned()], credentials(1).to_vec(), credentials(2).to_vec()].concat();
    assert_eq!(names, expected);
    let file = Path::new(&variables[0].1);
    assert_eq!(file.file_name().expect("a name"), "lmq.yaml");
    assert_eq!(std::fs::metadata(file).expect("it is there").permissions().mode() & 0o777, 0o600);
    let config = std::fs::read_to_string(file).expect("readable");
    let urls = config.lines().filter_map(|line| line.trim().strip_prefix("account: "));
    let mut shown = Vec::new();
    for url in urls {
        let project = Project::new().query("").env("LMQ_BASE_URL", url).env("LM_BEARER_TOKEN", "lmb_wrong");
        shown.push(project.run(&["q.yaml"]).code);
        shown.push(u8::from(
            stderr
                .next()
                .expect("a line")
                .expect("text")
                .starts_with(&format!("{}: GET ", shown.len() / 2 + 1)),
        ));
    }
    assert_eq!(shown, [4, 1, 5, 1], "the credentials are refused, the fault plays on the second");
    let sent =
        Command::new("kill").args(["-INT", &server.0.id().to_string()]).status().expect("kill is there");
    assert!(sent.success());
    assert_eq!(server.0.wait().expect("it ends").code(), Some(130));
    assert!(!file.exists() && !file.parent().expect("a folder").exists());
}
