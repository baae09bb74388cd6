"""What a newcomer is told by a broker: the retained messages under a prefix."""

from __future__ import annotations

import asyncio
import contextlib
import json
import uuid
from typing import Any

import aiomqtt


async def retained_messages(port: int, prefix: str, *, quiet_s: float = 0.3) -> dict[str, Any]:
    """By topic below ``prefix``, until none has come for ``quiet_s``. Raises aiomqtt.MqttError."""
    found: dict[str, Any] = {}
    async with aiomqtt.Client("127.0.0.1", port, identifier=f"newcomer-{uuid.uuid4().hex[:8]}") as client:
        await client.subscribe(f"{prefix}/#", qos=1)
        messages = aiter(client.messages)
        with contextlib.suppress(TimeoutError):
            while True:
                message = await asyncio.wait_for(anext(messages), quiet_s)
                if message.retain and message.payload:
                    found[str(message.topic).removeprefix(f"{prefix}/")] = json.loads(message.payload)
    return found
