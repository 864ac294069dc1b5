# lmq alone: a static binary, the root certificates, and a folder for temporary files.
#
#   docker build -t lmq .
#   docker run --rm -v "$PWD:/work:ro" -e LM_COMPANY -e LM_ACCESS_ID -e LM_ACCESS_KEY lmq run queries/
FROM rust:1.95-alpine AS build

# The allocator and the cryptography are C in part.
# hadolint ignore=DL3018
RUN apk add --no-cache ca-certificates gcc make musl-dev

WORKDIR /src
COPY . .
# Everything is linked into the binary, as the image has no library.
ENV RUSTFLAGS="-C target-feature=+crt-static"
RUN cargo build --locked --release --bin lmq \
    && mkdir -p /image/tmp /image/work /image/etc/ssl/certs /image/usr/bin \
    && chmod 1777 /image/tmp \
    && cp target/release/lmq /image/usr/bin/lmq \
    && cp /etc/ssl/certs/ca-certificates.crt /image/etc/ssl/certs/

FROM scratch

COPY --from=build /image/ /

ENV SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt
WORKDIR /work
# Nobody in particular. To write reports into a mounted folder, run as its owner: `--user "$(id -u):$(id -g)"`.
USER 65532:65532
ENTRYPOINT ["/usr/bin/lmq"]
CMD ["--help"]
