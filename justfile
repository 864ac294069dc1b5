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
