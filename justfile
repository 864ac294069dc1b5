# Daily commands. The steps that the CI checks are in .ci/run, which needs no just.

set windows-shell := ["bash", "-cu"]

# lists the recipes
default:
    @just --list

# formats the code
fmt:
    cargo fmt

# checks format and clippy
lint:
    bash .ci/run lint

# runs all tests: the README's second command
test:
    bash .ci/run test

# prints a report from the sandbox: the README's first command
sandbox-run:
    bash .ci/run quickstart

# makes anew what is made by the program: schema, completions, man pages
generated:
    cargo build
    target/debug/lmq schema query > lmq.schema.json
    target/debug/lmq completions bash > completions/lmq.bash
    target/debug/lmq completions zsh > completions/_lmq
    target/debug/lmq completions fish > completions/lmq.fish
    target/debug/lmq completions powershell > completions/_lmq.ps1
    rm -f man/*.1
    target/debug/lmq man man

# serves the sandbox portal until Ctrl-C
sandbox *flags:
    cargo run --quiet -- sandbox {{ flags }}

# compares lmq with LogicMonitor's Python SDK
peers:
    bash .ci/run peers

# everything the CI checks
ci:
    bash .ci/run

# checks licences, advisories and sources of dependencies (needs cargo-deny)
deny:
    cargo deny --locked check

# builds on the oldest Rust that is supported
minimum-rust:
    bash .ci/run minimum-rust
