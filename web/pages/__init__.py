"""The pages of the console. Every action is a form that works without script; script only saves loading again."""

from fastapi import APIRouter

from web.pages import board, feeds, incident, my_paging, oncall, open, paging, sign_in, steps

routers: list[APIRouter] = [
    sign_in.router,
    board.router,
    open.router,
    oncall.router,
    feeds.router,
    steps.router,
    incident.router,
    paging.router,
    my_paging.router,
]
