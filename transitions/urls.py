"""Addresses of moves and handovers."""

from __future__ import annotations

from django.urls import path

from transitions.views import (
    boards,
    child,
    class_grid,
    closings,
    conversations,
    counts,
    destinations,
    exports,
    identities,
    naming,
    receiving,
    rectifying,
    sending,
    writing,
)

app_name = "transitions"

urlpatterns = [
    path("leaving/", boards.leaving, name="leaving"),
    path("leaving/export/", exports.leaving, name="leaving_export"),
    path("joining/", boards.joining, name="joining"),
    path("joining/export/", exports.joining, name="joining_export"),
    path("exports/<uuid:pk>/", exports.export_page, name="export"),
    path("exports/<uuid:pk>/file/", exports.fetch, name="export_fetch"),
    path("exports/<uuid:pk>/cancel/", exports.cancel, name="export_cancel"),
    path("counts/", counts.counts, name="counts"),
    path("moves/add/", destinations.add, name="add_pupil"),
    path("moves/closed/", closings.closed_places, name="closed_places"),
    path("moves/<uuid:pk>/name/", identities.known_as, name="known_as"),
    path("moves/<uuid:pk>/identity/", identities.new_identity, name="new_identity"),
    path("moves/<uuid:pk>/family/", closings.family, name="family"),
    path("moves/<uuid:pk>/", child.child, name="child"),
    path("moves/<uuid:pk>/destination/", destinations.destination, name="destination"),
    path("moves/<uuid:pk>/begin/", writing.begin_handover, name="begin"),
    path("moves/<uuid:pk>/write/", writing.write_all, name="write_all"),
    path("moves/<uuid:pk>/write/<slug:kind>/", writing.write, name="write"),
    path("moves/<uuid:pk>/write/<slug:kind>/withhold/", sending.withhold_section, name="withhold"),
    path("moves/<uuid:pk>/write/<slug:kind>/let-go/", sending.let_section_go, name="let_go"),
    path("moves/<uuid:pk>/own-conversation/", writing.own_conversation, name="own_conversation"),
    path("moves/<uuid:pk>/share/", sending.check_and_share, name="share"),
    path("moves/<uuid:pk>/withdraw/", sending.take_back, name="withdraw"),
    path("moves/<uuid:pk>/correct/", rectifying.rectify_words, name="rectify"),
    path("moves/<uuid:pk>/read/", receiving.mark_read, name="read"),
    path("moves/<uuid:pk>/accept/", receiving.accept_handover, name="accept"),
    path("moves/<uuid:pk>/settle/", receiving.settle_child, name="settle"),
    path("moves/<uuid:pk>/class/", receiving.allot_class, name="allot"),
    path("moves/<uuid:pk>/note/", class_grid.save, name="class_note"),
    path("moves/<uuid:pk>/adults/", naming.adults, name="adults"),
    path("moves/<uuid:pk>/talk/", conversations.talk, name="talk"),
    path("conversations/<uuid:pk>/", conversations.conversation, name="conversation"),
    path("conversations/<uuid:pk>/held/", conversations.hold_planned, name="conversation_held"),
    path("conversations/<uuid:pk>/cancel/", conversations.cancel_planned, name="conversation_cancel"),
    path("class-notes/", class_grid.class_list, name="class_notes"),
    path("class-notes/<uuid:pk>/", class_grid.grid, name="class_grid"),
    path("class-notes/<uuid:pk>/share/", class_grid.share_grid, name="class_share"),
]
