// A bucket for media, written from two regions.
package main

import (
	mpegflow "example.com/pulumi-mpegflow-gcs/sdk/go/mpegflow-gcs"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		writers := mpegflow.AccessPatternActiveActive
		media, err := mpegflow.NewMediaBucket(ctx, "media", &mpegflow.MediaBucketArgs{
			Placement: mpegflow.PlacementArgs{
				Kind:     mpegflow.PlacementKindDualRegion,
				Location: "NAM4",
				Regions:  []string{"us-central1", "us-east1"},
			},
			AccessPattern: &writers,
			ProjectId:     pulumi.String("my-project"),
		})
		if err != nil {
			return err
		}
		ctx.Export("bucket", media.BucketName)
		return nil
	})
}
