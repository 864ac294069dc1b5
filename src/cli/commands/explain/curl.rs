//! `--curl`: one line of shell a listing, which asks for its first page.
//!
//! `python3` makes the header from the environment and hands it to curl by stdin. So neither the key nor a signature is an
//! argument of a process, and the line can be shown, saved and sent to a colleague.

use super::Target;
use crate::config::Scheme;
use crate::plan::{Listing, Plan};
use crate::portal::{HEADERS, page_size};
use crate::run::Job;

/// The lines of a query, each below a comment that says what it lists.
pub(super) fn commands(job: &Job, plan: &Plan, target: &Target) -> String {
    let lines = plan.listings.iter().map(|listing| {
        format!("# {}: {}\n{}\n", job.query.name, listing.title(), command(listing, plan.size, target))
    });
    lines.collect()
}

fn command(listing: &Listing, size: u32, target: &Target) -> String {
    let url = format!("{}{}?{}", target.base, listing.path, listing.query_string(0, page_size(size)));
    // As lmq itself: no proxy for this machine.
    let proxy = if target.loopback { " --noproxy '*'" } else { "" };
    let headers: Vec<String> =
        HEADERS.iter().map(|(name, value)| format!("-H {}", quoted(&format!("{name}: {value}")))).collect();
    format!(
        "python3 -c {} | curl -sS --globoff --fail-with-body{proxy} -H @- {} {}",
        quoted(&script(target.scheme, &listing.path)),
        headers.join(" "),
        quoted(&url),
    )
}

/// Python that prints the `Authorization` header. White space around the values goes, as in lmq.
fn script(scheme: Scheme, path: &str) -> String {
    match scheme {
        Scheme::Lmv1 => format!(
            "import base64,hashlib,hmac,os,time; e=os.environ; t=str(int(time.time()*1000)); \
             s=hmac.new(e[\"LM_ACCESS_KEY\"].strip().encode(),(\"GET\"+t+\"{path}\").encode(),hashlib.sha256).hexdigest(); \
             print(\"Authorization: LMv1 \"+e[\"LM_ACCESS_ID\"].strip()+\":\"+base64.b64encode(s.encode()).decode()+\":\"+t)"
        ),
        Scheme::Bearer => "import os; t=os.environ[\"LM_BEARER_TOKEN\"].strip(); \
             print(\"Authorization: Bearer \"+(t[7:].strip() if t[:7].lower()==\"bearer \" else t))"
            .to_owned(),
    }
}

/// One word of a shell, whatever is in it.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stay_words() {
        assert_eq!(quoted("a 'b' $c"), r"'a '\''b'\'' $c'");
    }

    #[test]
    fn scripts_need_no_quote_of_the_shell() {
        for scheme in [Scheme::Lmv1, Scheme::Bearer] {
            assert!(!script(scheme, "/setting/admins/131/apitokens").contains('\''));
        }
    }
}
