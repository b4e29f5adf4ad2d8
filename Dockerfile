FROM python:3.13-slim
RUN useradd --system --create-home --uid 10001 crisis && mkdir /keys && chown crisis /keys
WORKDIR /srv/crisis
COPY requirements.txt pyproject.toml README.md LICENSE ./
RUN pip install --no-cache-dir --require-hashes -r requirements.txt
COPY crisis crisis
COPY web web
COPY docs/how-to docs/how-to
RUN pip install --no-cache-dir --no-deps --no-build-isolation .
USER crisis
CMD ["crisis", "serve"]
