"""PUBLISH: one release, from marts that validation has sealed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from girafe.errors import QualityFailed
from girafe.run.context import Context
from girafe.run.measurement import models_page
from girafe.run.validation import is_sealed

if TYPE_CHECKING:
    from reports.release import Release


def publish(context: Context) -> Release:
    """PUBLISH one release of dashboard, digest and files, swapped in as a whole.

    Raises QualityFailed if the marts are not the ones last found valid.
    """
    from reports.release import publish as publish_release

    with context.alone("girafe publish"):
        if not is_sealed(context.data.marts):
            raise QualityFailed(
                "The marts have not been validated since they were built, so the last good release stays. "
                "Run: girafe validate"
            )
        return publish_release(
            marts=context.data.marts,
            exports=context.data.exports,
            settings=context.settings,
            extras={page.name: page} if (page := models_page(context.data)).exists() else {},
            kept=context.data.marts.parent,
            before_swap=lambda release: context.audit("publish", release=release),
        )
