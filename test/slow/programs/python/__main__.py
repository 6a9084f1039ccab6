"""A bucket for media, written from two regions."""

import pulumi
import pulumi_mpegflow_gcs as mpegflow

media = mpegflow.MediaBucket(
    "media",
    placement=mpegflow.PlacementArgs(
        kind=mpegflow.PlacementKind.DUAL_REGION,
        location="NAM4",
        regions=["us-central1", "us-east1"],
    ),
    access_pattern=mpegflow.AccessPattern.ACTIVE_ACTIVE,
    project_id="my-project",
)
pulumi.export("bucket", media.bucket_name)
