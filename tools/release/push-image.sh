#!/usr/bin/env bash
# Builds the service's image, pushes it and waits for the registry's scan. Prints its name with the digest, as the step
# output `image` where there is one. Fails on a critical finding.
#
#   REPOSITORY   <account>.dkr.ecr.<region>.amazonaws.com/<name>
#   NODE_DIGEST  sha256:… of the base image
#   VERSION      tag of the image; tags are never moved
set -euo pipefail
: "${REPOSITORY:?}" "${NODE_DIGEST:?}" "${VERSION:?}"
cd "$(dirname "$0")/../.."

registry=${REPOSITORY%%/*}
name=${REPOSITORY#*/}
metadata=$(mktemp)
trap 'rm -f "$metadata"' EXIT

aws ecr get-login-password | docker login --username AWS --password-stdin "$registry"
docker buildx build --platform linux/arm64 --file service/Dockerfile --build-arg "NODE_DIGEST=$NODE_DIGEST" \
  --provenance=false --tag "$REPOSITORY:$VERSION" --metadata-file "$metadata" --push .
digest=$(node -p 'JSON.parse(require("fs").readFileSync(process.argv[1], "utf8"))["containerimage.digest"]' "$metadata")

aws ecr wait image-scan-complete --repository-name "$name" --image-id "imageDigest=$digest"
critical=$(aws ecr describe-image-scan-findings --repository-name "$name" --image-id "imageDigest=$digest" \
  --query 'imageScanFindings.findingSeverityCounts.CRITICAL' --output text)
if [ "$critical" != None ] && [ "$critical" != 0 ]; then
  echo "error: the scan of $REPOSITORY@$digest found $critical critical vulnerabilities" >&2
  exit 1
fi

echo "image=$REPOSITORY@$digest" >> "${GITHUB_OUTPUT:-/dev/stdout}"
