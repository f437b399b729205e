# girafe with Airflow: one image for every service of docker-compose.yml, built from uv.lock, run as nobody special.
# Which registry and package index are used is the builder's choice: BASE and PIP_INDEX_URL are build arguments.
ARG BASE=python:3.11-slim-bookworm
FROM ${BASE} AS build
ARG PIP_INDEX_URL
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 UV_PYTHON_DOWNLOADS=never
WORKDIR /opt/girafe
RUN python -m venv .venv && .venv/bin/pip install --quiet uv==0.13.9
COPY pyproject.toml uv.lock README.md ./
# uv.lock pins versions and hashes but names no server, as in the Makefile.
RUN .venv/bin/uv export --quiet --frozen --no-dev --no-emit-project --all-extras --format requirements.txt \
        -o /tmp/requirements.txt \
 && .venv/bin/uv pip install --quiet --require-hashes --python .venv/bin/python -r /tmp/requirements.txt
COPY . .
RUN .venv/bin/uv pip install --quiet --no-deps --python .venv/bin/python --editable .

FROM ${BASE}
# pango: WeasyPrint sets the PDF with it.
RUN apt-get update \
 && apt-get install --yes --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 fonts-dejavu-core \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --uid 10001 --create-home girafe \
 && install --directory --owner=girafe --group=girafe /data /airflow
COPY --from=build --chown=root:root /opt/girafe /opt/girafe
ENV PATH=/opt/girafe/.venv/bin:$PATH \
    AIRFLOW_HOME=/airflow \
    GIRAFE_DATA=/data \
    GIRAFE_COMPANY=/config/company.toml \
    DO_NOT_TRACK=1 SCARF_NO_ANALYTICS=true DBT_SEND_ANONYMOUS_USAGE_STATS=false GX_ANALYTICS_ENABLED=false \
    AIRFLOW__USAGE_DATA_COLLECTION__ENABLED=False AIRFLOW__COSMOS__ENABLE_TELEMETRY=False
USER 10001
WORKDIR /opt/girafe
ENTRYPOINT ["airflow"]
CMD ["version"]
