"""The pages of the console. Every action is a form that works without script; script only saves loading again."""

from fastapi import APIRouter

from web.pages import (
    accounts,
    agreements,
    board,
    contacts,
    directory,
    feeds,
    incident,
    instructions,
    landing,
    my_paging,
    names,
    oncall,
    open,
    paging,
    policy,
    readiness,
    rotations,
    school_calendar,
    sign_in,
    sign_ins,
    simulate,
    steps,
)

routers: list[APIRouter] = [
    sign_in.router,
    board.router,
    agreements.router,
    open.router,
    simulate.router,  # before the page whose actions have any name
    oncall.router,
    feeds.router,
    landing.router,
    steps.router,
    incident.router,
    contacts.router,
    directory.router,
    instructions.router,
    names.router,
    paging.router,
    policy.router,
    my_paging.router,
    sign_ins.router,
    accounts.router,
    readiness.router,
    rotations.router,
    school_calendar.router,
]
