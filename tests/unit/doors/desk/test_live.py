"""A page learns that something moved; many pages cost the database no more than one."""

import asyncio

import pytest
from tests.unit.doors.desk.story import Desk, story

from ticketstream.doors.desk.app import create_app
from ticketstream.doors.desk.live import Pulse, beats
from ticketstream.doors.desk.serve import Server
from ticketstream.schemas.errors import SettingError


def test_a_beat_comes_when_something_moved_and_only_then(desk: Desk) -> None:
    async def listen() -> list[bytes]:
        looks = 0

        async def gone() -> bool:
            nonlocal looks
            looks += 1
            if looks == 3:
                await asyncio.to_thread(desk.happens, story(desk, 2))
            return looks > 6

        pulse = Pulse(desk.models.pulse, period=0.01)
        return [b async for b in beats(pulse, desk.models.pulse(), gone)]

    desk.happens(story(desk, 1))
    moved = [b for b in asyncio.run(listen()) if b"event: moved" in b]
    assert moved == [f"id: {(p := desk.models.pulse())}\nevent: moved\ndata: {p}\n\n".encode()]


def test_many_listeners_ask_the_database_once_a_period() -> None:
    asked: list[int] = []

    def ask() -> str:
        asked.append(1)
        return "same"

    async def listen() -> None:
        pulse = Pulse(ask, period=60)
        await asyncio.gather(*(pulse.now() for _ in range(50)))

    asyncio.run(listen())
    assert len(asked) == 1


def test_a_port_that_is_taken_is_told_in_one_line(desk: Desk) -> None:
    app = create_app(desk.models.engine, desk.vault)
    first = Server(app, "127.0.0.1", 0)
    port = int(first.address.rsplit(":", 1)[1].strip("/"))
    try:
        first._socket.listen()
        with pytest.raises(SettingError, match=f"cannot listen at 127.0.0.1:{port}"):
            Server(app, "127.0.0.1", port)
    finally:
        first._socket.close()
