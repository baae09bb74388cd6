"""The yardstick: what anybody would write in an afternoon with pymodbus, json and aiomqtt, and nothing around it.

The same registers in the same number of transactions, as many packets of the same content. No estimate, no guard, no
journal, no reconnect, no check of what came; one request after the other, which costs less CPU than all at once.
"""

from __future__ import annotations

import asyncio
import gc
import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import aiomqtt
from pymodbus.client import AsyncModbusTcpClient

from sim.bench.packets import CHANGING, Packet
from sim.bench.plant import Read, heartbeat_register, load, reads


async def measure(plant_file: Path, packets: Sequence[Packet], *, warm_up: int, scans: int) -> dict[str, Any]:
    plant = load(plant_file)
    assert plant.mqtt is not None
    asked = reads(plant)
    heartbeat, address = heartbeat_register(plant)
    clients: dict[int, AsyncModbusTcpClient] = {}
    for read in asked:
        clients[read.port] = client = AsyncModbusTcpClient("127.0.0.1", port=read.port)
        if not await client.connect():
            raise OSError(f"nothing listens on port {read.port}")
    loop = asyncio.get_running_loop()
    tags, snapshot = list(packets[:-1]), packets[-1]
    values: dict[str, Any] = snapshot.payload["v"]
    sent_bytes = 0

    async with aiomqtt.Client(plant.mqtt.host, plant.mqtt.port) as broker:

        async def scan(number: int) -> int:
            registers: list[int] = []
            for read in asked:
                registers += await _read(clients[read.port], read)
            await clients[heartbeat.port].write_register(address, number & 0xFFFF, device_id=heartbeat.unit)
            now_ms = time.time_ns() // 1_000_000
            sent = 0
            for tag, name, register in zip(tags, CHANGING, registers, strict=False):
                value = values[name] + 1e-9 * register
                values[name] = tag.payload["v"] = value
                tag.payload["ts"] = now_ms
                payload = _encode(tag.payload)
                sent += len(payload)
                await broker.publish(tag.topic, payload, retain=tag.retain)
            snapshot.payload["scan"], snapshot.payload["ts"] = number, now_ms
            payload = _encode(snapshot.payload)
            await broker.publish(snapshot.topic, payload, retain=snapshot.retain)
            return sent + len(payload)

        start_s = loop.time() + 1.0
        cpu_s = 0.0
        for number in range(warm_up + scans):
            if number == warm_up:
                gc.collect()
                gc.freeze()
                cpu_s = time.process_time()
            await asyncio.sleep(max(0.0, start_s + number * plant.scan_period_s - loop.time()))
            sent_bytes = await scan(number)
        cpu_s = time.process_time() - cpu_s
    for client in clients.values():
        client.close()
    return {"scans": scans, "cpu_us": 1e6 * cpu_s / scans, "packet_bytes": sent_bytes}


async def _read(client: AsyncModbusTcpClient, read: Read) -> list[int]:
    ask = client.read_input_registers if read.space == "input" else client.read_holding_registers
    reply = await ask(read.start, count=read.registers, device_id=read.unit)
    return list(reply.registers)


def _encode(payload: Any) -> bytes:
    return json.dumps(payload, separators=(",", ":")).encode()
