# Builds from a clean checkout; needs the package registries of Debian, Rust and npm, nothing else.
FROM rust:1-slim-bookworm AS build
RUN apt-get update \
 && apt-get install -y --no-install-recommends \
      gcc g++ cmake libc6-dev make nasm pkg-config clang libclang-dev \
      libavcodec-dev libavformat-dev libavutil-dev libswscale-dev npm \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /waylay
COPY . .
# Nothing is left to install: it fetches what the pages load beside our own script.
RUN scripts/setup.sh build
RUN cargo build --locked --release --bin waylay

FROM debian:12-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends \
      ca-certificates libstdc++6 libavcodec59 libavformat59 libavutil57 libswscale6 \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin waylay \
 && install -d -o waylay -g waylay /data
COPY --from=build /waylay/target/release/waylay /usr/local/bin/waylay
USER waylay
# `--data` defaults to ./waylay-data, which is kept on the volume this way.
WORKDIR /data
VOLUME ["/data"]
# Only `waylay serve` answers over HTTP: this says of every command that the program starts with its libraries.
HEALTHCHECK --interval=60s --timeout=5s CMD ["waylay", "--version"]
ENTRYPOINT ["waylay"]
CMD ["--help"]
