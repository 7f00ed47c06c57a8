# Rolecall as a user without rights. All it keeps (rolecall.toml, the store, digests in files) lies in
# the volume; docs/schedule.md shows how to begin.
FROM python:3.11-slim AS build
COPY . /src
RUN python -m venv /opt/rolecall \
    && /opt/rolecall/bin/pip install --no-cache-dir -c /src/constraints.txt /src

FROM python:3.11-slim
RUN useradd --system --uid 10001 --create-home --home-dir /var/lib/rolecall rolecall \
    && chmod 0700 /var/lib/rolecall
COPY --from=build /opt/rolecall /opt/rolecall
ENV PATH=/opt/rolecall/bin:$PATH \
    ROLECALL_CONFIG=/var/lib/rolecall/rolecall.toml
USER rolecall
WORKDIR /var/lib/rolecall
VOLUME /var/lib/rolecall
EXPOSE 8750
# SIGTERM ends a turn in the middle; what was finished is kept.
STOPSIGNAL SIGTERM
ENTRYPOINT ["rolecall"]
CMD ["serve"]
