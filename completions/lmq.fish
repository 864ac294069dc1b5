# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_lmq_global_optspecs
    string join \n color= q/quiet v/verbose h/help V/version
end

function __fish_lmq_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_lmq_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_lmq_using_subcommand
    set -l cmd (__fish_lmq_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c lmq -n "__fish_lmq_needs_command" -l color -d 'Colour on stderr and in help' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c lmq -n "__fish_lmq_needs_command" -s q -l quiet -d 'Say nothing but errors'
complete -c lmq -n "__fish_lmq_needs_command" -s v -l verbose -d 'Say more: one line a page; twice: the requests as well'
complete -c lmq -n "__fish_lmq_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c lmq -n "__fish_lmq_needs_command" -s V -l version -d 'Print version'
complete -c lmq -n "__fish_lmq_needs_command" -f -a "run" -d 'Run query files and render their reports'
complete -c lmq -n "__fish_lmq_needs_command" -f -a "validate" -d 'Find every mistake in query files and their templates, offline'
complete -c lmq -n "__fish_lmq_needs_command" -f -a "explain" -d 'Show what a run would do, offline: requests, what is filtered where, what is signed'
complete -c lmq -n "__fish_lmq_needs_command" -f -a "list" -d 'Show what queries there are, with tags, description and outputs'
complete -c lmq -n "__fish_lmq_needs_command" -f -a "fields" -d 'Show the fields of an endpoint, with types, meaning and operators'
complete -c lmq -n "__fish_lmq_needs_command" -f -a "render" -d 'Make reports of saved results, offline'
complete -c lmq -n "__fish_lmq_needs_command" -f -a "diff" -d 'Compare two results of a query, offline: tokens added, removed and changed'
complete -c lmq -n "__fish_lmq_needs_command" -f -a "schema" -d 'Print the JSON Schema of query files, configurations or results'
complete -c lmq -n "__fish_lmq_needs_command" -f -a "doctor" -d 'Check settings, network, clock, credentials, permission and rate limit of each portal'
complete -c lmq -n "__fish_lmq_needs_command" -f -a "sandbox" -d 'Serve the embedded portal on 127.0.0.1 until Ctrl-C'
complete -c lmq -n "__fish_lmq_needs_command" -f -a "init" -d 'Make a project to start from: queries, a template, waivers, a pipeline'
complete -c lmq -n "__fish_lmq_needs_command" -f -a "completions" -d 'Print completions for a shell'
complete -c lmq -n "__fish_lmq_needs_command" -f -a "man" -d 'Print the man page, or write those of all commands'
complete -c lmq -n "__fish_lmq_needs_command" -f -a "help" -d 'Print the help of a command, or a topic'
complete -c lmq -n "__fish_lmq_using_subcommand run" -l fault -d 'Let the sandbox portal go wrong, as the table of faults says. Repeatable' -r
complete -c lmq -n "__fish_lmq_using_subcommand run" -l portal -d 'Ask this portal of `lmq.yaml` or of your own configuration. Repeatable' -r
complete -c lmq -n "__fish_lmq_using_subcommand run" -s f -l format -d 'Render as this format' -r -f -a "table\t''
json\t''
ndjson\t''
csv\t''
tsv\t''
markdown\t''
html\t''
yaml\t''
xlsx\t''
junit\t''
sarif\t''
github\t''
gitlab\t''"
complete -c lmq -n "__fish_lmq_using_subcommand run" -s t -l template -d 'Render through this template; `-` is one on standard input' -r
complete -c lmq -n "__fish_lmq_using_subcommand run" -s o -l output -d 'Write to this file; without -f or -t the suffix tells the format. `{name}` is the query\'s name. Repeatable' -r
complete -c lmq -n "__fish_lmq_using_subcommand run" -l save -d 'Save the whole result as JSON, readable by the owner alone. `{name}` is the query\'s name' -r
complete -c lmq -n "__fish_lmq_using_subcommand run" -l var -d 'Give a variable a value. Repeatable' -r
complete -c lmq -n "__fish_lmq_using_subcommand run" -l var-file -d 'Take values of variables from a YAML file. Repeatable' -r -F
complete -c lmq -n "__fish_lmq_using_subcommand run" -l tag -d 'Run only queries with this tag. Repeatable: any of them' -r
complete -c lmq -n "__fish_lmq_using_subcommand run" -l exclude -d 'Leave out queries with this tag. Repeatable' -r
complete -c lmq -n "__fish_lmq_using_subcommand run" -l concurrency -d 'Requests in flight for each portal' -r
complete -c lmq -n "__fish_lmq_using_subcommand run" -l max-rows -d 'Most rows of a query; what is beyond makes the result incomplete' -r
complete -c lmq -n "__fish_lmq_using_subcommand run" -l max-wait -d 'Longest wait for the portal\'s rate limit without a page received' -r
complete -c lmq -n "__fish_lmq_using_subcommand run" -l retries -d 'How often a request that failed is tried again' -r
complete -c lmq -n "__fish_lmq_using_subcommand run" -l timeout -d 'Longest time for the whole run, such as `90s` or `5m`; what is unread then makes the result incomplete' -r
complete -c lmq -n "__fish_lmq_using_subcommand run" -l fail-on -d 'Exit with 1 when there are findings of this severity or a worse one' -r -f -a "error\t'Errors'
warning\t'Warnings and errors'
info\t'All'
never\t'None'"
complete -c lmq -n "__fish_lmq_using_subcommand run" -l baseline -d 'Hold the result against this earlier one: what is added, removed or changed is a finding. `{name}` is the query\'s name' -r
complete -c lmq -n "__fish_lmq_using_subcommand run" -l compare -d 'Compare these fields with the baseline; with a `-` before each, all of the usual ones but these' -r
complete -c lmq -n "__fish_lmq_using_subcommand run" -l progress -d 'Show progress on stderr while it runs' -r -f -a "auto\t'On a terminal, unless `CI` is set'
always\t'Always, unless -q is given'
never\t'Never'"
complete -c lmq -n "__fish_lmq_using_subcommand run" -l color -d 'Colour on stderr and in help' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c lmq -n "__fish_lmq_using_subcommand run" -l sandbox -d 'Run against the embedded sandbox portal: no account, no network, made-up tokens'
complete -c lmq -n "__fish_lmq_using_subcommand run" -l all-portals -d 'Ask every portal of `lmq.yaml` and of your own configuration'
complete -c lmq -n "__fish_lmq_using_subcommand run" -l summary -d 'Add a Markdown report of each query to the summary of a GitHub Actions step, the file that `GITHUB_STEP_SUMMARY` names'
complete -c lmq -n "__fish_lmq_using_subcommand run" -l allow-partial -d 'Take an incomplete result as it is: render every output and do not exit with 6'
complete -c lmq -n "__fish_lmq_using_subcommand run" -s q -l quiet -d 'Say nothing but errors'
complete -c lmq -n "__fish_lmq_using_subcommand run" -s v -l verbose -d 'Say more: one line a page; twice: the requests as well'
complete -c lmq -n "__fish_lmq_using_subcommand run" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c lmq -n "__fish_lmq_using_subcommand validate" -s f -l format -d 'How the mistakes are told' -r -f -a "human\t'Source lines with carets, for people'
json\t'`lmq.diagnostics/v1`, for programs'
sarif\t'SARIF 2.1.0, for code scanning'
github\t'Workflow commands of GitHub Actions'"
complete -c lmq -n "__fish_lmq_using_subcommand validate" -l var -d 'Give a variable a value. Repeatable' -r
complete -c lmq -n "__fish_lmq_using_subcommand validate" -l var-file -d 'Take values of variables from a YAML file. Repeatable' -r -F
complete -c lmq -n "__fish_lmq_using_subcommand validate" -l color -d 'Colour on stderr and in help' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c lmq -n "__fish_lmq_using_subcommand validate" -l deny-warnings -d 'Take warnings for errors'
complete -c lmq -n "__fish_lmq_using_subcommand validate" -s q -l quiet -d 'Say nothing but errors'
complete -c lmq -n "__fish_lmq_using_subcommand validate" -s v -l verbose -d 'Say more: one line a page; twice: the requests as well'
complete -c lmq -n "__fish_lmq_using_subcommand validate" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c lmq -n "__fish_lmq_using_subcommand explain" -l var -d 'Give a variable a value. Repeatable' -r
complete -c lmq -n "__fish_lmq_using_subcommand explain" -l var-file -d 'Take values of variables from a YAML file. Repeatable' -r -F
complete -c lmq -n "__fish_lmq_using_subcommand explain" -l color -d 'Colour on stderr and in help' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c lmq -n "__fish_lmq_using_subcommand explain" -l curl -d 'Print a shell command for the first page of each listing instead. `python3` makes the header from the environment and hands it to curl by stdin: no key and no signature is printed, or an argument of a process'
complete -c lmq -n "__fish_lmq_using_subcommand explain" -s q -l quiet -d 'Say nothing but errors'
complete -c lmq -n "__fish_lmq_using_subcommand explain" -s v -l verbose -d 'Say more: one line a page; twice: the requests as well'
complete -c lmq -n "__fish_lmq_using_subcommand explain" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c lmq -n "__fish_lmq_using_subcommand list" -s f -l format -d 'How the list looks' -r -f -a "table\t'Aligned columns, for people'
json\t'An array of objects, for programs'"
complete -c lmq -n "__fish_lmq_using_subcommand list" -l tag -d 'List only queries with this tag. Repeatable: any of them' -r
complete -c lmq -n "__fish_lmq_using_subcommand list" -l exclude -d 'Leave out queries with this tag. Repeatable' -r
complete -c lmq -n "__fish_lmq_using_subcommand list" -l color -d 'Colour on stderr and in help' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c lmq -n "__fish_lmq_using_subcommand list" -s q -l quiet -d 'Say nothing but errors'
complete -c lmq -n "__fish_lmq_using_subcommand list" -s v -l verbose -d 'Say more: one line a page; twice: the requests as well'
complete -c lmq -n "__fish_lmq_using_subcommand list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c lmq -n "__fish_lmq_using_subcommand fields" -s f -l format -d 'How the list looks' -r -f -a "table\t'Aligned columns, for people'
json\t'An array of objects, for programs'"
complete -c lmq -n "__fish_lmq_using_subcommand fields" -l color -d 'Colour on stderr and in help' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c lmq -n "__fish_lmq_using_subcommand fields" -s q -l quiet -d 'Say nothing but errors'
complete -c lmq -n "__fish_lmq_using_subcommand fields" -s v -l verbose -d 'Say more: one line a page; twice: the requests as well'
complete -c lmq -n "__fish_lmq_using_subcommand fields" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c lmq -n "__fish_lmq_using_subcommand render" -s f -l format -d 'Render as this format' -r -f -a "table\t''
json\t''
ndjson\t''
csv\t''
tsv\t''
markdown\t''
html\t''
yaml\t''
xlsx\t''
junit\t''
sarif\t''
github\t''
gitlab\t''"
complete -c lmq -n "__fish_lmq_using_subcommand render" -s t -l template -d 'Render through this template; `-` is one on standard input' -r
complete -c lmq -n "__fish_lmq_using_subcommand render" -s o -l output -d 'Write to this file; without -f or -t the suffix tells the format. `{name}` is the query\'s name. Repeatable' -r
complete -c lmq -n "__fish_lmq_using_subcommand render" -l fail-on -d 'Exit with 1 when there are findings of this severity or a worse one' -r -f -a "error\t'Errors'
warning\t'Warnings and errors'
info\t'All'
never\t'None'"
complete -c lmq -n "__fish_lmq_using_subcommand render" -l color -d 'Colour on stderr and in help' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c lmq -n "__fish_lmq_using_subcommand render" -l watch -d 'Render again whenever a result or a template changes, until Ctrl-C'
complete -c lmq -n "__fish_lmq_using_subcommand render" -l allow-partial -d 'Take an incomplete result as it is: render every output and do not exit with 6'
complete -c lmq -n "__fish_lmq_using_subcommand render" -s q -l quiet -d 'Say nothing but errors'
complete -c lmq -n "__fish_lmq_using_subcommand render" -s v -l verbose -d 'Say more: one line a page; twice: the requests as well'
complete -c lmq -n "__fish_lmq_using_subcommand render" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c lmq -n "__fish_lmq_using_subcommand diff" -s f -l format -d 'Render as this format' -r -f -a "table\t''
json\t''
ndjson\t''
csv\t''
tsv\t''
markdown\t''
html\t''
yaml\t''
xlsx\t''
junit\t''
sarif\t''
github\t''
gitlab\t''"
complete -c lmq -n "__fish_lmq_using_subcommand diff" -s t -l template -d 'Render through this template; `-` is one on standard input' -r
complete -c lmq -n "__fish_lmq_using_subcommand diff" -s o -l output -d 'Write to this file; without -f or -t the suffix tells the format. `{name}` is the query\'s name. Repeatable' -r
complete -c lmq -n "__fish_lmq_using_subcommand diff" -l compare -d 'Compare these fields; with a `-` before each, all of the usual ones but these' -r
complete -c lmq -n "__fish_lmq_using_subcommand diff" -l fail-on -d 'Exit with 1 when there are findings of this severity or a worse one; a difference is an error' -r -f -a "error\t'Errors'
warning\t'Warnings and errors'
info\t'All'
never\t'None'"
complete -c lmq -n "__fish_lmq_using_subcommand diff" -l color -d 'Colour on stderr and in help' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c lmq -n "__fish_lmq_using_subcommand diff" -l allow-partial -d 'Take an incomplete comparison as it is: render every output and do not exit with 6'
complete -c lmq -n "__fish_lmq_using_subcommand diff" -s q -l quiet -d 'Say nothing but errors'
complete -c lmq -n "__fish_lmq_using_subcommand diff" -s v -l verbose -d 'Say more: one line a page; twice: the requests as well'
complete -c lmq -n "__fish_lmq_using_subcommand diff" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c lmq -n "__fish_lmq_using_subcommand schema" -l color -d 'Colour on stderr and in help' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c lmq -n "__fish_lmq_using_subcommand schema" -s q -l quiet -d 'Say nothing but errors'
complete -c lmq -n "__fish_lmq_using_subcommand schema" -s v -l verbose -d 'Say more: one line a page; twice: the requests as well'
complete -c lmq -n "__fish_lmq_using_subcommand schema" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c lmq -n "__fish_lmq_using_subcommand doctor" -l portal -d 'Ask this portal of `lmq.yaml` or of your own configuration. Repeatable' -r
complete -c lmq -n "__fish_lmq_using_subcommand doctor" -s f -l format -d 'How the checks are told' -r -f -a "table\t'Aligned columns, for people'
json\t'An array of objects, for programs'"
complete -c lmq -n "__fish_lmq_using_subcommand doctor" -l color -d 'Colour on stderr and in help' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c lmq -n "__fish_lmq_using_subcommand doctor" -l sandbox -d 'Check the embedded sandbox portal: no account, no network'
complete -c lmq -n "__fish_lmq_using_subcommand doctor" -l all-portals -d 'Ask every portal of `lmq.yaml` and of your own configuration'
complete -c lmq -n "__fish_lmq_using_subcommand doctor" -s q -l quiet -d 'Say nothing but errors'
complete -c lmq -n "__fish_lmq_using_subcommand doctor" -s v -l verbose -d 'Say more: one line a page; twice: the requests as well'
complete -c lmq -n "__fish_lmq_using_subcommand doctor" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c lmq -n "__fish_lmq_using_subcommand sandbox" -l env -d 'Print the lines that point lmq at it, for this shell, and nothing else on stdout' -r -f -a "sh\t'sh, bash, zsh'
fish\t'fish'
powershell\t'PowerShell'"
complete -c lmq -n "__fish_lmq_using_subcommand sandbox" -l port -d 'The port, of several portals the first one; 0 takes free ones' -r
complete -c lmq -n "__fish_lmq_using_subcommand sandbox" -l portals -d 'How many portals, each with a port, tokens and credentials of its own, and a configuration that names them' -r
complete -c lmq -n "__fish_lmq_using_subcommand sandbox" -l seed -d 'What the tokens are made from; each further portal takes the next number' -r
complete -c lmq -n "__fish_lmq_using_subcommand sandbox" -l tokens -d 'How many tokens a portal holds, both kinds together' -r
complete -c lmq -n "__fish_lmq_using_subcommand sandbox" -l rate-limit -d 'Requests a minute before a portal answers 429' -r
complete -c lmq -n "__fish_lmq_using_subcommand sandbox" -l fault -d 'Go wrong, as the table of faults says. Repeatable' -r
complete -c lmq -n "__fish_lmq_using_subcommand sandbox" -l color -d 'Colour on stderr and in help' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c lmq -n "__fish_lmq_using_subcommand sandbox" -s q -l quiet -d 'Say nothing but errors'
complete -c lmq -n "__fish_lmq_using_subcommand sandbox" -s v -l verbose -d 'Say more: one line a page; twice: the requests as well'
complete -c lmq -n "__fish_lmq_using_subcommand sandbox" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c lmq -n "__fish_lmq_using_subcommand init" -l ci -d 'For which CI a pipeline is written' -r -f -a "github\t'A workflow of GitHub Actions'
gitlab\t'A pipeline of GitLab'
none\t'None'"
complete -c lmq -n "__fish_lmq_using_subcommand init" -l color -d 'Colour on stderr and in help' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c lmq -n "__fish_lmq_using_subcommand init" -s q -l quiet -d 'Say nothing but errors'
complete -c lmq -n "__fish_lmq_using_subcommand init" -s v -l verbose -d 'Say more: one line a page; twice: the requests as well'
complete -c lmq -n "__fish_lmq_using_subcommand init" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c lmq -n "__fish_lmq_using_subcommand completions" -l color -d 'Colour on stderr and in help' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c lmq -n "__fish_lmq_using_subcommand completions" -s q -l quiet -d 'Say nothing but errors'
complete -c lmq -n "__fish_lmq_using_subcommand completions" -s v -l verbose -d 'Say more: one line a page; twice: the requests as well'
complete -c lmq -n "__fish_lmq_using_subcommand completions" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c lmq -n "__fish_lmq_using_subcommand man" -l color -d 'Colour on stderr and in help' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c lmq -n "__fish_lmq_using_subcommand man" -s q -l quiet -d 'Say nothing but errors'
complete -c lmq -n "__fish_lmq_using_subcommand man" -s v -l verbose -d 'Say more: one line a page; twice: the requests as well'
complete -c lmq -n "__fish_lmq_using_subcommand man" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c lmq -n "__fish_lmq_using_subcommand help" -l color -d 'Colour on stderr and in help' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c lmq -n "__fish_lmq_using_subcommand help" -s q -l quiet -d 'Say nothing but errors'
complete -c lmq -n "__fish_lmq_using_subcommand help" -s v -l verbose -d 'Say more: one line a page; twice: the requests as well'
complete -c lmq -n "__fish_lmq_using_subcommand help" -s h -l help -d 'Print help (see more with \'--help\')'
