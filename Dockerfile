# girafe with Airflow: one image for every service of docker-compose.yml, built from uv.lock, run as nobody special.
# Which registry and package index are used is the builder's choice: BASE and PIP_INDEX_URL are build arguments.
# scripts/check_image.py runs these very lines where there is no Docker engine.
ARG BASE=python:3.11.14-slim-bookworm

FROM ${BASE} AS tools
ARG PIP_INDEX_URL
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 UV_PYTHON_DOWNLOADS=never UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy
WORKDIR /opt/girafe
RUN python -m venv /tools && /tools/bin/pip install --quiet uv==0.13.9
COPY pyproject.toml uv.lock README.md ./

FROM tools AS build
# uv.lock pins versions and hashes but names no server, as in the Makefile.
RUN /tools/bin/uv export --quiet --frozen --no-dev --no-emit-project --all-extras --format requirements.txt \
        -o /tmp/requirements.txt \
 && /tools/bin/uv venv --quiet .venv \
 && /tools/bin/uv pip install --quiet --require-hashes --python .venv/bin/python -r /tmp/requirements.txt
COPY . .
# The last step draws the models for Airflow: the image is read-only to whoever runs it.
RUN /tools/bin/uv pip install --quiet --no-deps --python .venv/bin/python --editable . \
 && .venv/bin/python -m warehouse.manifest

FROM tools AS build-store
RUN /tools/bin/uv export --quiet --frozen --only-group store --no-emit-project --format requirements.txt \
        -o /tmp/requirements.txt \
 && /tools/bin/uv venv --quiet .venv \
 && /tools/bin/uv pip install --quiet --require-hashes --python .venv/bin/python -r /tmp/requirements.txt

# The S3 for landing and classified files, where there is none yet.
FROM ${BASE} AS store
RUN useradd --uid 10001 --no-create-home girafe \
 && install --directory --owner=girafe --group=girafe --mode=0700 /store
COPY --from=build-store --chown=root:root /opt/girafe/.venv /opt/girafe/.venv
ENV PATH=/opt/girafe/.venv/bin:$PATH
USER 10001
WORKDIR /tmp
ENTRYPOINT ["weed", "-logtostderr=true"]
CMD ["version"]

FROM ${BASE} AS girafe
# pango: WeasyPrint sets the PDF with it.
RUN apt-get update \
 && apt-get install --yes --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 fonts-dejavu-core \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --uid 10001 --create-home girafe \
 && install --directory --owner=girafe --group=girafe --mode=0711 /data \
 && install --directory --owner=girafe --group=girafe --mode=0700 /airflow /airflow/logs
COPY --from=build --chown=root:root /opt/girafe /opt/girafe
ENV PATH=/opt/girafe/.venv/bin:$PATH \
    AIRFLOW_HOME=/airflow \
    GIRAFE_DATA=/data \
    GIRAFE_COMPANY=/config/company.toml \
    PYTHONUNBUFFERED=1 \
    DO_NOT_TRACK=1 SCARF_NO_ANALYTICS=true DBT_SEND_ANONYMOUS_USAGE_STATS=false GX_ANALYTICS_ENABLED=false \
    AIRFLOW__USAGE_DATA_COLLECTION__ENABLED=False AIRFLOW__COSMOS__ENABLE_TELEMETRY=False ORT_DISABLE_TELEMETRY=1
USER 10001
WORKDIR /opt/girafe
ENTRYPOINT ["airflow"]
CMD ["version"]
