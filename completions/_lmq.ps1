
using namespace System.Management.Automation
using namespace System.Management.Automation.Language

Register-ArgumentCompleter -Native -CommandName 'lmq' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $commandElements = $commandAst.CommandElements
    $command = @(
        'lmq'
        for ($i = 1; $i -lt $commandElements.Count; $i++) {
            $element = $commandElements[$i]
            if ($element -isnot [StringConstantExpressionAst] -or
                $element.StringConstantType -ne [StringConstantType]::BareWord -or
                $element.Value.StartsWith('-') -or
                $element.Value -eq $wordToComplete) {
                break
        }
        $element.Value
    }) -join ';'

    $completions = @(switch ($command) {
        'lmq' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour on stderr and in help')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more: one line a page; twice: the requests as well')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more: one line a page; twice: the requests as well')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('run', 'run', [CompletionResultType]::ParameterValue, 'Run query files and render their reports')
            [CompletionResult]::new('validate', 'validate', [CompletionResultType]::ParameterValue, 'Find every mistake in query files and their templates, offline')
            [CompletionResult]::new('explain', 'explain', [CompletionResultType]::ParameterValue, 'Show what a run would do, offline: requests, what is filtered where, what is signed')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'Show what queries there are, with tags, description and outputs')
            [CompletionResult]::new('fields', 'fields', [CompletionResultType]::ParameterValue, 'Show the fields of an endpoint, with types, meaning and operators')
            [CompletionResult]::new('render', 'render', [CompletionResultType]::ParameterValue, 'Make reports of saved results, offline')
            [CompletionResult]::new('diff', 'diff', [CompletionResultType]::ParameterValue, 'Compare two results of a query, offline: tokens added, removed and changed')
            [CompletionResult]::new('schema', 'schema', [CompletionResultType]::ParameterValue, 'Print the JSON Schema of query files, configurations or results')
            [CompletionResult]::new('doctor', 'doctor', [CompletionResultType]::ParameterValue, 'Check settings, network, clock, credentials, permission and rate limit of each portal')
            [CompletionResult]::new('sandbox', 'sandbox', [CompletionResultType]::ParameterValue, 'Serve the embedded portal on 127.0.0.1 until Ctrl-C')
            [CompletionResult]::new('init', 'init', [CompletionResultType]::ParameterValue, 'Make a project to start from: queries, a template, waivers, a pipeline')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print completions for a shell')
            [CompletionResult]::new('man', 'man', [CompletionResultType]::ParameterValue, 'Print the man page, or write those of all commands')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print the help of a command, or a topic')
            break
        }
        'lmq;run' {
            [CompletionResult]::new('--fault', '--fault', [CompletionResultType]::ParameterName, 'Let the sandbox portal go wrong, as the table of faults says. Repeatable')
            [CompletionResult]::new('--portal', '--portal', [CompletionResultType]::ParameterName, 'Ask this portal of `lmq.yaml` or of your own configuration. Repeatable')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Render as this format')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'Render as this format')
            [CompletionResult]::new('-t', '-t', [CompletionResultType]::ParameterName, 'Render through this template; `-` is one on standard input')
            [CompletionResult]::new('--template', '--template', [CompletionResultType]::ParameterName, 'Render through this template; `-` is one on standard input')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Write to this file; without -f or -t the suffix tells the format. `{name}` is the query''s name. Repeatable')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Write to this file; without -f or -t the suffix tells the format. `{name}` is the query''s name. Repeatable')
            [CompletionResult]::new('--save', '--save', [CompletionResultType]::ParameterName, 'Save the whole result as JSON, readable by the owner alone. `{name}` is the query''s name')
            [CompletionResult]::new('--var', '--var', [CompletionResultType]::ParameterName, 'Give a variable a value. Repeatable')
            [CompletionResult]::new('--var-file', '--var-file', [CompletionResultType]::ParameterName, 'Take values of variables from a YAML file. Repeatable')
            [CompletionResult]::new('--tag', '--tag', [CompletionResultType]::ParameterName, 'Run only queries with this tag. Repeatable: any of them')
            [CompletionResult]::new('--exclude', '--exclude', [CompletionResultType]::ParameterName, 'Leave out queries with this tag. Repeatable')
            [CompletionResult]::new('--concurrency', '--concurrency', [CompletionResultType]::ParameterName, 'Requests in flight for each portal')
            [CompletionResult]::new('--max-rows', '--max-rows', [CompletionResultType]::ParameterName, 'Most rows of a query; what is beyond makes the result incomplete')
            [CompletionResult]::new('--max-wait', '--max-wait', [CompletionResultType]::ParameterName, 'Longest wait for the portal''s rate limit without a page received')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'How often a request that failed is tried again')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Longest time for the whole run, such as `90s` or `5m`; what is unread then makes the result incomplete')
            [CompletionResult]::new('--fail-on', '--fail-on', [CompletionResultType]::ParameterName, 'Exit with 1 when there are findings of this severity or a worse one')
            [CompletionResult]::new('--baseline', '--baseline', [CompletionResultType]::ParameterName, 'Hold the result against this earlier one: what is added, removed or changed is a finding. `{name}` is the query''s name')
            [CompletionResult]::new('--compare', '--compare', [CompletionResultType]::ParameterName, 'Compare these fields with the baseline; with a `-` before each, all of the usual ones but these')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'Show progress on stderr while it runs')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour on stderr and in help')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Run against the embedded sandbox portal: no account, no network, made-up tokens')
            [CompletionResult]::new('--all-portals', '--all-portals', [CompletionResultType]::ParameterName, 'Ask every portal of `lmq.yaml` and of your own configuration')
            [CompletionResult]::new('--summary', '--summary', [CompletionResultType]::ParameterName, 'Add a Markdown report of each query to the summary of a GitHub Actions step, the file that `GITHUB_STEP_SUMMARY` names')
            [CompletionResult]::new('--allow-partial', '--allow-partial', [CompletionResultType]::ParameterName, 'Take an incomplete result as it is: render every output and do not exit with 6')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more: one line a page; twice: the requests as well')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more: one line a page; twice: the requests as well')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'lmq;validate' {
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'How the mistakes are told')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How the mistakes are told')
            [CompletionResult]::new('--var', '--var', [CompletionResultType]::ParameterName, 'Give a variable a value. Repeatable')
            [CompletionResult]::new('--var-file', '--var-file', [CompletionResultType]::ParameterName, 'Take values of variables from a YAML file. Repeatable')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour on stderr and in help')
            [CompletionResult]::new('--deny-warnings', '--deny-warnings', [CompletionResultType]::ParameterName, 'Take warnings for errors')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more: one line a page; twice: the requests as well')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more: one line a page; twice: the requests as well')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'lmq;explain' {
            [CompletionResult]::new('--var', '--var', [CompletionResultType]::ParameterName, 'Give a variable a value. Repeatable')
            [CompletionResult]::new('--var-file', '--var-file', [CompletionResultType]::ParameterName, 'Take values of variables from a YAML file. Repeatable')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour on stderr and in help')
            [CompletionResult]::new('--curl', '--curl', [CompletionResultType]::ParameterName, 'Print a shell command for the first page of each listing instead. `python3` makes the header from the environment and hands it to curl by stdin: no key and no signature is printed, or an argument of a process')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more: one line a page; twice: the requests as well')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more: one line a page; twice: the requests as well')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'lmq;list' {
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'How the list looks')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How the list looks')
            [CompletionResult]::new('--tag', '--tag', [CompletionResultType]::ParameterName, 'List only queries with this tag. Repeatable: any of them')
            [CompletionResult]::new('--exclude', '--exclude', [CompletionResultType]::ParameterName, 'Leave out queries with this tag. Repeatable')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour on stderr and in help')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more: one line a page; twice: the requests as well')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more: one line a page; twice: the requests as well')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'lmq;fields' {
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'How the list looks')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How the list looks')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour on stderr and in help')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more: one line a page; twice: the requests as well')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more: one line a page; twice: the requests as well')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'lmq;render' {
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Render as this format')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'Render as this format')
            [CompletionResult]::new('-t', '-t', [CompletionResultType]::ParameterName, 'Render through this template; `-` is one on standard input')
            [CompletionResult]::new('--template', '--template', [CompletionResultType]::ParameterName, 'Render through this template; `-` is one on standard input')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Write to this file; without -f or -t the suffix tells the format. `{name}` is the query''s name. Repeatable')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Write to this file; without -f or -t the suffix tells the format. `{name}` is the query''s name. Repeatable')
            [CompletionResult]::new('--fail-on', '--fail-on', [CompletionResultType]::ParameterName, 'Exit with 1 when there are findings of this severity or a worse one')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour on stderr and in help')
            [CompletionResult]::new('--watch', '--watch', [CompletionResultType]::ParameterName, 'Render again whenever a result or a template changes, until Ctrl-C')
            [CompletionResult]::new('--allow-partial', '--allow-partial', [CompletionResultType]::ParameterName, 'Take an incomplete result as it is: render every output and do not exit with 6')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more: one line a page; twice: the requests as well')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more: one line a page; twice: the requests as well')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'lmq;diff' {
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Render as this format')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'Render as this format')
            [CompletionResult]::new('-t', '-t', [CompletionResultType]::ParameterName, 'Render through this template; `-` is one on standard input')
            [CompletionResult]::new('--template', '--template', [CompletionResultType]::ParameterName, 'Render through this template; `-` is one on standard input')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Write to this file; without -f or -t the suffix tells the format. `{name}` is the query''s name. Repeatable')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Write to this file; without -f or -t the suffix tells the format. `{name}` is the query''s name. Repeatable')
            [CompletionResult]::new('--compare', '--compare', [CompletionResultType]::ParameterName, 'Compare these fields; with a `-` before each, all of the usual ones but these')
            [CompletionResult]::new('--fail-on', '--fail-on', [CompletionResultType]::ParameterName, 'Exit with 1 when there are findings of this severity or a worse one; a difference is an error')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour on stderr and in help')
            [CompletionResult]::new('--allow-partial', '--allow-partial', [CompletionResultType]::ParameterName, 'Take an incomplete comparison as it is: render every output and do not exit with 6')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more: one line a page; twice: the requests as well')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more: one line a page; twice: the requests as well')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'lmq;schema' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour on stderr and in help')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more: one line a page; twice: the requests as well')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more: one line a page; twice: the requests as well')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'lmq;doctor' {
            [CompletionResult]::new('--portal', '--portal', [CompletionResultType]::ParameterName, 'Ask this portal of `lmq.yaml` or of your own configuration. Repeatable')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'How the checks are told')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How the checks are told')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour on stderr and in help')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Check the embedded sandbox portal: no account, no network')
            [CompletionResult]::new('--all-portals', '--all-portals', [CompletionResultType]::ParameterName, 'Ask every portal of `lmq.yaml` and of your own configuration')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more: one line a page; twice: the requests as well')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more: one line a page; twice: the requests as well')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'lmq;sandbox' {
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Print the lines that point lmq at it, for this shell, and nothing else on stdout')
            [CompletionResult]::new('--port', '--port', [CompletionResultType]::ParameterName, 'The port, of several portals the first one; 0 takes free ones')
            [CompletionResult]::new('--portals', '--portals', [CompletionResultType]::ParameterName, 'How many portals, each with a port, tokens and credentials of its own, and a configuration that names them')
            [CompletionResult]::new('--seed', '--seed', [CompletionResultType]::ParameterName, 'What the tokens are made from; each further portal takes the next number')
            [CompletionResult]::new('--tokens', '--tokens', [CompletionResultType]::ParameterName, 'How many tokens a portal holds, both kinds together')
            [CompletionResult]::new('--rate-limit', '--rate-limit', [CompletionResultType]::ParameterName, 'Requests a minute before a portal answers 429')
            [CompletionResult]::new('--fault', '--fault', [CompletionResultType]::ParameterName, 'Go wrong, as the table of faults says. Repeatable')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour on stderr and in help')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more: one line a page; twice: the requests as well')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more: one line a page; twice: the requests as well')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'lmq;init' {
            [CompletionResult]::new('--ci', '--ci', [CompletionResultType]::ParameterName, 'For which CI a pipeline is written')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour on stderr and in help')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more: one line a page; twice: the requests as well')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more: one line a page; twice: the requests as well')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'lmq;completions' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour on stderr and in help')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more: one line a page; twice: the requests as well')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more: one line a page; twice: the requests as well')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'lmq;man' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour on stderr and in help')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more: one line a page; twice: the requests as well')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more: one line a page; twice: the requests as well')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'lmq;help' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour on stderr and in help')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more: one line a page; twice: the requests as well')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more: one line a page; twice: the requests as well')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
