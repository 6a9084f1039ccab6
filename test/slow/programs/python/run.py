"""Runs a Pulumi program in Python, as the `pulumi-language-python-exec` of Pulumi's own language host does."""

import asyncio
import os
import runpy
import sys

import pulumi
import pulumi.runtime

env = os.environ
pulumi.runtime.configure(
    pulumi.runtime.Settings(
        project=env["PULUMI_PROJECT"],
        stack=env["PULUMI_STACK"],
        organization=env["PULUMI_ORGANIZATION"],
        root_directory=env["PULUMI_ROOT_DIRECTORY"],
        monitor=env["PULUMI_MONITOR"],
        engine=env["PULUMI_ENGINE"],
        parallel=int(env["PULUMI_PARALLEL"]),
        dry_run=env["PULUMI_DRY_RUN"] == "true",
    )
)
loop = asyncio.new_event_loop()
asyncio.set_event_loop(loop)
loop.run_until_complete(pulumi.runtime.run_in_stack(lambda: runpy.run_path(sys.argv[1], run_name="__main__")))
